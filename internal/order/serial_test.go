package order_test

import (
	"slices"
	"testing"

	"github.com/sanbao/sanbao/errs"
	"github.com/sanbao/sanbao/internal/cases/casetest"
	"github.com/sanbao/sanbao/internal/db"
	"github.com/sanbao/sanbao/internal/order"
)

func TestCleanSerials(t *testing.T) {
	for _, c := range []struct {
		cell  string
		units int64
		key   string
		want  []string
	}{
		{"", 3, "", nil},
		{"sn-2，SN-1", 2, "", []string{"SN-1", "SN-2"}},
		{"35 99", 1, "order.serial_count", nil},
		{"SN1,sn1", 2, "order.serial_twice", nil},
		{"a", 1, "order.serial_malformed", nil},
		{"-SN1", 1, "order.serial_malformed", nil},
		{"ſn1", 1, "order.serial_malformed", nil}, // raised, it would be another number
	} {
		got, err := order.CleanSerials(order.Serials(c.cell), c.units)
		key := ""
		if err != nil {
			key = errs.As(err).Key
		}
		if key != c.key || !slices.Equal(got, c.want) {
			t.Errorf("%q: %v %v", c.cell, got, err)
		}
	}
}

// Numbers are noted once, by whoever is first.
func TestNoteSerials(t *testing.T) {
	casetest.Each(t, func(t *testing.T, g *casetest.Ground) {
		serials := []string{"A1", "A2", "A3"}
		note := func() error {
			return g.TryBatch(t, func(_ *db.Tx, b *db.Batch) { order.NoteSerials(b, g.Shop.ID, g.Sold[0].ID, serials) })
		}
		if err := note(); err != nil {
			t.Fatal(err)
		}
		l := casetest.See(t, g, func(tx *db.Tx) (order.Line, error) { return order.GetLine(tx, g.Shop.ID, g.Sold[0].ID) })
		if !slices.Equal(l.Serials, serials) || l.Version != 2 || l.Disagree(serials) != nil || l.Disagree([]string{"A1", "A2", "A4"}) == nil {
			t.Errorf("%+v", l)
		}
		casetest.WantKey(t, note(), errs.Conflict, "db.stale")
		casetest.WantKey(t, g.TryBatch(t, func(_ *db.Tx, b *db.Batch) { order.NoteSerials(b, g.Stranger.ID, g.Sold[1].ID, serials) }), errs.Conflict, "db.stale")
		known := casetest.See(t, g, func(tx *db.Tx) (map[string]order.Known, error) {
			return order.KnownOrders(tx, g.Shop.ID, "taobao", []string{g.Order.OrderNo})
		})
		if k := known[g.Order.OrderNo]; len(k.Lines) != 2 || !slices.Equal(k.Lines[0].Serials, serials) || k.Lines[0].ID != l.ID || k.Lines[1].Serials != nil {
			t.Errorf("%+v", k.Lines)
		}
	})
}
