package demo

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/sanbao/sanbao/clock"
	"github.com/sanbao/sanbao/internal/app"
	"github.com/sanbao/sanbao/internal/auth"
)

// Seed opens the demo shops and plays their cases where there is no shop at all. It returns the password of everybody in
// them, which is not to be had again; "" when it did nothing. c is what the node will be opened with afterwards; the seed
// opens it for itself with a clock of its own and closes it again.
func Seed(ctx context.Context, c app.Config) (password string, err error) {
	if c.Clock == nil {
		c.Clock = clock.System{}
	}
	now := c.Clock.Now()
	turned := clock.NewFake(now)
	c.Clock = turned
	a, err := app.Open(ctx, c)
	if err != nil {
		return "", err
	}
	defer func() {
		if closing := a.Close(); err == nil {
			err = closing
		}
	}()
	there, err := shopsOf(ctx, a.DB)
	if err != nil || len(there) > 0 {
		return "", err
	}
	turned.Set(now.Add(-400 * 24 * time.Hour))
	for _, p := range places {
		s, err := a.OpenShop(ctx, p.shop, p.houses...)
		if err != nil {
			return "", fmt.Errorf("demo shop %s: %w", p.shop.Code, err)
		}
		there = append(there, s)
	}
	password = auth.NewPassword()
	if err := hire(ctx, a, there, password); err != nil {
		return "", err
	}
	s := &stage{ctx: ctx, app: a, clock: turned, now: now}
	return password, s.play(there, slices.Concat(shoes, cosmetics, snack, jade, chain))
}
