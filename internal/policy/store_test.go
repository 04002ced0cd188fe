package policy_test

import (
	"crypto/sha256"
	"encoding/hex"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sanbao/sanbao/calendar"
	"github.com/sanbao/sanbao/errs"
	"github.com/sanbao/sanbao/internal/cases/casetest"
	"github.com/sanbao/sanbao/internal/db"
	"github.com/sanbao/sanbao/internal/db/dbtest"
	"github.com/sanbao/sanbao/internal/id"
	"github.com/sanbao/sanbao/internal/policy"
	"github.com/sanbao/sanbao/rule"
)

func TestMain(m *testing.M) { dbtest.Main(m) }

// recorded is a real decision on the ground's first line, as a row: shoes that do not fit.
func recorded(t *testing.T, g *casetest.Ground, facts string) policy.Stored {
	t.Helper()
	m := shoes(t, facts)
	s, err := policy.Record(g.Shop.ID, g.Case.ID, g.Lines[0].ID, m.decide(t, "size_mismatch", rule.RefundReturn), m.in.Facts)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

const boots = boughtShoes + "line.gift_value: \"0.00\"\norder.free_shipping_lost: false\n"

func insert(t *testing.T, g *casetest.Ground, ds ...policy.Stored) {
	t.Helper()
	g.Batch(t, func(_ *db.Tx, b *db.Batch) {
		for _, s := range ds {
			policy.Insert(b, s)
		}
	})
}

func TestDecisionRoundTrip(t *testing.T) {
	casetest.Each(t, func(t *testing.T, g *casetest.Ground) {
		first, second := recorded(t, g, boots), recorded(t, g, `{"order.channel": "distance"}`)
		insert(t, g, first, second)
		for _, want := range []policy.Stored{first, second} {
			got := casetest.See(t, g, func(tx *db.Tx) (policy.Stored, error) { return policy.Get(tx, g.Shop.ID, want.ID) })
			if d := cmp.Diff(want, got); d != "" {
				t.Errorf("(-want +got):\n%s", d)
			}
			sum := sha256.Sum256(got.Core)
			if hex.EncodeToString(sum[:]) != got.CoreHash {
				t.Errorf("the core's hash is not %s", got.CoreHash)
			}
			d, err := got.Decision()
			if err != nil {
				t.Fatal(err)
			}
			if d.Outcome != got.Outcome || d.Stage.String() != got.Stage || d.At != got.At {
				t.Errorf("the row says %s, %s, %s, the core %s, %s, %s", got.Outcome, got.Stage, got.At, d.Outcome, d.Stage, d.At)
			}
		}
		all := casetest.See(t, g, func(tx *db.Tx) ([]policy.Stored, error) { return policy.OfLine(tx, g.Shop.ID, g.Lines[0].ID) })
		if d := cmp.Diff([]policy.Stored{first, second}, all); d != "" {
			t.Errorf("the line's, oldest first (-want +got):\n%s", d)
		}
	})
}

// A decision that comes back from the database is made again, from the row alone: the packs it names, the facts beside
// it. Not a byte of the core may differ.
func TestStoredDecisionReplays(t *testing.T) {
	casetest.Each(t, func(t *testing.T, g *casetest.Ground) {
		s := recorded(t, g, boots)
		insert(t, g, s)
		got := casetest.See(t, g, func(tx *db.Tx) (policy.Stored, error) { return policy.Get(tx, g.Shop.ID, s.ID) })
		d, err := got.Decision()
		if err != nil {
			t.Fatal(err)
		}
		if d.Outcome != rule.Approve {
			t.Errorf("the outcome is %s; shoes that do not fit come back within seven days", d.Outcome)
		}
		book, err := shipped(t).ByVersion(d.Packs)
		if err != nil {
			t.Fatal(err)
		}
		facts, err := shipped(t).Vocabulary().ParseFacts(got.Facts)
		if err != nil {
			t.Fatal(err)
		}
		cn, err := calendar.Load("CN")
		if err != nil {
			t.Fatal(err)
		}
		again, err := book.Decide(rule.Input{Facts: facts, Stage: d.Stage, At: d.At, Ground: d.Ground, Remedy: d.Remedy, Calendar: cn})
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(string(got.Core), string(again.Encode())); d != "" {
			t.Errorf("(-stored +decided again):\n%s", d)
		}
	})
}

func TestDecisionsAreAppendOnly(t *testing.T) {
	casetest.Each(t, func(t *testing.T, g *casetest.Ground) {
		insert(t, g, recorded(t, g, boots))
		casetest.AppendOnly(t, g, "decision", `update %s set outcome = 'reject'`, `update %s set facts = '{}'`, `delete from %s`)
	})
}

func TestAnotherShopSeesNoDecision(t *testing.T) {
	casetest.Each(t, func(t *testing.T, g *casetest.Ground) {
		s := recorded(t, g, boots)
		insert(t, g, s)
		for _, c := range [][2]id.ID{{g.Stranger.ID, s.ID}, {g.Shop.ID, id.New()}} {
			_, err := casetest.Ask(t, g, func(tx *db.Tx) (policy.Stored, error) { return policy.Get(tx, c[0], c[1]) })
			casetest.WantKey(t, err, errs.NotFound, "policy.decision_not_found")
		}
		for _, c := range [][2]id.ID{{g.Stranger.ID, g.Lines[0].ID}, {g.Shop.ID, g.Lines[1].ID}} {
			got := casetest.See(t, g, func(tx *db.Tx) ([]policy.Stored, error) { return policy.OfLine(tx, c[0], c[1]) })
			if len(got) != 0 {
				t.Errorf("another shop or line sees %v", got)
			}
		}
	})
}
