package live

import (
	"context"
	"errors"
	"log/slog"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/sanbao/sanbao/errs"
	"github.com/sanbao/sanbao/internal/db"
	"github.com/sanbao/sanbao/internal/db/dbtest"
	"github.com/sanbao/sanbao/internal/id"
)

func TestMain(m *testing.M) { dbtest.Main(m) }

var quietLog = slog.New(slog.DiscardHandler)

func lite(t *testing.T) *Hub {
	return New(dbtest.Open(t, db.SQLite), quietLog)
}

func listen(t *testing.T, h *Hub, shop id.ID) *Listener {
	t.Helper()
	l, err := h.Listen(shop)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(l.Close)
	return l
}

// next is what a listener is told within a time that only a fault needs.
func next(t *testing.T, l *Listener) News {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	n, err := l.Wait(ctx)
	if err != nil {
		t.Fatal("nothing was told")
	}
	return n
}

func silent(t *testing.T, l *Listener) {
	t.Helper()
	select {
	case <-l.Ready():
		t.Errorf("told %+v", l.Take())
	default:
	}
}

func TestOwnShopOnlyAndNewestVersion(t *testing.T) {
	h := lite(t)
	a, b := listen(t, h, 1), listen(t, h, 2)
	for _, v := range []int64{3, 5, 4} {
		h.Changed(1, 10, v)
	}
	if n := next(t, a); n.Everything || len(n.Changes) != 1 || n.Changes[0] != (Change{10, 5}) {
		t.Errorf("%+v", n)
	}
	silent(t, a)
	silent(t, b)
	a.Close()
	h.Changed(1, 10, 6)
	silent(t, a)
	if h.Listeners() != 1 {
		t.Error(h.Listeners())
	}
}

// A listener that does not listen for a while is told that anything may have changed; never is a fact lost, and never
// does it cost more than a bounded list.
func TestASlowListenerLosesNothing(t *testing.T) {
	h := lite(t)
	l := listen(t, h, 1)
	for i := range maxPending + 10 {
		h.Changed(1, id.ID(i+1), 1)
	}
	if len(l.cases) > maxPending {
		t.Error(len(l.cases))
	}
	if n := next(t, l); !n.Everything || len(n.Changes) != 0 {
		t.Errorf("%v %d", n.Everything, len(n.Changes))
	}
	h.Changed(1, 7, 2)
	if n := next(t, l); n.Everything || len(n.Changes) != 1 {
		t.Errorf("%+v", n)
	}
}

func TestListenersAreBounded(t *testing.T) {
	h := lite(t)
	for range maxListeners {
		listen(t, h, 1)
	}
	if _, err := h.Listen(1); errs.CodeOf(err) != errs.RateLimited {
		t.Error(err)
	}
	listen(t, h, 2)
}

// node is one of several on a database.
func node(t *testing.T, url string) (*Hub, chan struct{}) {
	t.Helper()
	d, err := db.Open(t.Context(), db.Options{URL: url, Log: quietLog, MaxConns: 3})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := d.Close(); err != nil {
			t.Error(err)
		}
	})
	h := New(d, quietLog)
	up := make(chan struct{}, 100)
	h.nodes.listening = func() { up <- struct{}{} }
	h.Start()
	t.Cleanup(h.Stop)
	<-up
	return h, up
}

// until waits for a piece of news; what the start of the nodes told comes first.
func until(t *testing.T, l *Listener, want func(News) bool) {
	t.Helper()
	for !want(next(t, l)) {
	}
}

func TestNodesTellEachOther(t *testing.T) {
	url := dbtest.URL(t, db.Postgres)
	one, _ := node(t, url)
	two, _ := node(t, url)
	l := listen(t, two, 1)
	own := listen(t, one, 1)
	one.Changed(1, 10, 7)
	holds := func(c Change) func(News) bool {
		return func(n News) bool {
			for _, x := range n.Changes {
				if x == c {
					return true
				}
			}
			return false
		}
	}
	until(t, l, holds(Change{10, 7}))
	until(t, own, holds(Change{10, 7}))
	one.Changed(1, Shelf, 1)
	until(t, l, holds(Change{Shelf, 1}))
	for i := range 2 * queued { // more than waits: the rest is everything
		one.Changed(1, id.ID(i+100), 1)
	}
	one.Changed(1, 99, 1)
	until(t, l, func(n News) bool { return n.Everything || holds(Change{99, 1})(n) })
}

// A node whose connection breaks connects again and says that anything may have changed meanwhile.
func TestABrokenConnectionIsMadeAgain(t *testing.T) {
	url := dbtest.URL(t, db.Postgres)
	one, up := node(t, url)
	l := listen(t, one, 1)
	c, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = c.Close(context.Background()) }()
	if _, err := c.Exec(t.Context(), `select pg_terminate_backend(pid) from pg_stat_activity where query ilike 'LISTEN%' and datname = current_database()`); err != nil {
		t.Fatal(err)
	}
	select {
	case <-up:
	case <-time.After(30 * time.Second):
		t.Fatal("it did not come back")
	}
	until(t, l, func(n News) bool { return n.Everything })
}

func TestStrangeNotices(t *testing.T) {
	h := lite(t)
	n := &nodes{hub: h, me: "me"}
	l := listen(t, h, 1)
	n.hear("me *")
	n.hear("")
	silent(t, l)
	n.hear("other what is this")
	if got := next(t, l); !got.Everything {
		t.Errorf("%+v", got)
	}
	if _, err := l.Wait(stopped(t)); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

func stopped(t *testing.T) context.Context {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	return ctx
}
