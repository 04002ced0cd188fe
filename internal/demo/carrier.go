package demo

import (
	"time"

	"github.com/sanbao/sanbao/internal/carrier"
	"github.com/sanbao/sanbao/internal/flow"
)

// wentOut notes the parcel the order went out in, and what its carrier said of it on the first days.
func (c *scene) wentOut(name, waybill string, said ...string) {
	if c.err != nil {
		return
	}
	o := c.bought[0].OrderID
	if _, c.err = c.app.Flow.AddParcel(c.ctx, flow.Actor{Name: "import"}, c.shop.ID, o, flow.NewParcel{Carrier: name, Waybill: waybill}); c.err != nil {
		return
	}
	var events []carrier.Event
	for i, text := range said {
		e := carrier.Event{Carrier: name, At: c.now.Add(-time.Duration(100-14*i) * hour), Status: carrier.InTransit, Text: text, Source: carrier.Push, Stated: true}
		if i == 0 {
			e.Status = carrier.Collected
		}
		events = append(events, e)
	}
	_, c.err = c.app.Flow.Track(c.ctx, c.shop.ID, waybill, events)
}

// enquires records that the carrier was asked about a parcel.
func (c *scene) enquires(who string, kind carrier.Kind, name, waybill, ticket, text string) {
	c.does(func() (flow.View, error) {
		return c.app.Flow.Enquire(c.ctx, flow.Actor{Name: who}, c.shop.ID, c.view.Case.ID, 0,
			flow.NewEnquiry{Kind: kind, Carrier: name, Waybill: waybill, Ticket: ticket, Text: text})
	})
}
