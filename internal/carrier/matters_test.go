package carrier_test

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/sanbao/sanbao/calendar"
	"github.com/sanbao/sanbao/clock"
	"github.com/sanbao/sanbao/errs"
	"github.com/sanbao/sanbao/internal/carrier"
	"github.com/sanbao/sanbao/internal/cases/casetest"
	"github.com/sanbao/sanbao/internal/db"
	"github.com/sanbao/sanbao/internal/db/dbtest"
	"github.com/sanbao/sanbao/internal/id"
)

// Every state of an enquiry × whether the customer has heard × every event: where it leads, or a conflict. Nothing is closed before he
// heard (S2-37), and telling him twice of the same answer is nothing to do.
func TestEnquiryTable(t *testing.T) {
	type row struct {
		state carrier.EnquiryState
		heard bool
	}
	want := map[row]map[carrier.EnquiryEvent]carrier.EnquiryState{
		{carrier.Asked, false}:    {carrier.Answer: carrier.Answered, carrier.Tell: carrier.Asked, carrier.Chase: carrier.Asked},
		{carrier.Asked, true}:     {carrier.Answer: carrier.Answered, carrier.Tell: carrier.Asked, carrier.Chase: carrier.Asked, carrier.Close: carrier.Closed},
		{carrier.Answered, false}: {carrier.Answer: carrier.Answered, carrier.Tell: carrier.Answered, carrier.Chase: carrier.Asked},
		{carrier.Answered, true}:  {carrier.Answer: carrier.Answered, carrier.Chase: carrier.Asked, carrier.Close: carrier.Closed},
	}
	at, now := dbtest.Start, dbtest.Start.Add(time.Hour)
	for _, s := range carrier.EnquiryStates {
		for _, heard := range []bool{false, true} {
			e := carrier.Enquiry{State: s, ContactAt: at}
			if heard {
				e.ToldAt = &at
			}
			for _, v := range []carrier.EnquiryEvent{carrier.Ask, carrier.Chase, carrier.Answer, carrier.Tell, carrier.Close} {
				got, err := e.After(v, now, nil)
				next, ok := want[row{s, heard}][v]
				switch {
				case ok != slices.Contains(e.Allowed(), v):
					t.Errorf("%s, heard %v: allowed %v", s, heard, e.Allowed())
				case ok && (err != nil || got.State != next):
					t.Errorf("%s, heard %v, %s: %s %v", s, heard, v, got.State, err)
				case !ok:
					casetest.WantKey(t, err, errs.Conflict, "carrier.enquiry_not_now")
				}
			}
		}
	}
}

// Whatever happens in whatever order: while something is owed to the customer and a promise stands, there is a time he hears by, and it
// was never put off; when nothing is owed and nothing is asked, there is none.
func TestUpdateIsNeverPutOff(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		now := dbtest.Start
		hours := time.Duration(rapid.IntRange(1, 48).Draw(rt, "hours")) * time.Hour
		due := now.Add(hours)
		e := carrier.Enquiry{State: carrier.Asked, AskedAt: now, ContactAt: now, UpdateDue: &due}
		for range rapid.IntRange(1, 12).Draw(rt, "steps") {
			now = now.Add(time.Duration(rapid.IntRange(1, 40).Draw(rt, "later")) * time.Hour)
			allowed := e.Allowed()
			if len(allowed) == 0 {
				break
			}
			v := rapid.SampledFrom(allowed).Draw(rt, "event")
			was, owed, next := e.UpdateDue, e.Owes(), now.Add(hours)
			after, err := e.After(v, now, &next)
			if err != nil {
				rt.Fatal(err)
			}
			e = after
			switch {
			case e.State == carrier.Closed || e.State == carrier.Answered && !e.Owes():
				if e.UpdateDue != nil {
					rt.Fatalf("%s leaves %v due", v, *e.UpdateDue)
				}
			case e.UpdateDue == nil:
				rt.Fatalf("after %s nothing is due, and the customer waits", v)
			case owed && v != carrier.Tell && *e.UpdateDue > *was:
				rt.Fatalf("%s puts the update off from %v to %v", v, *was, *e.UpdateDue)
			}
		}
	})
}

// Every state of a claim × every event.
func TestClaimTable(t *testing.T) {
	want := map[carrier.ClaimState]map[carrier.ClaimEvent]carrier.ClaimState{
		carrier.ToFile:  {carrier.File: carrier.Filed, carrier.Drop: carrier.Dropped},
		carrier.Filed:   {carrier.Grant: carrier.Granted, carrier.Refuse: carrier.Refused, carrier.Drop: carrier.Dropped},
		carrier.Granted: {carrier.Take: carrier.Received, carrier.Drop: carrier.Dropped},
		carrier.Refused: {carrier.File: carrier.Filed, carrier.Drop: carrier.Dropped},
	}
	for _, s := range carrier.ClaimStates {
		c := carrier.Claim{State: s, Asked: 100, Granted: 100, Currency: "CNY"}
		for _, v := range []carrier.ClaimEvent{carrier.File, carrier.Grant, carrier.Refuse, carrier.Take, carrier.Drop} {
			got, err := c.After(v, dbtest.Start, 100)
			next, ok := want[s][v]
			switch {
			case ok && (err != nil || got.State != next || (got.ClosedAt != nil) == got.Open()):
				t.Errorf("%s, %s: %s %v", s, v, got.State, err)
			case !ok:
				casetest.WantKey(t, err, errs.Conflict, "carrier.claim_not_now")
			}
		}
		if c.Open() != (len(c.Allowed()) > 0) {
			t.Errorf("%s is open %v, and allows %v", s, c.Open(), c.Allowed())
		}
	}
}

// No carrier pays more than was asked, nor more than it agreed to; a part leaves the rest due.
func TestClaimAmounts(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		asked := rapid.Int64Range(1, 1_000_00).Draw(rt, "asked")
		c, err := carrier.Claim{State: carrier.ToFile, Currency: "CNY"}.After(carrier.File, dbtest.Start, asked)
		if err != nil {
			rt.Fatal(err)
		}
		grant := rapid.Int64Range(-1, asked+2).Draw(rt, "grant")
		granted, err := c.After(carrier.Grant, dbtest.Start, grant)
		if (err == nil) != (grant > 0 && grant <= asked) {
			rt.Fatalf("asked %d, granted %d: %v", asked, grant, err)
		}
		if err != nil {
			return
		}
		for granted.Due() > 0 {
			n := rapid.Int64Range(-1, granted.Due()+2).Draw(rt, "comes in")
			next, err := granted.After(carrier.Take, dbtest.Start, n)
			if (err == nil) != (n > 0 && n <= granted.Due()) {
				rt.Fatalf("%d due, %d came in: %v", granted.Due(), n, err)
			}
			if err == nil {
				granted = next
			}
		}
		if granted.State != carrier.Received || granted.Received != grant {
			rt.Fatalf("%+v", granted)
		}
	})
}

func TestEnquiriesAreKept(t *testing.T) {
	casetest.Each(t, func(t *testing.T, g *casetest.Ground) {
		due, day := dbtest.Start.Add(24*time.Hour), calendar.DateOf(2026, 11, 24)
		e := carrier.Enquiry{ID: id.New(), ShopID: g.Shop.ID, CaseID: g.Case.ID, Carrier: "圆通", Waybill: "YT8962646785389", Kind: carrier.Stuck, State: carrier.Asked,
			Ticket: "GD1", AskedAt: dbtest.Start, ContactAt: dbtest.Start, UpdateDue: &due, SolveBy: &day, Version: 1}
		p := carrier.Progress{ID: id.New(), EnquiryID: e.ID, At: dbtest.Start, Author: "小满", Kind: carrier.Ask, Text: "三天没动"}
		g.Batch(t, func(_ *db.Tx, b *db.Batch) {
			carrier.InsertEnquiry(b, e)
			carrier.AddProgress(b, g.Shop.ID, g.Case.ID, p)
		})
		e, err := e.After(carrier.Answer, dbtest.Start.Add(time.Hour), nil)
		if err != nil {
			t.Fatal(err)
		}
		stale := e
		e.Answer, e.Verdict = "在中转场", carrier.Found
		g.Batch(t, func(_ *db.Tx, b *db.Batch) { e = carrier.SaveEnquiry(b, e) })
		got := casetest.See(t, g, func(tx *db.Tx) ([]carrier.Enquiry, error) { return carrier.Enquiries(tx, g.Shop.ID, g.Case.ID) })
		if d := cmp.Diff([]carrier.Enquiry{e}, got); d != "" {
			t.Error(d)
		}
		listed := func(shop id.ID, s carrier.EnquiryState, name string, after id.ID) int {
			return len(casetest.See(t, g, func(tx *db.Tx) ([]carrier.Enquiry, error) { return carrier.EnquiriesIn(tx, shop, s, name, after, 10) }))
		}
		if listed(g.Shop.ID, e.State, "", 0) != 1 || listed(g.Shop.ID, e.State, e.Carrier, 0) != 1 ||
			listed(g.Shop.ID, e.State, "别家", 0)+listed(g.Shop.ID, carrier.Closed, "", 0)+listed(g.Shop.ID, e.State, "", e.ID)+listed(g.Stranger.ID, e.State, "", 0) != 0 {
			t.Error("listed by state, carrier and shop")
		}
		said := casetest.See(t, g, func(tx *db.Tx) ([]carrier.Progress, error) { return carrier.ProgressOf(tx, g.Shop.ID, g.Case.ID) })
		if d := cmp.Diff([]carrier.Progress{p}, said); d != "" {
			t.Error(d)
		}
		if of := casetest.See(t, g, func(tx *db.Tx) (id.ID, error) { return carrier.CaseOfEnquiry(tx, g.Shop.ID, e.ID) }); of != g.Case.ID {
			t.Error(of)
		}
		casetest.WantKey(t, g.TryBatch(t, func(_ *db.Tx, b *db.Batch) { carrier.SaveEnquiry(b, stale) }), errs.Conflict, "db.stale")
		theirs := e
		theirs.ShopID = g.Stranger.ID
		casetest.WantKey(t, g.TryBatch(t, func(_ *db.Tx, b *db.Batch) { carrier.SaveEnquiry(b, theirs) }), errs.Conflict, "db.stale")
		casetest.AppendOnly(t, g, "carrier_progress", `update %s set text = 'x'`, `delete from %s`)
		_, err = casetest.Ask(t, g, func(tx *db.Tx) (id.ID, error) { return carrier.CaseOfEnquiry(tx, g.Stranger.ID, e.ID) })
		casetest.WantKey(t, err, errs.NotFound, "carrier.enquiry_not_found")
		none := casetest.See(t, g, func(tx *db.Tx) ([]carrier.Enquiry, error) { return carrier.Enquiries(tx, g.Stranger.ID, g.Case.ID) })
		mute := casetest.See(t, g, func(tx *db.Tx) ([]carrier.Progress, error) { return carrier.ProgressOf(tx, g.Stranger.ID, g.Case.ID) })
		if len(none)+len(mute) != 0 {
			t.Errorf("another shop sees %v %v", none, mute)
		}
	})
}

func TestClaimsAreKept(t *testing.T) {
	casetest.Each(t, func(t *testing.T, g *casetest.Ground) {
		at := func(h int) *clock.Instant { x := dbtest.Start.Add(time.Duration(h) * time.Hour); return &x }
		c := carrier.Claim{ID: id.New(), ShopID: g.Shop.ID, CaseID: g.Case.ID, Carrier: "圆通", Waybill: "YT8962646785389", Reason: carrier.ForLost, State: carrier.ToFile,
			Currency: "CNY", Asked: 9900, OpenedAt: dbtest.Start, Version: 1}
		g.Batch(t, func(_ *db.Tx, b *db.Batch) { carrier.InsertClaim(b, c) })
		stale := c
		for _, step := range []struct {
			e     carrier.ClaimEvent
			minor int64
		}{{carrier.File, 9900}, {carrier.Grant, 5000}, {carrier.Take, 2000}} {
			next, err := c.After(step.e, *at(1), step.minor)
			if err != nil {
				t.Fatal(err)
			}
			next.Ticket, next.Answer = "LP1", "按保价"
			g.Batch(t, func(_ *db.Tx, b *db.Batch) { c = carrier.SaveClaim(b, next) })
		}
		got := casetest.See(t, g, func(tx *db.Tx) ([]carrier.Claim, error) { return carrier.Claims(tx, g.Shop.ID, g.Case.ID) })
		if d := cmp.Diff([]carrier.Claim{c}, got); d != "" || c.Due() != 3000 {
			t.Error(d, c.Due())
		}
		in := func(shop id.ID, s carrier.ClaimState, after id.ID) int {
			return len(casetest.See(t, g, func(tx *db.Tx) ([]carrier.Claim, error) { return carrier.ClaimsIn(tx, shop, s, "", after, 10) }))
		}
		if in(g.Shop.ID, carrier.Granted, 0) != 1 || in(g.Shop.ID, carrier.Granted, c.ID)+in(g.Shop.ID, carrier.Filed, 0)+in(g.Stranger.ID, carrier.Granted, 0) != 0 {
			t.Error("listed by state and shop")
		}
		of := func(shop id.ID, name string) int {
			return len(casetest.See(t, g, func(tx *db.Tx) ([]carrier.Claim, error) {
				return carrier.ClaimsIn(tx, shop, carrier.Granted, name, 0, 10)
			}))
		}
		if of(g.Shop.ID, "圆通") != 1 || of(g.Shop.ID, "顺丰")+of(g.Stranger.ID, "圆通") != 0 {
			t.Error("listed by carrier")
		}
		over, other := c, c
		over.ID, over.State, over.Granted, over.Received = id.New(), carrier.Dropped, 0, 0
		other.ID, other.State, other.Granted, other.Received, other.Carrier = id.New(), carrier.Filed, 0, 0, "顺丰"
		g.Batch(t, func(_ *db.Tx, b *db.Batch) { carrier.InsertClaim(b, over); carrier.InsertClaim(b, other) })
		sums := casetest.See(t, g, func(tx *db.Tx) ([]carrier.Sum, error) { return carrier.Open(tx, g.Shop.ID) })
		if len(sums) != 2 || sums[0].Granted+sums[1].Granted != 5000 || sums[0].Received+sums[1].Received != 2000 || sums[0].Asked != 9900 || sums[0].Count+sums[1].Count != 2 {
			t.Errorf("open, by carrier and state: %+v", sums) // what was dropped is not open
		}
		if none := casetest.See(t, g, func(tx *db.Tx) ([]carrier.Sum, error) { return carrier.Open(tx, g.Stranger.ID) }); len(none) != 0 {
			t.Errorf("another shop sums %v", none)
		}
		casetest.WantKey(t, g.TryBatch(t, func(_ *db.Tx, b *db.Batch) { carrier.SaveClaim(b, stale) }), errs.Conflict, "db.stale")
		over = c
		over.Received = over.Granted + 1
		if err := g.TryBatch(t, func(_ *db.Tx, b *db.Batch) { carrier.SaveClaim(b, over) }); !db.IsCheck(err) {
			t.Errorf("more than granted: %v", err)
		}
		_, err := casetest.Ask(t, g, func(tx *db.Tx) (id.ID, error) { return carrier.CaseOfClaim(tx, g.Stranger.ID, c.ID) })
		casetest.WantKey(t, err, errs.NotFound, "carrier.claim_not_found")
		if none := casetest.See(t, g, func(tx *db.Tx) ([]carrier.Claim, error) { return carrier.Claims(tx, g.Stranger.ID, g.Case.ID) }); len(none) != 0 {
			t.Errorf("another shop sees %v", none)
		}
	})
}
