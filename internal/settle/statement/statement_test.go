package statement_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/sanbao/sanbao/clock"
	"github.com/sanbao/sanbao/errs"
	"github.com/sanbao/sanbao/internal/layout"
	"github.com/sanbao/sanbao/internal/settle/statement"
)

var terms = statement.Terms{Currency: "CNY", Zone: time.FixedZone("CST", 8*3600)}

func open(t *testing.T, preset, text string) (statement.Read, error) {
	t.Helper()
	p, err := statement.Named(preset)
	if err != nil {
		t.Fatal(err)
	}
	return p.Open(t.Context(), terms, layout.Source{Data: strings.NewReader(text), Size: int64(len(text))})
}

func at(day, h, m int) clock.Instant {
	return clock.Of(time.Date(2026, 11, day, h, m, 0, 0, terms.Zone))
}

const wechatBill = "交易时间,公众账号ID,商户号,微信订单号,商户订单号,交易状态,微信退款单号,商户退款单号,退款金额,退款状态,手续费\n" +
	"`2026-11-20 10:00:00,`wx1,`1900000001,`4200001,`9901,`SUCCESS,`0,`0,`0.00,`,`0.01\n" +
	"`2026-11-20 11:00:00,`wx1,`1900000001,`4200001,`9901,`REFUND,`50301,`P1,`12.34,`PROCESSING,`0.00\n" +
	"`2026-11-20 12:00:00,`wx1,`1900000001,`4200002,`9902,`REFUND,`50302,`P2,`1.00,`FAIL,`0.00\n" +
	"总交易单数,应结订单总金额,退款总金额\n`3,`100.00,`13.34\n"

// The provider's layouts as they are described: a grave accent before every cell and sums below; rows of signs before the header and
// after the rows, minus before what went out. Only refunds that were made count.
func TestProvidersStatements(t *testing.T) {
	got, err := open(t, "wechat-bill", wechatBill)
	if err != nil || len(got.Faults) != 0 || got.Passed != 4 || got.From != at(20, 10, 0) || got.To != at(20, 12, 0) {
		t.Errorf("%+v, %v", got, err)
	}
	if d := cmp.Diff([]statement.Line{{Row: 3, ExternalNo: "50301", OurNo: "P1", OrderNo: "9901", Minor: 1234, At: at(20, 11, 0)}}, got.Lines); d != "" {
		t.Error(d)
	}
	got, err = open(t, "alipay-bill", "#支付宝业务明细查询\n#账号：[20881234]\n#起始日期：[2026年11月20日 00:00:00]\n#-----业务明细列表-----\n"+
		"支付宝交易号,商户订单号,业务类型,商品名称,创建时间,完成时间,订单金额（元）,退款批次号/请求号,备注\n"+
		"\t2026112022001,9903,交易,鞋,2026-11-20 09:00:00,2026-11-20 09:00:01,268.00,,\n"+
		"\t2026112022001,9903,退款,鞋,2026-11-20 13:00:00,2026-11-20 13:00:00,-268.00,P3,\n#-----业务明细列表结束-----\n#导出时间：[2026年11月21日]\n")
	if err != nil || len(got.Faults) != 0 {
		t.Fatalf("%+v, %v", got, err)
	}
	if d := cmp.Diff([]statement.Line{{Row: 7, ExternalNo: "2026112022001", OurNo: "P3", OrderNo: "9903", Minor: 26800, At: at(20, 13, 0)}}, got.Lines); d != "" {
		t.Error(d)
	}
	got, err = open(t, "refund-list", "退款编号,订单编号,买家退款金额,退款完结时间\n2081,9904,¥1,2026-11-20 14:00\n")
	if err != nil || len(got.Faults) != 1 || got.Faults[0].Key != "sheet.amount" { // a sign is not known here, and nothing is guessed
		t.Errorf("%+v, %v", got, err)
	}
}

// What is wrong is told with its row, and nothing is guessed.
func TestFaultsOfStatements(t *testing.T) {
	const head = "退款编号,订单编号,退款金额,退款时间\n"
	for text, key := range map[string]string{
		"2081,9904,,2026-11-20\n": "sheet.required", "2081,9904,0,2026-11-20\n": "statement.amount", "2081,9904,1.005,2026-11-20\n": "sheet.amount",
		",9904,1.00,2026-11-20\n": "sheet.required", "2081,9904,1.00,\n": "sheet.required", "2081,9904,1.00,20/11/2026\n": "sheet.date",
		"1.23E+17,9904,1.00,2026-11-20\n": "sheet.digits_lost", "2081,9904,1.00,2026-11-20\n2081,9904,1.00,2026-11-20\n": "statement.twice",
		"2081,9904\n": "sheet.ragged", strings.Repeat("9", 65) + ",9904,1.00,2026-11-20\n": "sheet.too_long",
	} {
		got, err := open(t, "refund-list", head+text)
		if err != nil || len(got.Faults) != 1 || got.Faults[0].Key != key || got.Faults[0].Row < 2 {
			t.Errorf("%q: %+v, %v; want %s", text, got, err, key)
		}
	}
	if _, err := open(t, "refund-list", "a,b\n1,2\n"); errs.CodeOf(err) != errs.Invalid {
		t.Errorf("%v", err)
	}
	if _, err := open(t, "alipay-bill", "a,b\n1,2\n"); errs.CodeOf(err) != errs.Invalid {
		t.Errorf("%v", err)
	}
	if _, err := statement.Named("nope"); errs.CodeOf(err) != errs.Invalid {
		t.Errorf("%v", err)
	}
}

// FuzzStatement: whatever a file holds, every line has a number, an amount and a time, or there is a fault.
func FuzzStatement(f *testing.F) {
	f.Add(wechatBill)
	f.Add("退款编号,订单编号,退款金额,退款时间\n2081,9904,1.00,2026-11-20\n")
	f.Fuzz(func(t *testing.T, text string) {
		for _, p := range statement.Presets() {
			got, err := p.Open(t.Context(), terms, layout.Source{Data: strings.NewReader(text), Size: int64(len(text))})
			if err != nil {
				continue
			}
			for _, l := range got.Lines {
				if l.Minor <= 0 || l.At == 0 || l.ExternalNo == "" && l.OurNo == "" || l.At < got.From || l.At > got.To {
					t.Fatalf("%+v of %+v", l, got)
				}
			}
		}
	})
}
