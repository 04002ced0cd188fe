package dbtest

import (
	"testing"
	"time"

	"github.com/sanbao/sanbao/internal/db"
)

func TestMain(m *testing.M) { Main(m) }

// judge is a testing.TB that only notes that it was failed.
type judge struct {
	testing.TB
	failed bool
}

func (j *judge) Errorf(string, ...any) { j.failed = true }

func TestHoldFailsItsTest(t *testing.T) {
	pulse.start()
	for _, c := range []struct {
		name       string
		took, late time.Duration
		fails      bool
	}{
		{"slow writes", 70 * time.Millisecond, 0, true},
		{"quick ones on a slow machine", 70 * time.Millisecond, 40 * time.Millisecond, false},
		{"slow ones on a slow machine", 140 * time.Millisecond, 40 * time.Millisecond, true},
	} {
		p := &heartbeat{last: time.Now().Add(time.Hour)} // a heart that does not beat by itself
		if c.late > 0 {
			p.lags = []lag{{time.Now(), c.late}}
		}
		j := &judge{TB: t}
		held := p.judge(j)
		held(db.Hold{Took: c.took})
		held(db.Hold{Took: c.took})
		if j.failed {
			t.Errorf("%s: failed for what a disk may do", c.name)
		}
		held(db.Hold{Took: c.took})
		if j.failed != c.fails {
			t.Errorf("%s: failed %v", c.name, j.failed)
		}
	}
	j := &judge{TB: t}
	pulse.judge(j)(db.Hold{Took: time.Minute})
	if !j.failed {
		t.Error("a minute passed for a stall")
	}
}

func TestLagsAreNotedAndForgotten(t *testing.T) {
	t0 := time.Now()
	p := &heartbeat{last: t0}
	p.note(t0.Add(beat))              // on time
	p.note(t0.Add(2*beat + 2*beat/2)) // a little late: that is nobody's load
	p.note(t0.Add(23 * beat))         // twenty beats, less the one it had
	if len(p.lags) != 1 || p.lags[0].late != 19*beat {
		t.Errorf("noted %v", p.lags)
	}
	p.note(t0.Add(time.Minute))
	p.note(t0.Add(time.Minute + beat))
	if len(p.lags) != 1 {
		t.Errorf("not forgotten: %v", p.lags)
	}
}

func TestDatabasesAreApart(t *testing.T) {
	for _, dialect := range []db.Dialect{db.SQLite, db.Postgres} {
		t.Run(dialect.String(), func(t *testing.T) {
			a, b := Open(t, dialect), Open(t, dialect)
			create := func(tx *db.Tx) error { _, err := tx.Exec(`create table only_here (id bigint)`); return err }
			for _, d := range []*db.DB{a, b} {
				if err := d.Write(t.Context(), create); err != nil {
					t.Error(err)
				}
				if err := d.Ready(t.Context()); err != nil {
					t.Error(err)
				}
			}
			fresh := Open(t, dialect)
			if err := fresh.Read(t.Context(), func(tx *db.Tx) error { _, err := tx.Query(`select id from only_here`); return err }); err == nil {
				t.Error("a fresh database has another's table")
			}
		})
	}
}
