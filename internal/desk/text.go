package desk

import "github.com/sanbao/sanbao/errs"

var _ = errs.Register(map[string]errs.Text{
	"desk.notice_title":         {ZhCN: "{shop}：售后规则", En: "{shop}: after-sales policy"},
	"desk.notice_demo":          {ZhCN: "演示店铺，不产生真实交易", En: "Demo shop, no real money"},
	"desk.notice_langs":         {ZhCN: "语言", En: "Language"},
	"desk.notice_sku":           {ZhCN: "货号", En: "Article"},
	"desk.notice_category":      {ZhCN: "商品类目", En: "Category"},
	"desk.notice_kind":          {ZhCN: "商品性质", En: "Kind of goods"},
	"desk.notice_hotline":       {ZhCN: "售后电话", En: "Hotline"},
	"desk.notice_link":          {ZhCN: "店铺主页", En: "The shop's page"},
	"desk.notice_printed":       {ZhCN: "页面日期", En: "Date of this page"},
	"desk.notice_whole":         {ZhCN: "查看全店售后规则", En: "The whole shop's policy"},
	"desk.notice_qr":            {ZhCN: "扫码看最新规则", En: "Scan for today's rules"},
	"desk.notice_toc":           {ZhCN: "目录", En: "Contents"},
	"desk.notice_versions":      {ZhCN: "今天生效的版本", En: "Versions in force today"},
	"desk.notice_since":         {ZhCN: "生效日期", En: "since"},
	"desk.notice_made":          {ZhCN: "本页由判定售后申请的同一套规则生成，内容与判定一致。版本后面是规则内容的指纹。", En: "This page is made from the very rules that decide applications. Behind each version stands the fingerprint of its rules."},
	"desk.notice_missing_title": {ZhCN: "没有找到这一页", En: "There is no such page"},
	"desk.notice_missing":       {ZhCN: "没有这家店铺或这件商品，或者店铺还没有生效的售后规则。请核对网址，或联系店铺客服。", En: "There is no such shop or article, or the shop has no policy in force. Check the address, or ask the shop."},
	"desk.notice_host":          {ZhCN: "请求的主机名不是有效的网址，无法生成二维码。", En: "The Host of the request is no valid name, so there is no address to make a code of."},
})
