package rule

import (
	"slices"
	"strconv"
	"strings"

	"github.com/sanbao/sanbao/calendar"
	"github.com/sanbao/sanbao/clock"
	"github.com/sanbao/sanbao/errs"
	"github.com/sanbao/sanbao/money"
)

// in is a text in the reader's language.
func (w *explainer) in(t Text) string { return t.In(w.lang) }

// pair is "what: value" as the language writes it.
func (w *explainer) pair(what, value string) string {
	return w.say("rule.why_pair", errs.Args{"what": what, "value": value})
}

func (w *explainer) aside(text string) string {
	if text == "" {
		return ""
	}
	return w.say("rule.why_aside", errs.Args{"text": text})
}

// byAside names a point's clause to those who work with clauses.
func (w *explainer) byAside(claim string) string {
	if w.to == ForCustomer {
		return ""
	}
	return w.aside(claim)
}

func (w *explainer) list(words []string) string {
	if w.lang == errs.En {
		return strings.Join(words, "; ")
	}
	return strings.Join(words, "；")
}

// who is a party as this reader calls it.
func (w *explainer) who(party string) string {
	return w.say("rule.who."+party+"."+string(w.to), nil)
}

func (w *explainer) remedy(r Remedy) string {
	if r == "" {
		return w.say("rule.remedy.unsaid", nil)
	}
	return w.say("rule.remedy."+string(r), nil)
}

func (w *explainer) outcome(o Outcome) string { return w.say("rule.outcome."+string(o), nil) }

func (w *explainer) ground(code string) string {
	if t, ok := w.text(nil, func(t *Texts) map[string]Text { return t.Grounds }, code); ok {
		return t
	}
	return code
}

// claim finds a claim by its id; of two versions of a pack the one whose bundle won.
func (w *explainer) claim(id string) *claim {
	packs := slices.Clone(w.b.packs)
	if w.asked.Edition == "later" {
		slices.Reverse(packs)
	}
	for _, p := range packs {
		for _, c := range p.claims {
			if c.id == id {
				return c
			}
		}
	}
	return nil
}

// text is the wording of a code: the claim's own pack's, else the other bound packs', the law's first.
func (w *explainer) text(c *claim, of func(*Texts) map[string]Text, code string) (string, bool) {
	if c != nil {
		if t, ok := of(&c.pack.Texts)[code]; ok {
			return w.fill(c.pack, w.in(t)), true
		}
	}
	for _, p := range w.b.packs {
		if t, ok := of(&p.Texts)[code]; ok {
			return w.fill(p, w.in(t)), true
		}
	}
	return code, false
}

// fill writes a pack's parameters into a text that names them: "{no_reason_days}".
func (w *explainer) fill(p *Pack, text string) string { return fillParams(p, text) }

func fillParams(p *Pack, text string) string {
	for _, q := range p.Params {
		text = strings.ReplaceAll(text, "{"+q.Name+"}", q.text(p.Currency))
	}
	return text
}

// text is the value of a parameter as people write it.
func (q *Param) text(c money.Currency) string {
	if q.Value.typ == TypeMoney {
		return money.Of(q.Value.n, c).Decimal()
	}
	return q.Value.String()
}

// promise is what a claim says to customers; its id where the pack has no words for it.
func (w *explainer) promise(id string) string {
	t, ok := w.text(w.claim(id), func(t *Texts) map[string]Text { return t.Customer }, id)
	if !ok {
		return id
	}
	return t
}

// reason is why a claim failed, in words.
func (w *explainer) reason(claimID, code string, last *calendar.Date) string {
	t, _ := w.text(w.claim(claimID), func(t *Texts) map[string]Text { return t.Reasons }, code)
	day := "?"
	if last != nil {
		day = last.String()
	}
	return strings.ReplaceAll(t, "{last_day}", day)
}

// lastDay of a clause's window in the asked bundle.
func (w *explainer) lastDay(claim string) *calendar.Date {
	for _, c := range w.asked.Clauses {
		if c.Claim == claim {
			return c.LastDay
		}
	}
	return nil
}

// source is where a claim stands: its citations in full, for those who work with them with its id.
func (w *explainer) source(id string) string {
	c := w.claim(id)
	switch {
	case c == nil:
		return id
	case w.to != ForCustomer:
		return w.pair(id, w.cites(c, c.cites))
	case w.cites(c, c.cites) == "":
		return w.in(c.pack.Title)
	}
	return w.cites(c, c.cites)
}

// short is a claim where its source has been named already: its first citation and its id.
func (w *explainer) short(id string) string {
	c := w.claim(id)
	if c == nil {
		return id
	}
	first := w.cites(c, c.cites[:min(1, len(c.cites))])
	switch {
	case first == "":
		first = w.in(c.pack.Title)
	case w.to != ForCustomer:
		first += w.aside(id)
	}
	return first
}

// cites writes citations out: the law's in full, several articles of one law together; a handbook's as they stand, to
// those who have it.
func (w *explainer) cites(c *claim, ids []string) string {
	if c == nil {
		return ""
	}
	var laws, plain []string
	articles := map[string][]string{}
	for _, id := range ids {
		letters, n := cutCitation(id)
		if p := w.citing(c.pack, letters); p == nil || p.Layer != Law || c.pack.Layer != Law || !strings.Contains(w.in(p.Texts.Sources[letters]), "{n}") {
			plain = append(plain, id)
			continue
		}
		if articles[letters] == nil {
			laws = append(laws, letters)
		}
		if !slices.Contains(articles[letters], n) {
			articles[letters] = append(articles[letters], n)
		}
	}
	var out []string
	for _, letters := range laws {
		n := strings.Join(articles[letters], w.say("rule.why_comma", nil))
		full := strings.ReplaceAll(w.in(w.citing(c.pack, letters).Texts.Sources[letters]), "{n}", n)
		if w.to != ForCustomer {
			full += " " + letters + "-" + strings.ReplaceAll(n, " ", "")
		}
		out = append(out, full)
	}
	if w.to != ForCustomer && len(plain) > 0 {
		out = append(out, strings.Join(plain, w.say("rule.why_comma", nil)))
	}
	return w.list(out)
}

// citing is the pack that says how citations with these letters read, nil when none does.
func (w *explainer) citing(own *Pack, letters string) *Pack {
	for _, p := range append([]*Pack{own}, w.b.packs...) {
		if _, ok := p.Texts.Sources[letters]; ok {
			return p
		}
	}
	return nil
}

// cutCitation splits CPL-25 into CPL and 25, CPLR-18b into CPLR and 18, S4-35 into S4 and 35, G10 into G and 10.
func cutCitation(id string) (letters, n string) {
	i := strings.LastIndexByte(id, '-')
	if i < 0 {
		i = strings.IndexAny(id, "0123456789")
		if i < 0 {
			return id, ""
		}
		return id[:i], id[i:]
	}
	return id[:i], strings.TrimRight(id[i+1:], "abcdefghijklmnopqrstuvwxyz")
}

// fact is a declared fact by its name, nil for the ground and remedy.
func (w *explainer) fact(name string) (int, *fact) {
	i, ok := w.b.voc.index[name]
	if !ok {
		return -1, nil
	}
	return i, w.b.voc.facts[i]
}

// label is what a fact is called on screens.
func (w *explainer) label(name string) string {
	if _, f := w.fact(name); f != nil {
		return w.in(f.Label)
	}
	if name == GroundFact || name == RemedyFact {
		return w.say("rule.label."+strings.TrimPrefix(name, "application."), nil)
	}
	return name
}

// seen is "label: value", with a word on where the value is from.
func (w *explainer) seen(s Seen) string {
	value := w.say("rule.value.unknown", nil)
	if s.Value != "" {
		value = w.value(s.Fact, s.Value)
	}
	if s.Declared {
		value = w.say("rule.value.declared", errs.Args{"value": value, "who": w.who("customer")})
	}
	return w.pair(w.label(s.Fact), value)
}

// value is a fact's value in words; of a sensitive one only that there is one.
func (w *explainer) value(name, v string) string {
	_, f := w.fact(name)
	switch {
	case f == nil:
		return v
	case f.Sensitive && w.to != ForCustomer:
		return w.say("rule.value.withheld", nil)
	}
	switch f.typ {
	case TypeBool:
		return w.say("rule.value."+v, nil)
	case TypeEnum:
		for _, c := range f.Values {
			if c.Word == v {
				return w.in(c.Label)
			}
		}
	case TypeMoney:
		if n, err := strconv.ParseInt(v, 10, 64); err == nil {
			return w.money(n)
		}
	case TypeInstant:
		if at, err := clock.Parse(v); err == nil {
			return w.instant(at)
		}
	}
	return v
}

// must is what a condition wants of a fact: "true", "<= 1500", "not a|b", "in time", or an expression.
func (w *explainer) must(name, must string) string {
	op, rest, spaced := strings.Cut(must, " ")
	key, known := map[string]string{"<=": "at_most", ">=": "at_least", "<": "below", ">": "above", "not": "not"}[op]
	_, f := w.fact(name)
	switch {
	case must == "in time":
		return w.say("rule.must.in_time", nil)
	case spaced && !known:
		return w.say("rule.must.checked", nil) // an expression over several facts
	case !spaced:
		return w.say("rule.must.is", errs.Args{"value": w.values(name, must)})
	case f != nil && (f.typ == TypeDate || f.typ == TypeInstant) && key != "not":
		key += "_date"
	}
	return w.say("rule.must."+key, errs.Args{"value": w.values(name, rest)})
}

func (w *explainer) values(name, list string) string {
	words := strings.Split(list, "|")
	for i, v := range words {
		words[i] = w.value(name, v)
	}
	return strings.Join(words, w.say("rule.why_or", nil))
}

// money is an amount in the book's currency: "199.00 元", "199.00 CNY".
func (w *explainer) money(minor int64) string {
	m := money.Of(minor, w.b.packs[0].Currency)
	if w.lang != errs.En && m.Currency == "CNY" {
		return m.Decimal() + " 元"
	}
	return m.String()
}

func (w *explainer) minor(n *int64) string {
	if n == nil {
		return w.say("rule.value.unknown", nil)
	}
	return w.money(*n)
}

// instant is a time of day in the calendar's zone.
func (w *explainer) instant(at clock.Instant) string {
	return at.Time().In(w.cal.Zone()).Format("2006-01-02 15:04")
}

// period is "7 天", "7 days".
func (w *explainer) period(n int64, unit string) string {
	key := "rule.unit." + unit
	if n == 1 {
		key = "rule.unit_one." + unit
	}
	return w.say(key, errs.Args{"n": n})
}

// Packs lists the bound versions, the law first; of two editions those of both.
func (b *Book) Packs() []*Pack { return slices.Clone(b.packs) }

// Currency is that of the bound packs.
func (b *Book) Currency() money.Currency { return b.packs[0].Currency }
