package demo

import (
	"context"
	"fmt"
	"slices"
	"sort"
	"strings"
	"time"

	"github.com/sanbao/sanbao/calendar"
	"github.com/sanbao/sanbao/clock"
	"github.com/sanbao/sanbao/errs"
	"github.com/sanbao/sanbao/internal/app"
	"github.com/sanbao/sanbao/internal/db"
	"github.com/sanbao/sanbao/internal/id"
	"github.com/sanbao/sanbao/internal/job"
	"github.com/sanbao/sanbao/internal/order"
	"github.com/sanbao/sanbao/internal/shop"
	"github.com/sanbao/sanbao/internal/stock"
)

// The demo shops' past: a year of cases that are over, so that charts have something to show and a draft of a policy says
// what it would have cost. They are played like the morning's, by the same commands at the times when they happened, each
// in one transaction that is seen when it is over. That takes a minute of one processor, and nobody who starts the program
// for the first time waits a minute: a job does it while he looks around, goes on where it was when the program was
// stopped, and leaves the writer to others after each case.

const (
	// Cases is how many cases the history has.
	Cases = 6000

	historyKind  job.Kind = "demo_history"
	historyBatch          = 100 // cases of one run; then the job makes room for others
	historyDays           = 365
	historyEnds           = 21 // days before the seeding: the slowest case is over by then
)

type historyArgs struct {
	Until clock.Instant `json:"until"` // the moment of seeding
	Cases int           `json:"cases"`
}

// history plays it.
type history struct {
	app   *app.App
	until clock.Instant
	shops []shop.Shop
	cal   *calendar.Calendar
	days  []int64 // weight of all days until the end of each; the last is historyEnds before the seeding
}

// Register says how the history is played; call it before the app serves. A history that was cut off goes on at any start.
func Register(a *app.App) {
	a.Jobs.Register(historyKind, func(ctx context.Context, j job.Job) error {
		var x historyArgs
		if err := j.Decode(&x); err != nil {
			return err
		}
		return play(ctx, a, x, historyBatch)
	}, job.Timeout(10*time.Minute))
}

// Begin enqueues the past of shops that were seeded just now: so many cases.
func Begin(ctx context.Context, a *app.App, cases int) error {
	return a.DB.Write(ctx, func(tx *db.Tx) error {
		_, err := a.Jobs.Enqueue(tx, historyKind, historyArgs{tx.Now, cases}, job.Unique("history"))
		return err
	})
}

// play plays the next cases, at most so many, and asks for another turn while there are more.
func play(ctx context.Context, a *app.App, x historyArgs, most int) error {
	shops, err := shopsOf(ctx, a.DB)
	if err != nil {
		return err
	}
	cal, err := calendar.Load("CN")
	if err != nil {
		return err
	}
	h := &history{app: a, until: x.Until, shops: shops, cal: cal}
	if err := h.rhythm(); err != nil {
		return err
	}
	from, err := h.reached(ctx, x.Cases)
	if err != nil {
		return err
	}
	for n := from; n < min(from+most, x.Cases); n++ {
		if err := h.one(ctx, n, x.Cases); err != nil {
			return fmt.Errorf("demo history, case %d: %w", n, err)
		}
	}
	if from+most < x.Cases {
		return job.Snooze(0)
	}
	a.Log.Info("the demo shops' past is played", "cases", x.Cases)
	return nil
}

// reached is the first case that was not played: they are played in order.
func (h *history) reached(ctx context.Context, cases int) (n int, err error) {
	err = h.app.DB.Read(ctx, func(tx *db.Tx) error {
		n = sort.Search(cases, func(i int) bool {
			t, tr := invent(i)
			s, there := h.shop(tr.shop)
			if !there || err != nil {
				return false
			}
			_, missing := order.ByNumber(tx, s.ID, t.sale.platform, orderNo(historyNo(tr.prefix, i)))
			if missing != nil && errs.CodeOf(missing) != errs.NotFound {
				err = missing
			}
			return missing != nil
		})
		return err
	})
	return n, err
}

func (h *history) shop(code string) (shop.Shop, bool) {
	i := slices.IndexFunc(h.shops, func(s shop.Shop) bool { return s.Code == code })
	if i < 0 {
		return shop.Shop{}, false
	}
	return h.shops[i], true
}

// one plays a case in a transaction of its own, whose commands have the times of the story.
func (h *history) one(ctx context.Context, n, of int) error {
	t, tr := invent(n)
	s, there := h.shop(tr.shop)
	if !there {
		return nil
	}
	return h.app.DB.Write(ctx, func(tx *db.Tx) error {
		opened := h.opened(n, of)
		turned := clock.NewFake(opened)
		then := *h.app.Flow
		then.DB, then.Changed = tx.Within(turned), nil
		if free, err := uncounted(tx, s.ID, t); err != nil || !free {
			return err
		}
		c := &scene{stage: &stage{ctx: ctx, app: &app.App{DB: then.DB, Flow: &then}, clock: turned, now: opened}, no: historyNo(tr.prefix, n), shop: s, cal: h.cal}
		c.tells(t)
		if c.err == nil && turned.Now() > h.until {
			c.fails("it ends after the seeding, at %s", turned.Now())
		}
		return c.err
	})
}

// uncounted lets an exchange ask for a size that the shop does not count: what is counted is the present's, and the past
// must not take it. False where every size is counted; then the tale is left out.
func uncounted(tx *db.Tx, shopID id.ID, t *tale) (bool, error) {
	if t.asked.wanted == "" {
		return true, nil
	}
	stem := t.asked.wanted[:strings.LastIndex(t.asked.wanted, "-")+1]
	for _, sku := range append([]string{t.asked.wanted}, sizesOf(stem)...) {
		counted, err := stock.Get(tx, shopID, sku)
		if err != nil {
			return false, err
		}
		if counted == nil {
			t.asked.wanted = sku
			return true, nil
		}
	}
	return false, nil
}

// rhythm weighs the days: weekends are slow, twelve days from the eleventh of November bring four times as many, and while
// the Spring Festival lasts hardly anybody writes.
func (h *history) rhythm() error {
	last := h.cal.DateOf(h.until).AddDays(-historyEnds)
	sum := int64(0)
	for i := range historyDays {
		d := last.AddDays(i + 1 - historyDays)
		local := h.cal.StartOf(d).Time().In(h.cal.Zone())
		weight := []int64{70, 110, 115, 105, 100, 100, 80}[local.Weekday()]
		long, err := h.holiday(d)
		if err != nil {
			return err
		}
		switch month, day := local.Month(), local.Day(); {
		case month == time.November && day >= 11 && day <= 22:
			weight *= 4
		case long && month <= time.February:
			weight /= 10
		}
		sum += weight
		h.days = append(h.days, sum)
	}
	return nil
}

// holiday says whether a day lies in five days or more on which nobody works.
func (h *history) holiday(d calendar.Date) (bool, error) {
	n := 0
	for _, way := range []int{-1, 1} {
		for x := d; n < 6; x = x.AddDays(way) { // the day itself is counted twice
			work, err := h.cal.IsWorkday(x)
			if err != nil {
				return false, err
			}
			if work {
				break
			}
			n++
		}
	}
	return n >= 6, nil
}

// opened is when the n-th case was opened: in order, from nine to nine.
func (h *history) opened(n, of int) clock.Instant {
	at := (2*int64(n) + 1) * h.days[historyDays-1] / (2 * int64(of))
	i := sort.Search(historyDays, func(i int) bool { return h.days[i] > at })
	before := int64(0)
	if i > 0 {
		before = h.days[i-1]
	}
	day := h.cal.DateOf(h.until).AddDays(-historyEnds + i + 1 - historyDays)
	return h.cal.StartOf(day).Add(9*time.Hour + 12*time.Hour*time.Duration(at-before)/time.Duration(h.days[i]-before))
}
