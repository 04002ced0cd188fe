package demo_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"net/http"
	"slices"
	"time"

	"github.com/sanbao/sanbao/calendar"
	"github.com/sanbao/sanbao/clock"
	"github.com/sanbao/sanbao/internal/flow"
	"github.com/sanbao/sanbao/internal/settle"
)

// customers come one after the other until the month is over; each is served to an end, or left waiting.
func (m *monthly) customers(r *rand.Rand) {
	for !m.over.Load() {
		if err := m.customer(r); err != nil {
			m.GiveUp(err)
			return
		}
	}
}

// post gives a command; false is that it was refused with a reason.
func (m *monthly) post(path string, body, answer any) (bool, error) {
	status, text, err := m.Call(m.token, http.MethodPost, "shops/"+m.shoes.ID.String()+path, fmt.Sprint("month-", m.seq.Add(1)), body, answer)
	switch {
	case err != nil:
		return false, err
	case status < 300:
		m.given.Add(1)
		return true, nil
	case slices.Contains([]int{http.StatusConflict, http.StatusUnprocessableEntity, http.StatusForbidden}, status):
		m.refused.Add(1)
		return false, nil
	}
	return false, fmt.Errorf("%s: %d %s", path, status, text)
}

// customer buys one to three articles, asks for something and is given whatever commands his case allows.
func (m *monthly) customer(r *rand.Rand) error {
	sold, err := m.sale(r)
	if err != nil {
		return err
	}
	asked := flow.Application{Channel: "chat"}
	for _, l := range sold.Lines {
		remedy := []string{"refund_return", "refund_return", "refund_return", "exchange"}[r.IntN(4)]
		a := flow.Asked{OrderLineID: l.ID, Quantity: 1 + r.Int64N(l.Quantity), Ground: "size_mismatch", Remedy: remedy,
			Facts: facts("goods.worn", false, "goods.tag_removed", false)}
		if remedy == "exchange" {
			a.Wanted = []string{"SH-2401-BLK-38", "SH-2401-BLK-39", "SH-2401-APR-38"}[r.IntN(3)]
		}
		asked.Lines = append(asked.Lines, a)
	}
	var v flow.View
	if ok, err := m.post("/cases", asked, &v); !ok {
		return err
	}
	for range 10 + r.IntN(40) {
		path, body := choose(r, v, m.seq.Add(1))
		if path == "" {
			return nil
		}
		ok, err := m.post(path, body, &v)
		if err != nil {
			return err
		}
		if !ok {
			if _, text, err := m.Call(m.token, http.MethodGet, "shops/"+m.shoes.ID.String()+"/cases/"+v.Case.ID.String(), "", nil, &v); err != nil {
				return fmt.Errorf("%s: %w", text, err)
			}
		}
	}
	return nil
}

// sale is an order of one to three articles, with prices that no quantity divides, paid with one or two tenders.
func (m *monthly) sale(r *rand.Rand) (sold flow.Recorded, err error) {
	paid := clock.System{}.Now().Add(-72 * time.Hour)
	day := paid.Time().In(shanghai)
	signed := calendar.DateOf(day.Year(), day.Month(), day.Day()).AddDays(1)
	n := flow.NewOrder{OrderNo: fmt.Sprintf("98%016d", m.seq.Add(1)), Channel: "distance", Status: "交易成功", OrderedAt: paid, PaidAt: &paid, ShippedAt: &paid,
		SignedOn: &signed, SignedBy: "self", FreightPaid: []int64{0, 600}[r.IntN(2)], Buyer: flow.Buyer{Key: fmt.Sprint("buyer", r.IntN(50))}}
	left := n.FreightPaid
	for i := range 1 + r.IntN(3) {
		net := 100 + r.Int64N(50_000)
		n.Lines = append(n.Lines, flow.NewOrderLine{SKU: fmt.Sprint("SH-24", i), Title: "鞋", Category: "shoes", Quantity: 1 + r.Int64N(3), UnitPrice: net, Net: net})
		left += net
	}
	if some := r.Int64N(left); r.IntN(3) == 0 {
		n.Payments = append(n.Payments, flow.NewPayment{Tender: "taobao", Route: settle.ByMarketplace, Reference: n.OrderNo, Captured: some})
		left -= some
	}
	n.Payments = append(n.Payments, flow.NewPayment{Tender: "alipay", Route: settle.ByGateway, Reference: "T" + n.OrderNo, Captured: left})
	ok, err := m.post("/orders", n, &sold)
	if err == nil && !ok {
		err = errors.New("an order was refused")
	}
	return sold, err
}

// offer is a command with the path and what is sent to it; weight is how often it is taken where it is allowed.
type offer struct {
	weight int
	path   string // of the thing and the verb
	body   any
}

func because(why string) map[string]any { return map[string]any{"reason": why} }

// choose draws one of all commands that a case allows; "" where there is none that leads anywhere.
func choose(r *rand.Rand, v flow.View, no int64) (path string, body any) {
	var all []offer
	add := func(o offer, ok bool) {
		for range o.weight {
			if ok {
				all = append(all, o)
			}
		}
	}
	for _, l := range v.Lines {
		for _, c := range l.Allowed {
			o, ok := lineOffers[c]
			o.path = "/lines/" + l.ID.String() + "/" + o.path
			add(o, ok)
		}
	}
	for _, p := range v.Movements {
		for _, c := range p.Allowed {
			o, ok := parcelOffer(c, p, no, r)
			o.path = "/parcels/" + p.ID.String() + "/" + o.path
			add(o, ok)
		}
	}
	for _, s := range v.Settlements {
		for _, c := range s.Allowed {
			o, ok := moneyOffer(c, s.Settlement, no)
			o.path = "/settlements/" + s.ID.String() + "/" + o.path
			add(o, ok)
		}
	}
	if len(all) == 0 {
		return "", nil
	}
	o := all[r.IntN(len(all))]
	return o.path, o.body
}

var shanghai = time.FixedZone("CST", 8*3600)

var intact = facts("goods.worn", false, "goods.resaleable", true, "goods.tag_removed", false, "goods.inner_pack_missing", false, "goods.soiled", false,
	"goods.parts_missing", false, "goods.impaired", false, "goods.gift_missing", false)

var lineOffers = map[flow.Command]offer{
	flow.Approve: {8, "approve", struct{}{}}, flow.Accept: {8, "accept", struct{}{}}, flow.Announce: {4, "announce", struct{}{}}, flow.InStock: {4, "in-stock", struct{}{}},
	flow.Inspect: {8, "inspect", map[string]any{"facts": intact}}, flow.Answer: {4, "answer", map[string]any{"facts": facts("goods.worn", false, "goods.tag_removed", false)}},
	flow.Decline: {1, "decline", because("不符合")}, flow.Cancel: {1, "cancel", because("不退了")}, flow.Reopen: {3, "reopen", because("又来了")},
	flow.Dispute: {1, "dispute", because("平台介入")}, flow.Override: {1, "override", because("老顾客")}, flow.SettleLost: {4, "settle-lost", because("快递赔")},
	flow.SendAgain: {4, "send-again", because("路上丢了")}, flow.RefundInstead: {2, "refund-instead", because("要退款")}, flow.OutOfStock: {1, "out-of-stock", because("没货")},
	flow.Responsible: {1, "responsible", map[string]any{"party": "supplier"}},
}

func parcelOffer(c flow.Command, p flow.MovementView, no int64, r *rand.Rand) (offer, bool) {
	sent := map[string]any{"carrier": "圆通", "waybill": fmt.Sprintf("YTMONTH%07d", no)}
	switch c {
	case flow.FillWaybill:
		return offer{8, "waybill", sent}, true
	case flow.ShipOut:
		return offer{8, "ship", sent}, true
	case flow.SignFor:
		return offer{6, "sign", struct{}{}}, true
	case flow.Delivered:
		return offer{8, "delivered", struct{}{}}, true
	case flow.CheckOut:
		return offer{8, "check", map[string]any{"passed": true}}, true
	case flow.Tell:
		return offer{4, "told", struct{}{}}, true
	case flow.Refuse:
		return offer{1, "refuse", because("湿了")}, true
	case flow.ReportLost:
		return offer{1, "lost", struct{}{}}, true
	case flow.GoOn:
		return offer{6, "go-on", map[string]any{"reason": "说清楚了", "rest_lost": r.IntN(2) == 0}}, true
	case flow.Receive:
		counts := []map[string]any{}
		for _, l := range p.Lines {
			arrived := l.Announced
			if r.IntN(6) == 0 {
				arrived = r.Int64N(l.Announced + 1)
			}
			counts = append(counts, map[string]any{"line_id": l.CaseLineID, "arrived": arrived})
		}
		return offer{8, "receive", map[string]any{"counts": counts}}, true
	}
	return offer{}, false
}

func moneyOffer(c flow.Command, s settle.Settlement, no int64) (offer, bool) {
	paid := map[string]any{"external_no": fmt.Sprint("M", no), "minor": s.Minor, "at": clock.System{}.Now(), "proof": "截图"}
	switch c {
	case flow.ApproveMoney:
		return offer{10, "approve", struct{}{}}, true
	case flow.ReturnMoney:
		return offer{1, "return", because("再看")}, true
	case flow.Start:
		return offer{2, "start", struct{}{}}, true
	case flow.Confirm:
		return offer{8, "confirm", paid}, true
	case flow.Bounce:
		return offer{1, "bounce", because("退回来了")}, true
	case flow.Retry:
		return offer{6, "retry", struct{}{}}, true
	case flow.Collect:
		return offer{4, "collect", withRoute(paid)}, true
	}
	return offer{}, false
}

func withRoute(paid map[string]any) map[string]any {
	out := maps.Clone(paid)
	out["route"] = settle.ByBank
	return out
}

func facts(pairs ...any) map[string]json.RawMessage {
	out := map[string]json.RawMessage{}
	for i := 0; i < len(pairs); i += 2 {
		out[pairs[i].(string)] = json.RawMessage(fmt.Sprint(pairs[i+1]))
	}
	return out
}
