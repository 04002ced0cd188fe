package flow_test

import (
	"slices"
	"testing"
	"time"

	"github.com/sanbao/sanbao/internal/carrier"
	"github.com/sanbao/sanbao/internal/cases"
	"github.com/sanbao/sanbao/internal/flow"
	"github.com/sanbao/sanbao/internal/settle"
)

const sn04 = "YT8962646785390"

// stuck is SN-04: snacks that left three days ago and have not moved since, in a shop whose pack promises to answer within 24
// hours of asking the carrier and to solve it within three working days.
func (k *kit) stuck() flow.View {
	k.t.Helper()
	k.shop.Pack = "snack"
	k.shop = k.opens("snack")
	r := k.sold(0, 0, []article{{"SN-0001", 8000, 4}}, flow.NewPayment{Tender: "alipay", Route: settle.ByBank, Captured: 8000})
	left := k.clock.Now().Add(-72 * time.Hour)
	_, err := k.f.Deliver(k.ctx(), agent, k.shop.ID, r.Order.ID, 0, flow.Delivery{ShippedAt: &left})
	k.must(err)
	_, err = k.f.AddParcel(k.ctx(), agent, k.shop.ID, r.Order.ID, flow.NewParcel{Carrier: "圆通", Waybill: sn04})
	k.must(err)
	k.work()
	return k.apply(flow.Asked{OrderLineID: r.Lines[0].ID, Quantity: 4, Ground: "logistics_delay", Remedy: "refund_only",
		Facts: facts("order.delivery", "in_transit", "finding.not_delivered", true)})
}

func (k *kit) enquire(v flow.View, n flow.NewEnquiry) flow.View {
	k.t.Helper()
	n.Carrier = "圆通"
	return k.ok(k.f.Enquire(k.ctx(), agent, k.shop.ID, v.Case.ID, 0, n))
}

func (k *kit) onEnquiry(v flow.View, e carrier.EnquiryEvent, w flow.Word) flow.View {
	k.t.Helper()
	return k.ok(k.f.OnEnquiry(k.ctx(), agent, k.shop.ID, v.Enquiries[0].ID, v.Enquiries[0].Version, e, w))
}

// due wants a case's deadline.
func (k *kit) due(v flow.View, kind cases.DueKind, in time.Duration) {
	k.t.Helper()
	if v.Case.DueKind != kind || v.Case.DueAt == nil || *v.Case.DueAt != k.clock.Now().Add(in) {
		k.t.Errorf("due %v %s, want %s in %s", v.Case.DueAt, v.Case.DueKind, kind, in)
	}
	k.must(standing(k.ctx(), k.f, k.shop.ID, v.Case.ID))
}

// A parcel that stands still is asked about (S2-20). The case is the carrier's meanwhile; the customer hears within 24 hours of every
// word with the carrier (S2-37), however often it is asked again; and the enquiry ends only after he heard the last of it.
func TestEnquiry(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		v := k.stuck()
		if v.Case.Status != cases.Unassigned {
			t.Fatalf("before: %s", v.Case.Status)
		}
		v = k.enquire(v, flow.NewEnquiry{Kind: carrier.Stuck, Waybill: " yt896264 6785390", Ticket: "GD3321", Text: "网点查"})
		if v.Case.Status != cases.Carrier || v.Enquiries[0].Waybill != sn04 || len(v.Enquiries[0].Progress) != 1 {
			t.Fatalf("asked: %s %+v", v.Case.Status, v.Enquiries)
		}
		k.due(v, cases.DueUpdate, 24*time.Hour)
		_, err := k.f.Enquire(k.ctx(), agent, k.shop.ID, v.Case.ID, 0, flow.NewEnquiry{Kind: carrier.IsLost, Carrier: "圆通", Waybill: sn04})
		k.refused("flow.enquiry_open", err)
		_, err = k.f.OnEnquiry(k.ctx(), agent, k.shop.ID, v.Enquiries[0].ID, 0, carrier.Close, flow.Word{Text: "不查了"})
		k.refused("carrier.enquiry_not_now", err)

		k.clock.Advance(21 * time.Hour)
		v = k.onEnquiry(v, carrier.Chase, flow.Word{Text: "催了一次"})
		k.due(v, cases.DueUpdate, 3*time.Hour)
		v = k.onEnquiry(v, carrier.Tell, flow.Word{Text: "还在查，明天回复您"})
		k.due(v, cases.DueUpdate, 24*time.Hour)
		k.clock.Advance(2 * time.Hour)
		v = k.onEnquiry(v, carrier.Answer, flow.Word{Text: "中转丢失"})
		if v.Case.Status != cases.Unassigned || v.Enquiries[0].Answer != "中转丢失" || v.Enquiries[0].Ticket != "GD3321" {
			t.Fatalf("answered: %s %+v", v.Case.Status, v.Enquiries[0])
		}
		k.due(v, cases.DueUpdate, 24*time.Hour)
		_, err = k.f.OnEnquiry(k.ctx(), agent, k.shop.ID, v.Enquiries[0].ID, 1, carrier.Tell, flow.Word{Text: "x"})
		k.refused("web.stale", err)
		v = k.onEnquiry(v, carrier.Tell, flow.Word{Text: "丢了，给您退款"})
		if v.Case.DueKind != cases.DueSolve || v.Enquiries[0].SolveBy == nil {
			t.Errorf("to solve (S2-38): %s %v", v.Case.DueKind, v.Enquiries[0].SolveBy)
		}
		v = k.onEnquiry(v, carrier.Close, flow.Word{Text: "按丢件退款"})
		if len(v.Enquiries[0].Allowed) != 0 || v.Case.DueKind == cases.DueSolve || v.Case.Status != cases.Unassigned {
			t.Errorf("over: %v, due %s, %s", v.Enquiries[0].Allowed, v.Case.DueKind, v.Case.Status)
		}
		if got := k.verbs(v.Case.ID, v.Enquiries[0].ID); len(got) != 6 || got[5] != "close by "+agent.Name {
			t.Error(got)
		}
		if v = k.again(v); len(v.Enquiries[0].Progress) != 6 || v.Enquiries[0].Progress[1].Text != "催了一次" {
			t.Errorf("%+v", v.Enquiries[0].Progress)
		}
	})
}

// What is decided meanwhile is not held up by the question, and a case is not over while one is open.
func TestEnquiryHoldsNothingUp(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		v := k.enquire(k.stuck(), flow.NewEnquiry{Kind: carrier.Stuck, Waybill: sn04})
		v = k.ok(k.f.Approve(k.ctx(), agent, k.shop.ID, v.Lines[0].ID, 0))
		if v.Case.Status != cases.Money {
			t.Fatalf("approved: %s", v.Case.Status)
		}
		s := v.Settlements[0]
		if s.State == settle.AwaitingApproval {
			v = k.ok(k.f.ApproveMoney(k.ctx(), finance, k.shop.ID, s.ID, 0))
		}
		v = k.ok(k.f.Confirm(k.ctx(), finance, k.shop.ID, s.ID, 0, settle.Confirmation{ExternalNo: "B1", Minor: 8000, At: k.clock.Now(), Proof: "回单"}))
		if v.Case.Status != cases.Carrier || v.Case.ClosedAt != nil {
			t.Fatalf("paid: %s", v.Case.Status)
		}
		v = k.onEnquiry(v, carrier.Tell, flow.Word{Text: "已退款"})
		v = k.onEnquiry(v, carrier.Close, flow.Word{Text: "已退款，不再查"})
		if v.Case.Status != cases.Closed {
			t.Errorf("over: %s", v.Case.Status)
		}
		k.must(standing(k.ctx(), k.f, k.shop.ID, v.Case.ID))
		v = k.enquire(v, flow.NewEnquiry{Kind: carrier.NotReceived, Waybill: sn04})
		if v.Case.Status != cases.Carrier || v.Case.Reopened != 1 {
			t.Errorf("asked once more: %s, reopened %d", v.Case.Status, v.Case.Reopened)
		}
	})
}

// A shop whose pack promises nothing has no clock of its own; what a person promised the customer is one.
func TestPromisedByAPerson(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		v := k.sentBack(waybill)
		v = k.enquire(v, flow.NewEnquiry{Kind: carrier.NoScan, Waybill: waybill})
		if v.Enquiries[0].UpdateDue != nil || v.Enquiries[0].SolveBy != nil || v.Case.DueKind == cases.DueUpdate {
			t.Fatalf("nobody promised anything: %+v", v.Enquiries[0])
		}
		v = k.onEnquiry(v, carrier.Tell, flow.Word{Text: "在查"})
		past, soon := k.clock.Now(), k.clock.Now().Add(5*time.Hour)
		_, err := k.f.OnEnquiry(k.ctx(), agent, k.shop.ID, v.Enquiries[0].ID, 0, carrier.Chase, flow.Word{Text: "催", NextUpdate: &past})
		k.refused("flow.update_in_past", err)
		v = k.onEnquiry(v, carrier.Chase, flow.Word{Text: "催", NextUpdate: &soon})
		k.due(v, cases.DueUpdate, 5*time.Hour)
		got := k.tracking(v.Case.ID)
		if i := slices.IndexFunc(got, func(p flow.Tracked) bool { return p.Waybill == waybill }); i < 0 || slices.Contains(got[i].Allowed, flow.Enquire) {
			t.Errorf("a second enquiry is offered: %+v", got)
		}
	})
}
