package report_test

import (
	"slices"
	"sync"
	"testing"

	"github.com/sanbao/sanbao/calendar"
	"github.com/sanbao/sanbao/internal/cases/casetest"
	"github.com/sanbao/sanbao/internal/db"
	"github.com/sanbao/sanbao/internal/db/dbtest"
	"github.com/sanbao/sanbao/internal/line"
	"github.com/sanbao/sanbao/internal/movement"
	"github.com/sanbao/sanbao/internal/order"
	"github.com/sanbao/sanbao/internal/policy"
	"github.com/sanbao/sanbao/policies"
	"github.com/sanbao/sanbao/rule"
)

func TestMain(m *testing.M) { dbtest.Main(m) }

// library is the shipped packs, compiled once.
var library = sync.OnceValues(func() (*policy.Library, error) {
	voc, err := rule.NewVocabulary(slices.Concat(order.Vocabulary, line.Vocabulary, movement.Vocabulary)...)
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

var today = calendar.DateOf(2026, 11, 21)

// matter is a question of today about an order that was paid today.
type matter struct {
	book *rule.Book
	in   rule.Input
}

func ask(t testing.TB, b policy.Binding, facts string) matter {
	t.Helper()
	l := shipped(t)
	book, err := l.Book(b, today, today)
	if err != nil {
		t.Fatal(err)
	}
	c, err := calendar.Load("CN")
	if err != nil {
		t.Fatal(err)
	}
	fs, err := l.Vocabulary().ReadFacts("facts", []byte(facts), "CNY")
	if err != nil {
		t.Fatal(err)
	}
	return matter{book, rule.Input{Facts: fs, Stage: rule.AtApplication, At: c.StartOf(today) + 12*3600*1_000_000, Calendar: c}}
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

// record writes decisions.
func record(t testing.TB, g *casetest.Ground, ds ...policy.Stored) {
	t.Helper()
	g.Batch(t, func(_ *db.Tx, b *db.Batch) {
		for _, s := range ds {
			policy.Insert(b, s)
		}
	})
}
