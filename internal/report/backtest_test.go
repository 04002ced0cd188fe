package report_test

import (
	"io/fs"
	"path"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/fstest"

	"github.com/sanbao/sanbao/calendar"
	"github.com/sanbao/sanbao/internal/cases/casetest"
	"github.com/sanbao/sanbao/internal/db"
	"github.com/sanbao/sanbao/internal/db/dbtest"
	"github.com/sanbao/sanbao/internal/id"
	"github.com/sanbao/sanbao/internal/line"
	"github.com/sanbao/sanbao/internal/movement"
	"github.com/sanbao/sanbao/internal/order"
	"github.com/sanbao/sanbao/internal/policy"
	"github.com/sanbao/sanbao/internal/report"
	"github.com/sanbao/sanbao/policies"
	"github.com/sanbao/sanbao/rule"
)

func TestMain(m *testing.M) { dbtest.Main(m) }

var library = sync.OnceValues(func() (*policy.Library, error) {
	voc, err := rule.NewVocabulary(slices.Concat(order.Vocabulary, line.Vocabulary, movement.Vocabulary)...)
	if err != nil {
		return nil, err
	}
	return policy.Load(policies.FS, voc)
})

// fourteenDays is the shoes pack with a window of fourteen days instead of seven.
func fourteenDays(t *testing.T, voc *rule.Vocabulary) *rule.Pack {
	t.Helper()
	files, err := fs.Glob(policies.FS, "shoes/*.yaml")
	if err != nil {
		t.Fatal(err)
	}
	fsys := fstest.MapFS{}
	const seven = "{type: days, value: 7, title: {zh-CN: 七天无理由退换期限"
	for _, f := range files {
		data, err := fs.ReadFile(policies.FS, f)
		if err != nil {
			t.Fatal(err)
		}
		if path.Base(f) == "pack.yaml" && !strings.Contains(string(data), seven) {
			t.Fatal("the seven days stand elsewhere now")
		}
		fsys["draft/"+path.Base(f)] = &fstest.MapFile{Data: []byte(strings.Replace(string(data), seven, strings.Replace(seven, "7", "14", 1), 1))}
	}
	p, err := rule.Load(fsys, "draft", voc)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// Case numbers and articles stand beside what a draft would change, and their money adds up.
func TestBacktestNamesCasesAndArticles(t *testing.T) {
	lib, err := library()
	if err != nil {
		t.Fatal(err)
	}
	casetest.Each(t, func(t *testing.T, g *casetest.Ground) {
		day := calendar.DateOf(2026, 11, 21)
		cn, err := calendar.Load("CN")
		if err != nil {
			t.Fatal(err)
		}
		book, err := lib.Book(policy.Binding{Law: []string{"law-cn"}, Shop: "shoes"}, day, day)
		if err != nil {
			t.Fatal(err)
		}
		var stored []policy.Stored
		for i, l := range g.Lines {
			fs, err := lib.Vocabulary().ReadFacts("facts", []byte(`
order.channel: distance
order.business: false
order.delivery: delivered
line.category: shoes
line.kind: ordinary
line.exclusion_confirmed: false
line.signed_on: 2026-11-11
line.goods_amount: "`+[]string{"10.00", "0.01"}[i]+`"
line.outbound_freight: "0.00"
line.gift_value: "0.00"
order.free_shipping_lost: false
application.sent_on: 2026-11-21
goodwill.override: false
goods.worn: {application: false}
`+[]string{"order.threshold_freight: \"0.00\"\n", ""}[i]), "CNY")
			if err != nil {
				t.Fatal(err)
			}
			d, err := book.Decide(rule.Input{Facts: fs, Stage: rule.AtApplication, At: cn.StartOf(day) + 1, Ground: "size_mismatch", Remedy: rule.RefundReturn, Calendar: cn})
			if err != nil {
				t.Fatal(err)
			}
			s, err := policy.Record(g.Shop.ID, g.Case.ID, l.ID, d, fs)
			if err != nil || s.Outcome != rule.Reject {
				t.Fatal(s.Outcome, err)
			}
			stored = append(stored, s)
		}
		g.Batch(t, func(_ *db.Tx, b *db.Batch) {
			for _, s := range stored {
				policy.Insert(b, s)
			}
		})
		r, err := report.Backtest(t.Context(), g.DB, lib, g.Shop, report.Trial{Draft: fourteenDays(t, lib.Vocabulary())})
		if err != nil {
			t.Fatal(err)
		}
		// Of the sandals nobody knows what may be deducted: they change, and their money is not guessed.
		if r.Changed != 2 || r.Unpriced != 1 || r.MoneyAfter["CNY"] != 1000 || len(r.ByProduct) != 2 || r.ByProduct[0] != (policy.ProductMoved{SKU: "BOOT-38", Title: "短靴", N: 1, Minor: 1000}) ||
			r.ByProduct[1] != (policy.ProductMoved{SKU: "SANDAL-37", Title: "凉鞋", N: 1}) {
			t.Errorf("%+v", r)
		}
		if x := r.Examples[0]; x.CaseNo != g.Case.Number || x.SKU != "BOOT-38" || x.Minor != 1000 {
			t.Errorf("%+v", x)
		}
		// Another shop's lines have no name here.
		about := casetest.See(t, g, func(tx *db.Tx) (map[id.ID]policy.About, error) {
			return report.Describe(tx, g.Stranger.ID, []id.ID{g.Lines[0].ID, id.New()})
		})
		if len(about) != 0 {
			t.Error(about)
		}
	})
}
