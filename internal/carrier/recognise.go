package carrier

import (
	"cmp"
	"regexp"
	"slices"
	"strings"

	"github.com/sanbao/sanbao/errs"
)

// Carrier is a company that moves parcels.
type Carrier struct {
	Code string // as 快递100 names it
	Name errs.Text
	also []string // further names people and files write, in small letters
}

// Known lists the carriers whose waybills are recognised. Codes are those of 快递100 (api.kuaidi100.com, 快递公司编码表).
var Known = []Carrier{
	{"yuantong", errs.Text{ZhCN: "圆通速递", En: "YTO Express"}, []string{"圆通", "yto"}},
	{"zhongtong", errs.Text{ZhCN: "中通快递", En: "ZTO Express"}, []string{"中通", "zto"}},
	{"shentong", errs.Text{ZhCN: "申通快递", En: "STO Express"}, []string{"申通", "sto"}},
	{"yunda", errs.Text{ZhCN: "韵达快递", En: "Yunda Express"}, []string{"韵达", "yunda"}},
	{"shunfeng", errs.Text{ZhCN: "顺丰速运", En: "SF Express"}, []string{"顺丰", "sf"}},
	{"ems", errs.Text{ZhCN: "EMS", En: "EMS"}, []string{"ems", "中国邮政速递", "e邮宝"}},
	{"youzhengguonei", errs.Text{ZhCN: "邮政快递包裹", En: "China Post parcel"}, []string{"邮政", "中国邮政", "china post"}},
	{"jtexpress", errs.Text{ZhCN: "极兔速递", En: "J&T Express"}, []string{"极兔", "j&t"}},
	{"jd", errs.Text{ZhCN: "京东物流", En: "JD Logistics"}, []string{"京东", "jd"}},
	{"debangkuaidi", errs.Text{ZhCN: "德邦快递", En: "Deppon Express"}, []string{"德邦", "deppon"}},
}

// form is one shape of a waybill. Two are as certain as each other where their certainty is the same.
type form struct {
	code    string
	certain int // 3: the letters are the carrier's own, or a check digit fits; 2: a block of numbers it is known by; 1: it may be
	shape   *regexp.Regexp
	check   func(string) bool
}

// forms are the shapes in use. No carrier publishes its blocks of numbers. Public sources, of which the tests have samples:
//
//   - the rules 淘宝 gives sellers for the waybills of each company, taobao.logistics.companies.get, field reg_mail_no; its answer of
//     2022 stands in public programs (blocks of 申通, 韵达, 中通, EMS, 邮政; 10, 12 and 18 characters of 圆通)
//   - github.com/BF-zh/Courier-Validation, src/pattern, commit 97e7d48c (2024): YT, SF, JD, JT and DPK by their letters; 中通 73 to 76 and 78
//     with 14 digits, 申通 77 and 韵达 3 and 4 with 15, 邮政 1, 8, 9 and P with 13
//   - Universal Postal Union, standard S10: two letters, eight digits, a check digit, the country
//
// Bare digits of 12 and 13 were used by several carriers at once; such a number gets all of them, none of them sure.
var forms = []form{
	{"yuantong", 3, regexp.MustCompile(`^YT\d{13}$`), nil},
	{"shunfeng", 3, regexp.MustCompile(`^SF\d{12,13}$`), nil},
	{"jtexpress", 3, regexp.MustCompile(`^JT\d{13}$`), nil},
	{"jd", 3, regexp.MustCompile(`^JD[A-Z0-9]{2}\d{11}$`), nil},
	{"debangkuaidi", 3, regexp.MustCompile(`^DPK\d{12}$`), nil},
	{"zhongtong", 3, regexp.MustCompile(`^ZTO?\d{12}$`), nil},
	{"shentong", 3, regexp.MustCompile(`^STO\d{10}$`), nil},
	{"ems", 3, regexp.MustCompile(`^E[A-Z]\d{9}[A-Z]{2}$`), s10},
	{"youzhengguonei", 3, regexp.MustCompile(`^[CLRUV][A-Z]\d{9}CN$`), s10},

	{"zhongtong", 2, regexp.MustCompile(`^7[3-68]\d{12}$`), nil},
	{"shentong", 2, regexp.MustCompile(`^77\d{13}$`), nil},
	{"yunda", 2, regexp.MustCompile(`^[34]\d{14}$`), nil},
	{"youzhengguonei", 2, regexp.MustCompile(`^(99\d{11}|P[A-Z]\d{11})$`), nil},

	{"shentong", 1, regexp.MustCompile(`^((268|368|468|568|588|668|688|768|868|888|968)\d{9,10}|4\d{12}|(33|55|66|77|88|99)\d{11}|43\d{13})$`), nil},
	{"yunda", 1, regexp.MustCompile(`^\d{13}$`), nil},
	{"zhongtong", 1, regexp.MustCompile(`^(010|118|205|358|359|510|518|528|571|618|628|680|688|689|701|717|718|728|738|751|757|761|762|763|765|768|778|779|780|828|852|880|988)\d{9}$`), nil},
	{"yuantong", 1, regexp.MustCompile(`^([A-Z0-9]{2}\d{8}|[A-Z0-9]{2}\d{10}|[6-9]\d{17}|Y\d{12})$`), nil},
	{"shunfeng", 1, regexp.MustCompile(`^\d{12}$`), nil},
	{"ems", 1, regexp.MustCompile(`^(10|11|50|51|95|97)\d{11}$`), nil},
	{"youzhengguonei", 1, regexp.MustCompile(`^[189]\d{12}$`), nil},
}

// Candidate is a carrier that a waybill may be of.
type Candidate struct {
	Code    string `json:"code" doc:"as 快递100 names it"`
	Name    string `json:"name"`
	Certain bool   `json:"certain" doc:"the number's letters are this carrier's own, or its check digit fits"`
}

// Recognise lists the carriers that a waybill may be of, the likeliest first; none for a form nobody uses. Where several fit all of them
// are named: a person chooses. The number may be typed in any way; what it is has to be decided by the letters and digits in it.
func Recognise(waybill string, lang errs.Lang) []Candidate {
	no := strings.ToUpper(strings.Join(strings.Fields(waybill), ""))
	best := map[string]int{}
	for _, f := range forms {
		if f.shape.MatchString(no) && (f.check == nil || f.check(no)) {
			best[f.code] = max(best[f.code], f.certain)
		}
	}
	out := []Candidate{}
	for _, c := range Known {
		if n := best[c.Code]; n > 0 {
			out = append(out, Candidate{Code: c.Code, Name: c.Name.In(lang), Certain: n == 3})
		}
	}
	slices.SortStableFunc(out, func(a, b Candidate) int { return cmp.Compare(best[b.Code], best[a.Code]) })
	return out
}

// s10 says whether the check digit of an international postal number fits (UPU S10: weights 8 6 4 2 3 5 9 7, 11 minus the remainder
// by 11, where 10 is 0 and 11 is 5).
func s10(no string) bool {
	sum := 0
	for i, w := range []int{8, 6, 4, 2, 3, 5, 9, 7} {
		sum += w * int(no[2+i]-'0')
	}
	want := 11 - sum%11
	switch want {
	case 10:
		want = 0
	case 11:
		want = 5
	}
	return int(no[10]-'0') == want
}

// ByName finds a carrier by its code or by what people and files write for it: 圆通, 圆通速递, 圆通快递. False for one that is not known.
func ByName(name string) (Carrier, bool) {
	n := strings.ToLower(strings.TrimSpace(name))
	if n == "" {
		return Carrier{}, false
	}
	for _, c := range Known {
		if n == c.Code || n == strings.ToLower(c.Name.ZhCN) || n == strings.ToLower(c.Name.En) || slices.Contains(c.also, n) {
			return c, true
		}
	}
	for _, c := range Known {
		if slices.ContainsFunc(c.also, func(a string) bool { return len([]rune(a)) > 1 && a[0] > 0x7f && strings.HasPrefix(n, a) }) {
			return c, true
		}
	}
	return Carrier{}, false
}

// NameOf is what people call a carrier that a push names by its code; an unknown code stays as it is.
func NameOf(code string) string {
	if c, ok := ByName(code); ok {
		return c.Name.ZhCN
	}
	return code
}
