package policy_test

import (
	"fmt"
	"testing"
	"testing/fstest"

	"github.com/sanbao/sanbao/calendar"
	"github.com/sanbao/sanbao/errs"
	"github.com/sanbao/sanbao/internal/policy"
	"github.com/sanbao/sanbao/policies"
	"github.com/sanbao/sanbao/rule"
)

// shelf is a library of small packs: "id version from [to]" each, of the layer that the id begins with.
func shelf(t *testing.T, packs ...[4]string) (*policy.Library, error) {
	t.Helper()
	fsys := fstest.MapFS{}
	for i, p := range packs {
		layer := map[byte]string{'l': "law", 'm': "marketplace", 's': "shop"}[p[0][0]]
		head := fmt.Sprintf("pack: %s\nlayer: %s\nversion: \"%s\"\neffective_from: %s\ncurrency: CNY\ntitle: {zh-CN: 一, en: One}\n", p[0], layer, p[1], p[2])
		if p[3] != "" {
			head += "effective_to: " + p[3] + "\n"
		}
		fsys[fmt.Sprintf("f%d/pack.yaml", i)] = &fstest.MapFile{Data: []byte(head)}
	}
	fsys["README.md"] = &fstest.MapFile{}
	fsys["notes/a.txt"] = &fstest.MapFile{}
	return policy.Load(fsys, shippedVocabulary())
}

func on(year, month, day int) calendar.Date {
	d, err := calendar.ParseDate(fmt.Sprintf("%d-%02d-%02d", year, month, day))
	if err != nil {
		panic(err)
	}
	return d
}

// The version in force is the latest that has begun and not ended.
func TestInForce(t *testing.T) {
	l, err := shelf(t, [4]string{"shop", "2", "2026-03-01", "2026-06-30"}, [4]string{"shop", "1", "2026-01-01", ""}, [4]string{"shop", "3", "2026-06-01", "2026-06-15"})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		on   calendar.Date
		want string
	}{
		{on(2025, 12, 31), "policy.none_in_force"},
		{on(2026, 1, 1), "1"}, {on(2026, 2, 28), "1"}, {on(2026, 3, 1), "2"}, {on(2026, 6, 1), "3"}, {on(2026, 6, 15), "3"},
		{on(2026, 6, 16), "2"}, {on(2026, 6, 30), "2"}, {on(2026, 7, 1), "1"},
	} {
		p, err := l.InForce("shop", c.on)
		got := ""
		if err != nil {
			got = errs.As(err).Key
		} else {
			got = p.Version
		}
		if got != c.want {
			t.Errorf("%s: got %s, want %s", c.on, got, c.want)
		}
	}
	if _, err := l.InForce("shops", on(2026, 1, 1)); err == nil || errs.As(err).Key != "policy.pack_unknown" {
		t.Errorf("unknown pack: %v", err)
	}
	if vs := l.Versions("shop"); len(vs) != 3 || vs[0].Version != "1" || vs[2].Version != "3" || l.Folder(vs[0]) != "f1" {
		t.Errorf("versions %v", vs)
	}
}

// What governs an order: the law and the promises of the day of payment, and beside them a promise that has changed until
// the application (G2).
func TestBinding(t *testing.T) {
	l, err := shelf(t, [4]string{"law", "1", "2020-01-01", ""}, [4]string{"law", "2", "2026-07-01", ""}, [4]string{"shop", "1", "2026-01-01", "2026-05-31"},
		[4]string{"shop", "2", "2026-06-01", "2026-08-31"}, [4]string{"market", "1", "2026-06-01", ""})
	if err != nil {
		t.Fatal(err)
	}
	b := policy.Binding{Law: []string{"law"}, Overlays: []string{"market"}, Shop: "shop"}
	for _, c := range []struct {
		name          string
		paid, applied calendar.Date
		want          string
	}{
		{"all on one day", on(2026, 3, 1), on(2026, 3, 5), "law@1 shop@1"},
		{"promises that came later", on(2026, 3, 1), on(2026, 6, 5), "law@1 shop@1 | law@1 market@1 shop@2"},
		{"the law is that of the contract", on(2026, 6, 1), on(2026, 7, 5), "law@1 market@1 shop@2"},
		{"a promise that has ended still binds", on(2026, 8, 31), on(2026, 9, 5), "law@2 market@1 shop@2"},
		{"no promise in force at payment", on(2026, 9, 5), on(2026, 9, 6), "law@2 market@1"},
	} {
		book, err := l.Book(b, c.paid, c.applied)
		if err != nil {
			t.Fatal(c.name, err)
		}
		got := ""
		for i, edition := range book.Editions() {
			if i > 0 {
				got += " | "
			}
			for j, r := range edition {
				if j > 0 {
					got += " "
				}
				got += r.Pack + "@" + r.Version
			}
		}
		if got != c.want {
			t.Errorf("%s: got %s, want %s", c.name, got, c.want)
		}
		if again, err := l.Book(b, c.paid, c.applied); err != nil || again != book {
			t.Errorf("%s: the book was made twice (%v)", c.name, err)
		}
		if again, err := l.ByVersion(book.Editions()...); err != nil || again != book {
			t.Errorf("%s: by its versions another book (%v)", c.name, err)
		}
	}
	for key, b := range map[string]policy.Binding{
		"policy.none_in_force": {Law: []string{"law"}},
		"policy.pack_unknown":  {Law: []string{"law"}, Shop: "shap"},
	} {
		paid := on(2026, 3, 1)
		if key == "policy.none_in_force" {
			paid = on(2019, 1, 1)
		}
		if _, err := l.Book(b, paid, paid); err == nil || errs.As(err).Key != key {
			t.Errorf("want %s: %v", key, err)
		}
	}
	if _, err := l.ByVersion([]rule.PackRef{{Pack: "law", Version: "1", Layer: rule.Law, Hash: "another"}}); err == nil || errs.As(err).Key != "policy.version_unknown" {
		t.Errorf("another content: %v", err)
	}
}

// A version is published once; the faults of all packs come together.
func TestLoadRefuses(t *testing.T) {
	for name, packs := range map[string][][4]string{
		"a version twice":           {{"shop", "1", "2026-01-01", ""}, {"shop", "1", "2026-02-01", ""}},
		"two that begin on one day": {{"shop", "1", "2026-01-01", ""}, {"shop", "2", "2026-01-01", ""}},
	} {
		if _, err := shelf(t, packs...); err == nil || errs.As(err).Key != "policy.version_twice" {
			t.Errorf("%s: %v", name, err)
		}
	}
	_, err := shelf(t, [4]string{"shop", "1", "2026-13-01", ""}, [4]string{"stall", "1", "tomorrow", ""})
	if err == nil || len(errs.As(err).Fields) != 2 {
		t.Errorf("two faulty packs: %v", err)
	}
}

// All shipped packs are read, compiled and bound in less than 300 ms on the machine this was written on:
//
//	go test ./internal/policy -run '^$' -bench Load
func BenchmarkLoad(b *testing.B) {
	for b.Loop() {
		voc, err := vocabulary() // compiled expressions are kept by the vocabulary: a new one for each load
		if err != nil {
			b.Fatal(err)
		}
		l, err := policy.Load(policies.FS, voc)
		if err != nil {
			b.Fatal(err)
		}
		for _, s := range shops {
			if _, err := l.Book(s.binding, s.day, s.day); err != nil {
				b.Fatal(err)
			}
		}
	}
}
