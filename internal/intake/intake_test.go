package intake

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/sanbao/sanbao/clock"
	"github.com/sanbao/sanbao/errs"
	"github.com/sanbao/sanbao/internal/layout"
	"github.com/sanbao/sanbao/internal/sheet"
)

func TestStatusWords(t *testing.T) {
	for word, want := range map[string]Stage{
		"同意退款，退款成功": Done, "退款成功": Done, "换货成功": Done, "已退款": Done,
		"售后关闭": Closed, "退款关闭": Closed, "买家撤销": Closed, "买家逾期未处理，退款失败": Closed, "平台拒绝退款，退款关闭": Closed, "卖家拒绝退款": Open, "买家已经退货，等待卖家确认收货": Open, "已取消": Closed,
		"待商家处理": Open, "待买家退货": Open, "待商家收货": Open, "退款中": Open, "退款失败": Open, "同意退款": Open, "商家同意退款，退款中": Open, "平台介入中": Open, "": Open, "成功了吗": Open,
	} {
		if got := stageOf(word); got != want {
			t.Errorf("%s: %s, want %s", word, got, want)
		}
	}
}

func TestKindWords(t *testing.T) {
	for _, c := range []struct {
		word, sendBack string
		want           Kind
	}{
		{"退货退款", "", RefundReturn}, {"仅退款", "", RefundOnly}, {"未发货退款", "", RefundOnly}, {"已发货仅退款", "", RefundOnly}, {"换货", "", Exchange}, {"退货换货", "", Exchange},
		{"补寄", "", Other}, {"维修", "", Other}, {"", "是", RefundReturn}, {"", "需要退货", RefundReturn}, {"", "否", RefundOnly}, {"", "不需要退货", RefundOnly}, {"", "", Other}, {"价保", "", Other},
	} {
		if got := kindOf(c.word, c.sendBack); got != c.want {
			t.Errorf("%q %q: %s, want %s", c.word, c.sendBack, got, c.want)
		}
	}
}

func TestGroundWords(t *testing.T) {
	for why, want := range map[string]string{"七天无理由退货": "no_reason", "尺码不合适": "size_mismatch", "质量问题": "quality", "卖家发错货": "wrong_item", "少件/漏发": "short_item",
		"商品破损": "transport_damage", "未收到货": "not_received", "与描述不符": "description_mismatch", "不喜欢/效果不好": "dislike_style", "未按约定时间发货": "late_dispatch", "其他": "", "": ""} {
		if got := (Record{Why: why}).Ground(); got != want {
			t.Errorf("%s: %q, want %q", why, got, want)
		}
	}
}

func at(h int) *clock.Instant {
	i := clock.Of(time.Date(2026, 11, 21, h, 0, 0, 0, time.UTC))
	return &i
}

// A list that knows less changes nothing; amount, status and deadline follow what the platform says.
func TestAdvance(t *testing.T) {
	was := Record{ReturnNo: "990001", Kind: RefundReturn, Stage: Open, Status: "待商家处理", Minor: 100, DeadlineAt: at(1), State: Opened, CaseID: 7}
	for _, c := range []struct {
		name    string
		now     Record
		changed bool
	}{
		{"the same", was, false},
		{"another deadline", Record{Kind: RefundReturn, Stage: Open, Status: "待商家处理", Minor: 100, DeadlineAt: at(2)}, true},
		{"done", Record{Kind: RefundReturn, Stage: Done, Status: "退款成功", Minor: 100, DoneAt: at(3)}, true},
		{"closed", Record{Kind: RefundReturn, Stage: Closed, Status: "售后关闭", Minor: 100}, true},
	} {
		next, changed := was.Advance(c.now)
		if changed != c.changed || next.CaseID != 7 || next.State != Opened || next.ReturnNo != "990001" {
			t.Errorf("%s: %v %+v", c.name, changed, next)
		}
		if _, back := next.Advance(was); next.Stage != Open && back {
			t.Errorf("%s: an older list took it back", c.name)
		}
	}
}

const head = "售后单号,订单号,商品单号,售后类型,退商品金额（元）,退运费金额（元）,售后状态,售后申请时间,售后原因,自动处理截止时间,商家退款时间,用户到账时间,商家编码\n"

func list(t *testing.T, l List, text string) (out []Record, faults []string, err error) {
	t.Helper()
	err = l.Read(t.Context(), Terms{Currency: "CNY", Zone: time.FixedZone("CST", 8*3600)}, layout.Source{Data: strings.NewReader(text), Size: int64(len(text))},
		func(r Record, fs []sheet.Fault) error {
			out = append(out, r)
			for _, f := range fs {
				faults = append(faults, fmt.Sprintf("%d %s %s", f.Row, f.Column, f.Key))
			}
			return nil
		})
	return out, faults, err
}

func TestDouyinList(t *testing.T) {
	got, faults, err := list(t, douyin, head+
		"\"\t990001\",\"\t9900000000000000101\",\"\t9900000000000000103\",退货退款,200.00,10.00,待商家处理,2026-11-21 08:00:00,质量问题,2026-11-22 08:00:00,-,-,BX-38\n"+
		"\"\t990002\",\"\t9900000000000000101\",\"\t9900000000000000104\",仅退款,¥150,0,\"同意退款，退款成功\",2026/11/21 08:00,,-,2026-11-21 09:00:00,-,T-1\n"+
		"\"\t990003\",\"\t9900000000000000102\",-,换货,0,0,售后关闭,2026-11-21 08:00:00,,2026-11-22 08:00:00,-,-,\n")
	if err != nil || len(faults) > 0 {
		t.Fatal(err, faults)
	}
	want := []Record{
		{Platform: "douyin", ReturnNo: "990001", OrderNo: "9900000000000000101", SubNo: "9900000000000000103", SKU: "BX-38", Kind: RefundReturn, Stage: Open, Status: "待商家处理",
			Why: "质量问题", Minor: 21000, Freight: 1000, Currency: "CNY", At: *at(0), DeadlineAt: ptr(at(0).Add(24 * time.Hour)), State: New, Row: 2},
		{Platform: "douyin", ReturnNo: "990002", OrderNo: "9900000000000000101", SubNo: "9900000000000000104", SKU: "T-1", Kind: RefundOnly, Stage: Done, Status: "同意退款，退款成功",
			Minor: 15000, Currency: "CNY", At: *at(0), DoneAt: at(1), State: New, Row: 3},
		{Platform: "douyin", ReturnNo: "990003", OrderNo: "9900000000000000102", Kind: Exchange, Stage: Closed, Status: "售后关闭", Currency: "CNY", At: *at(0), State: New, Row: 4},
	}
	for i := range got {
		got[i].Raw = ""
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

func ptr[T any](v T) *T { return &v }

func TestListFaults(t *testing.T) {
	_, faults, err := list(t, douyin, head+
		"1.23E+17,,x,仅退款,abc,0,,3/4/2026,,-,-,-,\n"+
		"990002,9900000000000000101,x,仅退款,1,0,退款中,2026-11-21 08:00:00,,-,-,-,\n"+
		"990002,9900000000000000101,x,仅退款,1,0,退款中,2026-11-21 08:00:00,,-,-,-,\n"+
		"990003,短\n")
	want := []string{"2 订单号 sheet.required", "2 售后状态 sheet.required", "2 售后单号 sheet.digits_lost", "2 退商品金额（元） sheet.amount", "2 售后申请时间 sheet.date",
		"4 售后单号 intake.twice", "5  sheet.ragged"}
	if d := cmp.Diff(want, faults); err != nil || d != "" {
		t.Error(err, d)
	}
	if _, _, err := list(t, douyin, "单号,姓名\n1,2\n"); errs.CodeOf(err) != errs.Invalid || len(errs.As(err).Fields) != 7 {
		t.Errorf("%v", err)
	}
	stop := errors.New("stop")
	if err := douyin.Read(t.Context(), Terms{Currency: "CNY", Zone: time.UTC}, layout.Source{Data: strings.NewReader(head + "1,2,3,4,5,6,7,8,9,0,1,2,3\n"), Size: int64(len(head) + 26)},
		func(Record, []sheet.Fault) error { return stop }); !errors.Is(err, stop) {
		t.Errorf("%v", err)
	}
}

func TestEveryListNamesItsSource(t *testing.T) {
	for _, l := range Lists() {
		if l.Source.What == "" || !strings.HasPrefix(l.Source.Where, "https://") || len(l.Source.Date) != len("2006-01-02") || l.Title.ZhCN == "" || l.Title.En == "" || l.Platform == "" {
			t.Errorf("%+v", l)
		}
	}
}

// Whatever a file holds, a record has what flow needs, or faults.
func FuzzList(f *testing.F) {
	f.Add(head + "990001,9900000000000000101,x,退货退款,200.00,10.00,待商家处理,2026-11-21 08:00:00,质量问题,2026-11-22 08:00:00,-,-,BX-38\n")
	f.Add(head + "\"\t990002\",1,2,仅退款,¥1,0,退款成功,2026-11-21 08:00:00,,-,-,2026-11-22,\n")
	f.Fuzz(func(t *testing.T, text string) {
		seen := map[string]bool{}
		err := douyin.Read(t.Context(), Terms{Currency: "CNY", Zone: time.UTC}, layout.Source{Data: strings.NewReader(text), Size: int64(len(text))},
			func(r Record, faults []sheet.Fault) error {
				if len(faults) > 0 {
					return nil
				}
				if r.ReturnNo == "" || r.OrderNo == "" || seen[r.ReturnNo] || r.Minor < 0 || r.Freight > r.Minor || r.At == 0 || r.Stage == Done && r.DeadlineAt != nil {
					t.Fatalf("%+v", r)
				}
				seen[r.ReturnNo] = true
				return nil
			})
		if err != nil && errs.CodeOf(err) != errs.Invalid {
			t.Fatal(err)
		}
	})
}
