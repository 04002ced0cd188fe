package rule

import "github.com/sanbao/sanbao/internal/errs"

var _ = errs.Register(map[string]errs.Text{
	"rule.stage_unknown":  {"没有“{stage}”这个阶段；可用：{stages}。", "There is no stage \"{stage}\"; the stages are {stages}."},
	"rule.core_malformed": {"存档的判定无法读取。", "The stored decision cannot be read."},
	"rule.core_format":    {"存档的判定格式是 {format}，本程序认识 {known}。", "The stored decision has format {format}; this program knows {known}."},
})
