package flow_test

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"testing"

	"github.com/sanbao/sanbao/clock"
	"github.com/sanbao/sanbao/internal/db"
	"github.com/sanbao/sanbao/internal/db/dbtest"
	"github.com/sanbao/sanbao/internal/settle"
)

// counting is a provider that counts how often it is asked for each payout, and lets nobody through before both nodes have come.
type counting struct {
	*settle.Scripted
	came  map[int]bool // nodes
	both  chan struct{}
	mu    sync.Mutex
	asked map[string]int
	paid  chan string
}

// at is the provider as a node reaches it.
type at struct {
	*counting
	node int
}

func (a at) Refund(ctx context.Context, p settle.Payout) (settle.Answer, error) {
	a.mu.Lock()
	a.asked[p.PayoutNo]++
	if a.came[a.node] = true; len(a.came) == 2 {
		select {
		case <-a.both:
		default:
			close(a.both)
		}
	}
	a.mu.Unlock()
	select {
	case <-a.both:
	case <-ctx.Done():
		return settle.Answer{}, ctx.Err()
	}
	defer func() { a.paid <- p.PayoutNo }()
	return a.Scripted.Refund(ctx, p)
}

func (a at) Query(ctx context.Context, p settle.Payout) (settle.Answer, error) {
	a.mu.Lock()
	a.asked["query "+p.PayoutNo]++
	a.mu.Unlock()
	return a.Scripted.Query(ctx, p)
}

// Two nodes on one database share the payments, and none is asked for twice: counted at the provider.
func TestTwoNodesPayOnce(t *testing.T) {
	for _, dialect := range []db.Dialect{db.SQLite, db.Postgres} {
		t.Run(dialect.String(), func(t *testing.T) {
			url := dbtest.URL(t, dialect)
			const payments = 40
			p := &counting{Scripted: settle.NewScripted(clock.System{}), came: map[int]bool{}, both: make(chan struct{}), asked: map[string]int{}, paid: make(chan string, 10*payments)}
			var nodes []*kit
			for i := range 2 {
				d, err := db.Open(t.Context(), db.Options{URL: url, Log: slog.New(slog.DiscardHandler), OnHold: func(db.Hold) {}})
				if err != nil {
					t.Fatal(err)
				}
				defer d.Close()
				k, err := openKit(t, d, clock.NewFake(clock.System{}.Now()))
				if err != nil {
					t.Fatal(err)
				}
				k.f.Gateway = gatewayOf(at{p, i})
				nodes = append(nodes, k)
			}
			k := nodes[0]
			k.shop = trialShop()
			k.must(openTrial(k.ctx(), k.f.DB, k.shop))
			for i := range payments {
				k.refundOne(k.unshipped(fmt.Sprint("N", i), 1, 1))
			}
			for _, n := range nodes {
				k.must(n.f.Jobs.Start(t.Context()))
			}
			for range payments {
				<-p.paid
			}
			for _, n := range nodes {
				k.must(n.f.Jobs.Stop(t.Context()))
			}
			for what, n := range p.asked {
				if n != 1 {
					t.Errorf("%s was asked for %d times", what, n)
				}
			}
			if len(p.asked) != payments || len(p.paid) != 0 || len(p.Paid()) != payments {
				t.Errorf("%d asked for, %d paid", len(p.asked), len(p.Paid()))
			}
			k.must(k.f.DB.Read(k.ctx(), func(tx *db.Tx) error {
				done, err := settle.InState(tx, k.shop.ID, settle.Settled, 0, 1_000)
				if len(done) != payments {
					t.Errorf("%d of %d have arrived", len(done), payments)
				}
				return err
			}))
			k.must(added(k.ctx(), k.f.DB, k.shop.ID))
		})
	}
}
