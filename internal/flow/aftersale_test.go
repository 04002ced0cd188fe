package flow_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/sanbao/sanbao/internal/cases"
	"github.com/sanbao/sanbao/internal/db"
	"github.com/sanbao/sanbao/internal/flow"
	"github.com/sanbao/sanbao/internal/id"
	"github.com/sanbao/sanbao/internal/intake"
	"github.com/sanbao/sanbao/internal/order/export"
	"github.com/sanbao/sanbao/internal/settle"
)

// Small lists as a Douyin shop exports them, of invented people. The numbers stand behind a tab, as there.
const (
	soldHead = "主订单编号,子订单编号,选购商品,货号,商品ID,商家编码,商品数量,商品金额,订单提交时间,支付完成时间,订单完成时间,订单状态,售后状态,发货时间,订单应付金额,运费,收件人,收件人手机号\n"
	listHead = "售后单号,订单号,商品单号,商品名称,售后类型,退商品金额（元）,退运费金额（元）,售后状态,售后申请时间,售后原因,自动处理截止时间,商家退款时间,用户到账时间,商家编码\n"
)

// stamp is a time of the shop, some hours from the kit's now.
func (k *kit) stamp(hours int) string {
	return k.clock.Now().Time().In(shanghai).Add(time.Duration(hours) * time.Hour).Format(time.DateTime)
}

// soldRow is one article of an order: what was paid with its freight.
func (k *kit) soldRow(main, sub, sku string, quantity int, price, paid, freight string) string {
	return fmt.Sprintf("\"\t%s\",\"\t%s\",短靴 %s,%s,\"\t77\",%s,%d,%s,%s,%s,%s,已完成,-,%s,%s,%s,##密文,$$密文\n",
		main, sub, sku, sku, sku, quantity, price, k.stamp(-96), k.stamp(-95), k.stamp(-48), k.stamp(-90), paid, freight)
}

type applied struct {
	no, main, sub, kind, amount, freight, status, why, deadline, paid, arrived string
}

func (k *kit) listRow(a applied) string {
	if a.freight == "" {
		a.freight = "0.00"
	}
	return fmt.Sprintf("\"\t%s\",\"\t%s\",\"\t%s\",短靴,%s,%s,%s,\"%s\",%s,%s,%s,%s,%s,\n",
		a.no, a.main, a.sub, a.kind, a.amount, a.freight, a.status, k.stamp(-24), a.why, dash(a.deadline), dash(a.paid), dash(a.arrived))
}

func dash(s string) string {
	if s == "" {
		return "-"
	}
	return s
}

func (k *kit) file(text string) export.File {
	return export.File{Name: "list.csv", Data: strings.NewReader(text), Size: int64(len(text))}
}

func (k *kit) imports(preset, text string) flow.ImportReport {
	k.t.Helper()
	r, err := k.f.Import(k.ctx(), agent, flow.Import{ShopID: k.shop.ID, Preset: preset, Orders: k.file(text), Actor: agent.Name, Confirm: true})
	if err != nil {
		k.t.Fatalf("%v: %v", err, r.FaultList)
	}
	return r
}

// record finds what the platform says under a number.
func (k *kit) record(no string) intake.Record {
	k.t.Helper()
	r, ok := k.known(no)
	if !ok {
		k.t.Errorf("no record %s", no)
	}
	return r
}

func (k *kit) known(no string) (r intake.Record, ok bool) {
	k.t.Helper()
	k.must(k.f.DB.Read(k.ctx(), func(tx *db.Tx) (err error) {
		r, ok, err = intake.Find(tx, k.shop.ID, "douyin", no)
		return err
	}))
	return r, ok
}

// differences are the open ones, "number what theirs | ours".
func (k *kit) differences() []string {
	k.t.Helper()
	out := []string{}
	k.must(k.f.DB.Read(k.ctx(), func(tx *db.Tx) error {
		ds, err := intake.Differences(tx, k.shop.ID, 0, 100)
		for _, d := range ds {
			out = append([]string{d.ReturnNo + " " + d.What + " " + d.Theirs + " | " + d.Ours}, out...)
		}
		return err
	}))
	return out
}

// marketplaceShop turns the kit's gateway off: what the platform took in goes back there.
func (k *kit) marketplaceShop() {
	k.imports("douyin", soldHead+
		k.soldRow("9900000000000000101", "9900000000000000101", "BX-38", 1, "300.00", "299.00", "0.00")+
		k.soldRow("9900000000000000102", "9900000000000000103", "BX-39", 2, "100.00", "200.00", "10.00")+
		k.soldRow("9900000000000000102", "9900000000000000104", "BX-40", 1, "150.00", "150.00", "0.00"))
}

// A list opens cases through the ordinary application, and what the platform says later brings them up to date: status,
// deadline, and at last the refund, which is confirmed with the platform's number, amount and time.
func TestAfterSaleListOpensUpdatesAndConfirms(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		k.marketplaceShop()
		open := k.listRow(applied{no: "990001", main: "9900000000000000101", sub: "9900000000000000101", kind: "退货退款", amount: "299.00", status: "待商家处理", why: "七天无理由退货", deadline: k.stamp(24)}) +
			k.listRow(applied{no: "990002", main: "9900000000000000102", sub: "9900000000000000103", kind: "退货退款", amount: "190.00", status: "待商家处理", why: "七天无理由退货", deadline: k.stamp(30)})
		r := k.imports("douyin-after-sale", listHead+open)
		if c := r.AfterSale; c.Opened != 2 || c.Unmatched != 0 || r.Created.Returns != 2 {
			t.Fatalf("%+v %v", c, r.SkippedBy)
		}
		one, two := k.record("990001"), k.record("990002")
		if one.State != intake.Opened || one.CaseID == 0 || one.DeadlineAt == nil || one.Status != "待商家处理" || one.Stage != intake.Open || two.Quantity != 2 {
			t.Errorf("%+v %+v", one, two)
		}
		v := k.ok(k.f.View(k.ctx(), k.shop.ID, one.CaseID))
		if v.Lines[0].Ground != "no_reason" || v.Lines[0].Remedy != "refund_return" || v.Case.Channel != "platform" {
			t.Errorf("%+v", v.Lines[0])
		}
		if v.Case.DueKind != cases.DuePlatform || *v.Case.DueAt != *one.DeadlineAt { // the platform's clock is the first to run out (S4-35)
			t.Errorf("the case is due %v %s, the platform closes at %v", v.Case.DueAt, v.Case.DueKind, one.DeadlineAt)
		}
		before := k.everything()
		again := k.imports("douyin-after-sale", listHead+open)
		if again.AfterSale.Opened != 0 || again.AfterSale.Updated != 0 || again.Unchanged.Returns != 2 {
			t.Errorf("the same list again: %+v", again.AfterSale)
		}
		if now := k.everything(); now != before {
			t.Errorf("the same list again changed\n%s\nto\n%s", before, now)
		}
		// The parcel came back and is inspected: the money is owed, and the platform has paid it.
		if v.Lines[0].State == "requested" {
			v = k.ok(k.f.Approve(k.ctx(), supervisor, k.shop.ID, v.Lines[0].ID, 0))
		}
		m := v.Movements[0]
		v = k.ok(k.f.Receive(k.ctx(), agent, k.shop.ID, m.ID, 0, flow.Opening{Counts: []flow.Count{{LineID: v.Lines[0].ID, Arrived: 1}}}))
		v = k.ok(k.f.Inspect(k.ctx(), agent, k.shop.ID, v.Lines[0].ID, 0, intact("line.category", "shoes", "goods.seal_broken", false, "goods.tampered", false), ""))
		if s := v.Settlements[0]; s.Route != settle.ByMarketplace || s.Minor != 29900 {
			t.Fatalf("%+v", s)
		}
		if v.Settlements[0].State == settle.AwaitingApproval {
			v = k.ok(k.f.ApproveMoney(k.ctx(), finance, k.shop.ID, v.Settlements[0].ID, 0))
		}
		paid := k.listRow(applied{no: "990001", main: "9900000000000000101", sub: "9900000000000000101", kind: "退货退款", amount: "299.00", status: "同意退款，退款成功", why: "七天无理由退货",
			paid: k.stamp(-2), arrived: k.stamp(-1)})
		r = k.imports("douyin-after-sale", listHead+paid)
		if r.AfterSale.Confirmed != 1 || r.AfterSale.Updated != 1 || r.AfterSale.Differs != 0 {
			t.Errorf("%+v %v", r.AfterSale, k.differences())
		}
		v = k.again(v)
		s := v.Settlements[0]
		if s.State != settle.Settled || s.ExternalNo != "990001" || !strings.HasPrefix(s.Proof, "import "+r.Run.ID.String()) || s.ArrivedAt == nil {
			t.Errorf("%+v", s)
		}
		if got := s.ArrivedAt.Time().In(shanghai).Format(time.DateTime); got != k.stamp(-1) {
			t.Errorf("arrived %s", got)
		}
		if v.Case.ClosedAt == nil || k.record("990001").DeadlineAt != nil {
			t.Error("the case is over, and nothing is due")
		}
		before = k.everything()
		k.imports("douyin-after-sale", listHead+paid)
		k.imports("douyin-after-sale", listHead+open) // older: it knows less
		if now := k.everything(); now != before {
			t.Errorf("older and same lists changed\n%s\nto\n%s", before, now)
		}
		if got := k.balances(); got["paid:marketplace"] != -29900 || got["owed:customers"] != 0 {
			t.Errorf("books %v", got)
		}
	})
}

// everything is what an import may change, as one text without what every run has of its own.
func (k *kit) everything() string {
	k.t.Helper()
	var b strings.Builder
	k.must(k.f.DB.Read(k.ctx(), func(tx *db.Tx) error {
		for _, q := range []string{
			`select id, version from cases where shop_id = $1 order by id`,
			`select id, version from case_line where shop_id = $1 order by id`,
			`select id, version from settlement where shop_id = $1 order by id`,
			`select id, version from platform_return where shop_id = $1 order by id`,
			`select id, found_at from platform_difference where shop_id = $1 order by id`,
			`select id, version from orders where shop_id = $1 order by id`,
			`select id, version from order_line where shop_id = $1 order by id`,
			`select id, at from timeline where shop_id = $1 and subject <> 'import' order by id`,
		} {
			rows, err := db.Collect(tx, func(r *db.Rows) (string, error) {
				var a id.ID
				var n int64
				err := r.Scan(&a, &n)
				return fmt.Sprint(a, n), err
			}, q, k.shop.ID)
			if err != nil {
				return err
			}
			fmt.Fprintln(&b, rows)
		}
		return nil
	}))
	return b.String()
}

// What cannot be matched is said with its reason, and never guessed; when the order comes later, the same list opens it.
func TestAfterSaleListWithoutOrder(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		list := listHead +
			k.listRow(applied{no: "990011", main: "9900000000000000101", sub: "9900000000000000101", kind: "退货退款", amount: "299.00", status: "待商家处理", why: "尺码不合适"}) +
			k.listRow(applied{no: "990012", main: "9900000000000000102", sub: "", kind: "仅退款", amount: "150.00", status: "待商家处理", why: ""}) +
			k.listRow(applied{no: "990013", main: "9900000000000000102", sub: "9900000000000000104", kind: "换货", amount: "0.00", status: "待商家处理", why: ""}) +
			k.listRow(applied{no: "990014", main: "9900000000000000102", sub: "9900000000000000103", kind: "退货退款", amount: "77.77", status: "待商家处理", why: ""}) +
			k.listRow(applied{no: "990015", main: "9900000000000000102", sub: "9900000000000000104", kind: "退货退款", amount: "150.00", status: "售后关闭", why: ""})
		r := k.imports("douyin-after-sale", list)
		if r.AfterSale.Opened != 0 || r.AfterSale.Unmatched != 5 || r.SkippedBy["import.unmatched_no_order"] != 3 {
			t.Errorf("%+v %v", r.AfterSale, r.SkippedBy)
		}
		if got := k.record("990011"); got.State != intake.Unmatched || got.Reason != flow.NoOrder {
			t.Errorf("%+v", got)
		}
		k.marketplaceShop()
		r = k.imports("douyin-after-sale", list)
		if r.AfterSale.Opened != 1 || r.SkippedBy["import.unmatched_article_unclear"] != 1 || r.SkippedBy["import.unmatched_by_hand"] != 1 ||
			r.SkippedBy["import.unmatched_quantity_unclear"] != 1 || r.SkippedBy["import.unmatched_closed_there"] != 1 {
			t.Errorf("%+v %v", r.AfterSale, r.SkippedBy)
		}
		want := []string{"990012 case 待商家处理 150.00 | article_unclear", "990013 case 待商家处理 0.00 | by_hand", "990014 case 待商家处理 77.77 | quantity_unclear"}
		if got := strings.Join(k.differences(), "\n"); got != strings.Join(want, "\n") {
			t.Errorf("differences\n%s", got)
		}
		before := k.everything()
		k.imports("douyin-after-sale", list)
		if now := k.everything(); now != before {
			t.Errorf("again changed\n%s\nto\n%s", before, now)
		}
	})
}
