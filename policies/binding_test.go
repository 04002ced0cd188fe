package policies_test

import (
	"io/fs"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/sanbao/sanbao/calendar"
	"github.com/sanbao/sanbao/internal/id"
	"github.com/sanbao/sanbao/internal/line"
	"github.com/sanbao/sanbao/internal/movement"
	"github.com/sanbao/sanbao/internal/order"
	"github.com/sanbao/sanbao/internal/policy"
	"github.com/sanbao/sanbao/policies"
	"github.com/sanbao/sanbao/rule"
)

func library(t *testing.T) *policy.Library {
	t.Helper()
	voc, err := rule.NewVocabulary(slices.Concat(order.Vocabulary, line.Vocabulary, movement.Vocabulary)...)
	if err != nil {
		t.Fatal(err)
	}
	l, err := policy.Load(policies.FS, voc)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// The law is the one in force when the order was paid: the 实施条例 binds from 2024-07-01, and what was paid before is not
// left without any law.
func TestTheLawOfTheDayOfPayment(t *testing.T) {
	l := library(t)
	for _, c := range []struct {
		paid calendar.Date
		want string
	}{
		{calendar.DateOf(2021, time.November, 1), "2021-11"},
		{calendar.DateOf(2024, time.June, 30), "2021-11"},
		{calendar.DateOf(2024, time.July, 1), "2024-07"},
	} {
		book, err := l.Book(policy.Binding{Law: []string{"law-cn"}, Overlays: []string{"marketplace-commitments"}, Shop: "shoes"}, c.paid, c.paid)
		if err != nil {
			t.Fatal(c.paid, err)
		}
		if got := book.Editions()[0][0]; got.Pack != "law-cn" || got.Version != c.want {
			t.Errorf("paid %s: bound by %s %s, want %s", c.paid, got.Pack, got.Version, c.want)
		}
	}
}

// Each shop's pack stands with the law and with the marketplace's commitments; the five merchants' rules never meet (G1).
func TestPacksFitTogether(t *testing.T) {
	l := library(t)
	cal, err := calendar.Load("CN")
	if err != nil {
		t.Fatal(err)
	}
	for _, shop := range []string{"shoes", "cosmetics", "snack"} {
		book, err := l.Book(policy.Binding{Law: []string{"law-cn"}, Overlays: []string{"marketplace-commitments"}, Shop: shop}, day(time.November, 19), day(time.November, 19))
		if err != nil {
			t.Errorf("%s: %v", shop, err)
			continue
		}
		for _, table := range []string{"return_address", "approval", "money_approval", "answer_days", "disposition", "refund_tender"} {
			if _, err := book.Lookup(table, rule.Input{Stage: rule.AtApplication, At: cal.StartOf(day(time.November, 19)), Calendar: cal, Facts: rule.Facts{}}); err != nil {
				t.Errorf("%s, which journeys ask: %v", shop, err)
			}
		}
	}
}

// What only informs decides nothing: no fact exists by which a decision could depend on a shop's rating or reviews (S2-03,
// S2-05, X21), on a list price (S2-02), on what kind of customer asks (G11), on his membership in either scheme (X6), or on
// his birthday and address (X18); and the parts of the documents that are cut off have no clause (S3-36, S4-40).
func TestWhatOnlyInformsDecidesNothing(t *testing.T) {
	l := library(t)
	for _, name := range l.Vocabulary().Names() {
		for _, word := range []string{"rating", "list_price", "customer_type", "birthday", "address", "phone", "emotion", "unboxing", "member", "tier", "points"} {
			if strings.Contains(name, word) {
				t.Errorf("%s can sway a decision", name)
			}
		}
	}
	files, err := fs.Glob(policies.FS, "*/*.yaml")
	if err != nil {
		t.Fatal(err)
	}
	cited := regexp.MustCompile(`cites: \[([^]]*)\]`)
	for _, file := range files {
		text, err := fs.ReadFile(policies.FS, file)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range cited.FindAllStringSubmatch(string(text), -1) {
			for _, id := range strings.Split(m[1], ", ") {
				if slices.Contains([]string{"S2-01", "S2-02", "S2-03", "S2-05", "S3-36", "S4-40"}, id) {
					t.Errorf("%s cites %s, which only informs", file, id)
				}
			}
		}
	}
}

// A sale's record and the promises on the page are taken from the order as they stood at payment (S1-114, S3-14).
func TestTheOrdersSnapshotBinds(t *testing.T) {
	signed := day(time.October, 12)
	m := matter{
		order: order.Order{Channel: order.Distance, Status: "交易成功", PaidAt: instant(t, "2026-10-08T10:00:00+08:00"), ShippedAt: instant(t, "2026-10-09T10:00:00+08:00"),
			SignedOn: &signed, Attrs: order.Attrs{FreeShipping: true, Campaign: &order.Campaign{From: day(time.October, 7), To: day(time.October, 10), NoReasonDays: 45}}},
		sold:  order.Line{ID: id.New(), Quantity: 2, Net: 17800, Category: "cosmetics"},
		units: 2,
		line:  line.Line{AppliedOn: day(time.November, 19), Ground: "no_reason", Remedy: string(rule.RefundReturn)},
	}
	want(t, m.decide(t, rule.AtApplication, day(time.November, 19), "CN", "law-cn", "cosmetics"), rule.Approve, 17800)
	m.order.Attrs.Campaign = nil
	if d := m.decide(t, rule.AtApplication, day(time.November, 19), "CN", "law-cn", "cosmetics"); d.Outcome != rule.Reject || d.Reason != "too_late" || len(d.Open) > 0 {
		t.Errorf("without a record: %s", d.Encode())
	}
	m.order.Attrs.Promises = &order.Promises{Returns: true, ReturnDays: 40, ReturnFreight: "shop"}
	d := m.decide(t, rule.AtApplication, day(time.November, 19), "CN", "law-cn", "marketplace-commitments", "cosmetics")
	want(t, d, rule.Approve, 17800)
	if d.Clause != "marketplace-commitments.returns" {
		t.Errorf("by %s", d.Clause)
	}
}

// Every one of the thirty cases of the demo and every commitment of the marketplace has a golden case that says what comes
// out.
func TestStoriesHaveTheirCases(t *testing.T) {
	_, packs := load(t)
	told := map[string]bool{}
	for dir, p := range packs {
		cases, err := rule.Cases(policies.FS, dir, p)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range cases {
			for _, id := range c.Cites {
				told[id] = true
			}
		}
	}
	var want []string
	for prefix, n := range map[string]int{"SH-0": 7, "CO-0": 6, "SN-0": 5, "JD-0": 3, "CH-0": 7, "WS-0": 2} {
		for i := range n {
			want = append(want, prefix+strconv.Itoa(i+1))
		}
	}
	for i := 104; i <= 114; i++ {
		want = append(want, "S1-"+strconv.Itoa(i))
	}
	for _, id := range want {
		if !told[id] {
			t.Errorf("no golden case for %s", id)
		}
	}
}
