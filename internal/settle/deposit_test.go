package settle_test

import (
	"testing"

	"github.com/sanbao/sanbao/errs"
	"github.com/sanbao/sanbao/internal/cases/casetest"
	"github.com/sanbao/sanbao/internal/db"
	"github.com/sanbao/sanbao/internal/db/dbtest"
	"github.com/sanbao/sanbao/internal/settle"
)

// A deposit keeps what is to be captured of it; the database takes no more than is held, and no number twice. What was captured is a payment of the order.
func TestDepositIsTakenInPart(t *testing.T) {
	each(t, func(t *testing.T, k *till) {
		ask := func(no string) settle.Settlement {
			s := k.refund(900, no)
			s.Kind, s.Route, s.PaymentID, s.Approval = settle.Deposit, settle.ByBank, 0, ""
			s.Parts = []settle.Part{{Kind: settle.Unreturned, Minor: 900}}
			k.Batch(t, func(_ *db.Tx, b *db.Batch) {
				var err error
				if s, err = settle.Open(b, s, settle.AskHold); err != nil {
					b.Fail(err)
				}
			})
			return s
		}
		move := func(s settle.Settlement, e settle.Event) (settle.Settlement, error) {
			err := k.DB.Write(t.Context(), func(tx *db.Tx) error {
				return tx.Batch(func(b *db.Batch) {
					next, err := settle.Apply(b, s, e)
					if s = next; err != nil {
						b.Fail(err)
					}
				})
			})
			return s, err
		}
		s, other := ask("D1"), ask("D2")
		s.ExternalNo, other.ExternalNo = "AUTH-1", "AUTH-1"
		s, err := move(s, settle.Place)
		if err != nil || s.State != settle.OnHold {
			t.Fatalf("%s %v", s.State, err)
		}
		casetest.WantKey(t, k.DB.Read(t.Context(), func(tx *db.Tx) error { return settle.NumberFree(tx, k.Shop.ID, other.ID, "AUTH-1 ") }), errs.Conflict, "settle.number_used")
		if err := k.DB.Read(t.Context(), func(tx *db.Tx) error { return settle.NumberFree(tx, k.Shop.ID, s.ID, "AUTH-1") }); err != nil {
			t.Errorf("its own number: %v", err)
		}
		if _, err := move(other, settle.Place); !db.IsUnique(err) {
			t.Errorf("twice under one number: %v", err)
		}
		more := s
		more.Taken = 901
		if _, err := move(more, settle.Claim); !db.IsCheck(err) {
			t.Errorf("more than is held: %v", err)
		}
		if s.Of(901) != 900 || s.Of(-1) != 0 || s.Of(250) != 250 {
			t.Errorf("%d %d", s.Of(901), s.Of(-1))
		}
		s.Taken = 250
		if s, err = move(s, settle.Claim); err != nil {
			t.Fatal(err)
		}
		paid := settle.Confirmation{ExternalNo: "CAP-1", Minor: 250, At: dbtest.Start, Proof: "p"}
		if err := s.CheckTaken(paid, dbtest.Start); err != nil {
			t.Error(err)
		}
		paid.Minor = 900
		if e := errs.As(s.CheckTaken(paid, dbtest.Start)); e == nil || e.Fields[0].Key != "settle.amount_differs" {
			t.Errorf("all of it: %v", e)
		}
		if p := s.Met(k.Order.ID, "bank", settle.Receipt{Route: settle.ByBank, ExternalNo: "CAP-1", At: dbtest.Start}); p.Captured != 250 || p.ChargeID != s.ID {
			t.Errorf("%+v", p)
		}
		s.ExternalNo = "CAP-1"
		if s, err = move(s, settle.TakeIn); err != nil {
			t.Fatal(err)
		}
		got := casetest.See(t, k.Ground, func(tx *db.Tx) (settle.Settlement, error) { return settle.Get(tx, k.Shop.ID, s.ID) })
		if got.State != settle.Captured || got.Taken != 250 || got.Minor != 900 || got.ExternalNo != "CAP-1" {
			t.Errorf("%+v", got)
		}
		_, err = move(s, settle.TakeIn)
		casetest.WantKey(t, err, errs.Conflict, "settle.not_now")
	})
}
