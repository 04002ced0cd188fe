package flow_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/sanbao/sanbao/internal/db"
	"github.com/sanbao/sanbao/internal/flow"
	"github.com/sanbao/sanbao/internal/id"
	"github.com/sanbao/sanbao/internal/settle"
)

func (k *kit) letters(state string) (out []settle.RedLetter) {
	k.t.Helper()
	k.must(k.f.DB.Read(k.ctx(), func(tx *db.Tx) (err error) {
		out, err = settle.RedLetters(tx, k.shop.ID, state, 0, 100)
		return err
	}))
	return out
}

func (k *kit) invoices(orderID id.ID) (out []settle.Invoice) {
	k.t.Helper()
	k.must(k.f.DB.Read(k.ctx(), func(tx *db.Tx) (err error) {
		out, err = settle.Invoices(tx, k.shop.ID, orderID)
		return err
	}))
	return out
}

func minors(ls []settle.RedLetter) (out string) {
	for _, l := range ls {
		out += fmt.Sprintf("%s %d ", l.InvoiceNo, l.Minor)
	}
	return out
}

// Money that arrives of an invoiced order is to be reversed, over its invoices, the oldest first, and never more than was invoiced. Points that
// went back were no money. Finance ends it with the number of the red letter; once.
func TestRedLetters(t *testing.T) {
	eachTrial(t, func(t *testing.T, k *kit) {
		r, err := k.promoted() // 540.00: 490.00 in money and 50.00 in points
		k.must(err)
		record := func(no string, minor int64, on int) (settle.Invoice, error) {
			return k.f.RecordInvoice(k.ctx(), boss, k.shop.ID, r.Order.ID, flow.NewInvoice{Number: no, Title: "王", Minor: minor, IssuedOn: *k.today(on)})
		}
		if _, err := record("25312000000000000001", 200_00, -1); err != nil {
			t.Fatal(err)
		}
		if _, err := record("25312000000000000002", 250_00, 0); err != nil {
			t.Fatal(err)
		}
		for key, try := range map[string]func() error{
			"flow.invoice_exists": func() error { _, err := record("25312000000000000001", 1, 0); return err },
			"flow.invoice_over":   func() error { _, err := record("25312000000000000003", 90_01, 0); return err },
			"flow.invoice_day":    func() error { _, err := record("25312000000000000003", 1, 1); return err },
		} {
			k.refused(key, try())
		}
		if _, err := record("ABC", 1, 0); err == nil {
			t.Error("a number of letters was taken")
		}
		k.giveLess(r, 0, "trial", false) // 180.00, of which 163.34 are money
		if got := minors(k.letters("open")); got != "25312000000000000001 16334 " {
			t.Errorf("%s", got)
		}
		k.giveLess(r, 0, "trial", false)
		k.giveLess(r, 1, "trial", false)
		if got := minors(k.letters("open")); got != "25312000000000000001 16334 25312000000000000001 3666 25312000000000000002 12667 25312000000000000002 12333 " {
			t.Errorf("%s", got) // 490.00 went back in money, and 450.00 were invoiced
		}
		for _, v := range k.invoices(r.Order.ID) {
			if v.Reversed != v.Minor {
				t.Errorf("%+v", v)
			}
		}
		l := k.letters("open")[0]
		issue := func(version int64, no string, on int) (settle.RedLetter, error) {
			return k.f.IssueRedLetter(k.ctx(), boss, k.shop.ID, l.ID, flow.Issued{Seen: flow.Seen{Version: version}, Number: no, IssuedOn: *k.today(on)})
		}
		_, err = issue(0, "25312000000000000001", 0)
		k.refused("flow.invoice_exists", err)
		_, err = issue(0, "25312000000000000009", -1)
		k.refused("flow.invoice_day", err)
		_, err = issue(7, "25312000000000000009", 0)
		k.refused("web.stale", err)
		done, err := issue(1, "25312000000000000009", 0)
		if err != nil || done.State != "done" || done.DoneBy != "boss" {
			t.Errorf("%+v, %v", done, err)
		}
		_, err = issue(0, "25312000000000000010", 0)
		k.refused("flow.red_letter_done", err)
		if n := len(k.letters("done")); n != 1 {
			t.Errorf("%d done", n)
		}
		k.must(kept(k.ctx(), k.f.DB, k.shop.ID, r.Order.ID))
	})
}

// An invoice that is recorded late is reversed for what went back since its day, and for nothing before; another shop sees none of it.
func TestInvoiceRecordedLate(t *testing.T) {
	eachTrial(t, recordedLate)
}

func recordedLate(t *testing.T, k *kit) {
	t.Helper()
	r, err := k.promoted()
	k.must(err)
	k.giveLess(r, 0, "trial", false)
	k.clock.Advance(48 * time.Hour)
	k.giveLess(r, 0, "trial", false)
	if _, err := k.f.RecordInvoice(k.ctx(), boss, k.shop.ID, r.Order.ID, flow.NewInvoice{Number: "12345678", Minor: 360_00, IssuedOn: *k.today(-1)}); err != nil {
		t.Fatal(err)
	}
	ls := k.letters("open")
	if got := minors(ls); got != "12345678 16333 " {
		t.Errorf("%s", got)
	}
	stranger := *k
	stranger.shop = trialShop()
	stranger.shop.Code = "stranger"
	k.must(openTrial(k.ctx(), k.f.DB, stranger.shop))
	if n := len(stranger.letters("open")) + len(stranger.invoices(r.Order.ID)); n != 0 {
		t.Errorf("another shop sees %d", n)
	}
	_, err = k.f.IssueRedLetter(k.ctx(), boss, stranger.shop.ID, ls[0].ID, flow.Issued{Number: "87654321", IssuedOn: *k.today(0)})
	k.refused("settle.red_letter_not_found", err)
}
