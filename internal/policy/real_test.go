package policy_test

import (
	"bytes"
	"slices"
	"sync"
	"testing"

	"github.com/sanbao/sanbao/calendar"
	"github.com/sanbao/sanbao/internal/line"
	"github.com/sanbao/sanbao/internal/movement"
	"github.com/sanbao/sanbao/internal/order"
	"github.com/sanbao/sanbao/internal/policy"
	"github.com/sanbao/sanbao/policies"
	"github.com/sanbao/sanbao/rule"
)

// vocabulary is the facts that the slices produce.
func vocabulary() (*rule.Vocabulary, error) {
	return rule.NewVocabulary(slices.Concat(order.Vocabulary, line.Vocabulary, movement.Vocabulary)...)
}

// library is the shipped packs, compiled once.
var library = sync.OnceValues(func() (*policy.Library, error) {
	voc, err := vocabulary()
	if err != nil {
		return nil, err
	}
	return policy.Load(policies.FS, voc)
})

func shipped(t testing.TB) *policy.Library {
	t.Helper()
	l, err := library()
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// matter is a question about an ordinary order of the demo shops, before a test changes facts.
type matter struct {
	book *rule.Book
	in   rule.Input
}

var today = calendar.DateOf(2026, 11, 21)

func shoes(t testing.TB, facts string) matter {
	return ask(t, policy.Binding{Law: []string{"law-cn"}, Shop: "shoes"}, "CN", "CNY", facts)
}

func ask(t testing.TB, b policy.Binding, cal, currency, facts string) matter {
	t.Helper()
	l := shipped(t)
	book, err := l.Book(b, today, today)
	if err != nil {
		t.Fatal(err)
	}
	c, err := calendar.Load(cal)
	if err != nil {
		t.Fatal(err)
	}
	fs, err := l.Vocabulary().ReadFacts("facts", []byte(facts), "CNY")
	if err != nil {
		t.Fatal(err)
	}
	return matter{book, rule.Input{Facts: fs, Stage: rule.AtApplication, At: noon(today), Calendar: c}}
}

func (m matter) decide(t testing.TB, ground string, remedy rule.Remedy) *rule.Decision {
	t.Helper()
	in := m.in
	in.Ground, in.Remedy = ground, remedy
	d, err := m.book.Decide(in)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func openFacts(d *rule.Decision) (names []string) {
	for _, q := range d.Open {
		if q.For == "" {
			names = append(names, q.Fact)
		}
	}
	return names
}

const boughtShoes = `
order.channel: distance
order.business: false
order.delivery: delivered
line.category: shoes
line.kind: ordinary
line.exclusion_confirmed: false
line.signed_on: 2026-11-17
line.goods_amount: "199.00"
line.outbound_freight: "0.00"
application.sent_on: 2026-11-21
goodwill.override: false
`

// Two clauses that give the same open no question: out of stock or not, worn shoes with a fault go back by the law.
func TestSamePointsAskNothing(t *testing.T) {
	m := shoes(t, boughtShoes+"goods.worn: {application: true}\nfinding.defect: {application: true}\n")
	d := m.decide(t, "quality", rule.RefundReturn)
	if got := openFacts(d); d.Outcome != rule.Approve || len(got) != 0 {
		t.Fatalf("%s, asks %v", d.Outcome, got)
	}
}

// A decision is its caller's: later decisions of the same book, on other amounts, leave no trace in it. A book keeps what it
// worked with for the next decision, and none of that may be in the one before.
func TestADecisionStandsStill(t *testing.T) {
	m := shoes(t, boughtShoes+"repair.cost: {evidence: \"12.00\"}\nevidence.repair_receipt: {evidence: true}\n")
	m.in.Stage = rule.AtEvidence
	first := []*rule.Decision{m.decide(t, "size_mismatch", rule.RefundReturn), m.decide(t, "quality", rule.LocalRepair), m.decide(t, "wrong_item", rule.RefundReturn)}
	var were [][]byte
	for _, d := range first {
		were = append(were, d.Encode())
	}
	if !bytes.Contains(were[0], []byte(`"minor":19900`)) || !bytes.Contains(were[1], []byte(`"minor":1200`)) {
		t.Fatalf("%s\n%s", were[0], were[1])
	}
	for fen := range int64(50) {
		order.FactGoodsAmount.Set(m.in.Facts, fen)
		line.FactRepairCost.Set(m.in.Facts, fen)
		for _, g := range []string{"size_mismatch", "quality", "wrong_item"} {
			m.decide(t, g, rule.RefundReturn)
			m.decide(t, g, rule.LocalRepair)
		}
	}
	for i, d := range first {
		if now := d.Encode(); !bytes.Equal(now, were[i]) {
			t.Errorf("was\n%s\nis\n%s", were[i], now)
		}
	}
}
