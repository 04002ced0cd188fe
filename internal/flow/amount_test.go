package flow_test

import (
	"encoding/json"
	"slices"
	"testing"

	"github.com/sanbao/sanbao/internal/cases"
	"github.com/sanbao/sanbao/internal/flow"
	"github.com/sanbao/sanbao/internal/settle"
	"github.com/sanbao/sanbao/rule"
)

// mended applies for a repair near home that cost so much, with its receipt; the order is a platform's.
func (k *kit) mended(cost int64) flow.View {
	o := k.sold(5, 0, []article{{"SH-2401", 26900, 1}})
	return k.apply(flow.Asked{OrderLineID: o.Lines[0].ID, Quantity: 1, Ground: "quality", Remedy: "local_repair",
		Facts: facts("repair.cost", cost), Evidence: "顾客口述"})
}

// receipt is what the customer sends then: the paper, and what it says.
func receipt(cost int64) map[string]json.RawMessage {
	return facts("evidence.repair_receipt", true, "repair.cost", cost)
}

// SH-04, S4-26: 15.00 is within an agent's authority, one fen more is a supervisor's; either way it is a proposal, which
// the customer takes or leaves, and her right to a refund stays.
func TestLocalRepair(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		v := k.mended(1500)
		if status(v) != "needs_evidence" {
			t.Fatalf("without its receipt: %s", status(v))
		}
		l := v.Lines[0].ID
		v = k.ok(k.f.Answer(k.ctx(), agent, k.shop.ID, l, 0, rule.AtEvidence, facts("evidence.repair_receipt", true), "收据照片"))
		if status(v) != "needs_facts" {
			t.Fatalf("a receipt nobody read the amount of: %s", status(v))
		}
		v = k.ok(k.f.Answer(k.ctx(), agent, k.shop.ID, l, 0, rule.AtEvidence, receipt(1500), "收据照片"))
		if status(v) != "offered" {
			t.Fatalf("15.00 with a receipt: %s", status(v))
		}
		v = k.ok(k.f.Accept(k.ctx(), agent, k.shop.ID, l, 0))
		s := v.Settlements[0]
		if s.Kind != settle.Repair || s.Minor != 1500 || s.PaymentID != 0 || len(v.Movements) != 0 || status(v) != "awaiting_approval.money" {
			t.Fatalf("%s %+v, %d parcels", status(v), s, len(v.Movements))
		}
		v = k.ok(k.f.ApproveMoney(k.ctx(), finance, k.shop.ID, s.ID, 0))
		v = k.ok(k.f.Confirm(k.ctx(), finance, k.shop.ID, s.ID, 0, settle.Confirmation{ExternalNo: "XE-4", Minor: 1500, At: k.clock.Now(), Proof: "小额打款截图"}))
		if status(v) != "settled" || v.Case.Status != cases.Closed {
			t.Errorf("%s, case %s", status(v), v.Case.Status)
		}
		if b := k.balances(); b["repair:shop"] != 1500 || b["owed:customers"] != 0 {
			t.Errorf("%v", b)
		}

		v = k.mended(1501)
		l = v.Lines[0].ID
		v = k.ok(k.f.Answer(k.ctx(), agent, k.shop.ID, l, 0, rule.AtEvidence, receipt(1501), "收据照片"))
		if status(v) != "awaiting_approval" {
			t.Fatalf("15.01 with a receipt: %s", status(v))
		}
		_, err := k.f.Approve(k.ctx(), agent, k.shop.ID, l, 0)
		k.refused("flow.supervisor_needed", err)
		v = k.ok(k.f.Approve(k.ctx(), boss, k.shop.ID, l, 0))
		if status(v) != "offered" {
			t.Fatalf("after the supervisor: %s", status(v))
		}
		v = k.ok(k.f.TurnDown(k.ctx(), agent, k.shop.ID, l, 0, "还是想退货"))
		if status(v) != "rejected" || len(v.Settlements) != 0 {
			t.Errorf("turned down: %s, %d settlements", status(v), len(v.Settlements))
		}
	})
}

// An amount leaves the goods free: a repair that was paid for does not stand in the way of the return (X12).
func TestAmountsClaimNoUnits(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		o := k.sold(5, 0, []article{{"SH-2401", 26900, 1}})
		ask := func(remedy string, f ...any) flow.View {
			return k.apply(flow.Asked{OrderLineID: o.Lines[0].ID, Quantity: 1, Ground: "quality", Remedy: remedy, Facts: facts(f...)})
		}
		ask("local_repair", "repair.cost", int64(1200))
		v := ask("refund_return", "evidence.photo", true)
		if !slices.Contains(v.Lines[0].Allowed, flow.Approve) {
			t.Errorf("the return beside the repair may not be agreed to: %s %v", status(v), v.Lines[0].Allowed)
		}
	})
}
