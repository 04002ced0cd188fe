package rule

import (
	"slices"
	"strings"

	"github.com/sanbao/sanbao/calendar"
	"github.com/sanbao/sanbao/clock"
	"github.com/sanbao/sanbao/errs"
)

// Notice is what a customer may read of a book: what is promised for each reason to ask, and the law's floor beneath. The
// rules themselves are written out: grounds, periods, freight, exceptions and numbers come from the claims and parameters
// that decide, so that notice and decision cannot differ; a condition of the shop that has no force against the law (X11)
// is called so. Tables, and with them who of the shop may agree to what, are not in it.
type Notice struct {
	Lang         errs.Lang
	Title        string // of the shop's own pack
	Packs        []NoticePack
	Intro        []string // version, how versions and law stand to each other, what the rules are for
	Chapters     []Chapter
	LawTitle     string
	NotHereTitle string
	NotHere      []Exclusion // of a product: what does not apply to it, and because of what
}

// NoticePack is a version the notice is made from.
type NoticePack struct {
	PackRef
	Title    string
	From, To calendar.Date
}

// Chapter is one ground with those that count as it.
type Chapter struct {
	Ground   string
	Title    string
	Also     string // a sentence that names the grounds that count as it, "" for none
	Promises []Promise
	Law      []string // what the law gives, each with its source
}

// Promise is one claim of shop or marketplace.
type Promise struct {
	Claim string
	Layer Layer
	Whose string // the title of its pack
	Text  string
	Ways  []Way
}

// Way is what a claim gives for one remedy.
type Way struct {
	Remedy Remedy
	Title  string
	Points []NoticePoint
}

// NoticePoint is one line of a way.
type NoticePoint struct {
	Kind PointKind
	Text string
}

// PointKind says what a line is about.
type PointKind string

const (
	PointOffer    PointKind = "offer"    // needs the customer's consent, or a person looks first
	PointFor      PointKind = "for"      // which purchases it is for
	PointWindow   PointKind = "window"   // until when
	PointAgainst  PointKind = "against"  // what stands against it
	PointOther    PointKind = "other"    // for which another claim is there
	PointFreight  PointKind = "freight"  //
	PointMoney    PointKind = "money"    // refund and deductions
	PointEvidence PointKind = "evidence" // what to show
	PointTime     PointKind = "time"     // when goods are sent, when we settle
	PointVoid     PointKind = "void"     // which conditions have no force against the law
)

// Exclusion is what does not apply to a product for one reason.
type Exclusion struct {
	Because string
	What    []string
}

// NoticeInput says for whom a notice is. Facts are what is known of a product at the order, such as its category; a
// notice for the whole shop has none. At and Calendar are needed where there are facts.
type NoticeInput struct {
	Lang     errs.Lang
	Facts    Facts
	At       clock.Instant
	Calendar *calendar.Calendar
}

// Notice is the notice of the book's first edition: of the shop's own pack, which is bound last, and of those beside it.
//
// Errors: those of Decide, for facts that cannot be.
func (b *Book) Notice(in NoticeInput) (*Notice, error) {
	packs := b.edition[0]
	return b.notice(packs[len(packs)-1], in)
}

// page borrows the words of explanations, for what is written about a pack.
type page struct {
	explainer
	pack *Pack
}

// notice writes one book's notice, which is that of its pack.
type notice struct {
	page
	own   []*Pack // whose promises are written out, the shop's first
	law   []*Pack // whose floor is beneath; nil where the law's own page is written
	s     *state  // what is known of a product, nil for a whole shop
	atoms map[*cond]int
	out   *Notice
}

func (b *Book) notice(main *Pack, in NoticeInput) (*Notice, error) {
	g := &notice{page: page{explainer{b: b, d: &Decision{}, asked: &Bundle{}, lang: in.Lang, to: ForCustomer}, main}, atoms: map[*cond]int{}, out: &Notice{Lang: in.Lang}}
	for _, p := range slices.Backward(b.edition[0]) {
		switch {
		case p.Layer == main.Layer || p.Layer != Law && main.Layer == Shop:
			g.own = append(g.own, p)
		case p.Layer == Law:
			g.law = append(g.law, p)
		}
	}
	slices.Reverse(g.law)
	for _, c := range b.claims {
		for i, k := range c.conds {
			g.atoms[k] = c.atoms[i]
		}
	}
	if len(in.Facts) > 0 {
		s, err := b.newState(&Input{Stage: AtOrder, Facts: in.Facts, At: in.At, Calendar: in.Calendar}, false)
		if err != nil {
			return nil, err
		}
		defer s.release()
		g.s = s
	}
	g.head()
	for _, ground := range b.Grounds() {
		if ground.As == "" || g.arises(ground.Name) && len(g.claims(ground.Name, g.b.edition[0])) > 0 {
			g.chapter(ground) // what counts as another ground has a chapter where there is a claim for it alone
		}
	}
	g.excluded()
	if g.s != nil && g.s.err != nil {
		return nil, g.s.err
	}
	return g.out, nil
}

func (g *notice) head() {
	p, n := g.pack, g.out
	n.Title, n.LawTitle, n.NotHereTitle = g.in(p.Title), g.say("rule.page_law", nil), g.say("rule.page_not_here", nil)
	for _, q := range append(slices.Clone(g.own), g.law...) {
		n.Packs = append(n.Packs, NoticePack{PackRef: q.Ref(), Title: g.in(q.Title), From: q.From, To: q.To})
	}
	until := ""
	if p.To != calendar.MaxDate {
		until = g.say("rule.page_until", errs.Args{"to": p.To.String()})
	}
	n.Intro = append(n.Intro, g.say("rule.page_version", errs.Args{"version": p.Version, "from": p.From.String(), "until": until}))
	if p.Layer == Law {
		return
	}
	n.Intro = append(n.Intro, g.say("rule.page_floor", nil))
	var only []string
	for _, k := range p.guards {
		if g.known(k) == open {
			only = append(only, g.guard(k))
		}
	}
	if len(only) > 0 {
		n.Intro = append(n.Intro, g.say("rule.page_only_all", errs.Args{"only": g.list(only)}))
	}
}

// chapter is one ground with those that count as it: what shop and marketplace give, then what the law does.
func (g *notice) chapter(top Ground) {
	own, law := g.claims(top.Name, g.own), g.claims(top.Name, g.law)
	if len(own) == 0 && len(law) == 0 {
		return
	}
	c := Chapter{Ground: top.Name, Title: g.explainer.ground(top.Name)}
	var names []string
	for _, x := range g.b.Grounds() {
		if x.Name != top.Name && slices.Contains(g.b.lineage(x.Name), top.Name) && g.arises(x.Name) {
			names = append(names, g.explainer.ground(x.Name))
		}
	}
	if len(names) > 0 {
		c.Also = g.say("rule.page_also", errs.Args{"grounds": strings.Join(names, g.say("rule.why_comma", nil))})
	}
	for _, x := range own {
		p := Promise{Claim: x.id, Layer: x.pack.Layer, Whose: g.in(x.pack.Title), Text: g.promise(x.id)}
		for _, y := range x.gives {
			p.Ways = append(p.Ways, Way{Remedy: y.remedy, Title: g.remedy(y.remedy), Points: g.points(top.Name, x, y)})
		}
		c.Promises = append(c.Promises, p)
	}
	for _, x := range law {
		c.Law = append(c.Law, g.clause(x.id))
	}
	g.out.Chapters = append(g.out.Chapters, c)
}

// claims of packs for a ground that are promised to every customer: neither deductions, which stand where they are taken,
// nor what somebody of the shop has to grant first, nor what cannot concern what the shop sells.
func (g *notice) claims(ground string, packs []*Pack) (out []*claim) {
	for _, p := range packs {
		for _, c := range p.claims {
			if slices.Contains(c.grounds, ground) && g.told(c) && g.against(c) == nil {
				out = append(out, c)
			}
		}
	}
	return out
}

// told says whether a claim is one that customers are told of.
func (g *notice) told(c *claim) bool {
	return c.mode != permit && !g.granted(c) && g.sold(c, func(k *cond) bool { return g.known(k) != open })
}

// granted says whether a claim waits for a grant in its guards: a fact of the application that only our records tell.
func (g *notice) granted(c *claim) bool {
	return slices.ContainsFunc(c.conds, func(k *cond) bool {
		return k.kind == guard && slices.ContainsFunc(k.is.facts(), func(f int) bool {
			d := g.b.voc.facts[f]
			return d.Stage == AtApplication && d.Ask == System
		})
	})
}

// sold says whether a claim can concern anything the shop's own pack is for: rules for food are nothing to a shoe shop.
// but are guards that are not asked.
func (g *notice) sold(c *claim, but func(*cond) bool) bool {
	return !slices.ContainsFunc(c.conds, func(k *cond) bool {
		return k.kind == guard && !but(k) && slices.ContainsFunc(g.pack.guards, func(o *cond) bool {
			return o.fact == k.fact && !slices.ContainsFunc(k.words, func(w string) bool { return slices.Contains(o.words, w) })
		})
	})
}

// arises says whether a ground can be given here. One that is a matter of its own, with claims for it alone, cannot where
// none of these concerns what is sold.
func (g *notice) arises(ground string) bool {
	alone := false
	for _, p := range g.b.edition[0] {
		for _, c := range p.claims {
			if len(c.grounds) == 1 && c.grounds[0] == ground {
				alone = true
				if g.told(c) && g.against(c) == nil {
					return true
				}
			}
		}
	}
	return !alone
}

// known is what a condition comes to by what is known of the product; open without one.
func (g *notice) known(k *cond) tri {
	if g.s == nil || k.is.win != nil {
		return open
	}
	v, presumed := g.s.cond(k, g.atoms[k])
	if presumed {
		return open
	}
	return v
}

// against is the first condition of a claim that the product fails, nil where none is known to.
func (g *notice) against(c *claim) *cond {
	for _, k := range c.conds {
		if g.known(k) == no {
			return k
		}
	}
	return nil
}

// excluded lists what does not apply to the product: whole packs, and claims of the others, by the reason.
func (g *notice) excluded() {
	if g.s == nil {
		return
	}
	add := func(because, text string) {
		i := slices.IndexFunc(g.out.NotHere, func(x Exclusion) bool { return x.Because == because })
		if i < 0 {
			i = len(g.out.NotHere)
			g.out.NotHere = append(g.out.NotHere, Exclusion{Because: because})
		}
		if !slices.Contains(g.out.NotHere[i].What, text) {
			g.out.NotHere[i].What = append(g.out.NotHere[i].What, text)
		}
	}
	own := func(k *cond) bool { return slices.Contains(g.pack.guards, k) }
	for _, p := range append(slices.Clone(g.own), g.law...) {
		for _, c := range p.claims {
			k := g.against(c)
			switch {
			case !g.sold(c, own):
			case k == nil || !g.told(c):
			case slices.Contains(p.guards, k) && p.Layer != Law:
				add(g.guard(k), g.say("rule.page_whole", errs.Args{"pack": g.in(p.Title)}))
			case k.kind == guard:
				add(g.guard(k), g.clauseOf(c))
			default:
				add(g.reason(c.id, k.orElse, nil), g.clauseOf(c))
			}
		}
	}
}

// clauseOf is what a claim promises, of the law's with its source.
func (g *notice) clauseOf(c *claim) string {
	if c.pack.Layer == Law {
		return g.clause(c.id)
	}
	return g.promise(c.id)
}
