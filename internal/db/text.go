package db

import "github.com/sanbao/sanbao/errs"

var _ = errs.Register(map[string]errs.Text{
	"db.url":            {ZhCN: "数据库地址“{url}”看不懂：应为 sqlite:/路径/文件.db 或 postgres://用户@主机/库名。", En: "\"{url}\" is not a database address: sqlite:/path/file.db or postgres://user@host/name is expected."},
	"db.unreachable":    {ZhCN: "连不上数据库 {url}。", En: "The database {url} cannot be reached."},
	"db.away":           {ZhCN: "数据库暂时连不上，请稍后再试。", En: "The database is away; try again later."},
	"db.unwritable":     {ZhCN: "数据库文件 {file} 无法写入：请检查目录是否存在、是否有写权限。", En: "The database file {file} cannot be written: check that its folder exists and is writable."},
	"db.not_a_database": {ZhCN: "{file} 不是 SQLite 数据库文件。", En: "{file} is not an SQLite database."},
	"db.closed":         {ZhCN: "系统正在停机，请稍后再试。", En: "The system is shutting down; try again later."},
	"db.busy":           {ZhCN: "数据库正忙，请稍后再试。", En: "The database is busy; try again."},
	"db.text":           {ZhCN: "文字里有无法保存的字符，请删掉后再试。", En: "The text holds characters that cannot be stored; remove them and try again."},
	"db.full":           {ZhCN: "磁盘已满，数据没有保存。", En: "The disk is full; nothing was saved."},
	"db.io":             {ZhCN: "读写数据库文件出错，请联系管理员。", En: "The database file could not be read or written; tell your administrator."},
	"db.not_saved":      {ZhCN: "这一步没有确认保存成功，请刷新后核对再试。", En: "This step could not be confirmed as saved; reload, check, and try again."},
	"db.stale":          {ZhCN: "这条记录刚被别人改过，请刷新后再操作。", En: "Somebody else has just changed this; reload and try again."},
	"db.schema_newer":   {ZhCN: "数据库版本 {have} 比本程序认识的版本 {want} 新：请换用新版程序。", En: "The database is at version {have}, newer than version {want} of this program: use a newer program."},
	"db.schema_older":   {ZhCN: "数据库版本是 {have}，本程序需要 {want}：请先升级数据库。", En: "The database is at version {have}, this program needs {want}: migrate it first."},
	"db.migration":      {ZhCN: "数据库升级到版本 {version} 失败，原有数据没有改动。", En: "Migrating the database to version {version} failed; its data is unchanged."},
	"db.backup_failed":  {ZhCN: "升级前备份失败（{file}），没有升级。", En: "The backup before migrating ({file}) failed; nothing was migrated."},
	"db.no_backup":      {ZhCN: "升级前要先备份，但这台机器上没有 pg_dump：请安装，或自行备份后用“已备份”选项启动。", En: "A backup is needed before migrating, but pg_dump is not installed here: install it, or make a backup yourself and say so with the backup-done option."},
})
