package movement

import (
	"strconv"
	"testing"

	"github.com/sanbao/sanbao/calendar"
	"github.com/sanbao/sanbao/clock"
	"github.com/sanbao/sanbao/rule"
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

// What the carrier answered, when a parcel was to be stopped (S4-11, S4-12).
func TestFactsOfAStoppedParcel(t *testing.T) {
	cal, err := calendar.Load("CN")
	if err != nil {
		t.Fatal(err)
	}
	at, err := clock.Parse("2026-11-18T16:30:00Z") // half past midnight on the 19th in China
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name              string
		m                 *Movement
		stopped, on, door string
	}{
		{"nobody asked", nil, "", "", ""},
		{"asked", &Movement{Purpose: Intercept, State: Intercepting}, "", "", ""},
		{"withdrawn", &Movement{Purpose: Intercept, State: Cancelled, StoppedAt: &at}, "", "", ""},
		{"stopped", &Movement{Purpose: Intercept, State: Intercepted, StoppedAt: &at}, "true", "2026-11-19", "false"},
		{"stopped and home", &Movement{Purpose: Intercept, State: Received, StoppedAt: &at, ReceivedAt: &at}, "true", "2026-11-19", "false"},
		{"turned up at our door", &Movement{Purpose: Intercept, State: SignedFor, SignedAt: &at}, "true", "2026-11-19", "false"},
		{"opened without a word", &Movement{Purpose: Intercept, State: Discrepant, ReceivedAt: &at}, "true", "2026-11-19", "false"},
		{"missed", &Movement{Purpose: Intercept, State: InterceptFailed}, "false", "", ""},
		{"refused at the door", &Movement{Purpose: Intercept, State: RefusedDelivery, ShippedAt: &at}, "false", "", "true"},
		{"refused at the door, and home", &Movement{Purpose: Intercept, State: Received, ShippedAt: &at, ReceivedAt: &at}, "false", "", "true"},
	} {
		t.Run(c.name, func(t *testing.T) {
			fs := rule.Facts{}
			StopFacts(fs, c.m, cal)
			said := func(h rule.Handle[bool]) string {
				if v, ok := h.Get(fs); ok {
					return strconv.FormatBool(v)
				}
				return ""
			}
			on := ""
			if d, ok := FactInterceptedOn.Get(fs); ok {
				on = d.String()
			}
			if got := said(FactIntercepted); got != c.stopped || on != c.on || said(FactRefusedAtDoor) != c.door {
				t.Errorf("stopped %q on %q, refused at the door %q", got, on, said(FactRefusedAtDoor))
			}
		})
	}
}
