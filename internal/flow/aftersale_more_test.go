package flow_test

import (
	"context"
	"strings"
	"testing"

	"github.com/sanbao/sanbao/errs"
	"github.com/sanbao/sanbao/internal/db"
	"github.com/sanbao/sanbao/internal/flow"
	"github.com/sanbao/sanbao/internal/intake"
	"github.com/sanbao/sanbao/internal/order"
	"github.com/sanbao/sanbao/internal/settle"
	"github.com/sanbao/sanbao/rule"
)

// unsent is an order that was not shipped: its refund needs nobody's approval (S4-07), so that money is owed at once.
func (k *kit) unsent(main string) {
	k.imports("douyin", soldHead+strings.Replace(strings.Replace(k.soldRow(main, main, "BX-38", 1, "300.00", "299.00", "0.00"), "已完成", "待发货", 1),
		k.stamp(-48)+",待发货,-,"+k.stamp(-90), "-,待发货,-,-", 1))
}

// shoes answers the one question that the list leaves open: what kind of goods it is about.
func (k *kit) shoes(no string) {
	k.t.Helper()
	r := k.record(no)
	k.ok(k.f.Answer(k.ctx(), agent, k.shop.ID, r.LineID, 0, rule.AtApplication, facts("line.category", "shoes"), ""))
}

// A refund that the platform made is confirmed only where the amount agrees, by somebody who may; otherwise it is a
// difference, which goes when both agree.
func TestAfterSaleDifferences(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		k.unsent("9900000000000000201")
		row := func(amount, status string) string {
			return listHead + k.listRow(applied{no: "990021", main: "9900000000000000201", sub: "9900000000000000201", kind: "未发货退款", amount: amount, status: status, why: "不想要了",
				arrived: k.stamp(-1)})
		}
		r := k.imports("douyin-after-sale", row("250.00", "同意退款，退款成功"))
		if r.AfterSale.Opened != 1 || r.AfterSale.Confirmed != 0 {
			t.Fatalf("%+v %v", r.AfterSale, r.SkippedBy)
		}
		if got := strings.Join(k.differences(), "\n"); got != "990021 refund 同意退款，退款成功 250.00 | needs_facts" {
			t.Errorf("differences\n%s", got)
		}
		k.shoes("990021")
		k.imports("douyin-after-sale", row("250.00", "同意退款，退款成功"))
		want := "990021 refund 同意退款，退款成功 250.00 | on_platform\n990021 amount 250.00 | 299.00"
		if got := strings.Join(k.differences(), "\n"); got != want {
			t.Errorf("differences\n%s\nwant\n%s", got, want)
		}
		v := k.ok(k.f.View(k.ctx(), k.shop.ID, k.record("990021").CaseID))
		if v.Settlements[0].State != settle.ToPay {
			t.Errorf("%+v", v.Settlements)
		}
		before := k.everything()
		k.imports("douyin-after-sale", row("250.00", "同意退款，退款成功"))
		if now := k.everything(); now != before {
			t.Errorf("again changed\n%s\nto\n%s", before, now)
		}
		// The right amount, brought by somebody who may not confirm money.
		in := flow.Import{ShopID: k.shop.ID, Preset: "douyin-after-sale", Orders: k.file(row("299.00", "同意退款，退款成功")), Actor: agent.Name}
		if r, err := k.f.Import(k.ctx(), agent, in); err != nil || r.AfterSale.Confirmed != 0 || r.AfterSale.Differs != 1 {
			t.Errorf("%+v %v", r.AfterSale, err)
		}
		if got := strings.Join(k.differences(), "\n"); got != "990021 refund 同意退款，退款成功 299.00 | on_platform" {
			t.Errorf("differences\n%s", got)
		}
		// By somebody who may: the same file once more.
		if r := k.imports("douyin-after-sale", row("299.00", "同意退款，退款成功")); r.AfterSale.Confirmed != 1 || len(k.differences()) != 0 {
			t.Errorf("%+v %v", r.AfterSale, k.differences())
		}
		if v = k.again(v); v.Settlements[0].State != settle.Settled || v.Case.ClosedAt == nil {
			t.Errorf("%+v", v.Settlements[0])
		}
	})
}

// A case that somebody opened by hand is found again and not opened twice; what the platform closed while we go on is told.
func TestAfterSaleLinksToTheCaseThatIsThere(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		k.marketplaceShop()
		mine := k.apply(flow.Asked{Platform: "douyin", OrderNo: "9900000000000000101", LineNo: 1, Quantity: 1, Ground: "no_reason", Remedy: "refund_return"})
		row := func(status string) string {
			return listHead + k.listRow(applied{no: "990031", main: "9900000000000000101", sub: "", kind: "退货退款", amount: "299.00", status: status, why: "", deadline: k.stamp(24)})
		}
		r := k.imports("douyin-after-sale", row("待商家处理"))
		if r.AfterSale.Linked != 1 || r.AfterSale.Opened != 0 || k.record("990031").CaseID != mine.Case.ID || k.record("990031").LineID != mine.Lines[0].ID {
			t.Fatalf("%+v %+v", r.AfterSale, k.record("990031"))
		}
		before := k.everything()
		k.imports("douyin-after-sale", row("待商家处理"))
		if now := k.everything(); now != before {
			t.Errorf("again changed\n%s\nto\n%s", before, now)
		}
		k.imports("douyin-after-sale", row("售后关闭"))
		if got := k.differences(); len(got) != 1 || !strings.HasPrefix(got[0], "990031 status 售后关闭 | ") {
			t.Errorf("%v", got)
		}
		k.ok(k.f.Cancel(k.ctx(), agent, k.shop.ID, mine.Lines[0].ID, 0, "平台已撤销"))
		k.imports("douyin-after-sale", row("售后关闭"))
		if got := k.differences(); len(got) != 0 {
			t.Errorf("%v", got)
		}
	})
}

// A layout without a preset is read by a mapping that a person saved: here the titles of a JD list.
func TestAfterSaleByMapping(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		k.unsent("9900000000000000301")
		text := "订单号,服务单号,退款金额,服务类型,申请时间,处理截止时间,服务单状态,申请原因,退款成功时间\n" +
			`="9900000000000000301",="9900990099",299.00,退款,` + k.stamp(-5) + "," + k.stamp(20) + ",已退款,多拍/错拍/不想要," + k.stamp(-1) + "\n"
		s, err := flow.Sniff(k.ctx(), k.file(text), 0)
		if err != nil || s.Mapping.Kind != intake.AfterSale || s.Preset != "" || len(s.Missing) != 0 || s.Mapping.Columns["deadline_at"] != "处理截止时间" {
			t.Fatalf("%+v %v", s, err)
		}
		m := s.Mapping
		m.Name, m.Platform = "jd-service", "douyin"
		k.must(second(flow.SaveMapping(k.ctx(), k.f.DB, k.shop.ID, m)))
		in := flow.Import{ShopID: k.shop.ID, Mapping: "jd-service", Orders: k.file(text), Actor: agent.Name, Confirm: true}
		r, err := k.f.Import(k.ctx(), agent, in)
		if err != nil || r.AfterSale.Opened != 1 || r.Run.Mapping != "jd-service" || r.Run.Kind != intake.AfterSale {
			t.Fatalf("%+v %+v %v", r.AfterSale, r.Run, err)
		}
		k.shoes("9900990099")
		if r, err = k.f.Import(k.ctx(), agent, in); err != nil || r.AfterSale.Confirmed != 1 {
			t.Fatalf("%+v %v", r.AfterSale, err)
		}
		in.Mapping, in.Preset = "", "taobao"
		if _, err := k.f.ImportAfterSale(k.ctx(), agent, in); errs.As(err) == nil || errs.As(err).Key != "import.wrong_kind" {
			t.Errorf("%v", err)
		}
		in.Mapping, in.Preset = "gone", ""
		if _, err := k.f.Import(k.ctx(), agent, in); errs.As(err) == nil || errs.As(err).Key != "intake.mapping_not_found" {
			t.Errorf("%v", err)
		}
		m.Platform = "Tao Bao"
		if _, err := flow.SaveMapping(k.ctx(), k.f.DB, k.shop.ID, m); errs.CodeOf(err) != errs.Invalid {
			t.Errorf("%v", err)
		}
	})
}

// The refund list of Qianniu: every buyer's application opens its case, and what was refunded there is confirmed here.
func TestTaobaoRefunds(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		k.must(second(flow.SaveMapping(k.ctx(), k.f.DB, k.shop.ID, intake.Mapping{Name: "tb", Kind: intake.Orders, Platform: "taobao",
			Columns: map[string]string{"order_no": "订单编号", "ordered_at": "订单付款时间", "quantity": "购买数量", "unit_price": "价格", "sku": "商家编码", "title": "标题"}})))
		orders := "订单编号,订单付款时间,购买数量,价格,商家编码,标题\n" + `="9900000000000000801",` + k.stamp(-90) + ",1,299.00,BX-38,短靴\n" + `="9900000000000000802",` + k.stamp(-90) + ",1,59.00,T-1,拖鞋\n"
		k.must(second(k.f.Import(k.ctx(), agent, flow.Import{ShopID: k.shop.ID, Mapping: "tb", Orders: k.file(orders), Actor: agent.Name})))
		head := "订单编号,退款编号,支付宝交易号,订单付款时间,商品编码,退款完结时间,买家实际支付金额,宝贝标题,买家退款金额,手工退款/系统退款,是否需要退货,退款的申请时间,超时时间,退款状态,货物状态,客服介入状态,买家退款原因,买家退款说明,部分退款/全部退款\n"
		row := func(order, no, amount, back, deadline, status, why, done string) string {
			return `="` + order + `",="` + no + `",="2026112299",` + k.stamp(-90) + ",77," + done + "," + amount + ",短靴," + amount + ",手工退款," + back + "," + k.stamp(-5) + "," + deadline + "," + status +
				",未收到货,无需客服介入," + why + ",\"<b>=1+1</b>\",全部退款\n"
		}
		list := head + row("9900000000000000801", "99088001", "299.00", "不需要退货", k.stamp(40), "买家已经申请退款，等待卖家同意", "多拍/拍错/不想要", "") +
			row("9900000000000000802", "99088002", "59.00", "需要退货", k.stamp(41), "卖家已经同意退款，等待买家退货", "尺码不合适", "")
		look, err := flow.Sniff(k.ctx(), k.file(list), 0)
		if err != nil || look.Preset != "taobao-refund" || len(look.Missing) != 0 {
			t.Fatalf("%+v %v", look, err)
		}
		r := k.imports("taobao-refund", list)
		if r.AfterSale.Opened != 2 || r.AfterSale.Differs != 0 {
			t.Fatalf("%+v %v %v", r.AfterSale, r.SkippedBy, k.differences())
		}
		before := k.everything()
		if k.imports("taobao-refund", list); k.everything() != before {
			t.Error("again changed")
		}
		var apps []intake.Record
		k.must(k.f.DB.Read(k.ctx(), func(tx *db.Tx) (err error) {
			apps, err = intake.Recent(tx, k.shop.ID, 0, 10)
			return err
		}))
		if len(apps) != 2 || apps[0].Kind != intake.RefundReturn || apps[1].Kind != intake.RefundOnly || apps[1].Ground() != "no_reason" || apps[0].Stage != intake.Open || apps[1].DeadlineAt == nil {
			t.Errorf("%+v", apps)
		}
		r = k.imports("taobao-refund", head+row("9900000000000000801", "99088001", "299.00", "不需要退货", "", "退款成功", "多拍/拍错/不想要", k.stamp(-1)))
		if r.AfterSale.Updated != 1 || r.AfterSale.Confirmed+r.AfterSale.Differs != 1 { // confirmed, or a person has to look why not
			t.Errorf("%+v %v", r.AfterSale, k.differences())
		}
	})
}

func second[T any](_ T, err error) error { return err }

// Faults in one row keep the whole list out; a file of another layout is told what it looks like.
func TestAfterSaleFaults(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		good := applied{no: "990041", main: "9900000000000000101", sub: "1", kind: "仅退款", amount: "1.00", status: "退款中"}
		bad := good
		bad.no, bad.amount = "1.23E+17", "abc"
		in := flow.Import{ShopID: k.shop.ID, Preset: "douyin-after-sale", Orders: k.file(listHead + k.listRow(good) + k.listRow(bad)), Actor: agent.Name}
		dry := in
		dry.DryRun = true
		r, err := k.f.Import(k.ctx(), agent, dry)
		if err != nil || r.Faults != 2 || r.Run != nil || r.Created.Returns != 1 {
			t.Errorf("%+v %v", r, err)
		}
		r, err = k.f.Import(k.ctx(), agent, in)
		if e := errs.As(err); e == nil || e.Key != "import.faults" || len(e.Fields) != 2 || r.Run.State != order.RunFailed {
			t.Errorf("%v", err)
		}
		in.Orders = k.file(soldHead)
		_, err = k.f.Import(k.ctx(), agent, in)
		if e := errs.As(err); e == nil || e.Key != "import.other_preset" || e.Args["like"] != "douyin" || len(e.Fields) == 0 {
			t.Errorf("%v", err)
		}
		in.Preset, in.Orders = "douyin", k.file(listHead)
		_, err = k.f.Import(k.ctx(), agent, in)
		if e := errs.As(err); e == nil || e.Key != "import.other_preset" || e.Args["like"] != "douyin-after-sale" {
			t.Errorf("%v", err)
		}
	})
}

// A list that was stopped goes on behind the last record that was taken; an application cannot change its order.
func TestAfterSaleStoppedAndResumed(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		var b strings.Builder
		b.WriteString(listHead)
		for i := range 50 {
			b.WriteString(k.listRow(applied{no: "9905" + string(rune('A'+i/26)) + string(rune('A'+i%26)), main: "9900000000000000999", sub: "1", kind: "仅退款", amount: "1.00", status: "退款中"}))
		}
		ctx, stop := context.WithCancel(k.ctx())
		in := flow.Import{ShopID: k.shop.ID, Preset: "douyin-after-sale", Orders: k.file(b.String()), Actor: agent.Name,
			Progress: func(p flow.ImportProgress) { stop() }}
		r, err := k.f.Import(ctx, agent, in)
		if errs.As(err) == nil || errs.As(err).Key != "import.cancelled" || r.Run.State != order.RunCancelled || r.Run.RowsDone != 21 {
			t.Fatalf("%v %+v", err, r.Run)
		}
		in.Progress, in.Resume = nil, r.Run.ID
		r, err = k.f.Import(k.ctx(), agent, in)
		if err != nil || r.Run.State != order.RunDone || r.Run.Created != 50 || r.Created.Returns != 30 || r.Run.Skipped != 50 {
			t.Errorf("%v %+v", err, r.Run)
		}
		in.Resume, in.Orders = 0, k.file(strings.ReplaceAll(b.String(), "9900000000000000999", "9900000000000000998"))
		if _, err := k.f.Import(k.ctx(), agent, in); errs.As(err) == nil || errs.As(err).Key != "import.faults" {
			t.Errorf("%v", err)
		}
		var n int64
		k.must(k.f.DB.Read(k.ctx(), func(tx *db.Tx) error {
			return tx.QueryRow(`select count(*) from platform_return where shop_id = $1 and order_no = '9900000000000000999'`, k.shop.ID).Scan(&n)
		}))
		if n != 50 {
			t.Errorf("%d records", n)
		}
	})
}

// Masked values identify nobody: two orders with one masked recipient and phone are two customers', and an application
// whose order number is masked is told and linked to neither of them.
func TestMaskedValuesAreNeverMatched(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		masked := func(row string) string {
			return strings.ReplaceAll(strings.ReplaceAll(row, "##密文", "王**"), "$$密文", "138****8003")
		}
		k.imports("douyin", soldHead+
			masked(k.soldRow("9900000000000000101", "9900000000000000101", "BX-38", 1, "300.00", "299.00", "0.00"))+
			masked(k.soldRow("9900000000000000102", "9900000000000000103", "BX-38", 1, "300.00", "299.00", "0.00")))
		var one, two order.Order
		k.must(k.f.DB.Read(k.ctx(), func(tx *db.Tx) (err error) {
			if one, err = order.ByNumber(tx, k.shop.ID, "douyin", "9900000000000000101"); err == nil {
				two, err = order.ByNumber(tx, k.shop.ID, "douyin", "9900000000000000102")
			}
			return err
		}))
		if one.CustomerID == 0 || one.CustomerID == two.CustomerID {
			t.Errorf("customers %v and %v", one.CustomerID, two.CustomerID)
		}
		r := k.imports("douyin-after-sale", listHead+
			k.listRow(applied{no: "990061", main: "99000000000****0101", kind: "退货退款", amount: "299.00", status: "待商家处理", why: "尺码不合适"}))
		if c := r.AfterSale; c.Opened+c.Linked != 0 || c.Unmatched != 1 || k.record("990061").Reason != flow.NoOrder {
			t.Errorf("%+v %v %+v", c, r.SkippedBy, r.Faults)
		}
	})
}
