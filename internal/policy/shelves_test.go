package policy_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sanbao/sanbao/calendar"
	"github.com/sanbao/sanbao/errs"
	"github.com/sanbao/sanbao/internal/cases/casetest"
	"github.com/sanbao/sanbao/internal/db"
	"github.com/sanbao/sanbao/internal/id"
	"github.com/sanbao/sanbao/internal/policy"
)

// drafted is a draft that versions can name; drafts are the studio's.
func drafted(t *testing.T, g *casetest.Ground) (draft id.ID) {
	t.Helper()
	draft = id.New()
	g.Do(t, func(tx *db.Tx) error {
		_, err := tx.Exec(`insert into policy_draft (id, shop_id, pack, base_version, base_hash, title, notes, state, editors, made_by, made_at, changed_at, version)
			values ($1,$2,'shoes','2024-07','','','','published','[]','afang',$3,$3,1)`, draft, g.Shop.ID, tx.Now)
		return err
	})
	return draft
}

// version is the shipped shoe pack under another name and day.
func version(t *testing.T, g *casetest.Ground, draft id.ID, name string, from calendar.Date) policy.Published {
	t.Helper()
	base, err := shipped(t).Version("shoes", "2024-07")
	if err != nil {
		t.Fatal(err)
	}
	files, err := shipped(t).Files(base)
	if err != nil {
		t.Fatal(err)
	}
	files["pack.yaml"] = strings.NewReplacer(`version: "2024-07"`, `version: "`+name+`"`, "effective_from: 2024-07-01", "effective_from: "+from.String()).Replace(files["pack.yaml"])
	p, err := files.Compile("shoes", shipped(t).Vocabulary())
	if err != nil || p.Version != name || p.From != from {
		t.Fatal(p, err)
	}
	return policy.Published{ID: id.New(), ShopID: g.Shop.ID, Pack: p, Files: files, ContentHash: files.Hash(), Notes: "多等几天", DraftID: draft,
		ProposedBy: "afang", By: "laozhou", At: g.DB.Clock().Now()}
}

func publish(g *casetest.Ground, v policy.Published) error {
	return g.DB.Write(context.Background(), func(tx *db.Tx) error { return policy.InsertVersion(tx, v) })
}

// A published version comes back as it was published, in the order of first days, and no other shop sees it.
func TestPublishedVersionsRoundTrip(t *testing.T) {
	casetest.Each(t, func(t *testing.T, g *casetest.Ground) {
		draft := drafted(t, g)
		late, soon := version(t, g, draft, "2027-02", on(2027, 2, 1)), version(t, g, draft, "2027-01", on(2027, 1, 1))
		for i, v := range []policy.Published{late, soon} {
			if err := publish(g, v); err != nil {
				t.Fatal(i, err)
			}
		}
		shelves := policy.NewShelves(shipped(t))
		lib := casetest.See(t, g, func(tx *db.Tx) (*policy.Library, error) { return shelves.Of(tx, g.Shop.ID) })
		vs := lib.Versions("shoes")
		if len(vs) != 3 || vs[1].Version != "2027-01" || vs[2].Version != "2027-02" {
			t.Fatalf("%+v", vs)
		}
		for i, want := range []policy.Published{soon, late} {
			got, ok := lib.Published(vs[i+1])
			if !ok || got.Pack.Hash != want.Pack.Hash {
				t.Fatalf("%v %s, published was %s", ok, got.Pack.Hash, want.Pack.Hash)
			}
			want.Seq, want.Pack, got.Pack = int64(2-i), nil, nil
			if d := cmp.Diff(want, got); d != "" {
				t.Errorf("(-want +got):\n%s", d)
			}
		}
		for day, want := range map[calendar.Date]string{on(2026, 12, 31): "2024-07", on(2027, 1, 1): "2027-01", on(2027, 1, 31): "2027-01", on(2027, 2, 1): "2027-02"} {
			if p, err := lib.InForce("shoes", day); err != nil || p.Version != want {
				t.Errorf("on %s: %v %v, want %s", day, p, err, want)
			}
		}
		if other := casetest.See(t, g, func(tx *db.Tx) (*policy.Library, error) { return shelves.Of(tx, g.Stranger.ID) }); other != shelves.BuiltIn() {
			t.Error("another shop's library is not what ships with the program")
		}
		casetest.AppendOnly(t, g, "policy_version", `update %s set notes = ''`, `delete from %s`)
	})
}

// A name is used once and a day has one version, also where two people publish at the same moment: one of them wins, the
// other is told, and nothing of his is there.
func TestOneOfTwoPublishersWins(t *testing.T) {
	casetest.Each(t, func(t *testing.T, g *casetest.Ground) {
		draft := drafted(t, g)
		first := version(t, g, draft, "2027-01", on(2027, 1, 1))
		if err := publish(g, first); err != nil {
			t.Fatal(err)
		}
		for _, v := range []policy.Published{version(t, g, draft, "2027-01", on(2027, 3, 1)), version(t, g, draft, "2027-03", on(2027, 1, 1))} {
			casetest.WantKey(t, publish(g, v), errs.Conflict, "policy.published_meanwhile")
		}
		const rivals = 6
		said := make([]error, rivals)
		begin := make(chan struct{})
		var all sync.WaitGroup
		for i := range rivals {
			v := version(t, g, draft, fmt.Sprintf("2027-02-%d", i), on(2027, 2, 1))
			all.Go(func() {
				<-begin
				said[i] = publish(g, v)
			})
		}
		close(begin)
		all.Wait()
		won := 0
		for _, err := range said {
			if err == nil {
				won++
				continue
			}
			casetest.WantKey(t, err, errs.Conflict, "policy.published_meanwhile")
		}
		if n := casetest.Count(t, g, "policy_version"); won != 1 || n != 2 {
			t.Errorf("%d won, %d versions are there", won, n)
		}
	})
}

// Versions are published while others decide: nobody is handed a library that lacks a version his transaction sees, or that
// changes afterwards, and what a library holds is whole.
func TestShelvesWhileVersionsArePublished(t *testing.T) {
	casetest.Each(t, func(t *testing.T, g *casetest.Ground) {
		const versions, readers = 6, 4
		draft := drafted(t, g)
		var vs []policy.Published
		for i := range versions {
			vs = append(vs, version(t, g, draft, fmt.Sprintf("2027-%02d", i+1), on(2027, 1+i, 1)))
		}
		shelves := policy.NewShelves(shipped(t))
		published := make(chan struct{})
		errorsOf := make(chan error, readers)
		for range readers {
			go func() { errorsOf <- watch(t.Context(), g, shelves, published) }()
		}
		for _, v := range vs {
			if err := publish(g, v); err != nil {
				t.Error(err)
			}
		}
		close(published)
		for range readers {
			if err := <-errorsOf; err != nil {
				t.Error(err)
			}
		}
		lib := casetest.See(t, g, func(tx *db.Tx) (*policy.Library, error) { return shelves.Of(tx, g.Shop.ID) })
		if n := len(lib.Versions("shoes")); n != versions+1 {
			t.Errorf("%d versions in the end", n)
		}
	})
}

// watch reads a shop's library until all is published, and looks at each.
func watch(ctx context.Context, g *casetest.Ground, shelves *policy.Shelves, published <-chan struct{}) error {
	for last := false; !last; {
		select {
		case <-published:
			last = true
		default:
		}
		err := g.DB.Read(ctx, func(tx *db.Tx) error {
			var seen int
			if err := tx.QueryRow(`select count(*) from policy_version where shop_id = $1`, g.Shop.ID).Scan(&seen); err != nil {
				return err
			}
			lib, err := shelves.Of(tx, g.Shop.ID)
			if err != nil {
				return err
			}
			have := lib.Versions("shoes")
			if len(have) < seen+1 {
				return fmt.Errorf("%d versions can be seen, the library has %d", seen, len(have)-1)
			}
			for _, p := range have[1:] {
				own, ok := lib.Published(p)
				if !ok || own.Pack != p || len(own.Files) == 0 {
					return fmt.Errorf("version %s is not whole", p.Version)
				}
			}
			b, err := lib.Book(policy.Binding{Law: []string{"law-cn"}, Shop: "shoes"}, on(2027, 12, 1), on(2027, 12, 1))
			if err == nil && b.Editions()[0][1] != have[len(have)-1].Ref() {
				err = errors.New("what is bound is not the newest version")
			}
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// A version that ships with the program and begins after a shop's own does not come into force there by itself: an update
// never takes back what a shop has promised. One that began before stays the version of its days.
func TestUpdatesDoNotTakeBackPromises(t *testing.T) {
	casetest.Each(t, func(t *testing.T, g *casetest.Ground) {
		draft := drafted(t, g)
		own := version(t, g, draft, "2027-01", on(2027, 1, 1))
		if err := publish(g, own); err != nil {
			t.Fatal(err)
		}
		later, err := shelf(t, [4]string{"shoes", "2024-07", "2024-07-01", ""}, [4]string{"shoes", "2026-12", "2026-12-01", ""}, [4]string{"shoes", "2027-06", "2027-06-01", ""})
		if err != nil {
			t.Fatal(err)
		}
		lib := casetest.See(t, g, func(tx *db.Tx) (*policy.Library, error) { return policy.NewShelves(later).Of(tx, g.Shop.ID) })
		for day, want := range map[calendar.Date]string{on(2026, 11, 30): "2024-07", on(2026, 12, 1): "2026-12", on(2027, 1, 1): "2027-01", on(2028, 1, 1): "2027-01"} {
			if p, err := lib.InForce("shoes", day); err != nil || p.Version != want {
				t.Errorf("on %s: %v %v, want %s", day, p, err, want)
			}
		}
		if n := len(lib.Versions("shoes")); n != 4 {
			t.Errorf("%d versions to draft from", n)
		}
	})
}

// A stored version that is not what was published stops the shop's decisions.
func TestABrokenVersionStopsTheShop(t *testing.T) {
	casetest.Each(t, func(t *testing.T, g *casetest.Ground) {
		v := version(t, g, drafted(t, g), "2027-01", on(2027, 1, 1))
		v.Files["pack.yaml"] = strings.Replace(v.Files["pack.yaml"], "{type: days, value: 14,", "{type: days, value: 15,", 1)
		if err := publish(g, v); err != nil {
			t.Fatal(err)
		}
		shelves := policy.NewShelves(shipped(t))
		_, err := casetest.Ask(t, g, func(tx *db.Tx) (*policy.Library, error) { return shelves.Of(tx, g.Shop.ID) })
		casetest.WantKey(t, err, errs.Internal, "policy.version_broken")
		if lib := casetest.See(t, g, func(tx *db.Tx) (*policy.Library, error) { return shelves.Of(tx, g.Stranger.ID) }); lib == nil {
			t.Error("another shop stopped too")
		}
	})
}
