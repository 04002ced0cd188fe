package rule

import (
	"strings"

	"github.com/sanbao/sanbao/calendar"
	"github.com/sanbao/sanbao/errs"
	"github.com/sanbao/sanbao/money"
)

// View is a version of a pack as a person reads it in one language: every parameter, ground, claim and table, each with
// its words, its citations in full and its place in the files.
type View struct {
	Pack         string         `json:"pack"`
	Version      string         `json:"version"`
	Layer        Layer          `json:"layer" enum:"law,marketplace,shop"`
	From         calendar.Date  `json:"from" doc:"first day in force"`
	To           *calendar.Date `json:"to,omitempty" doc:"last day in force; absent: until a later version begins"`
	Currency     money.Currency `json:"currency"`
	Hash         string         `json:"hash" doc:"SHA-256 of the rules; wording and cases are not part of it"`
	Title        string         `json:"title"`
	Source       string         `json:"source,omitempty" doc:"the document it was written from"`
	Params       []ParamView    `json:"params" nullable:"false"`
	Grounds      []GroundView   `json:"grounds" nullable:"false"`
	Alternatives []CodeView     `json:"alternatives" nullable:"false" doc:"offered beside every refusal (S2-16)"`
	Claims       []ClaimView    `json:"claims" nullable:"false"`
	Tables       []TableView    `json:"tables" nullable:"false"`
}

// Cite is a citation and how it reads in full.
type Cite struct {
	ID     string `json:"id" example:"CPL-25"`
	Source string `json:"source,omitempty" doc:"in full, where a bound pack says how; absent for a shop's own requirement ids"`
}

// CodeView is a code with its words.
type CodeView struct {
	Code string `json:"code"`
	Text string `json:"text"`
}

// ParamView is a number a merchant may want to change.
type ParamView struct {
	Name  string `json:"name"`
	Type  string `json:"type" enum:"days,workdays,months,hours,count,percent,money,bool"`
	Value string `json:"value" doc:"as it is written; money in major units"`
	Title string `json:"title"`
	Cites []Cite `json:"cites" nullable:"false"`
	Place
}

// GroundView is a reason for asking.
type GroundView struct {
	Code     string `json:"code"`
	Text     string `json:"text"`
	As       string `json:"as,omitempty" doc:"the ground it counts as"`
	Fault    string `json:"fault,omitempty" enum:"customer,shop,carrier,supplier,undetermined" doc:"absent: that of the ground it counts as"`
	Fallback bool   `json:"fallback,omitempty" doc:"needs no cause to be shown"`
	Cites    []Cite `json:"cites" nullable:"false"`
	Place
}

// Place is where something stands.
type Place struct {
	File string `json:"file,omitempty" doc:"in the pack's folder" example:"returns.yaml"`
	Line int    `json:"line,omitempty"`
}

// ClaimView is one promise.
type ClaimView struct {
	ID         string          `json:"id"`
	Mode       string          `json:"mode" enum:"floor,permit,promise,offer"`
	Ground     []string        `json:"ground" nullable:"false"`
	Confidence string          `json:"confidence" enum:"sure,check"`
	Text       ClaimWords      `json:"text"`
	For        []ConditionView `json:"for" nullable:"false" doc:"where one of these is false, the claim does not concern the matter"`
	Window     string          `json:"window,omitempty" doc:"its period in words"`
	Conditions []ConditionView `json:"conditions" nullable:"false" doc:"all must hold"`
	Unless     []ConditionView `json:"unless" nullable:"false" doc:"none may hold"`
	Gives      []GivesView     `json:"gives" nullable:"false"`
	Otherwise  []CodeView      `json:"otherwise" nullable:"false" doc:"named when it fails"`
	Cites      []Cite          `json:"cites" nullable:"false"`
	Place
}

// ClaimWords are what a claim says to customers and what agents should mind.
type ClaimWords struct {
	Customer string `json:"customer"`
	Agent    string `json:"agent,omitempty"`
}

// ConditionView is one condition: its expression, or the period it is, and the reason it gives when it fails.
type ConditionView struct {
	ID      string   `json:"id"`
	Expr    string   `json:"expr,omitempty" doc:"as it is written; absent for a period"`
	Text    string   `json:"text,omitempty" doc:"the reason when it fails; of a period, the period"`
	Else    string   `json:"else,omitempty" doc:"the reason's code"`
	Presume string   `json:"presume,omitempty" enum:"as_declared,met,unmet" doc:"what holds for facts of a later stage"`
	Facts   []string `json:"facts" nullable:"false" doc:"what it looks at"`
	Cites   []Cite   `json:"cites" nullable:"false"`
	Place
}

// GivesView is what a claim gives with one remedy.
type GivesView struct {
	Remedy Remedy   `json:"remedy"`
	Title  string   `json:"title"`
	Points []string `json:"points" nullable:"false" doc:"each in words"`
	Line   int      `json:"line,omitempty"`
}

// TableView is a table of answers.
type TableView struct {
	Name  string    `json:"name"`
	Hit   string    `json:"hit" enum:"first,unique"`
	Out   []string  `json:"out" nullable:"false" doc:"its columns"`
	Rows  []RowView `json:"rows" nullable:"false"`
	Cites []Cite    `json:"cites" nullable:"false"`
	Place
}

// RowView is one row: what must fit, and the answer of each column as it is written.
type RowView struct {
	When  []string          `json:"when" nullable:"false" doc:"expressions, all of which must fit; empty in the last row"`
	Then  map[string]string `json:"then"`
	Cites []Cite            `json:"cites" nullable:"false"`
	Line  int               `json:"line,omitempty"`
}

// View reads a pack out in a language. beside are the packs that are bound with it: words and citations that it does not
// have itself are theirs.
func (p *Pack) View(lang errs.Lang, beside ...*Pack) (View, error) {
	b, err := NewBook(append([]*Pack{p}, beside...))
	if err != nil {
		return View{}, err
	}
	r := &viewer{page{explainer: explainer{b: b, d: &Decision{}, asked: &Bundle{}, lang: lang, to: ForAgent}, pack: p}}
	v := View{Pack: p.ID, Version: p.Version, Layer: p.Layer, From: p.From, Currency: p.Currency, Hash: p.Hash, Title: r.in(p.Title), Source: p.Source,
		Params: []ParamView{}, Grounds: []GroundView{}, Alternatives: r.codes(p.Alternatives), Claims: []ClaimView{}, Tables: []TableView{}}
	if p.To != calendar.MaxDate {
		v.To = &p.To
	}
	for _, q := range p.Params {
		v.Params = append(v.Params, ParamView{Name: q.Name, Type: q.Unit, Value: q.text(p.Currency), Title: r.in(q.Title), Cites: r.cited(q.Cites), Place: r.at("param " + q.Name)})
	}
	for _, g := range p.Grounds {
		v.Grounds = append(v.Grounds, GroundView{Code: g.Name, Text: r.explainer.ground(g.Name), As: g.As, Fault: g.Fault, Fallback: g.Fallback,
			Cites: r.cited(g.Cites), Place: r.at("ground " + g.Name)})
	}
	for _, c := range p.claims {
		v.Claims = append(v.Claims, r.view(c))
	}
	for _, t := range p.tables {
		v.Tables = append(v.Tables, r.table(t))
	}
	return v, nil
}

// viewer borrows the words of the policy page.
type viewer struct{ page }

func (r *viewer) at(name string) Place {
	m := r.pack.marks[name]
	return placeOf(m)
}

// placeOf is a mark without the folder: files are named as the pack holds them.
func placeOf(m mark) Place {
	_, file, _ := strings.Cut(m.file, "/")
	return Place{file, m.line}
}

func (r *viewer) codes(codes []string) []CodeView {
	out := []CodeView{}
	for _, c := range codes {
		t, _ := r.text(nil, func(t *Texts) map[string]Text { return t.Alternatives }, c)
		out = append(out, CodeView{c, t})
	}
	return out
}

func (r *viewer) cited(ids []string) []Cite {
	out := []Cite{}
	for _, id := range ids {
		letters, n := cutCitation(id)
		c := Cite{ID: id}
		if p := r.citing(r.pack, letters); p != nil {
			c.Source = strings.ReplaceAll(r.in(p.Texts.Sources[letters]), "{n}", n)
		}
		out = append(out, c)
	}
	return out
}

func (r *viewer) view(c *claim) ClaimView {
	v := ClaimView{ID: c.id, Mode: string(c.mode), Ground: append([]string{}, c.grounds...), Confidence: "sure", For: []ConditionView{}, Conditions: []ConditionView{},
		Unless: []ConditionView{}, Gives: []GivesView{}, Otherwise: r.codes(c.otherwise), Cites: r.cited(c.cites), Place: placeOf(c.mark),
		Text: ClaimWords{Customer: r.filled(c.pack, c.pack.Texts.Customer, c.id), Agent: r.filled(c.pack, c.pack.Texts.Agent, c.id)}}
	if c.check {
		v.Confidence = "check"
	}
	for _, k := range c.conds {
		x := r.condition(c, k)
		switch {
		case k.kind == guard:
			v.For = append(v.For, x)
		case k.kind == except:
			v.Unless = append(v.Unless, x)
		case k.id == "window" && k.is.win != nil:
			v.Window = x.Text
			fallthrough
		default:
			v.Conditions = append(v.Conditions, x)
		}
	}
	for _, g := range c.gives {
		v.Gives = append(v.Gives, GivesView{Remedy: g.remedy, Title: r.remedy(g.remedy), Points: r.points(c, g), Line: g.mark.line})
	}
	return v
}

func (r *viewer) condition(c *claim, k *cond) ConditionView {
	x := ConditionView{ID: strings.TrimPrefix(k.id, "for."), Expr: k.src, Else: k.orElse, Facts: []string{}, Cites: r.cited(k.cites), Place: placeOf(k.mark)}
	for _, f := range k.is.facts() {
		x.Facts = append(x.Facts, r.b.voc.facts[f].name)
	}
	switch {
	case k.kind == guard:
		return x
	case k.is.win != nil:
		x.Text = r.window(k.is.win)
	default:
		x.Text = r.reason(c.id, k.orElse, nil)
	}
	x.Presume = [...]string{"as_declared", "met", "unmet"}[k.presume]
	return x
}

// points are what a claim gives, each in words: those of the policy page, and what only we are told: the right, who agrees,
// and how sums are computed.
func (r *viewer) points(c *claim, g *gives) []string {
	out := []string{}
	if g.right != noRight {
		out = append(out, r.say("rule.view_right."+rightNames[g.right], nil))
	}
	if c.mode != permit {
		for _, x := range r.gives(g) {
			out = append(out, x.Text)
		}
	}
	expr := func(what, src string) {
		if src != "" {
			out = append(out, r.pair(what, src))
		}
	}
	if g.refund != nil {
		expr(r.say("rule.part.amount", nil), g.refund.src)
	}
	expr(r.say("rule.view_amount", nil), g.amountSrc)
	for _, d := range g.deducts {
		expr(r.say("rule.view_deduct", errs.Args{"name": d.name}), d.src)
	}
	switch {
	case g.table != nil:
		out = append(out, r.say("rule.view_authority_table", errs.Args{"table": g.table.id}))
	case g.authority != 0:
		out = append(out, r.say("rule.authority."+authorityNames[g.authority], nil))
	}
	return out
}

func (r *viewer) table(t *table) TableView {
	v := TableView{Name: t.id, Hit: "first", Out: []string{}, Rows: []RowView{}, Cites: r.cited(t.cites), Place: placeOf(t.mark)}
	if t.unique {
		v.Hit = "unique"
	}
	for _, c := range t.cols {
		v.Out = append(v.Out, c.name)
	}
	for _, x := range t.rows {
		row := RowView{When: []string{}, Then: map[string]string{}, Cites: r.cited(x.cites), Line: x.mark.line}
		for _, k := range x.when {
			row.When = append(row.When, k.src)
		}
		for i, c := range t.cols {
			switch cell := x.then[i]; {
			case cell.ex != nil:
				row.Then[c.name] = cell.src
			case c.typ == TypeMoney:
				row.Then[c.name] = money.Of(cell.val.n, r.pack.Currency).Decimal()
			default:
				row.Then[c.name] = cell.val.String()
			}
		}
		v.Rows = append(v.Rows, row)
	}
	return v
}

var _ = errs.Register(map[string]errs.Text{
	"rule.view_right.as_of_right": {ZhCN: "顾客的权利，不必我方同意", En: "A right of the customer; nobody has to grant it"},
	"rule.view_right.offer":       {ZhCN: "提议，顾客同意才办理，不影响其他权利", En: "A proposal: done if the customer agrees; no other right is touched"},
	"rule.view_right.review":      {ZhCN: "由人来判断", En: "A person decides"},
	"rule.view_amount":            {ZhCN: "金额", En: "Amount"},
	"rule.view_deduct":            {ZhCN: "扣除“{name}”", En: "Deduction \"{name}\""},
	"rule.view_authority_table":   {ZhCN: "由谁同意：看表“{table}”", En: "Who agrees: table \"{table}\""},
})
