package policies_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/sanbao/sanbao/calendar"
	"github.com/sanbao/sanbao/internal/id"
	"github.com/sanbao/sanbao/internal/line"
	"github.com/sanbao/sanbao/internal/order"
	"github.com/sanbao/sanbao/policies"
	"github.com/sanbao/sanbao/rule"
)

// asked are the golden cases of a pack, each with its book.
func asked(t *testing.T, packs map[string]*rule.Pack, dir string) (cases []rule.Case, books []*rule.Book) {
	t.Helper()
	cal, err := calendar.Load("CN")
	if err != nil {
		t.Fatal(err)
	}
	cases, err = rule.Cases(policies.FS, dir, packs[dir])
	if err != nil {
		t.Fatal(err)
	}
	for i := range cases {
		c := &cases[i]
		c.Input.Calendar, c.Input.At = cal, cal.StartOf(c.On).Add(12*time.Hour)
		books = append(books, bound(t, packs, append([]string{dir}, c.With...)...))
	}
	return cases, books
}

func bound(t *testing.T, packs map[string]*rule.Pack, dirs ...string) *rule.Book {
	t.Helper()
	var list []*rule.Pack
	for _, dir := range dirs {
		list = append(list, packs[dir])
	}
	b, err := rule.NewBook(list)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// answer is a decision without the hash of its facts.
func answer(t *testing.T, b *rule.Book, in rule.Input) string {
	t.Helper()
	d, err := b.Decide(in)
	if err != nil {
		t.Fatal(err)
	}
	d.FactsHash = ""
	return string(d.Encode())
}

// Gem-set pieces and rough stones are covered like any other piece: whatever is asked of the jade house, setting and form
// change nothing (S0-32).
func TestSettingAndFormDecideNothing(t *testing.T) {
	_, packs := load(t)
	cases, books := asked(t, packs, "jade")
	for i, c := range cases {
		var first string
		for _, inlaid := range []bool{true, false} {
			for _, form := range []string{"finished", "rough"} {
				in := c.Input
				in.Facts = in.Facts.Clone()
				order.FactInlaid.Set(in.Facts, inlaid)
				order.FactForm.Set(in.Facts, form)
				switch got := answer(t, books[i], in); {
				case first == "":
					first = got
				case got != first:
					t.Errorf("%s: inlaid %v, %s: %s\nnot %s", c.Name, inlaid, form, got, first)
				}
			}
		}
	}
}

// What the law gives never depends on slip, certificate or booklet (S1-10, S1-37, X14).
func TestPapersDoNotTouchTheLaw(t *testing.T) {
	_, packs := load(t)
	cases, books := asked(t, packs, "jewellery-chain")
	seen := 0
	for i, c := range cases {
		if !slices.Contains([]string{"quality", "no_reason", "transport_damage", "unknown_cause", "stone_loose"}, c.Input.Ground) || c.Input.Stage < rule.AtEvidence {
			continue
		}
		seen++
		with, without := c.Input, c.Input
		with.Facts, without.Facts = c.Input.Facts.Clone(), c.Input.Facts.Clone()
		for _, paper := range []rule.Handle[bool]{line.FactSlip, line.FactCertificate, line.FactBooklet} {
			paper.Set(with.Facts, true)
			paper.Set(without.Facts, false)
		}
		if a, b := answer(t, books[i], with), answer(t, books[i], without); a != b {
			t.Errorf("%s: with papers %s\nwithout %s", c.Name, a, b)
		}
	}
	if seen == 0 {
		t.Error("no case was looked at")
	}
}

// An unknown cause is one question, and the appraiser's (S0-04, S0-05, S0-06): nobody else is asked to guess.
func TestUnknownCauseIsTheAppraisers(t *testing.T) {
	_, packs := load(t)
	for _, dir := range []string{"jade", "jewellery-chain", "jewellery-workshop", "jewellery-generic"} {
		cases, books := asked(t, packs, dir)
		seen := false
		for i, c := range cases {
			looks := c.Input.Remedy == rule.Appraisal || c.Input.Remedy == rule.Care // decided without knowing why
			if g := c.Input.Ground; g != "unknown_cause" && g != "stone_loose" || c.Input.Facts["finding.cause"] != nil || looks {
				continue
			}
			d, err := books[i].Decide(c.Input)
			if err != nil {
				t.Fatal(err)
			}
			if seen = true; d.Outcome != rule.NeedFacts || len(d.Open) != 1 || d.Open[0].Fact != "finding.cause" || d.Open[0].Ask != rule.Appraiser {
				t.Errorf("%s: %s: %s, open %v", dir, c.Name, d.Outcome, d.Open)
			}
		}
		if !seen {
			t.Errorf("%s: no case was looked at", dir)
		}
	}
}

// The fee of a trade-in is nothing or within its band, whatever tariff a counter has or a manager types (S1-23, S1-25,
// S1-26); with a rebate or a plain new piece it is at most the highest.
func TestFeeStaysInItsBand(t *testing.T) {
	_, packs := load(t)
	b := bound(t, packs, "jewellery-chain", "law-cn")
	cal, err := calendar.Load("CN")
	if err != nil {
		t.Fatal(err)
	}
	fees := []int64{0, 1, 19999, 20000, 20001, 30000, 49999, 50000, 50001, 999900}
	for _, gap := range []int64{-50000, 0, 1, 99999, 100000, 100001} {
		for _, fee := range fees {
			for way := range 4 {
				fs := rule.Facts{}
				order.FactVoucherRebate.Set(fs, way == 1)
				order.FactRebateUsed.Set(fs, 30000)
				order.FactGoodsAmount.Set(fs, 599900)
				line.FactNewInlaid.Set(fs, way != 2)
				line.FactPriceGap.Set(fs, gap)
				line.FactFeeSet.Set(fs, way != 3)
				line.FactCounterFee.Set(fs, fee)
				line.FactManagerFee.Set(fs, fee)
				row, err := b.Lookup("trade_in_fee", rule.Input{Facts: fs, Stage: rule.AtInspection, Calendar: cal, At: cal.StartOf(day(time.November, 19))})
				if err != nil {
					t.Fatal(err)
				}
				basis, got, pay := row.Values["basis"].Word(), row.Values["fee"].Int(), row.Values["pay"].Int()
				least := int64(20000)
				if basis == "none" || basis == "manager_quote" && (way == 1 || way == 2) {
					least = 0
				}
				if got < least || got > 50000 || pay < got || gap >= 100000 && way != 1 && way != 2 && got != 0 {
					t.Errorf("gap %d, fee %d, way %d: %s, fee %d, pay %d", gap, fee, way, basis, got, pay)
				}
			}
		}
	}
}

// One question, three merchants, three answers: rules never leak between packs (G1, X7).
func TestResizingDiffersByMerchant(t *testing.T) {
	_, packs := load(t)
	cal, err := calendar.Load("CN")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ dir, outcome, basis string }{
		{"jewellery-chain", "offer", "listed"}, // once free, and that was used
		{"jewellery-generic", "approve", "free"},
		{"jewellery-workshop", "offer", "listed"},
	} {
		fs := rule.Facts{}
		order.FactBusiness.Set(fs, false)
		order.FactCategory.Set(fs, "jewellery")
		order.FactPieceKind.Set(fs, "ring")
		line.FactNature.Set(fs, "non_quality")
		line.FactWork.Set(fs, "resize")
		line.FactEnlarge.Set(fs, true)
		line.FactFeasible.Set(fs, true)
		line.FactResizingsUsed.Set(fs, 1)
		line.FactListed.Set(fs, true)
		line.FactTariff.Set(fs, 12000)
		b := bound(t, packs, c.dir, "law-cn")
		in := rule.Input{Facts: fs, Stage: rule.AtInspection, Calendar: cal, At: cal.StartOf(day(time.November, 19)), Ground: "service", Remedy: rule.Resizing}
		d, err := b.Decide(in)
		if err != nil {
			t.Fatal(err)
		}
		row, err := b.Lookup("service_price", in)
		if err != nil {
			t.Fatal(err)
		}
		if string(d.Outcome) != c.outcome || row.Values["basis"].Word() != c.basis {
			t.Errorf("%s: %s, %s; want %s, %s", c.dir, d.Outcome, row.Values["basis"].Word(), c.outcome, c.basis)
		}
	}
}

// The check falls due every three months from the anchor, clamped to the end of the month each time (S1-36, G6).
func TestCheckEveryThreeMonths(t *testing.T) {
	_, packs := load(t)
	cal, err := calendar.Load("CN")
	if err != nil {
		t.Fatal(err)
	}
	fs := rule.Facts{}
	order.FactChannel.Set(fs, "store")
	row, err := bound(t, packs, "jewellery-chain", "law-cn").Lookup("care_plan",
		rule.Input{Facts: fs, Stage: rule.AtOrder, Calendar: cal, At: cal.StartOf(day(time.November, 30))})
	if err != nil {
		t.Fatal(err)
	}
	every := int(row.Values["every_months"].Int())
	var due []string
	for k := 1; k <= 3; k++ {
		due = append(due, calendar.DateOf(2025, time.November, 30).AddMonths(k*every).String())
	}
	if got := strings.Join(due, " "); got != "2026-02-28 2026-05-30 2026-08-30" {
		t.Errorf("due %s", got)
	}
}

// Each pack stands with the law and with its demo's numbers, and answers what journeys ask whatever is known.
func TestJewelleryPacksAnswerJourneys(t *testing.T) {
	_, packs := load(t)
	cal, err := calendar.Load("CN")
	if err != nil {
		t.Fatal(err)
	}
	for dir, demo := range map[string]string{"jade": "demo-jade", "jewellery-chain": "demo-chain", "jewellery-workshop": "demo-workshop", "jewellery-generic": ""} {
		dirs := []string{"law-cn", dir}
		if demo != "" {
			dirs = append(dirs, demo)
		}
		b, fs := bound(t, packs, dirs...), rule.Facts{}
		order.FactGoodsAmount.Set(fs, 100000)
		for _, table := range []string{"return_address", "approval", "money_approval", "answer_days"} {
			row, err := b.Lookup(table, rule.Input{Facts: fs, Stage: rule.AtApplication, Calendar: cal, At: cal.StartOf(day(time.November, 19))})
			if err != nil || len(row.Open) > 0 {
				t.Errorf("%s: %s: %v, %v", dir, table, row, err)
			}
		}
	}
}

// A merchant's pack holds no number of the demo, and a demo's nothing else.
func TestDemoNumbersStandApart(t *testing.T) {
	_, packs := load(t)
	for dir, p := range packs {
		for _, q := range p.Params {
			demo := slices.ContainsFunc(q.Cites, func(c string) bool { return strings.HasPrefix(c, "DEMO-") })
			if demo != strings.HasPrefix(dir, "demo-") {
				t.Errorf("%s: %s cites %v", dir, q.Name, q.Cites)
			}
		}
	}
}

// An order on record proves the purchase: nobody is asked for a slip (S0-27, S0-35). Own damage is never a dead end (S0-28).
func TestAnOrderOnRecordProvesThePurchase(t *testing.T) {
	signed := day(time.November, 14)
	m := matter{
		order: order.Order{Channel: order.Distance, Status: "交易成功", PaidAt: instant(t, "2026-11-12T10:00:00+08:00"), SignedOn: &signed},
		sold:  order.Line{ID: id.New(), Quantity: 1, Net: 1280000, Category: "jade"},
		units: 1,
		line:  line.Line{AppliedOn: day(time.November, 19), Ground: "human_damage", Remedy: string(rule.Repair)},
	}
	for _, f := range [][2]string{{"evidence.photo", "true"}, {"evidence.description", "true"}} {
		m.findings = append(m.findings, line.Finding{Fact: f[0], Stage: "evidence", Value: json.RawMessage(f[1])})
	}
	m.findings = append(m.findings, line.Finding{Fact: "line.warranty", Stage: "order", Value: json.RawMessage("false")})
	d := m.decide(t, rule.AtEvidence, day(time.November, 19), "CN", "law-cn", "jade")
	if d.Outcome != rule.Offer || len(d.Asked().Evidence) > 0 {
		t.Errorf("want an offer and nothing asked for: %s", d.Encode())
	}
	m.findings, m.line.Ground, m.line.Remedy = nil, "unknown_cause", string(rule.RefundReturn)
	d = m.decide(t, rule.AtApplication, day(time.November, 19), "CN", "law-cn", "jade")
	if d.Outcome != rule.NeedFacts || len(d.Open) != 1 || d.Open[0].Fact != "finding.cause" {
		t.Errorf("want one question, the appraiser's: %s", d.Encode())
	}
}
