package movement

import (
	"testing"

	"github.com/sanbao/sanbao/calendar"
	"github.com/sanbao/sanbao/clock"
)

func TestFactsOfAReturnParcel(t *testing.T) {
	cal, err := calendar.Load("CN")
	if err != nil {
		t.Fatal(err)
	}
	signed, err := clock.Parse("2026-11-18T16:30:00Z") // half past midnight on the 19th in China
	if err != nil {
		t.Fatal(err)
	}
	opened := signed + 36*3_600_000_000
	for _, c := range []struct {
		name          string
		m             *Movement
		back, problem string
	}{
		{"no parcel", nil, "", ""},
		{"announced", &Movement{Purpose: Return, State: Announced}, "", ""},
		{"signed for, not opened", &Movement{Purpose: Return, State: SignedFor, SignedAt: &signed}, "2026-11-19", ""},
		{"opened", &Movement{Purpose: Return, State: Received, SignedAt: &signed, ReceivedAt: &opened}, "2026-11-19", NoProblem},
		{"opened, signing not noted", &Movement{Purpose: Return, State: Received, ReceivedAt: &opened}, "2026-11-20", NoProblem},
		{"something else in it", &Movement{Purpose: Return, State: Discrepant, Problem: Wrong, SignedAt: &signed, ReceivedAt: &opened}, "2026-11-19", "wrong"},
		{"short, settled", &Movement{Purpose: Return, State: Received, Problem: Short, SignedAt: &signed, ReceivedAt: &opened}, "2026-11-19", "short"},
		{"refused by us", &Movement{Purpose: Return, State: Refused, SignedAt: &signed}, "", ""},
		{"sent to the customer", &Movement{Purpose: SendBack, State: Delivered, SignedAt: &signed}, "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			fs := Facts(c.m, cal)
			back := ""
			if d, ok := FactBackOn.Get(fs); ok {
				back = d.String()
			}
			problem, _ := FactProblem.Get(fs)
			if back != c.back || problem != c.problem {
				t.Errorf("want back %q problem %q, got %q %q", c.back, c.problem, back, problem)
			}
		})
	}
}
