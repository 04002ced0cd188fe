package policy_test

import (
	"fmt"
	"maps"
	"testing"
	"time"

	"github.com/sanbao/sanbao/calendar"
	"github.com/sanbao/sanbao/internal/line"
	"github.com/sanbao/sanbao/internal/order"
	"github.com/sanbao/sanbao/rule"
)

// The open questions of an application, for every shipped pack, ground and remedy, and with the remedy still open: decided
// at stage application, from what the order's record tells and the application says by itself. The records are one of a
// platform that tells everything and one that does not say how far the goods have come.
//
//	go test ./internal/policy -run '^$' -bench NeedToKnow -benchtime 20x
//
// The limit is 3 ms of processor time for the slowest question (worst-ms); mean-ms is over all of them.
func BenchmarkNeedToKnow(b *testing.B) {
	questions := applications(b)
	took := make([]time.Duration, len(questions))
	for b.Loop() {
		for i, q := range questions {
			at := processor(b)
			if _, err := q.book.Decide(q.in); err != nil {
				b.Fatal(q.name, err)
			}
			took[i] += processor(b) - at
		}
	}
	worst, total := 0, time.Duration(0)
	for i, d := range took {
		total += d
		if d > took[worst] {
			worst = i
		}
	}
	ms := func(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 / float64(b.N) }
	b.ReportMetric(ms(took[worst]), "worst-ms")
	b.ReportMetric(ms(total)/float64(len(questions)), "mean-ms")
	b.ReportMetric(float64(len(questions)), "questions")
	b.Logf("slowest: %s", questions[worst].name)
}

// question is a matter with a name.
type question struct {
	name string
	matter
}

func applications(b *testing.B) (out []question) {
	b.Helper()
	categories := map[string]string{"shoes": "shoes", "shoes with commitments": "shoes", "cosmetics": "cosmetics", "snack": "food", "gifts-uk": "gift", "jade": "jade"}
	for _, s := range shops {
		book, cal := bound(b, s.binding, s.calendar, s.day)
		category := categories[s.name]
		if category == "" {
			category = "jewellery"
		}
		for _, status := range []string{"delivered", "no status"} {
			facts := told(b, s.day, cal, category, status == "delivered", len(s.binding.Overlays) > 0)
			for _, g := range book.Grounds() {
				for _, r := range append(book.Remedies(g.Name), "") {
					in := rule.Input{Facts: facts, Stage: rule.AtApplication, At: noon(s.day), Ground: g.Name, Remedy: r, Calendar: cal}
					out = append(out, question{fmt.Sprintf("%s, %s/%s, %s", s.name, g.Name, r, status), matter{book, in}})
				}
			}
		}
	}
	return out
}

// told is what the record of an order and an application of the day tell.
func told(b *testing.B, day calendar.Date, cal *calendar.Calendar, category string, delivered, promises bool) rule.Facts {
	b.Helper()
	paid, signed := noon(day.AddDays(-6)), day.AddDays(-4)
	o := order.Order{Channel: order.Distance, Currency: "CNY", OrderedAt: paid, PaidAt: &paid, FreightPaid: 1000}
	if delivered {
		o.SignedOn, o.SignedBy = &signed, "self"
	}
	if promises {
		o.Attrs.Promises = &order.Promises{Genuine: true, Quality: true, Dispatch: true, Returns: true, Reissue: true}
	}
	lines := []order.Line{{ID: 1, Category: category, Quantity: 1, Net: 19900}}
	facts, err := order.Facts(o, lines, lines[0].ID, 1, order.Taken{}, cal)
	if err != nil {
		b.Fatal(err)
	}
	maps.Copy(facts, line.ApplicationFacts(line.Line{AppliedOn: day}))
	return facts
}
