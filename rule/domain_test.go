package rule

import (
	"crypto/sha256"
	"encoding/hex"
	"testing"
)

// The first day from which a window still reaches a day, and that alone, is found for every day of a year, whether its
// last day moves on over days off or not, and where later anchors lead into a year that the calendar has no data for yet.
func TestFirstAnchorOfAWindow(t *testing.T) {
	cal := china(t)
	n := &need{s: &state{in: &Input{Calendar: cal}}}
	for _, roll := range []bool{false, true} {
		for _, u := range []unit{days, workdays, months} {
			for _, length := range []int64{0, 1, 2, 3, 7, 15, 40} {
				w := &window{period: period{n: length, nFact: -1, unit: u, roll: roll}}
				for d := day("2026-01-20"); d < day("2026-12-01"); d++ {
					got := n.anchors(nil, w, DateValue(d), length)
					first, before := got[0], got[1]
					holds := func(anchor Value) bool {
						ok, err := w.holds(anchor, DateValue(d), length, cal)
						return err == nil && ok
					}
					if before.n != first.n-1 || !holds(first) || holds(before) {
						t.Fatalf("%d %s to %s, rolling %v: from %s it reaches (%v), from %s not (%v)", length, u, d, roll, first, holds(first), before, !holds(before))
					}
				}
			}
		}
	}
}

// The hash that a decision carries is that of its facts' canonical JSON, read at their own stage, earlier, or twice.
func TestFactsHashIsOfTheCanonicalJSON(t *testing.T) {
	fs := allFacts()
	worn.SetAt(fs, AtApplication, true)
	delete(fs, signedOn.Name())
	book := testBook(t, "law", "footwear")
	for _, facts := range []Facts{{}, fs, allFacts()} {
		d, err := book.Decide(Input{Facts: facts, Stage: After, At: noon("2026-11-24"), Ground: "quality", Remedy: RefundReturn, Calendar: china(t)})
		if err != nil {
			t.Fatal(err)
		}
		doc, err := facts.MarshalJSON()
		if err != nil {
			t.Fatal(err)
		}
		if sum := sha256.Sum256(doc); d.FactsHash != hex.EncodeToString(sum[:]) {
			t.Errorf("%s\nhas the hash %x, the decision %s", doc, sum, d.FactsHash)
		}
	}
}
