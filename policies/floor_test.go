package policies_test

import (
	"io/fs"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/sanbao/sanbao/policies"
	"github.com/sanbao/sanbao/rule"
)

// citedIn are the ids that files of rules or cases cite, each with the packs that do.
func citedIn(t *testing.T, pattern string) map[string][]string {
	t.Helper()
	files, err := fs.Glob(policies.FS, pattern)
	if err != nil || len(files) == 0 {
		t.Fatal(pattern, err)
	}
	cites := regexp.MustCompile(`cites: \[([^]]*)\]`)
	out := map[string][]string{}
	for _, file := range files {
		text, err := fs.ReadFile(policies.FS, file)
		if err != nil {
			t.Fatal(err)
		}
		dir, _, _ := strings.Cut(file, "/")
		for _, m := range cites.FindAllStringSubmatch(string(text), -1) {
			for _, id := range strings.Split(m[1], ", ") {
				out[id] = append(out[id], dir)
			}
		}
	}
	return out
}

// inTheLaw are the articles that give or allow something in an after-sales matter: each is cited by a rule of law-cn and
// told by a golden case.
var inTheLaw = strings.Fields(`CPL-23 CPL-24 CPL-25 CPL-49 CPL-53 CPL-54 CPL-55 CPL-55b PEN-8 PEN-9 PEN-16
	CPLR-7 CPLR-18a CPLR-18b CPLR-19 CPLR-46 CPLR-49 NRR-6 NRR-7 NRR-8 NRR-9 NRR-10 NRR-11 NRR-12 NRR-13 NRR-14 NRR-16 NRR-17 NRR-18 NRR-19 NRR-20 NRR-35 NRR-36
	FSL-63 FSL-148a FSL-148b FSL-148c FSI-6 FSI-7 FSP-12 PQL-40 ECL-20 ECL-49 CSR-44 CSR-52 PIPL-24`)

// toldByShops are articles whose effect is seen only where a shop's pack stands beside the law: golden cases cite them.
var toldByShops = strings.Fields(`NRR-5 NRR-25 CPLR-47 PIPL-28 CC-203 GEM-fraud W3-restart SPC-2 SPC-3 SPC-10`)

// elsewhere are the articles that no rule of a pack can hold, each with what holds it.
var elsewhere = map[string]string{
	"CPL-16":   "the join: a shop's clause below the law has no force and is listed as overridden",
	"CPLR-12":  "the order's snapshot: promises bind as they were shown at payment (S1-114)",
	"OTM-21":   "the join, as CPL-16; no pack has a word on final interpretation",
	"CPL-56":   "a fine for refusing, which the software must not do: flow lets nobody refuse what a decision grants of right",
	"CPL-29":   "personal data and messages, not after-sales rights: consents are the customer's record",
	"CPLR-23":  "as CPL-29",
	"CPLR-24":  "as CPL-29",
	"OTM-16":   "as CPL-29",
	"PIPL-6":   "as CPL-29: facts name no person",
	"PIPL-13":  "as CPL-29",
	"PIPL-44":  "as CPL-29",
	"PIPL-55":  "as CPL-29",
	"ECL-24":   "as CPL-29",
	"ECL-31":   "how long records are kept: nothing is deleted before",
	"ECL-59":   "records are append-only, so that they can be produced",
	"CPL-39":   "the ways to a dispute are told, and decide nothing",
	"CPLR-44":  "there is a way to complain; nothing to decide",
	"CPL-44":   "a platform's own duty",
	"CPLR-20":  "deposits: no journey takes one",
	"CPLR-22":  "prepaid cards: no journey sells them",
	"PPI-14":   "as CPLR-22",
	"EXP-25":   "between carrier and sender",
	"CC-201":   "how the calendar counts (calendar, G6)",
	"CC-202":   "how the calendar counts (calendar, G6)",
	"CC-1259":  "how comparisons are written (G9)",
	"CC-188":   "a defence before a court, no reason to refuse",
	"W3-car":   "no shop here sells cars",
	"W3-scope": "none of these shops' goods is in the catalogue",
	"GEM-cert": "a promise of the shop, where it makes one",
}

// The floor is whole: every article that is sure is a rule of the law's pack with a case that proves it, or it is said here
// what holds it. What is unconfirmed gives nobody a right and refuses nobody.
func TestTheFloorIsWhole(t *testing.T) {
	rules, cases := citedIn(t, "law-cn/*.yaml"), citedIn(t, "*/cases/*.yaml")
	for _, id := range inTheLaw {
		if rules[id] == nil {
			t.Errorf("no rule of law-cn for %s", id)
		}
	}
	for _, id := range slices.Concat(inTheLaw, toldByShops) {
		if cases[id] == nil {
			t.Errorf("no golden case for %s", id)
		}
		if elsewhere[id] != "" {
			t.Errorf("%s is both", id)
		}
	}
}

// unconfirmed are the claims marked `check`.
func unconfirmed(t *testing.T) map[string]bool {
	t.Helper()
	files, err := fs.Glob(policies.FS, "law-*/*.yaml")
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]bool{}
	for _, file := range files {
		text, err := fs.ReadFile(policies.FS, file)
		if err != nil {
			t.Fatal(err)
		}
		for _, claim := range strings.Split(string(text), "- claim: ")[1:] {
			if strings.Contains(claim, "confidence: check") {
				id, _, _ := strings.Cut(claim, "\n")
				out[id] = true
			}
		}
	}
	return out
}

// What is unconfirmed in the law is a hint for a person: in no golden case does it refuse anybody or give a right.
func TestUnconfirmedLawIsAHint(t *testing.T) {
	_, packs := load(t)
	doubted, seen := unconfirmed(t), map[string]bool{}
	for _, dir := range slices.Sorted(maps.Keys(packs)) {
		if strings.HasSuffix(dir, "-uk") {
			continue
		}
		cases, books := asked(t, packs, dir)
		for i, c := range cases {
			d, err := books[i].Decide(c.Input)
			if err != nil {
				t.Fatal(err)
			}
			for _, b := range d.Bundles {
				for _, x := range b.Clauses {
					seen[x.Claim] = seen[x.Claim] || doubted[x.Claim]
				}
				if b.Outcome == rule.Reject && doubted[b.Clause] || b.Right != nil && b.Right.Value != "review" && doubted[b.Right.By] {
					t.Errorf("%s: %s: %s by %s, which is unconfirmed", dir, c.Name, b.Outcome, b.Clause)
				}
			}
		}
	}
	for id := range doubted {
		if !seen[id] && !strings.HasPrefix(id, "law-uk.") {
			t.Errorf("no case is about %s", id)
		}
	}
}

// Every conflict between the merchants' documents, or with the law, that is a matter of rules has a golden case; the
// others are held by the tests named here.
func TestConflictsHaveTheirCases(t *testing.T) {
	told := citedIn(t, "*/cases/*.yaml")
	byTests := map[int]string{6: "TestWhatOnlyInformsDecidesNothing", 17: "TestWordsAreHonest", 18: "TestWhatOnlyInformsDecidesNothing", 19: "TestWordsAreHonest"}
	for i := 1; i <= 22; i++ {
		id := "X" + strconv.Itoa(i)
		if (told[id] == nil) == (byTests[i] == "") {
			t.Errorf("%s: cases %v, test %q", id, told[id], byTests[i])
		}
	}
}

// Proof that is missing is asked for and never a refusal: whatever a golden case asks, without a single photo, receipt,
// certificate or paper nothing is refused that is not refused with all of them (S0-27, S1-10, S3-05, X22, CPL-26).
func TestMissingProofNeverRefuses(t *testing.T) {
	voc, packs := load(t)
	var proofs []string
	for _, name := range voc.Names() {
		if head, _, _ := strings.Cut(name, "."); head == "evidence" || head == "proof" || head == "consent" {
			proofs = append(proofs, name)
		}
	}
	if len(proofs) < 8 {
		t.Fatalf("only %v", proofs)
	}
	looked := 0
	for _, dir := range slices.Sorted(maps.Keys(packs)) {
		if strings.HasSuffix(dir, "-uk") {
			continue
		}
		cases, books := asked(t, packs, dir)
		for i, c := range cases {
			outcome := func(value string) rule.Outcome {
				in := c.Input
				in.Facts = in.Facts.Clone()
				for _, f := range proofs {
					delete(in.Facts, f)
					if def, _, _ := voc.Def(f); value != "" && def.Stage <= in.Stage {
						in.Facts.Put(f, def.Stage, rule.BoolValue(value == "all"))
					}
				}
				d, err := books[i].Decide(in)
				if err != nil {
					t.Fatalf("%s: %s: %v", dir, c.Name, err)
				}
				return d.Outcome
			}
			if outcome("all") == rule.Reject {
				continue
			}
			looked++
			for _, without := range []string{"none", ""} {
				if outcome(without) == rule.Reject {
					t.Errorf("%s: %s: refused for want of proof (%q)", dir, c.Name, without)
				}
			}
		}
	}
	if looked < 300 {
		t.Errorf("only %d cases were looked at", looked)
	}
}

// What agents and customers read is honest: no made-up experience, nothing for a review, no cleaner that harms stones, no
// last word for the shop (X14, X17, X19, X21).
func TestWordsAreHonest(t *testing.T) {
	files, err := fs.Glob(policies.FS, "*/texts.yaml")
	if err != nil || len(files) == 0 {
		t.Fatal(err)
	}
	for _, file := range files {
		text, err := fs.ReadFile(policies.FS, file)
		if err != nil {
			t.Fatal(err)
		}
		for _, words := range []string{"我也买", "我自己也", "上次有一位", "碱性", "肥皂水", "好评返", "五星好评", "最终解释权", "最终决定权", "概不负责", "一经售出"} {
			if strings.Contains(string(text), words) {
				t.Errorf("%s says %s", file, words)
			}
		}
	}
}
