package rule

import (
	"strings"
	"testing"

	"github.com/sanbao/sanbao/clock"
	"github.com/sanbao/sanbao/errs"
)

// The last day of every form of window, and the day after it. 2026-09-25 to 27 and 2026-10-01 to 07 are days off in China,
// 2026-10-10 is a Saturday that is worked.
func TestWindowBoundaries(t *testing.T) {
	const law, shop = "law", "shop"
	for _, c := range []struct {
		name, length, counts, roll string
		from, last, after          string
	}{
		{"days, a shop's", "days: 7", shop, "none", "2026-11-14", "2026-11-21", "2026-11-22"},
		{"days, a shop's, ends on a holiday and does not roll", "days: 7", shop, "none", "2026-09-25", "2026-10-02", "2026-10-03"},
		{"days, the law's, rolls over the National Day week (G8)", "days: 7", law, "statutory", "2026-09-25", "2026-10-08", "2026-10-09"},
		{"days, the law's, ends on a Saturday that is worked", "days: 7", law, "statutory", "2026-10-03", "2026-10-10", "2026-10-11"},
		{"days, the law's, rolls over a weekend", "days: 7", law, "statutory", "2026-11-14", "2026-11-23", "2026-11-24"},
		{"days, the law's, told not to roll", "days: 7", law, "none", "2026-11-14", "2026-11-21", "2026-11-22"},
		{"none: the day itself", "days: 0", shop, "none", "2026-11-21", "2026-11-21", "2026-11-22"},
		{"working days over a weekend", "workdays: 5", shop, "none", "2026-11-13", "2026-11-20", "2026-11-21"},
		{"working days over the National Day week", "workdays: 3", shop, "none", "2026-09-29", "2026-10-09", "2026-10-10"},
		{"months, to the corresponding day", "months: 1", shop, "none", "2026-10-21", "2026-11-21", "2026-11-22"},
		{"months, to the end of a shorter one", "months: 1", shop, "none", "2026-01-31", "2026-02-28", "2026-03-01"},
		{"months, the law's, end on a Sunday", "months: 3", law, "statutory", "2026-08-22", "2026-11-23", "2026-11-24"},
		{"a fact's days", "days: order.campaign_days", shop, "none", "2026-11-17", "2026-11-20", "2026-11-21"},
	} {
		t.Run(c.name, func(t *testing.T) {
			window := "  window: {from: line.signed_on, " + c.length + ", tested: application.sent_on, counts: " + c.counts + ", roll: " + c.roll + ", else: too_late}\n"
			b := bind(t, map[Layer]string{Law: clause("law.a", "floor", "quality", window, plain)})
			at := func(applied string) *Decision {
				in := matterOf(t, b, AtApplication, "quality", goods+"order.campaign_days: 3\nline.signed_on: "+c.from+"\napplication.sent_on: "+applied)
				in.At = noon("2026-12-31")
				return decide(t, b, in)
			}
			d := at(c.last)
			if d.Outcome != Approve || d.Asked().LastDay == nil || d.Asked().LastDay.Date.String() != c.last {
				t.Errorf("on %s: %s, last day %v", c.last, summary(d), d.Asked().LastDay)
			}
			if d := at(c.from); d.Outcome != Approve {
				t.Errorf("on the first day: %s", summary(d))
			}
			d = at(c.after)
			if d.Outcome != Reject || d.Reason != "too_late" || d.Asked().Clauses[0].LastDay.String() != c.last {
				t.Errorf("on %s: %s, %+v", c.after, summary(d), d.Asked().Clauses[0])
			}
		})
	}
}

// A period in hours ends at the instant, not at midnight; one in days that runs between instants ends at midnight there.
func TestWindowBetweenInstants(t *testing.T) {
	voc, err := NewVocabulary(append(testFacts[:len(testFacts):len(testFacts)],
		InstantFact("parcel.taken_at", Def{Stage: AtOrder, Ask: System, Label: label("签收时刻", "Taken at")}),
		InstantFact("notice.given_at", Def{Stage: AtApplication, Ask: System, Label: label("通知时刻", "Given at")}))...)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ length, given, want string }{
		{"hours: 48", "2026-11-16T15:30:00Z", "approve"},
		{"hours: 48", "2026-11-16T15:30:00.000001Z", "reject"},
		{"days: 2", "2026-11-16T15:59:59Z", "approve"}, // 23:59:59 in China
		{"days: 2", "2026-11-16T16:00:00Z", "reject"},
	} {
		window := "  window: {from: parcel.taken_at, " + c.length + ", tested: notice.given_at, counts: shop, roll: none, else: too_late}\n"
		b, err := NewBook([]*Pack{pack(t, voc, Law, clause("law.a", "floor", "quality", window, plain))})
		if err != nil {
			t.Fatal(err)
		}
		in := matterOf(t, b, AtApplication, "quality", goods+"parcel.taken_at: 2026-11-14T15:30:00Z\nnotice.given_at: "+c.given)
		if d := decide(t, b, in); string(d.Outcome) != c.want {
			t.Errorf("%s, given %s: %s", c.length, c.given, summary(d))
		}
	}
}

// A deadline never rolls for the shop; the earliest of them binds it, the latest binds the customer.
func TestDeadlines(t *testing.T) {
	terms := func(due, send string) string {
		return "right: as_of_right, freight: {outbound: kept, return: customer}, refund: goods, due: {from: goods.back_on, " + due + "}, send_by: {from: application.sent_on, " + send + "}"
	}
	b := bind(t, map[Layer]string{
		Law:  clause("law.a", "floor", "quality", "", terms("days: 15", "days: 7, roll: statutory")),
		Shop: clause("shop.a", "promise", "quality", "", terms("days: 3", "days: 8")),
	})
	in := matterOf(t, b, AtReceipt, "quality", goods+"application.sent_on: 2026-09-25\ngoods.back_on: 2026-09-28")
	bundle := decide(t, b, in).Asked()
	if len(bundle.Due) != 1 || bundle.Due[0].By != "shop.a" || bundle.Due[0].Date.String() != "2026-10-01" {
		t.Errorf("due %+v", bundle.Due)
	}
	if len(bundle.SendBy) != 1 || bundle.SendBy[0].By != "law.a" || bundle.SendBy[0].Date.String() != "2026-10-08" {
		t.Errorf("send by %+v", bundle.SendBy)
	}
}

// A window into a year the calendar has no data for is an error, never a guess.
func TestWindowBeyondTheCalendar(t *testing.T) {
	b := bind(t, map[Layer]string{Law: clause("law.a", "floor", "quality",
		"  window: {from: line.signed_on, months: 36, tested: application.sent_on, counts: law, roll: statutory, else: too_late}\n", plain)})
	_, err := b.Decide(matterOf(t, b, AtApplication, "quality", goods+"line.signed_on: 2026-11-17\napplication.sent_on: 2026-11-20"))
	if err == nil || errs.As(err).Key != "calendar.year_missing" {
		t.Errorf("error %v", err)
	}
}

// Bad input is refused as a whole, every fault named.
func TestBadInput(t *testing.T) {
	b := bind(t, map[Layer]string{Law: clause("law.a", "floor", "quality", "", plain)})
	in := Input{Stage: AtApplication, At: noon("2026-11-21"), Ground: "qualiti", Remedy: "refund", Calendar: china(t), Facts: Facts{
		"line.signd_on":       {{AtOrder, DateValue(day("2026-11-17"))}},
		"line.signed_on":      {{AtOrder, DateValue(day("2026-11-22"))}},
		"line.goods_amount":   {{AtOrder, MoneyValue(-1)}},
		"line.category":       {{AtOrder, EnumValue("boats")}},
		"line.custom_made":    {{AtOrder, IntValue(1)}},
		"goods.worn":          {{AtInspection, BoolValue(true)}},
		"order.campaign_days": {{AtOrder, IntValue(366)}},
	}}
	_, err := b.Decide(in)
	if err == nil {
		t.Fatal("accepted")
	}
	got := sentences(err)
	for _, want := range []string{"facts/line.signd_on", "→ line.signed_on?", "facts/line.signed_on:", "facts/line.goods_amount", "facts/line.category",
		"facts/line.custom_made", "facts/goods.worn", "facts/order.campaign_days", "ground:", "→ quality?", "remedy:"} {
		if !strings.Contains(got, want) {
			t.Errorf("nothing about %s in%s", want, got)
		}
	}
	for _, in := range []Input{{Stage: AtApplication, At: noon("2026-11-21")}, {Stage: AtApplication, At: clock.Instant(0), Calendar: china(t)}, {Stage: 9, At: noon("2026-11-21"), Calendar: china(t)}} {
		if _, err := b.Decide(in); err == nil {
			t.Errorf("accepted %+v", in)
		}
	}
}
