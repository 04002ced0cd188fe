package flow_test

import (
	"strings"
	"testing"

	"github.com/sanbao/sanbao/errs"
	"github.com/sanbao/sanbao/internal/flow"
)

// An application that ours refuses is a difference that says why in the reader's language; the next list tries again.
func TestAfterSaleRefusedHere(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		k.marketplaceShop()
		row := func(no, status string) string {
			return k.listRow(applied{no: no, main: "9900000000000000101", sub: "9900000000000000101", kind: "退货退款", amount: "299.00", status: status, why: "七天无理由退货"})
		}
		r := k.imports("douyin-after-sale", listHead+row("990051", "待商家处理")+row("990052", "待商家处理")) // one piece, twice
		if r.AfterSale.Opened != 1 || r.SkippedBy["import.unmatched_"+flow.RefusedHere] != 1 || r.AfterSale.Differs != 1 {
			t.Fatalf("%+v %v", r.AfterSale, r.SkippedBy)
		}
		for lang, want := range map[errs.Lang]string{errs.ZhCN: "不能按平台所说申请", errs.En: "cannot be applied for"} {
			ds, err := flow.Differences(k.ctx(), k.f.DB, k.shop.ID, 0, 10, lang)
			if err != nil || len(ds) != 1 || !strings.Contains(ds[0].Text, want) || strings.ContainsAny(ds[0].Text, "{}") || !strings.HasPrefix(ds[0].Ours, "refused_here ") {
				t.Errorf("%+v %v", ds, err)
			}
			t.Log(ds[0].Text)
		}
		before := k.everything()
		k.imports("douyin-after-sale", listHead+row("990051", "待商家处理")+row("990052", "待商家处理"))
		if now := k.everything(); now != before {
			t.Errorf("again changed\n%s\nto\n%s", before, now)
		}
		// The buyer took the first back, so the second stands.
		k.ok(k.f.Cancel(k.ctx(), agent, k.shop.ID, k.record("990051").LineID, 0, "买家撤销"))
		r = k.imports("douyin-after-sale", listHead+row("990051", "售后关闭")+row("990052", "待商家处理"))
		if r.AfterSale.Opened != 1 || len(k.differences()) != 0 || k.record("990052").CaseID == 0 {
			t.Errorf("%+v %v", r.AfterSale, k.differences())
		}
	})
}

// Our day to pay behind the platform's deadline is a difference; one before it is none.
func TestAfterSaleDeadlineDiffers(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		k.unsent("9900000000000000501")
		row := func(deadline int) string {
			return listHead + k.listRow(applied{no: "990061", main: "9900000000000000501", sub: "9900000000000000501", kind: "未发货退款", amount: "299.00", status: "待商家处理", why: "不想要了",
				deadline: k.stamp(deadline)})
		}
		k.imports("douyin-after-sale", row(24*30))
		k.shoes("990061")
		v := k.ok(k.f.View(k.ctx(), k.shop.ID, k.record("990061").CaseID))
		if len(v.Settlements) != 1 || v.Settlements[0].DueOn == nil {
			t.Fatalf("%+v", v.Settlements)
		}
		k.imports("douyin-after-sale", row(24*30))
		if got := k.differences(); len(got) != 0 {
			t.Errorf("%v", got)
		}
		k.imports("douyin-after-sale", row(-24*3))
		got := k.differences()
		if len(got) != 1 || !strings.HasPrefix(got[0], "990061 deadline ") || !strings.HasSuffix(got[0], "| "+v.Settlements[0].DueOn.String()) {
			t.Errorf("%v", got)
		}
		k.imports("douyin-after-sale", row(24*30)) // the platform gave more time
		if got := k.differences(); len(got) != 0 {
			t.Errorf("%v", got)
		}
	})
}
