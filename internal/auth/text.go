package auth

import "github.com/sanbao/sanbao/internal/errs"

var _ = errs.Register(map[string]errs.Text{
	"auth.missing":         {ZhCN: "请在 Authorization 请求头中带上访问令牌：Bearer sb_…。", En: "Send an access token in the Authorization header: Bearer sb_…."},
	"auth.malformed":       {ZhCN: "访问令牌不完整或抄错了，请重新复制。", En: "The access token is incomplete or mistyped; copy it again."},
	"auth.unknown":         {ZhCN: "访问令牌无效或已停用。", En: "The access token is not valid or has been revoked."},
	"auth.expired":         {ZhCN: "访问令牌已于 {at} 到期，请换新的。", En: "The access token expired at {at}; use a new one."},
	"auth.scope":           {ZhCN: "此访问令牌没有“{scope}”权限。", En: "This access token lacks the scope {scope}."},
	"auth.one_shop_only":   {ZhCN: "此访问令牌只管一家店铺，不能做整套系统的设置。", En: "This access token belongs to one shop and cannot change the installation."},
	"auth.throttled":       {ZhCN: "验证失败次数太多，请 {seconds} 秒后再试。", En: "Too many failed attempts; try again in {seconds} seconds."},
	"auth.token_not_found": {ZhCN: "没有这个访问令牌。", En: "There is no such access token."},
	"auth.name_length":     {ZhCN: "名称须为 1 到 {max} 个字。", En: "The name must have 1 to {max} characters."},
	"auth.scopes_empty":    {ZhCN: "至少要选一项权限。", En: "Choose at least one scope."},
	"auth.scope_unknown":   {ZhCN: "没有“{scope}”这项权限。", En: "There is no scope {scope}."},
	"auth.scope_twice":     {ZhCN: "权限“{scope}”重复了。", En: "The scope {scope} is listed twice."},
	"auth.expires_past":    {ZhCN: "到期时间必须晚于现在。", En: "The expiry must lie in the future."},
	"auth.revoke_last":     {ZhCN: "这是最后一个可用的管理员令牌，停用后将无人能管理；请先新建一个。", En: "This is the last usable administrator token; create another before revoking it."},
	"auth.no_shop":         {ZhCN: "没有店铺“{shop}”。", En: "There is no shop \"{shop}\"."},
})
