package search_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/sanbao/sanbao/internal/db"
	"github.com/sanbao/sanbao/internal/db/dbtest"
	"github.com/sanbao/sanbao/internal/id"
	"github.com/sanbao/sanbao/internal/search"
)

func TestMain(m *testing.M) { dbtest.Main(m) }

func put(t *testing.T, d *db.DB, shop id.ID, kind search.Kind, thing id.ID, text string) {
	t.Helper()
	var terms search.Terms
	terms.Text(text)
	write(t, d, func(b *db.Batch) { search.Replace(b, shop, kind, thing, &terms) })
}

func write(t *testing.T, d *db.DB, fill func(b *db.Batch)) {
	t.Helper()
	if err := d.Write(t.Context(), func(tx *db.Tx) error { return tx.Batch(fill) }); err != nil {
		t.Fatal(err)
	}
}

func find(t *testing.T, d *db.DB, shop id.ID, kind search.Kind, typed string, before id.ID, limit int) (ids []id.ID) {
	t.Helper()
	err := d.Read(t.Context(), func(tx *db.Tx) (err error) {
		ids, err = search.Find(tx, shop, kind, search.Parse(typed).Text, before, limit)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return ids
}

// What is found is what has all the words: of this shop and kind, newest first, page by page; whatever was put, put
// anew and dropped before.
func TestIndexIsWhatWasPut(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		words := []string{"退货", "鞋底", "开胶", "不合适", "hello", "38码", "运费险"}
		shops, kinds := []id.ID{7, 8}, []search.Kind{search.Messages, search.Notes}
		model := map[id.ID]struct {
			shop id.ID
			kind search.Kind
			text string
		}{}
		rapid.Check(t, func(r *rapid.T) {
			thing := id.ID(rapid.IntRange(1, 40).Draw(r, "thing"))
			shop, kind := shops[thing%2], kinds[thing/2%2]
			if old, known := model[thing]; known && rapid.Bool().Draw(r, "drop") {
				write(t, d, func(b *db.Batch) { search.Drop(b, old.shop, thing) })
				delete(model, thing)
			} else {
				text := strings.Join(rapid.SliceOfN(rapid.SampledFrom(words), 1, 4).Draw(r, "text"), " ")
				put(t, d, shop, kind, thing, text)
				m := model[thing]
				m.shop, m.kind, m.text = shop, kind, text
				model[thing] = m
			}
			asked := rapid.SliceOfN(rapid.SampledFrom(words), 1, 2).Draw(r, "asked")
			before := id.ID(rapid.IntRange(0, 41).Draw(r, "before"))
			limit := rapid.IntRange(1, 5).Draw(r, "limit")
			s, k := rapid.SampledFrom(shops).Draw(r, "shop"), rapid.SampledFrom(kinds).Draw(r, "kind")
			var want []id.ID
			for i := id.ID(41); i > 0; i-- {
				m, known := model[i]
				has := func(w string) bool { return slices.Contains(strings.Fields(m.text), w) }
				if known && m.shop == s && m.kind == k && (before == 0 || i < before) && !slices.ContainsFunc(asked, func(w string) bool { return !has(w) }) && len(want) < limit {
					want = append(want, i)
				}
			}
			got := find(t, d, s, k, strings.Join(asked, " "), before, limit)
			if !slices.Equal(got, want) {
				r.Fatalf("%v of %d %s before %d: %v, want %v", asked, s, k, before, got, want)
			}
		})
	})
}

// More rows than are looked through first on PostgreSQL: a rare word is found far behind, a common one at once.
func TestRareWordsAreFoundFarBack(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		const n, step = 6000, 500
		for from := 0; from < n; from += step {
			write(t, d, func(b *db.Batch) {
				for i := from; i < from+step; i++ {
					var terms search.Terms
					terms.Text(fmt.Sprintf("亲亲 第%d条", i))
					if i == 3 || i == 1700 {
						terms.Text("色差")
					}
					if i < 1500 { // none among the newest, too many for the index
						terms.Text("旧闻")
					}
					search.Put(b, 1, search.Messages, id.ID(i+1), &terms)
				}
			})
		}
		for typed, want := range map[string][]id.ID{"色差": {1701, 4}, "亲亲": {6000, 5999, 5998}, "旧闻": {1500, 1499, 1498}, "没有": nil} {
			got := find(t, d, 1, search.Messages, typed, 0, 3)
			if !slices.Equal(got, want) {
				t.Errorf("%s: %v, want %v", typed, got, want)
			}
		}
		if got := find(t, d, 1, search.Messages, "色差", 1701, 3); !slices.Equal(got, []id.ID{4}) {
			t.Error(got)
		}
	}, func(o *db.Options) { o.OnHold = func(db.Hold) {} })
}

func TestTextTerms(t *testing.T) {
	for text, want := range map[string]string{
		"尺码不合适":          "尺码 码不 不合 合适",
		"38码有点挤脚，没穿":     "38 码有 有点 点挤 挤脚 没穿",
		"ＡＢＣ abc ＯＫ":     "abc ok",
		"好":              "好",
		"亲～💐":            "亲",
		"":               "",
		"<script>alert(": "script alert",
		"שלום עולם":      "שלום עולם",
	} {
		var terms search.Terms
		terms.Text(text)
		if got := strings.Join(terms.Words(), " "); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
	var long search.Terms
	long.Text(strings.Repeat("退换货保修", 4000))
	if n := len(long.Words()); n != 5 {
		t.Errorf("%d words", n)
	}
}

// A person is found by text, pinyin in every reading, initials, the beginning of either, and the tail of the phone;
// a masked one as she is seen and by nothing else.
func TestPeople(t *testing.T) {
	people := []struct{ name, phone string }{{"单小鱼", "13800138003"}, {"王**", "138****8004"}, {"tb88_LuLu", ""}, {"欧阳娜娜", "13800138005-1234"}}
	cases := map[string]string{
		"小鱼": "单小鱼", "danxiaoyu": "单小鱼", "shanxiaoyu": "单小鱼", "shan": "单小鱼", "SXY": "单小鱼", "dx": "单小鱼", "8003": "单小鱼", "13800138003": "单小鱼",
		"王**": "王**", "138****8004": "王**", "8004": "王**", "wang": "", "王": "", "138": "",
		"lulu": "tb88_LuLu", "tb88": "tb88_LuLu", "lul": "tb88_LuLu",
		"oyn": "欧阳娜娜", "ouyangn": "欧阳娜娜", "ouyang nana": "欧阳娜娜", "8005": "欧阳娜娜", "1234": "", "13800138005": "欧阳娜娜",
		"欧阳": "欧阳娜娜", "娜欧": "", "": "", "   ": "", "x": "",
	}
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		for i, p := range people {
			var terms search.Terms
			terms.Name(p.name)
			terms.Phone(p.phone)
			write(t, d, func(b *db.Batch) { search.Put(b, 1, search.Customers, id.ID(i+1), &terms) })
		}
		for typed, want := range cases {
			got := map[string]bool{}
			for _, words := range search.Parse(typed).People {
				err := d.Read(t.Context(), func(tx *db.Tx) error {
					ids, err := search.Find(tx, 1, search.Customers, words, 0, 20)
					for _, i := range ids {
						got[people[i-1].name] = true
					}
					return err
				})
				if err != nil {
					t.Fatal(err)
				}
			}
			wanted := map[string]bool{}
			if want != "" {
				wanted[want] = true
			}
			if diff := cmp.Diff(wanted, got); diff != "" {
				t.Errorf("%q (-want +got):\n%s", typed, diff)
			}
		}
	})
}

func TestHoldsAndSnippet(t *testing.T) {
	q := search.Parse("不合适 ABC")
	for text, want := range map[string]bool{"尺码不合适，abc": true, "不合 合适 abc": false, "不合适": false, "ＡＢＣ不合适": true} {
		if q.Holds(text) != want {
			t.Errorf("%q: %v", text, !want)
		}
	}
	long := strings.Repeat("前面的话", 20) + "鞋底开胶了" + strings.Repeat("后面的话", 20)
	got := search.Parse("开胶").Snippet(long, 20)
	if r := []rune(got); len(r) != 22 || !strings.Contains(got, "开胶") || r[0] != '…' || r[21] != '…' {
		t.Error(got)
	}
	if got := search.Parse("x").Snippet("短\n句", 20); got != "短 句" {
		t.Error(got)
	}
}

// Every query of any text is answered, whatever stands in it.
func TestAnyQueryIsAnswered(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		rapid.Check(t, func(r *rapid.T) {
			typed := rapid.String().Draw(r, "typed")
			q := search.Parse(typed)
			for _, words := range append(q.People, q.Text) {
				if err := d.Read(t.Context(), func(tx *db.Tx) error {
					_, err := search.Find(tx, 1, search.Messages, words, 0, 5)
					return err
				}); err != nil {
					r.Fatal(err)
				}
			}
			_, _ = q.Holds(typed), q.Snippet(typed, 10)
		})
	})
}

// What is undone leaves nothing in the index: a failed request among neighbours that share its commit, and a failed part
// of one that goes on.
func TestWhatIsUndoneIsNotFound(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		add := func(tx *db.Tx, thing id.ID, text string) error {
			return tx.Batch(func(b *db.Batch) {
				var terms search.Terms
				terms.Text(text)
				search.Put(b, 1, search.Notes, thing, &terms)
			})
		}
		var all sync.WaitGroup
		for i := range id.ID(40) {
			all.Go(func() {
				failed := errors.New("no")
				err := d.Write(t.Context(), func(tx *db.Tx) error {
					if err := add(tx, i+1, "留下"); err != nil {
						return err
					}
					if i%4 == 0 {
						return failed
					}
					err := tx.Try(func() error { return errors.Join(add(tx, i+101, "留下"), failed) })
					if !errors.Is(err, failed) {
						return err
					}
					return nil
				})
				if err != nil && !errors.Is(err, failed) {
					t.Error(err)
				}
			})
		}
		all.Wait()
		var want []id.ID
		for i := id.ID(39); i >= 0; i-- {
			if i%4 != 0 {
				want = append(want, i+1)
			}
		}
		if got := find(t, d, 1, search.Notes, "留下", 0, 100); !slices.Equal(got, want) {
			t.Errorf("%v, want %v", got, want)
		}
	})
}
