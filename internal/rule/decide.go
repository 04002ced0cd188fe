package rule

import (
	"github.com/sanbao/sanbao/internal/calendar"
	"github.com/sanbao/sanbao/internal/clock"
)

// Input is one question to a Book.
type Input struct {
	Facts    Facts
	Stage    Stage
	At       clock.Instant // the decision's time; facts must not be later
	Ground   string        // why; "" or one with undetermined fault is asked for
	Remedy   Remedy        // what; "" asks which
	Calendar *calendar.Calendar
	Trace    bool // fill Decision.Trace; the core is the same either way
}
