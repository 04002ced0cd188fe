package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"

	"github.com/sanbao/sanbao/clock"
	"github.com/sanbao/sanbao/internal/app"
	"github.com/sanbao/sanbao/internal/books"
	"github.com/sanbao/sanbao/internal/db"
	"github.com/sanbao/sanbao/internal/db/dbtest"
	"github.com/sanbao/sanbao/internal/demo"
	"github.com/sanbao/sanbao/internal/id"
)

func TestMain(m *testing.M) { dbtest.Main(m) }

// spoilt is what a hand in the database may do, and by which checks it is found.
var spoilt = []struct{ check, sql string }{
	{"entry", `insert into ledger_posting (entry_id, no, shop_id, account, amount, currency) select min(entry_id), 9, shop_id, 'x', 1, 'CNY' from ledger_posting where shop_id = $1 group by shop_id`},
	{"account", `update settlement set responsible = 'supplier' where id = (select min(id) from settlement where shop_id = $1 and state = 'to_pay')`},
	{"settlement_amount", `update settlement_part set amount = amount + 1 where shop_id = $1 and no = 1 and settlement_id = (select min(id) from settlement where shop_id = $1 and state = 'to_pay')`},
	{"settlement_arrival", `update settlement set arrived_at = 1 where id = (select min(id) from settlement where shop_id = $1 and state = 'to_pay')`},
	{"account deposit_captured", `update settlement set kind = 'deposit', state = 'captured', taken = amount where id = (select min(id) from settlement where shop_id = $1 and kind = 'charge')`},
	{"payment_pending", `update payment set pending = pending + 1 where id = (select min(id) from payment where shop_id = $1 and captured > pending + refunded)`},
	{"payment_refunded", `update payment set refunded = refunded + 1 where id = (select min(id) from payment where shop_id = $1 and captured > pending + refunded)`},
	{"payment_points", `update payment set points = 5, points_back = 1 where id = (select min(id) from payment where shop_id = $1)`},
	{"payment_shares", `update funding set amount = amount + 1000000 where id = (select min(id) from funding where shop_id = $1)`},
	{"share_pending", `update funding set amount = amount + 1, pending = pending + 1 where id = (select min(id) from funding where shop_id = $1)`},
	{"share_refunded", `update funding set amount = amount + 1, refunded = refunded + 1 where id = (select min(id) from funding where shop_id = $1)`},
	{"units_paid_for", `update order_line set allocated_units = allocated_units + 1 where id = (select min(id) from order_line where shop_id = $1 and allocated_units < quantity)`},
	{"price_paid_for", `update order_line set allocated_minor = allocated_minor + 1 where id = (select min(id) from order_line where shop_id = $1 and allocated_minor < net)`},
	{"units_claimed", `update order_line set claimed = claimed + 1 where id = (select min(id) from order_line where shop_id = $1 and claimed < quantity)`},
	{"units_held custody", `update holding set quantity = quantity + 1 where shop_id = $1 and order_line_id = (select min(order_line_id) from holding where shop_id = $1) and quantity > 0`},
	{"custody", `update holding set holder = 'nobody' where shop_id = $1 and order_line_id = (select min(order_line_id) from holding where shop_id = $1) and quantity > 0`},
	{"stock_held", `update stock set held = held - 1 where id = (select min(id) from stock where shop_id = $1 and held > 0)`},
	{"stock_idle", `update case_line set quantity = quantity + 1 where id = (select min(case_line_id) from stock_hold where shop_id = $1 and state = 'held')`},
	{"invoice_reversed", `insert into invoice (id, shop_id, order_id, number, title, amount, reversed, currency, issued_on, recorded_by, recorded_at, version)
		select 1, shop_id, min(id), '1', '', 5, 1, 'CNY', '2026-11-21', 'x', 1, 1 from orders where shop_id = $1 group by shop_id`},
}

// The demo's books agree, and whatever a hand in the database changes of them is found, named and counted, on both engines.
func TestBooksCheckFindsWhatIsOff(t *testing.T) {
	for _, dialect := range []db.Dialect{db.SQLite, db.Postgres} {
		t.Run(dialect.String(), func(t *testing.T) {
			data, url := t.TempDir(), dbtest.Empty(t, dialect)
			c := app.Config{Data: data, DB: url, Clock: clock.System{}, Log: slog.New(slog.DiscardHandler)}
			if _, err := demo.Seed(t.Context(), c); err != nil {
				t.Fatal(err)
			}
			check := func(more ...string) ([]shopBooks, int) {
				out, code := said(t, append([]string{"books", "check", "--json", "--data", data, "--db", url}, more...)...)
				var all []shopBooks
				if err := json.Unmarshal([]byte(out), &all); err != nil {
					t.Fatal(err, out)
				}
				return all, code
			}
			all, code := check()
			if len(all) < 3 || code != exitOK {
				t.Fatalf("%d: %+v", code, all)
			}
			for _, s := range all {
				if len(s.Faults) != 0 || len(s.Balances) == 0 && s.Shop == "shoes" {
					t.Errorf("%+v", s)
				}
			}
			spoil(t, c)
			if all, code = check("--shop", "shoes"); len(all) != 1 || code != exitFailed || len(all[0].Faults) != 2 || all[0].Faults[0].Check != "entry" || all[0].Faults[0].Off != 1 {
				t.Errorf("%d: %+v", code, all)
			}
			if out, code := said(t, "books", "check", "--lang", "zh-CN", "--data", data, "--db", url); code != exitFailed || !strings.Contains(out, "一笔分录借贷不平") || !strings.Contains(out, "snack: 账目相符") {
				t.Errorf("%d %s", code, out)
			}
		})
	}
}

// spoil does it to the shoe shop, each by itself, holds the books to it and takes it back; the first stays.
func spoil(t *testing.T, c app.Config) {
	t.Helper()
	a, err := app.Open(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	back := errors.New("taken back")
	err = a.DB.Write(t.Context(), func(tx *db.Tx) error {
		var shoes id.ID
		if err := tx.QueryRow(`select id from shop where code = 'shoes'`).Scan(&shoes); err != nil {
			return err
		}
		for _, s := range spoilt {
			err := tx.Try(func() error {
				if n, err := tx.Exec(s.sql, shoes); err != nil || n != 1 {
					return fmt.Errorf("%s: %d rows, %w", s.check, n, err)
				}
				found, err := books.Check(tx, shoes)
				for _, name := range strings.Fields(s.check) {
					if !slices.ContainsFunc(found.Faults, func(f books.Fault) bool { return f.Check == name }) {
						t.Errorf("%s was not found", name)
					}
				}
				return errors.Join(err, back)
			})
			if !errors.Is(err, back) {
				return err
			}
		}
		_, err := tx.Exec(spoilt[0].sql, shoes)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}
