package rule

import (
	"os"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/sanbao/sanbao/errs"
)

// casesOf reads the cases beside the pack of hats.
func casesOf(t *testing.T, text string) ([]Case, *Pack, error) {
	t.Helper()
	fsys := fstest.MapFS{"hats/cases/a.yaml": {Data: []byte(text)}}
	for name, text := range hats {
		fsys["hats/"+name] = &fstest.MapFile{Data: []byte(text)}
	}
	p, err := Load(fsys, "hats", testVocabulary(t))
	if err != nil {
		t.Fatal(sentences(err))
	}
	cases, err := Cases(fsys, "hats", p)
	return cases, p, err
}

const hatCases = `with: [law]
at: 2026-11-21
stage: application
ask: {ground: too_small, remedy: refund_return}
given: {order.channel: distance, line.signed_on: 2026-11-17, application.sent_on: 2026-11-21, line.custom_made: false,
  line.exclusion_confirmed: false, line.goods_amount: 199.00, line.outbound_freight: 0.00, order.threshold_kept: true}
cases:
`

func hatBook(t *testing.T, p *Pack) *Book {
	t.Helper()
	b, err := NewBook([]*Pack{loadTest(t, p.voc, "law"), p})
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestGoldenCaseSaysWhatDiffers(t *testing.T) {
	cases, p, err := casesOf(t, hatCases+`- case: brand new
  cites: [H-1]
  declared: {goods.worn: false}
  expect: {outcome: approve, right: as_of_right, freight: {return: customer, outbound: kept}, refund: 199.00, last_day: 2026-11-27, due: 7 days from goods.back_on,
    deduct: [], overridden: [], open: [], winner: {right: law.no_reason, due: law.no_reason}, table: {who: {authority: open}}, alternatives: []}
- case: all wrong
  cites: [H-1]
  facts: {line.custom_made: true}
  expect: {outcome: approve, reason: worn, refund: 1.00, freight: {return: shop}, conditions: [goods.worn], table: {who: {authority: agent}}, winner: {refund: hats.back}}
- case: cannot be asked
  cites: [H-1]
  ask: {ground: no_such_ground}
  expect: {outcome: approve}
`)
	if err != nil {
		t.Fatal(sentences(err))
	}
	b, cov := hatBook(t, p), NewCoverage(p)
	if r := cases[0].Run(b, china(t), cov); r.Err != nil || len(r.Mismatches) > 0 {
		t.Errorf("%v %v", r.Err, r.Mismatches)
	}
	r := cases[1].Run(b, china(t), cov)
	want := []Mismatch{{"outcome", "approve", "reject"}, {"reason", "worn", "custom_made"}, {"refund", "1.00", ""}, {"freight.return", "shop", ""},
		{"conditions", "goods.worn", ""}, {"table.who.authority", "agent", "open"}, {"winner.refund", "hats.back", ""}}
	if diff := cmp.Diff(want, r.Mismatches); diff != "" {
		t.Error(diff)
	}
	if s := r.Mismatches[2].String(); s != "refund: want 1.00, got nothing" {
		t.Error(s)
	}
	if r := cases[2].Run(b, china(t), cov); errs.CodeOf(r.Err) != errs.Invalid {
		t.Errorf("an unknown ground: %v", r.Err)
	}
	if got := cases[1].File + ":" + IntValue(int64(cases[1].Line)).String(); got != "hats/cases/a.yaml:13" {
		t.Error(got)
	}
}

func TestCoverage(t *testing.T) {
	cases, p, err := casesOf(t, hatCases+`- case: brand new
  cites: [H-1]
  facts: {repair.cost: 15.00}
  declared: {goods.worn: false, goods.tag_removed: false}
  expect: {outcome: approve}
- case: made to order, worn and late
  cites: [H-1]
  facts: {line.custom_made: true, line.signed_on: 2026-11-01, repair.cost: 15.01}
  declared: {goods.worn: true}
  expect: {outcome: reject}
`)
	if err != nil {
		t.Fatal(sentences(err))
	}
	b, cov := hatBook(t, p), NewCoverage(p)
	for _, c := range cases {
		if r := c.Run(b, china(t), cov); r.Err != nil || len(r.Mismatches) > 0 {
			t.Errorf("%s: %v %v", c.Name, r.Err, r.Mismatches)
		}
	}
	if diff := cmp.Diff([]Gap{{"hats/claims.yaml:7:5", "hats.back tag_on", "unmet"}}, cov.Gaps()); diff != "" {
		t.Error(diff)
	}
	if seen, all := cov.Counts(); seen != 9 || all != 10 {
		t.Errorf("%d of %d", seen, all)
	}
	if gaps := NewCoverage(p).Gaps(); len(gaps) != 10 {
		t.Errorf("without cases: %v", gaps)
	}
}

func TestBadCasesAreRefusedWithTheirPlace(t *testing.T) {
	for _, x := range []struct{ name, text, want string }{
		{"no stage", "at: 2026-11-21\ncases:\n- case: a\n  cites: [x]\n  expect: {outcome: approve}\n", "hats/cases/a.yaml:3:3 rule.case_when"},
		{"no time", "stage: order\ncases:\n- {case: a, cites: [x], expect: {outcome: approve}}\n", "hats/cases/a.yaml:3:3 rule.case_when"},
		{"no citation", "stage: order\nat: 2026-11-21\ncases:\n- {case: a, expect: {outcome: approve}}\n", "hats/cases/a.yaml:4:3 rule.key_missing"},
		{"cannot fail", "stage: order\nat: 2026-11-21\ncases:\n- {case: a, cites: [x], expect: {}}\n", "hats/cases/a.yaml:4:33 rule.case_expects_nothing"},
		{"an unknown fact", "stage: order\nat: 2026-11-21\ngiven: {goods.wron: true}\ncases: []\n", "hats/cases/a.yaml:3:9 rule.fact_unknown"},
		{"a value of another type", "stage: order\nat: 2026-11-21\ncases:\n- {case: a, cites: [x], facts: {goods.worn: 3}, expect: {outcome: x}}\n", "hats/cases/a.yaml:4:45 rule.value_type"},
		{"an unknown stage", "stage: odrer\nat: 2026-11-21\ncases: []\n", "hats/cases/a.yaml:1:8 rule.stage_unknown"},
		{"an unknown expectation", "stage: order\nat: 2026-11-21\ncases:\n- {case: a, cites: [x], expect: {outcom: x}}\n", "hats/cases/a.yaml:4:34 rule.key_unknown"},
		{"an unknown remedy", "stage: order\nat: 2026-11-21\nask: {remedy: refund}\ncases: []\n", "hats/cases/a.yaml:3:15 rule.remedy_unknown"},
		{"no day", "stage: order\nat: yesterday\ncases: []\n", "hats/cases/a.yaml:2:5 rule.want_date"},
	} {
		t.Run(x.name, func(t *testing.T) {
			_, _, err := casesOf(t, x.text)
			if err == nil {
				t.Fatal("taken")
			}
			var got []string
			for _, f := range errs.As(err).Fields {
				got = append(got, f.Path+" "+f.Key)
			}
			if s := strings.Join(got, ","); s != x.want {
				t.Errorf("got  %s\nwant %s", s, x.want)
			}
		})
	}
}

// What `decide` prints is what a case would expect: read back as one, it passes.
func TestAsExpectedReadsBack(t *testing.T) {
	cases, p, err := casesOf(t, hatCases+"- {case: a, cites: [x], declared: {goods.worn: true, goods.tag_removed: false}, expect: {outcome: approve}}\n"+
		"- {case: b, cites: [x], facts: {line.signed_on: ~}, expect: {outcome: need_facts}}\n"+
		"- {case: c, cites: [x], facts: {line.signed_on: 2026-10-01}, expect: {outcome: reject}}\n")
	if err != nil {
		t.Fatal(sentences(err))
	}
	b := hatBook(t, p)
	for _, c := range cases {
		r := c.Run(b, china(t), nil)
		if r.Err != nil || len(r.Mismatches) > 0 {
			t.Fatalf("%s: %v %v", c.Name, r.Err, r.Mismatches)
		}
		text := "    " + strings.ReplaceAll(strings.TrimSpace(r.Decision.AsExpected(b.Currency())), "\n", "\n    ")
		again, _, err := casesOf(t, hatCases+"- case: a\n  cites: [x]\n  expect:\n"+text+"\n")
		if err != nil {
			t.Fatalf("%s\n%s", text, sentences(err))
		}
		c.expect = again[0].expect
		if r := c.Run(b, china(t), nil); r.Err != nil || len(r.Mismatches) > 0 {
			t.Errorf("%s: %v %v\n%s", c.Name, r.Err, r.Mismatches, text)
		}
	}
}

// loadTest reads a pack of testdata.
func loadTest(t testing.TB, voc *Vocabulary, dir string) *Pack {
	t.Helper()
	p, err := Load(os.DirFS("testdata"), dir, voc)
	if err != nil {
		t.Fatal(sentences(err))
	}
	return p
}
