package db_test

import (
	"bytes"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/sanbao/sanbao/internal/db"
	"github.com/sanbao/sanbao/internal/db/dbtest"
)

// A function that holds the writer again and again is logged once, and counted every time.
func TestHoldsAreLoggedOnce(t *testing.T) {
	var log bytes.Buffer
	d := dbtest.Open(t, db.SQLite, func(o *db.Options) {
		o.OnHold, o.HoldLimit, o.Log = nil, time.Nanosecond, slog.New(slog.NewTextHandler(&log, nil))
	})
	for range 3 {
		if err := d.Write(t.Context(), func(tx *db.Tx) error { _, err := tx.Exec("create table if not exists held (a integer)"); return err }); err != nil {
			t.Fatal(err)
		}
	}
	if n := strings.Count(log.String(), "TestHoldsAreLoggedOnce"); n != 1 {
		t.Errorf("logged %d times:\n%s", n, log.String())
	}
	if held := d.Stats().Held; held < 3 {
		t.Errorf("counted %d", held)
	}
}
