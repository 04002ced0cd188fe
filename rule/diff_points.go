package rule

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/sanbao/sanbao/errs"
)

// points takes a version of a pack apart into what it says.
type points struct {
	words
	pack   *Pack
	points []point
}

func pointsOf(p *Pack, lang errs.Lang, beside []*Pack) *points {
	lend := slices.DeleteFunc(slices.Clone(beside), func(o *Pack) bool { return o.ID == p.ID })
	b := &Book{voc: p.voc, packs: append([]*Pack{p}, lend...)}
	x := &points{pack: p, words: words{page{pack: p, explainer: explainer{b: b, d: &Decision{}, asked: &Bundle{}, lang: lang, to: ForAgent}}}}
	x.head()
	for i := range p.Params {
		x.param(&p.Params[i])
	}
	for _, g := range p.Grounds {
		x.groundPoints(g)
	}
	for _, c := range p.claims {
		x.claimPoints(c)
	}
	for _, t := range p.tables {
		x.table(t)
	}
	x.texts()
	return x
}

func (x *points) index() map[string]point {
	out := map[string]point{}
	for _, p := range x.points {
		out[p.path()] = p
	}
	return out
}

// put adds a point. Its label is what it belongs to and its own name; a point that says nothing is none.
func (x *points) put(of point, name, label, text, key string) {
	if key == "" {
		return
	}
	of.name, of.text, of.key = name, text, key
	if name != "" {
		of.label = x.say("rule.diff_point", errs.Args{"of": of.label, "point": label})
	}
	x.points = append(x.points, of)
}

// mark is put for a point with a label of ours, read alike and compared alike.
func (x *points) mark(of point, name, text string) {
	x.put(of, name, x.say("rule.diff."+name, nil), text, text)
}

func (x *points) head() {
	p := x.pack
	of := point{what: "pack", id: p.ID, label: p.ID}
	x.put(of, "", "", p.ID, "pack")
	for _, v := range [][2]string{{"version", p.Version}, {"layer", x.say("rule.layer."+string(p.Layer), nil)}, {"from", p.From.String()}, {"to", x.until(p)},
		{"currency", string(p.Currency)}, {"source", p.Source}, {"alternatives", x.list(names(p.Alternatives, x.alternative))}} {
		x.mark(of, v[0], v[1])
	}
	x.twoTongues(of, "title", x.say("rule.diff.title", nil), p.Title)
	x.overridden(of)
}

// twoTongues are the two manuscripts of a text, each a point: who reads one language learns that the other changed too.
func (x *points) twoTongues(of point, name, label string, t Text) {
	for _, lang := range []errs.Lang{errs.ZhCN, errs.En} {
		text := map[errs.Lang]string{errs.ZhCN: t.ZhCN, errs.En: t.En}[lang]
		shown := text
		if lang == errs.ZhCN && x.lang == errs.ZhTW {
			shown = t.In(x.lang)
		}
		if lang != errs.En == (x.lang != errs.En) { // the reader's own: with the numbers the rules have
			x.put(of, name, label, x.fill(x.pack, shown), text)
		} else {
			x.put(of, name+" "+string(lang), x.say("rule.diff_tongue", errs.Args{"what": label, "lang": string(lang)}), x.fill(x.pack, shown), text)
		}
	}
}

func (x *points) param(q *Param) {
	of := point{what: "param", id: q.Name, label: x.in(q.Title), cites: q.Cites}
	x.put(of, "", "", x.quantity(q), "param")
	value := of
	value.name, value.text, value.key = "value", x.quantity(q), q.Unit+" "+q.Value.String()
	x.points = append(x.points, value) // under its own title: "No-reason window 30 days → 45 days"
	x.twoTongues(of, "title", x.say("rule.diff.title", nil), q.Title)
	x.mark(of, "cites", x.citations(q.Cites))
}

func (x *points) groundPoints(g Ground) {
	of := point{what: "ground", id: g.Name, label: x.say("rule.diff_ground", errs.Args{"ground": x.explainer.ground(g.Name)}), cites: g.Cites}
	said := ""
	if g.Fault != "" {
		said = x.say("rule.fault."+g.Fault, nil)
	} else if g.As != "" {
		said = x.pair(x.say("rule.diff.as", nil), x.explainer.ground(g.As))
	}
	x.put(of, "", "", said, "ground")
	if g.As != "" {
		x.put(of, "as", x.say("rule.diff.as", nil), x.explainer.ground(g.As), g.As)
	}
	if g.Fault != "" {
		x.mark(of, "fault", x.say("rule.fault."+g.Fault, nil))
	}
	x.mark(of, "fallback", x.say("rule.value."+strconv.FormatBool(g.Fallback), nil))
	x.mark(of, "cites", x.citations(g.Cites))
}

func (x *points) claimPoints(c *claim) {
	of := point{what: "claim", id: c.id, label: x.say("rule.diff_claim", errs.Args{"claim": c.id}), cites: c.cites}
	x.put(of, "", "", x.promise(c.id), "claim")
	x.mark(of, "mode", x.say("rule.mode."+string(c.mode), nil))
	x.put(of, "grounds", x.say("rule.diff.grounds", nil), x.list(names(c.grounds, x.explainer.ground)), strings.Join(c.grounds, " "))
	x.mark(of, "unverified", x.say("rule.value."+strconv.FormatBool(c.check), nil))
	x.put(of, "otherwise", x.say("rule.diff.otherwise", nil), x.list(names(c.otherwise, x.alternative)), strings.Join(c.otherwise, " "))
	x.mark(of, "cites", x.citations(c.cites))
	ids := condIDs(c)
	for i, k := range c.conds {
		of := of
		of.part = "if " + ids[i]
		if k.is.win != nil {
			x.window(of, k)
		} else {
			x.condition(of, k)
		}
	}
	for _, g := range c.gives {
		of := of
		of.part = "gives " + string(g.remedy)
		of.label = x.say("rule.diff_point", errs.Args{"of": of.label, "point": x.remedy(g.remedy)})
		x.givesPoints(of, g)
	}
}

// condition is one point: what it tests, and what is said when it fails.
func (x *points) condition(of point, k *cond) {
	label := [...]string{guard: "rule.diff.guard", must: "rule.diff.condition", except: "rule.diff.exception"}[k.kind]
	of.label = x.say("rule.diff_point", errs.Args{"of": of.label, "point": x.say(label, errs.Args{"id": strings.TrimPrefix(k.id, "for.")})})
	text := []string{x.tested(k.is.ex)}
	if k.kind != guard {
		text = append(text, x.say("rule.diff_else", errs.Args{"reason": x.reason(of.id, k.orElse, nil)}))
	}
	text = append(text, x.provisos(k)...)
	if len(k.cites) > 0 {
		of.cites = k.cites
	}
	x.put(of, "", "", x.list(text), fmt.Sprint(k.kind, " ", k.is.key(), " ", k.orElse, " ", k.presume, " ", k.cites))
}

// provisos are what a condition presumes and where it comes from.
func (x *points) provisos(k *cond) (out []string) {
	if k.presume != asDeclared {
		out = append(out, x.say([...]string{presumeMet: "rule.diff_presume_met", presumeUnmet: "rule.diff_presume_unmet"}[k.presume], nil))
	}
	if len(k.cites) > 0 {
		out = append(out, x.citations(k.cites))
	}
	return out
}

// window is a condition that is a period, point by point.
func (x *points) window(of point, k *cond) {
	w := k.is.win
	title := x.say("rule.diff.window", nil)
	if k.id != "window" {
		title += x.aside(k.id)
	}
	of.label = x.say("rule.diff_point", errs.Args{"of": of.label, "point": title})
	if len(k.cites) > 0 {
		of.cites = k.cites
	}
	x.put(of, "", "", x.when(&w.period), "window")
	length := of
	length.name, length.text, length.key = "length", x.length(&w.period), fmt.Sprint(w.n, w.unit, w.nFact)
	x.points = append(x.points, length) // "the window: 30 days → 45 days"
	x.put(of, "from", x.say("rule.diff.runs_from", nil), x.name(w.from), fmt.Sprint(w.from))
	x.put(of, "tested", x.say("rule.diff.tested", nil), x.name(w.tested), fmt.Sprint(w.tested))
	x.mark(of, "rolls", x.say("rule.value."+strconv.FormatBool(w.roll), nil))
	x.put(of, "else", x.say("rule.diff.else", nil), x.reason(of.id, k.orElse, nil), k.orElse)
	x.mark(of, "provisos", x.list(x.provisos(k)))
}

// givesPoints is what a claim gives for one remedy.
func (x *points) givesPoints(of point, g *gives) {
	x.put(of, "", "", x.remedy(g.remedy), "gives")
	if g.right != noRight {
		x.mark(of, "right", x.say("rule.right."+rightNames[g.right], nil))
	}
	for leg, b := range g.freight {
		if b != 0 && (leg != refused || b != g.freight[returnLeg]) {
			x.put(of, "freight "+legNames[leg], x.say("rule.leg."+legNames[leg], nil), x.bearer(legNames[leg], bearerName(leg, b)), bearerName(leg, b))
		}
	}
	switch r := g.refund; {
	case r == nil:
	case r.amount != nil:
		x.put(of, "refund", x.say("rule.why_refund", nil), x.formula(r.amount, false), r.amount.key)
	case r.percent == 100:
		x.mark2(of, "refund", "rule.why_refund", x.say("rule.part.goods", nil))
	default:
		x.mark2(of, "refund", "rule.why_refund", x.say("rule.why_share", errs.Args{"percent": r.percent}))
	}
	for _, d := range g.deducts {
		x.put(of, d.part, x.say("rule.diff.deduct", errs.Args{"name": d.name}), x.formula(d.ex, false), d.ex.key)
	}
	if g.amount != nil {
		x.put(of, "amount", x.say("rule.why_title.amount", nil), x.formula(g.amount, false), g.amount.key)
	}
	for _, f := range g.evidence {
		x.mark2(of, fmt.Sprint("evidence ", f), "rule.why_title.evidence", x.name(f))
	}
	x.deadlinePoint(of, "due", "rule.why_due", g.due)
	x.deadlinePoint(of, "send_by", "rule.why_send_by", g.sendBy)
	switch {
	case g.table != nil:
		x.mark2(of, "authority", "rule.why_title.agree", x.say("rule.diff_by_table", errs.Args{"table": g.table.id}))
	case g.authority != 0:
		x.mark2(of, "authority", "rule.why_title.agree", x.say("rule.authority."+authorityNames[g.authority], nil))
	}
}

// mark2 is mark under a label that explanations use too.
func (x *points) mark2(of point, name, label, text string) {
	x.put(of, name, x.say(label, nil), text, text)
}

func (x *points) deadlinePoint(of point, name, label string, p *period) {
	if p == nil {
		return
	}
	text := x.when(p)
	if p.roll {
		text += x.say("rule.page_rolls", nil)
	}
	x.put(of, name, x.say(label, nil), text, fmt.Sprint(p.from, " ", p.n, " ", p.unit, " ", p.nFact, " ", p.roll))
}

// table is what a table is beside its rows, which are compared by themselves.
func (x *points) table(t *table) {
	of := point{what: "table", id: t.id, label: x.say("rule.diff_table", errs.Args{"table": t.id}), cites: t.cites}
	cols := x.list(names(t.cols, func(c column) string {
		if c.typ == TypeEnum {
			return c.name + " (" + strings.Join(c.words, ", ") + ")"
		}
		return c.name + " (" + c.typ.String() + ")"
	}))
	x.put(of, "", "", cols, "table")
	x.mark(of, "columns", cols)
	x.mark(of, "hit", x.say("rule.diff_hit_"+map[bool]string{true: "unique", false: "first"}[t.unique], nil))
	x.mark(of, "cites", x.citations(t.cites))
}

// rows are a table's rows as points.
func (x *points) rows(t *table) (out []point) {
	for i, r := range t.rows {
		when := x.say("rule.diff_rest", nil)
		var key []string
		if len(r.when) > 0 {
			when = x.list(names(r.when, func(k *cond) string { return x.tested(k.is.ex) }))
		}
		for _, k := range r.when {
			key = append(key, k.is.key())
		}
		var then []string
		for j, c := range r.then {
			said := x.cell(c)
			then = append(then, t.cols[j].name+" = "+said)
			if c.ex != nil {
				said = c.ex.key
			}
			key = append(key, t.cols[j].name+" = "+said)
		}
		text := when + " ⇒ " + x.list(then) + x.aside(x.citations(r.cites))
		out = append(out, point{what: "table", id: t.id, part: strings.Join(names(r.when, func(k *cond) string { return k.id }), " "), label: x.say("rule.diff_row", errs.Args{"table": t.id, "n": i + 1}),
			text: text, key: fmt.Sprintf("%q %q", key, r.cites), cites: r.cites})
	}
	return out
}

// texts is a pack's wording.
func (x *points) texts() {
	t := &x.pack.Texts
	for _, l := range []struct {
		list  string
		texts map[string]Text
	}{{"grounds", t.Grounds}, {"reasons", t.Reasons}, {"alternatives", t.Alternatives}, {"customer", t.Customer}, {"agent", t.Agent}, {"sources", t.Sources}} {
		for _, code := range sortedKeys(l.texts) {
			of := point{what: "text", id: l.list + "." + code, label: x.say("rule.diff_text", errs.Args{"list": x.say("rule.diff.texts."+l.list, nil), "code": code})}
			x.put(of, "", "", x.fill(x.pack, x.in(l.texts[code])), "text")
			x.twoTongues(of, "words", x.say("rule.diff.words", nil), l.texts[code])
		}
	}
}
