package settle_test

import (
	"strings"
	"testing"
	"time"

	"github.com/sanbao/sanbao/clock"
	"github.com/sanbao/sanbao/internal/settle"
)

// What a provider's limits say of one more refund of a payment, at their edges.
func TestLimits(t *testing.T) {
	const day = 24 * time.Hour
	l := settle.Limits{Age: 365 * day, Refunds: 50, Apart: 3 * time.Second}
	now := clock.Of(time.Date(2026, 11, 29, 3, 0, 0, 0, time.UTC))
	for name, c := range map[string]struct {
		limits  settle.Limits
		paid    clock.Instant
		refunds int64
		last    clock.Instant
		wait    time.Duration
		says    string
	}{
		"the first":              {l, now.Add(-day), 0, 0, 0, ""},
		"the last day":           {l, now.Add(-365 * day), 0, 0, 0, ""},
		"a moment later":         {l, now.Add(-365*day - time.Microsecond), 0, 0, 0, "365 天"},
		"the fiftieth":           {l, now.Add(-day), 49, now.Add(-day), 0, ""},
		"one more":               {l, now.Add(-day), 50, now.Add(-day), 0, "50 次"},
		"too soon":               {l, now.Add(-day), 1, now.Add(-time.Second), 2 * time.Second, ""},
		"soon enough":            {l, now.Add(-day), 1, now.Add(-3 * time.Second), 0, ""},
		"a clock that went back": {l, now.Add(-day), 1, now.Add(time.Hour), 0, ""},
		"no limits":              {settle.Limits{}, now.Add(-4_000 * day), 1_000, now, 0, ""},
	} {
		v := c.limits.Allow(now, c.paid, c.refunds, c.last)
		if v.Wait != c.wait || (v.Never == "") != (c.says == "") || !strings.Contains(v.Never, c.says) {
			t.Errorf("%s: %+v", name, v)
		}
	}
}
