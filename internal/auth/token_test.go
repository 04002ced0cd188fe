package auth_test

import (
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/sanbao/sanbao/errs"
	"github.com/sanbao/sanbao/internal/auth"
	"github.com/sanbao/sanbao/internal/db"
	"github.com/sanbao/sanbao/internal/db/dbtest"
	"github.com/sanbao/sanbao/internal/id"
)

func TestLastAdministratorStays(t *testing.T) {
	each(t, func(k *kit) {
		first := k.make(auth.Token{Scopes: []auth.Scope{auth.Admin}})
		k.make(auth.Token{Scopes: []auth.Scope{auth.Admin}, Shop: k.shop})                            // of one shop only
		k.make(auth.Token{Scopes: []auth.Scope{auth.CasesRead}})                                      // no administrator
		k.make(auth.Token{Scopes: []auth.Scope{auth.Admin}, Expires: k.clock.Now().Add(time.Minute)}) // about to expire
		k.clock.Advance(time.Hour)
		refused(k.t, k.d.Write(ctx, func(tx *db.Tx) error { return k.tokens.Revoke(tx, admin, first.Token.ID) }), "auth.revoke_last")
		second := k.make(auth.Token{Scopes: []auth.Scope{auth.Admin}})
		k.write(func(tx *db.Tx) error { return k.tokens.Revoke(tx, admin, first.Token.ID) })
		refused(k.t, k.d.Write(ctx, func(tx *db.Tx) error { return k.tokens.Revoke(tx, admin, second.Token.ID) }), "auth.revoke_last")
	})
}

func TestAdministratorOfAShopStaysInIt(t *testing.T) {
	each(t, func(k *kit) {
		ofShop := auth.Principal{TokenID: 8, ShopID: k.shop, Scopes: []auth.Scope{auth.Admin}}
		mine, other := k.make(auth.Token{Shop: k.shop}), k.make(auth.Token{})
		var seen []auth.Token
		k.write(func(tx *db.Tx) (err error) {
			seen, err = auth.List(tx, ofShop, 0, 10)
			return err
		})
		if len(seen) != 1 || seen[0].ID != mine.Token.ID {
			k.t.Errorf("sees %v", seen)
		}
		refused(k.t, k.d.Write(ctx, func(tx *db.Tx) error { return k.tokens.Revoke(tx, ofShop, other.Token.ID) }), "auth.token_not_found")
		for _, shop := range []id.ID{0, id.New()} {
			_, err := auth.Plan(ofShop, auth.Token{Name: "x", Shop: shop, Scopes: []auth.Scope{auth.CasesRead}}, k.clock.Now())
			refused(k.t, err, "auth.no_shop")
		}
	})
}

func TestListIsNewestFirst(t *testing.T) {
	each(t, func(k *kit) {
		var made []auth.Token
		for range 3 {
			made = append([]auth.Token{k.make(auth.Token{Shop: k.shop, Expires: k.clock.Now().Add(time.Hour)}).Token}, made...)
		}
		var got []auth.Token
		k.write(func(tx *db.Tx) error {
			first, err := auth.List(tx, admin, 0, 2)
			if err != nil {
				return err
			}
			rest, err := auth.List(tx, admin, first[1].ID, 2)
			got = append(first, rest...)
			return err
		})
		if diff := cmp.Diff(made, got); diff != "" {
			k.t.Error(diff)
		}
	})
}

func TestPlanReportsEveryFault(t *testing.T) {
	_, err := auth.Plan(admin, auth.Token{Scopes: []auth.Scope{"x", auth.CasesRead, auth.CasesRead, auth.Public}, Expires: 5}, 5)
	var got []string
	for _, f := range errs.As(err).Fields {
		got = append(got, f.Path+" "+f.Key)
	}
	want := []string{"/name auth.name_length", "/scopes/0 auth.scope_unknown", "/scopes/2 auth.scope_twice", "/scopes/3 auth.scope_unknown", "/expires_at auth.expires_past"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestCreateForAShopThatIsNotThere(t *testing.T) {
	each(t, func(k *kit) {
		draft, err := auth.Plan(admin, auth.Token{Name: "x", Shop: id.New(), Scopes: []auth.Scope{auth.CasesRead}}, k.clock.Now())
		if err != nil {
			k.t.Fatal(err)
		}
		refused(k.t, k.d.Write(ctx, func(tx *db.Tx) error {
			_, err := auth.Create(tx, draft)
			return err
		}), "auth.no_shop")
	})
}

func TestFirstAdministratorIsMadeOnce(t *testing.T) {
	each(t, func(k *kit) {
		var wg sync.WaitGroup
		var mu sync.Mutex
		var secrets []auth.Secret
		for range 6 {
			wg.Go(func() {
				s, made, err := auth.EnsureFirst(ctx, k.d)
				if err != nil {
					k.t.Error(err)
				}
				mu.Lock()
				defer mu.Unlock()
				if made {
					secrets = append(secrets, s)
				} else if s.Reveal() != "" {
					k.t.Error("a secret that opens nothing")
				}
			})
		}
		wg.Wait()
		if len(secrets) != 1 {
			k.t.Fatalf("%d first administrators", len(secrets))
		}
		p, err := k.verify(secrets[0].Reveal())
		if err != nil || p.ShopID != 0 || !p.Has(auth.MoneyPay) {
			k.t.Errorf("%+v, %v", p, err)
		}
	})
}

// TestFirstAdministratorOfTwoNodes: on PostgreSQL a second node looks for tokens while the first has made one and not
// committed it.
func TestFirstAdministratorOfTwoNodes(t *testing.T) {
	var d *db.DB
	var once sync.Once
	second := make(chan error, 1)
	d = dbtest.Open(t, db.Postgres, func(o *db.Options) {
		o.Fail = func(point string) error {
			once.Do(func() {
				go func() {
					_, made, err := auth.EnsureFirst(ctx, d)
					if made {
						err = errors.Join(err, errors.New("a second first administrator"))
					}
					second <- err
				}()
				for waiting := 0; waiting == 0; {
					err := d.Read(ctx, func(tx *db.Tx) error {
						return tx.QueryRow(`select count(*) from pg_stat_activity
							where datname = current_database() and wait_event_type = 'Lock'`).Scan(&waiting)
					})
					if err != nil {
						t.Error(err)
						return
					}
				}
			})
			return nil
		}
	})
	if _, made, err := auth.EnsureFirst(ctx, d); !made || err != nil {
		t.Error(made, err)
	}
	if err := <-second; err != nil {
		t.Error(err)
	}
}

func TestNoFirstAdministratorWhereThereIsAToken(t *testing.T) {
	each(t, func(k *kit) {
		k.make(auth.Token{})
		if _, made, err := auth.EnsureFirst(ctx, k.d); made || err != nil {
			k.t.Error(made, err)
		}
	})
}

func TestOnlyTheHashIsStored(t *testing.T) {
	each(t, func(k *kit) {
		draft := k.make(auth.Token{})
		var hash []byte
		k.write(func(tx *db.Tx) error {
			return tx.QueryRow(`select hash from api_token where id = $1`, draft.Token.ID).Scan(&hash)
		})
		if want := draft.Secret.Hash(); string(hash) != string(want[:]) || strings.Contains(draft.Secret.Reveal(), string(hash)) {
			k.t.Errorf("stored %x", hash)
		}
	})
}
