package demo

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/sanbao/sanbao/internal/app"
	"github.com/sanbao/sanbao/internal/clock"
)

// Seed opens the demo shops and plays their cases where there is no shop at all, and says whether it did. c is what the
// node will be opened with afterwards; the seed opens it for itself with a clock of its own and closes it again.
func Seed(ctx context.Context, c app.Config) (seeded bool, err error) {
	now := clock.Instant(0)
	if c.Clock == nil {
		c.Clock = clock.System{}
	}
	now = c.Clock.Now()
	turned := clock.NewFake(now)
	c.Clock = turned
	a, err := app.Open(ctx, c)
	if err != nil {
		return false, err
	}
	defer func() {
		if closing := a.Close(); err == nil {
			err = closing
		}
	}()
	there, err := shopsOf(ctx, a.DB)
	if err != nil || len(there) > 0 {
		return false, err
	}
	turned.Set(now.Add(-400 * 24 * time.Hour))
	for _, p := range places {
		s, err := a.OpenShop(ctx, p.shop, p.houses...)
		if err != nil {
			return false, fmt.Errorf("demo shop %s: %w", p.shop.Code, err)
		}
		there = append(there, s)
	}
	s := &stage{ctx: ctx, app: a, clock: turned, now: now}
	return true, s.play(there, slices.Concat(shoes))
}
