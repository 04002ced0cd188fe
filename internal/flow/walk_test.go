package flow_test

import (
	"context"
	"database/sql"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	_ "modernc.org/sqlite"
	"pgregory.net/rapid"

	"github.com/sanbao/sanbao/internal/db"
	"github.com/sanbao/sanbao/internal/db/dbtest"
)

// walkable are the tables that stay small: a command may read all that a shop has in them.
var walkable = []string{"shop", "warehouse", "policy_version", "statement", "money_difference"}

// No statement of a command or of a reconciliation walks a table, or a shop's part of it: what a command costs must not grow with what a shop has behind it. The statements of random
// commands are explained by SQLite, which has no statistics here and so goes by the indexes alone.
func TestCommandsWalkNoTable(t *testing.T) {
	var seen sync.Map // by text: a statement's arguments
	url, clk := dbtest.URL(t, db.SQLite), dbtest.Clock()
	d, err := db.Open(t.Context(), db.Options{URL: url, Clock: clk, Log: slog.New(slog.DiscardHandler), OnHold: func(db.Hold) {},
		Trace: func(_ context.Context, q string, args []any) { seen.LoadOrStore(q, args) }})
	if err != nil {
		t.Fatal(err)
	}
	k, err := openKit(t, d, clk)
	if err != nil {
		t.Fatal(err)
	}
	until := time.Now().Add(3 * time.Second)
	rapid.Check(t, func(rt *rapid.T) {
		if time.Now().After(until) {
			return
		}
		w := newWorld(rt, k)
		w.unchecked = true
		for range 40 {
			w.step()
		}
	})
	k.shop = trialShop()
	k.must(openTrial(k.ctx(), d, k.shop))
	a, no := k.paidBack(100)
	b, _ := k.paidBack(50)
	k.reconcile("alipay-bill", "", billHead, bill(a, no, 100), bill(b, "other", 49), bill(a, "999", 7))
	k.reconcile("alipay-bill", "", billHead, bill(b, "other", 50))
	k.open()
	k.must(k.f.StartPayments(k.ctx(), k.shop.ID))
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	file, err := sql.Open("sqlite", strings.Replace(url, "sqlite:", "file:", 1))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	n := 0
	seen.Range(func(q, args any) bool {
		n++
		for _, step := range explained(t, file, q.(string), args.([]any)) {
			words := strings.Fields(step)
			walks := words[0] == "SCAN" && words[1] != "CONSTANT" || words[0] == "SEARCH" && strings.HasSuffix(step, "(shop_id=?)")
			if walks && !slices.Contains(walkable, words[1]) {
				t.Errorf("%s:\n%s", step, q)
			}
		}
		return true
	})
	if n < 50 {
		t.Errorf("only %d statements were seen", n)
	}
}

// explained are the steps of a statement.
func explained(t *testing.T, file *sql.DB, q string, args []any) (steps []string) {
	t.Helper()
	rows, err := file.Query("explain query plan "+q, args...)
	if err != nil {
		t.Fatalf("%s: %v", q, err)
	}
	defer rows.Close()
	for rows.Next() {
		var no, parent, unused int64
		var step string
		if err := rows.Scan(&no, &parent, &unused, &step); err != nil {
			t.Fatal(err)
		}
		steps = append(steps, step)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return steps
}
