package rule

import (
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// required lists the points a claim must give with a remedy, so that no bundle leaves one open.
var required = map[Remedy][]string{
	RefundReturn: {"right", "freight.outbound", "freight.return", "refund", "due"},
	RefundOnly:   {"right", "freight.outbound", "refund", "due"},
	Exchange:     {"right", "freight.return", "freight.resend"},
	Repair:       {"right", "freight.return", "freight.resend"},
	Reissue:      {"right", "freight.resend"},
	Interception: {"right", "freight.outbound", "refund", "due"},
	LocalRepair:  {"right", "amount"}, Compensation: {"right", "amount"}, Goodwill: {"right", "amount"}, PriceProtection: {"right", "amount"},
	Care: {"right"}, Processing: {"right"}, Resizing: {"right"}, Engraving: {"right"}, Appraisal: {"right"}, Loaner: {"right"},
	TradeInStyle: {"right", "amount"}, TradeInMaterial: {"right", "amount"}, // amount: what the old piece counts for
}

// IsAmount says that a remedy gives an amount and moves no goods.
func (r Remedy) IsAmount() bool { return slices.Contains(required[r], "amount") }

// Remedies lists every remedy a pack can give, in the order of the glossary.
var Remedies = []Remedy{RefundReturn, RefundOnly, Exchange, Reissue, Repair, LocalRepair, Care, Processing, Resizing,
	Engraving, Appraisal, Interception, Compensation, Goodwill, PriceProtection, Loaner,
	TradeInStyle, TradeInMaterial}

func hintRemedy(s string) string {
	var known []string
	for _, r := range Remedies {
		known = append(known, string(r))
	}
	return hint(s, known)
}

// claim reads one claim of a file's list.
func (l *loader) claim(n *yaml.Node) {
	f := l.fields(n, "claim", "claim!", "mode!", "ground!", "for", "window", "if", "unless", "gives!", "otherwise", "confidence", "cites!")
	c := &claim{id: l.scalar(f["claim"], "claim"), pack: l.pack, mark: l.mark(n)}
	if own := strings.HasPrefix(c.id, l.pack.ID+"."); !own || !claimName.MatchString(c.id) {
		l.fault(f["claim"], "rule.claim_id", "id", c.id, "pack", l.pack.ID)
	} else if !l.unique(c.id) {
		l.fault(f["claim"], "rule.claim_twice", "id", c.id)
	}
	words := []string{string(promise), string(offer)}
	if l.pack.Layer == Law {
		words = []string{string(floor), string(permit)}
	}
	c.mode = mode(l.word(f["mode"], "mode", words...))
	for _, g := range l.strings(f["ground"], "ground") {
		if slices.Contains(c.grounds, g) {
			l.fault(f["ground"], "rule.key_twice", "key", g)
		}
		c.grounds = append(c.grounds, g)
	}
	if f["ground"] != nil && len(c.grounds) == 0 {
		l.fault(f["ground"], "rule.want_list", "what", "ground")
	}
	l.groundUses = append(l.groundUses, use{f["ground"], l.file, c.grounds})
	c.conds = append(c.conds, l.pack.guards...)
	c.conds = append(c.conds, l.guards(f["for"])...)
	c.conds = append(c.conds, l.conditions(f)...)
	c.check = l.word(f["confidence"], "confidence", "sure", "check") == "check"
	c.otherwise = l.codes(f["otherwise"], "otherwise")
	c.cites = l.cites(f["cites"])
	if f["gives"] != nil {
		for _, p := range l.pairs(f["gives"], "gives") {
			if g := l.gives(c, p); g != nil {
				c.gives = append(c.gives, g)
			}
		}
		if len(c.gives) == 0 {
			l.fault(f["gives"], "rule.gives_nothing")
		}
	}
	l.pack.claims = append(l.pack.claims, c)
}

// guards reads `for`: fact → allowed values.
func (l *loader) guards(n *yaml.Node) []*cond {
	if n == nil {
		return nil
	}
	var out []*cond
	for _, p := range l.pairs(n, "for") {
		i := l.fact(p.key, "for", TypeBool, TypeEnum)
		if i < 0 {
			continue
		}
		f := l.voc.facts[i]
		if f.Stage > AtApplication {
			l.fault(p.key, "rule.guard_stage", "fact", f.name, "stage", f.Stage.String())
			continue
		}
		var words []string
		allowed := l.strings(p.val, f.name)
		for _, w := range allowed {
			if f.typ == TypeEnum {
				w = "'" + w + "'"
			}
			words = append(words, w)
		}
		if len(words) == 0 {
			l.fault(p.val, "rule.want_list", "what", "for")
			continue
		}
		src := f.name + " in [" + strings.Join(words, ", ") + "]"
		if a, ok := l.expr(p.val, src, TypeBool); ok {
			out = append(out, &cond{id: "for." + f.name, kind: guard, is: atom{ex: a}, src: src, mark: l.mark(p.key), fact: i, words: allowed})
		}
	}
	return out
}

// conditions reads window, if and unless.
func (l *loader) conditions(f map[string]*yaml.Node) []*cond {
	var out []*cond
	ids := map[string]bool{}
	add := func(n *yaml.Node, c *cond) {
		if !codeName.MatchString(c.id) {
			l.fault(n, "rule.code_form", "code", c.id)
		} else if ids[c.id] {
			l.fault(n, "rule.cond_twice", "id", c.id)
		}
		ids[c.id] = true
		c.mark = l.mark(n)
		out = append(out, c)
	}
	if n := f["window"]; n != nil {
		w, orElse := l.window(n)
		add(n, &cond{id: "window", kind: must, is: atom{win: w}, orElse: orElse})
	}
	for _, n := range l.items(f["if"], "if") {
		g := l.fields(n, "condition", "id!", "is", "window", "else", "presume", "cites")
		c := &cond{id: l.scalar(g["id"], "id"), kind: must, presume: l.presume(g["presume"]), cites: l.cites(g["cites"])}
		switch {
		case (g["is"] == nil) == (g["window"] == nil):
			l.fault(n, "rule.cond_is")
			continue
		case g["window"] != nil:
			c.is.win, c.orElse = l.window(g["window"])
		default:
			if g["else"] == nil {
				l.fault(n, "rule.key_missing", "key", "else", "what", "condition")
			}
			c.orElse = l.code(g["else"], "else")
			x, ok := l.expr(g["is"], l.scalar(g["is"], "is"), TypeBool)
			if !ok {
				continue
			}
			c.is.ex, c.src = x, g["is"].Value
		}
		add(n, c)
	}
	for _, n := range l.items(f["unless"], "unless") {
		g := l.fields(n, "exception", "id", "if!", "else!", "presume", "cites")
		c := &cond{id: l.scalar(g["id"], "id"), kind: except, orElse: l.code(g["else"], "else"), presume: l.presume(g["presume"]), cites: l.cites(g["cites"])}
		if c.id == "" {
			c.id = c.orElse
		}
		if x, ok := l.expr(g["if"], l.scalar(g["if"], "if"), TypeBool); ok {
			c.is.ex, c.src = x, g["if"].Value
			add(n, c)
		}
	}
	return out
}

func (l *loader) presume(n *yaml.Node) presumption {
	return presumption(max(0, slices.Index([]string{"as_declared", "met", "unmet"}, l.word(n, "presume", "as_declared", "met", "unmet"))))
}

// gives reads what a claim gives for one remedy.
func (l *loader) gives(c *claim, p pair) *gives {
	g := &gives{remedy: Remedy(p.key.Value), mark: l.mark(p.key)}
	if required[g.remedy] == nil {
		l.fault(p.key, "rule.remedy_unknown", "remedy", p.key.Value, "hint", hintRemedy(p.key.Value))
		return nil
	}
	if c.mode == permit {
		f := l.fields(p.val, "permit", "deduct!")
		g.deducts = l.deducts(f["deduct"])
		return g
	}
	f := l.fields(p.val, "gives", "right", "freight", "refund", "deduct", "amount", "evidence", "due", "send_by", "authority")
	switch {
	case c.mode == offer:
		if l.word(f["right"], "right", "offer") == "offer" {
			g.right = offered
		}
	case c.check:
		g.right = review
	case f["right"] != nil:
		g.right = right(max(0, slices.Index(rightNames[:], l.word(f["right"], "right", "as_of_right", "offer", "review"))))
	}
	l.freight(g, f["freight"])
	g.refund = l.refund(f["refund"])
	g.deducts = l.deducts(f["deduct"])
	if n := f["amount"]; n != nil {
		g.amountSrc = l.scalar(n, "amount")
		g.amount, _ = l.expr(n, g.amountSrc, TypeMoney)
	}
	for _, n := range l.items(f["evidence"], "evidence") {
		if i := l.fact(n, "evidence", TypeBool); i >= 0 {
			g.evidence = append(g.evidence, i)
		}
	}
	g.due = l.deadline(f["due"], "due", false)
	g.sendBy = l.deadline(f["send_by"], "send_by", true)
	l.authority(g, f["authority"])
	for _, point := range required[g.remedy] {
		if !g.has(point) {
			l.fault(p.key, "rule.point_missing", "claim", c.id, "remedy", string(g.remedy), "point", point)
		}
	}
	return g
}

// has says whether a required point is given.
func (g *gives) has(point string) bool {
	switch point {
	case "right":
		return g.right != noRight
	case "refund":
		return g.refund != nil
	case "amount":
		return g.amount != nil
	case "due":
		return g.due != nil
	}
	return g.freight[slices.Index(legNames[:], strings.TrimPrefix(point, "freight."))] != 0
}

func (l *loader) freight(g *gives, n *yaml.Node) {
	if n == nil {
		return
	}
	f := l.fields(n, "freight", "outbound", "return", "resend", "refused", "both")
	read := func(n *yaml.Node, what string, leg int) bearer {
		if n == nil {
			return 0
		}
		w := l.word(n, what, bearerName(leg, 1), bearerName(leg, 2))
		return bearer(1 + slices.Index([]string{bearerName(leg, 1), bearerName(leg, 2)}, w))
	}
	if b := read(f["both"], "freight.both", returnLeg); b != 0 {
		if f["return"] != nil || f["resend"] != nil {
			l.fault(f["both"], "rule.freight_both")
		}
		g.freight[returnLeg], g.freight[resend] = b, b
	}
	for leg, name := range legNames {
		if f[name] != nil {
			g.freight[leg] = read(f[name], "freight."+name, leg)
		}
	}
	if g.freight[refused] == 0 {
		g.freight[refused] = g.freight[returnLeg]
	}
}

func (l *loader) refund(n *yaml.Node) *refund {
	switch {
	case n == nil:
		return nil
	case n.Kind == yaml.ScalarNode:
		l.word(n, "refund", "goods")
		return &refund{percent: 100}
	}
	f := l.fields(n, "refund", "percent", "amount")
	switch {
	case (f["percent"] == nil) == (f["amount"] == nil):
		l.fault(n, "rule.refund_form")
	case f["percent"] != nil:
		if v, ok := l.literal(f["percent"], TypeInt, "percent"); ok {
			if v.n < 0 || v.n > 100 {
				l.fault(f["percent"], "rule.percent_range", "n", v.n)
			}
			return &refund{percent: v.n}
		}
	default:
		if x, ok := l.expr(f["amount"], l.scalar(f["amount"], "amount"), TypeMoney); ok {
			return &refund{amount: x, src: f["amount"].Value}
		}
	}
	return nil
}

func (l *loader) deducts(n *yaml.Node) []deduct {
	if n == nil {
		return nil
	}
	var out []deduct
	for _, p := range l.pairs(n, "deduct") {
		if !codeName.MatchString(p.key.Value) {
			l.fault(p.key, "rule.code_form", "code", p.key.Value)
		}
		if x, ok := l.expr(p.val, l.scalar(p.val, "deduct"), TypeMoney); ok {
			out = append(out, deduct{p.key.Value, "deduct." + p.key.Value, x, p.val.Value})
		}
	}
	slices.SortFunc(out, func(a, b deduct) int { return cmpString(a.name, b.name) })
	return out
}

func (l *loader) deadline(n *yaml.Node, what string, rolls bool) *period {
	if n == nil {
		return nil
	}
	names := []string{"from!", "days", "workdays", "months", "hours"}
	if rolls {
		names = append(names, "roll")
	}
	p := l.period(l.fields(n, what, names...), n, what)
	return &p
}

// authority reads who has to agree. Left out, it stays unsaid: silence, the law's above all, joins nothing.
func (l *loader) authority(g *gives, n *yaml.Node) {
	switch {
	case n == nil:
	case n.Kind == yaml.ScalarNode:
		g.authority = int8(max(0, slices.Index(authorityNames[:], l.word(n, "authority", "none", "agent", "supervisor"))))
	default:
		f := l.fields(n, "authority", "table!")
		if f["table"] != nil {
			l.tableUses = append(l.tableUses, tableUse{f["table"], l.file, g})
		}
	}
}
