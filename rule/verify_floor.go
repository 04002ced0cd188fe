package rule

import (
	"slices"
	"strings"
)

// floorSlice sets what the shop alone gives for a key against what the law gives.
type floorSlice struct {
	*walk
	key     Key
	table   string   // where only its amounts are worked out
	law     []*entry // floors that give a right
	permits []*entry
	shop    []*entry
	told    []int // facts that the sums look at beside the conditions
}

// floor proves for one key that the shop alone is never below the law, at a stage: when everything is known, and when
// what comes later is presumed. A shop without a clause on the matter, or whose clauses do not concern it, promises
// nothing and takes nothing away: the law's claim gives it. A clause that fails, asks for a proof or gives less where the
// law's claim holds is below, unless another clause of the shop makes up for it.
func (p *prover) floor(k keyed, st Stage) error {
	s, err := p.state(st)
	if err != nil {
		return err
	}
	defer s.release()
	f := &floorSlice{key: k.Key}
	var claims []*bound
	for _, e := range k.entries {
		switch {
		case e.pack.Layer == Law && e.mode == permit:
			f.permits = append(f.permits, e)
		case e.pack.Layer == Law && e.g.right == asOfRight:
			f.law = append(f.law, e)
		case e.pack == p.in.Shop:
			f.shop = append(f.shop, e)
		default:
			continue
		}
		claims = append(claims, e.bound)
	}
	if len(f.law) == 0 {
		return nil
	}
	f.walk = p.walk(s, claims, nil)
	for _, e := range slices.Concat(f.law, f.shop) {
		for _, x := range e.g.evidence {
			if f.n.dom[x] == nil {
				f.facts, f.n.dom[x] = append(f.facts, x), []Value{BoolValue(true), BoolValue(false)}
			}
		}
	}
	for _, e := range slices.Concat(f.law, f.shop, f.permits) {
		for _, x := range e.looksAt {
			if slices.Contains(f.facts, x) && !slices.Contains(f.told, x) {
				f.told = append(f.told, x)
			}
		}
	}
	f.waits, f.mark, f.leaf = f.waitsFor, f.write, f.compare
	return p.over(f.walk, k.Key, "", "")
}

// over walks, and reports a tree that is too large.
func (p *prover) over(w *walk, k Key, table, claim string) error {
	w.about = ProofFinding{Place: p.in.Shop.ID, Key: k, Table: table, Claim: claim}
	if c := p.b.claim(claim); c != nil {
		w.about.Place = c.mark.place()
	} else if t := p.b.tables[table]; t != nil {
		w.about.Place = t.mark.place()
	}
	complete, err := w.all()
	if err == nil && !complete {
		f := w.about
		f.Kind = OverBudget
		p.report(nil, f)
	}
	return err
}

// waitsFor are the law's claims first; where none of them holds or may hold there is nothing to compare.
func (f *floorSlice) waitsFor(add func(int)) {
	holds, maybe := false, false
	for _, e := range f.law {
		switch f.s.claim(e.bound) {
		case stands:
			holds = true
			f.proofs(e, add)
		case opens:
			maybe = true
			f.missing(e.bound, add)
		}
	}
	if !holds || maybe {
		return
	}
	for _, e := range f.shop {
		switch f.s.claim(e.bound) {
		case opens:
			f.missing(e.bound, add)
		case stands:
			f.proofs(e, add)
			for _, q := range f.permits {
				if e.invokes(q) && f.s.claim(q.bound) == opens {
					f.missing(q.bound, add)
				}
			}
		}
	}
}

// proofs adds the proofs of an entry nobody has spoken of. Before their stage they are not there.
func (f *floorSlice) proofs(e *entry, add func(int)) {
	for _, x := range e.g.evidence {
		if f.s.how[x] == unknown {
			add(x)
		}
	}
}

// write marks what the leaves below depend on: with the shop's claims, why they fail; with the law's, whether they hold,
// or may come to hold, only because the last day moved.
func (f *floorSlice) write() {
	possible := false
	for _, e := range f.law {
		f.markClaim(e.bound, false)
		st := f.s.claim(e.bound)
		possible = possible || st >= opens
		if st >= opens && f.rolled(e) {
			f.n.buf = append(f.n.buf, 'r')
		}
	}
	if !possible {
		return
	}
	for _, e := range f.shop {
		f.markClaim(e.bound, true)
	}
	for _, e := range f.permits {
		f.markClaim(e.bound, false)
	}
	for _, e := range slices.Concat(f.law, f.shop) {
		for _, x := range e.g.evidence {
			f.n.buf = f.s.vals[x].append(f.n.buf)
		}
	}
	for _, x := range f.told {
		f.n.buf = f.s.vals[x].append(f.n.buf)
	}
}

// rolled says whether a claim holds only because a last day that is not a working day moves on.
func (f *floorSlice) rolled(e *entry) bool {
	for i, k := range e.conds {
		w := k.is.win
		if w == nil || !w.roll || f.s.vals[w.from].typ == 0 || f.s.vals[w.tested].typ == 0 || f.s.result(e.atoms[i]).v != yes {
			continue
		}
		plain := *w
		plain.roll = false
		if ok, err := plain.holds(f.s.vals[w.from], f.s.vals[w.tested], f.s.length(&w.period), f.s.in.Calendar); err == nil && !ok {
			return true
		}
	}
	return false
}

// compare is a leaf: every claim of the key that matters is decided.
func (f *floorSlice) compare() error {
	var law, held, pending, less, failing []*entry
	for _, e := range f.law {
		if f.s.claim(e.bound) == stands && f.s.lacks(e) == 0 {
			law = append(law, e)
		}
	}
	if len(law) == 0 {
		return nil
	}
	for _, e := range f.shop {
		switch st := f.s.claim(e.bound); {
		case st == stands && e.g.right < asOfRight:
			less = append(less, e)
		case st == stands && f.s.lacks(e) == 1:
			pending = append(pending, e)
		case st == stands:
			held = append(held, e)
		case st == fails:
			failing = append(failing, e)
		}
	}
	switch {
	case len(held) > 0:
		f.points(law, held)
	case len(pending) > 0:
		f.proofAsked(law, pending)
	case len(less) > 0:
		f.below(law, less[0], []string{"right"}, rightNames[less[0].g.right], rightNames[asOfRight])
	case len(failing) > 0:
		f.refused(law, failing)
	}
	return nil
}

// proofAsked is about the clause that lacks the fewest proofs.
func (f *floorSlice) proofAsked(law, pending []*entry) {
	var least *entry
	var lacks []string
	for _, e := range pending {
		var mine []string
		for _, x := range e.g.evidence {
			if f.s.vals[x].n == 0 {
				mine = append(mine, f.s.b.voc.facts[x].name)
			}
		}
		if least == nil || len(mine) < len(lacks) {
			least, lacks = e, mine
		}
	}
	f.below(law, least, lacks, string(NeedEvidence), rightNames[asOfRight])
}

// refused is about the clause that came closest, promises before offers.
func (f *floorSlice) refused(law, failing []*entry) {
	var best *entry
	var why []string
	for _, e := range failing {
		r := f.reasons(e)
		if best == nil || len(r) < len(why) || len(r) == len(why) && best.mode == offer && e.mode == promise {
			best, why = e, r
		}
	}
	f.below(law, best, why, string(Reject), rightNames[asOfRight])
}

// ofWindow marks a reason that is a window's: against a claim that holds by a moved last day it is named "roll".
const ofWindow = "window:"

// reasons are why a claim fails.
func (f *floorSlice) reasons(e *entry) (out []string) {
	for i, k := range e.conds {
		if v, _ := f.s.cond(k, e.atoms[i]); v != no || k.kind == guard {
			continue
		}
		if k.is.win != nil {
			out = appendNew(out, ofWindow+k.orElse)
			continue
		}
		out = appendNew(out, k.orElse)
	}
	return out
}

// below notes that a clause is set aside by the law's claims that hold: expected where the pack lists one of the points
// against each of them, else a finding against each that is not listed.
func (f *floorSlice) below(law []*entry, e *entry, points []string, got, floor string) {
	p := f.p
	var fewest []triple
	for i, point := range points {
		var unlisted []triple
		for _, w := range law {
			t := triple{e.id, f.against(point, w), w.id}
			if p.listed[t] {
				p.happened[t] = true
			} else {
				unlisted = append(unlisted, t)
			}
		}
		if i == 0 || len(unlisted) < len(fewest) {
			fewest = unlisted
		}
	}
	for _, t := range fewest {
		p.refute(f.s, t, len(law)+len(points), ProofFinding{Kind: BelowFloor, Place: e.g.mark.place(), Key: f.key, Claim: e.id, Point: t.point,
			By: []string{t.by}, Got: got, Floor: floor})
	}
}

// against is what a point is called when it has no force against a claim.
func (f *floorSlice) against(point string, w *entry) string {
	orElse, ok := strings.CutPrefix(point, ofWindow)
	switch {
	case !ok:
		return point
	case f.rolled(w):
		return Rolls
	}
	return orElse
}
