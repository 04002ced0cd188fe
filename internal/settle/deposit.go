package settle

import (
	"github.com/sanbao/sanbao/clock"
)

// 押金 — a deposit is held, not paid: it stands in no books, and is the customer's until some of it is captured. What is captured is a payment of the
// order under the deposit's id, as of a charge, so that it can go back the way it came. A deposit ends once: captured, with the rest let go, or released.

// CheckTaken holds what a person knows of a capture against what is to be captured.
func (s Settlement) CheckTaken(c Confirmation, now clock.Instant) error {
	of := s
	of.Minor = s.Taken
	return of.Check(c, now)
}

// Of is what of a deposit an amount may take: never more than is held, never less than nothing.
func (s Settlement) Of(minor int64) int64 { return max(0, min(minor, s.Minor)) }
