package flow_test

import (
	"slices"
	"testing"

	"github.com/sanbao/sanbao/internal/flow"
)

// Forty alike after a promotion: those that were never sent are paid back without a person (S4-07), those on their way
// and those that are unknown keep nobody back, and pasting the same numbers again opens nothing again.
func TestBulkOfUnshippedOrders(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		var nos []string
		for range 12 {
			r := k.sold(0, 600, []article{{"SH-1902-WHT-37", 19900, 1}, {"SH-2401-BLK-38", 53800, 2}})
			nos = append(nos, r.Order.OrderNo)
		}
		sent := k.sold(3, 0, []article{{"SH-1902-WHT-37", 19900, 1}})
		b := flow.Bulk{OrderNos: slices.Concat(nos, []string{" " + nos[0] + "\t", "", sent.Order.OrderNo, "990000000000009999"}),
			Channel: "platform", Ground: "late_dispatch", Remedy: "refund_only", Note: "大促漏发"}

		seen, err := k.f.PreviewBulk(k.ctx(), agent, k.shop.ID, b)
		k.must(err)
		if len(seen.Rows) != 14 || seen.Opened != 12 || seen.Failed != 2 || seen.Minor != 12*(19900+53800+600) {
			t.Fatalf("preview: %d rows, %d, %d failed, %d", len(seen.Rows), seen.Opened, seen.Failed, seen.Minor)
		}
		if again, err := k.f.PreviewBulk(k.ctx(), agent, k.shop.ID, b); err != nil || again.Opened != 12 {
			t.Fatalf("a preview changes nothing: %d %v", again.Opened, err)
		}
		done, err := k.f.ApplyBulk(k.ctx(), agent, k.shop.ID, b)
		k.must(err)
		if done.Opened != 12 || done.Failed != 2 || done.Minor != seen.Minor {
			t.Fatalf("%d opened, %d failed, %d", done.Opened, done.Failed, done.Minor)
		}
		keys := map[string]string{}
		for _, row := range done.Rows {
			keys[row.OrderNo] = row.Key
			for _, l := range row.Lines {
				if row.OrderNo == sent.Order.OrderNo { // delivered days ago: refused with its reason, and no case
					if l.State != "" || l.Reason == "" || row.CaseID != 0 {
						t.Errorf("sent long ago: %+v", row)
					}
					continue
				}
				if l.State != "approved" || l.Outcome != "approve" || l.Title == "" {
					t.Errorf("%s: %+v", row.OrderNo, l)
				}
			}
		}
		if keys["990000000000009999"] != "order.not_found" || keys[sent.Order.OrderNo] != "flow.bulk_refused" {
			t.Errorf("an order nobody knows: %v", keys)
		}
		k.work()
		var paid int64
		for _, p := range k.pay.Paid() {
			paid += p.Amount.Minor
		}
		if paid != done.Minor {
			t.Errorf("paid back %d, decided %d", paid, done.Minor)
		}
		more, err := k.f.ApplyBulk(k.ctx(), agent, k.shop.ID, b)
		if k.must(err); more.Opened != 0 || more.Rows[0].Key != "flow.bulk_nothing_left" {
			t.Errorf("again: %d opened, %+v", more.Opened, more.Rows[0])
		}
	})
}

// Agreeing along with it reaches as far as the agent's own authority.
func TestBulkAgreesWithinAuthority(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		small, large := k.sold(2, 0, []article{{"SH-1902-WHT-37", 19900, 1}}), k.sold(2, 0, []article{{"SH-9999", 9990000, 1}})
		r, err := k.f.ApplyBulk(k.ctx(), agent, k.shop.ID, flow.Bulk{OrderNos: []string{small.Order.OrderNo, large.Order.OrderNo}, Channel: "chat", Agree: true,
			Ground: "no_reason", Remedy: "refund_return", Facts: facts("goods.worn", false, "goods.tag_removed", false, "goods.inner_pack_missing", false)})
		k.must(err)
		if r.Rows[0].Lines[0].State != "approved" || r.Rows[1].Lines[0].State != "awaiting_approval" {
			t.Errorf("%+v", r.Rows)
		}
	})
}
