package rule

import (
	"regexp"

	"github.com/sanbao/sanbao/calendar"
	"github.com/sanbao/sanbao/money"
)

var (
	factName  = regexp.MustCompile(`^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)+$`)
	packName  = regexp.MustCompile(`^[a-z][a-z0-9-]{0,63}$`)
	codeName  = regexp.MustCompile(`^[a-z][a-z0-9_]{0,63}$`)
	wordForm  = regexp.MustCompile(`^[A-Za-z0-9._-]+$`)
	claimName = regexp.MustCompile(`^[a-z][a-z0-9-]{0,63}\.[a-z][a-z0-9_]{0,63}$`)
)

// Layer is whose pack it is. The order is the order of ties: the law first.
type Layer string

const (
	Law         Layer = "law"
	Marketplace Layer = "marketplace"
	Shop        Layer = "shop"
)

func (l Layer) rank() int { return map[Layer]int{Law: 0, Marketplace: 1, Shop: 2}[l] }

// Pack is one version of one policy, compiled. It is immutable.
type Pack struct {
	ID, Version  string
	Layer        Layer
	From, To     calendar.Date // first and last day in force
	Currency     money.Currency
	Title        Text
	Source       string
	Hash         string // SHA-256 of the rules: every file but texts.yaml and cases/
	Params       []Param
	Grounds      []Ground
	Alternatives []string // offered beside every refusal
	Texts        Texts
	Overrides    []Override // what of it has no force against the law, as it says itself

	guards []*cond // of the whole pack: in every claim
	claims []*claim
	tables []*table
	voc    *Vocabulary
	marks  map[string]mark // where things stand in the files, for findings
}

// Ref names the version.
func (p *Pack) Ref() PackRef {
	return PackRef{Pack: p.ID, Version: p.Version, Layer: p.Layer, Hash: p.Hash}
}

// Param is a number or amount a merchant may want to change.
type Param struct {
	Name  string
	Unit  string // days workdays months hours count percent money bool
	Value Value
	Title Text
	Cites []string
}

// Fault classes of grounds.
const undetermined = "undetermined"

// Ground is a reason for asking, with who is at fault.
type Ground struct {
	Name     string
	As       string // the ground it counts as, "" for none
	Fault    string // customer shop carrier supplier undetermined; "" is that of As
	Fallback bool   // tried when another ground fails
	Cites    []string
}

// Texts is a pack's wording, by code.
type Texts struct {
	Grounds, Reasons, Alternatives map[string]Text
	Customer, Agent                map[string]Text // by claim
	Sources                        map[string]Text // by the letters of a citation: CPL → "Consumer Law, art. {n}"
}

// mode of a claim.
type mode string

const (
	floor   mode = "floor"
	permit  mode = "permit"
	promise mode = "promise"
	offer   mode = "offer"
)

// claim is one promise: when it holds and what it gives.
type claim struct {
	id        string
	pack      *Pack
	mode      mode
	grounds   []string
	conds     []*cond // guards, window, if, unless: in the order they are written
	gives     []*gives
	otherwise []string
	check     bool // confidence: check
	cites     []string
	mark      mark
}

// kind of a condition inside its claim.
type kind uint8

const (
	guard  kind = iota // for: does the claim concern the matter at all
	must               // if, window: must hold
	except             // unless: must not hold
)

// presumption is what holds for facts of a later stage until they are established.
type presumption uint8

const (
	asDeclared presumption = iota
	presumeMet
	presumeUnmet
)

// cond is a named condition.
type cond struct {
	id      string
	kind    kind
	is      atom
	src     string // its expression as it is written; "" for a window
	orElse  string
	presume presumption
	cites   []string
	mark    mark

	fact  int      // of a guard: the fact
	words []string // and its allowed values
}

// atom is what a condition tests: an expression or a window.
type atom struct {
	ex  *expr
	win *window
}

func (a atom) key() string {
	if a.win != nil {
		return a.win.key
	}
	return a.ex.key
}

func (a atom) facts() []int {
	if a.win != nil {
		return a.win.facts
	}
	return a.ex.facts
}

// mark is a place in a file.
type mark struct {
	file      string
	line, col int
}

// right, best for the customer last.
type right int8

const (
	noRight right = iota
	review
	offered
	asOfRight
)

var rightNames = [...]string{"", "review", "offer", "as_of_right"}

// The freight legs and their bearers. better is the value that is better for the customer.
const (
	outbound = iota
	returnLeg
	resend
	refused
	legs
)

var legNames = [legs]string{"outbound", "return", "resend", "refused"}

// bearer of a leg: 0 unsaid, 1 the worse for the customer, 2 the better.
type bearer int8

func bearerName(leg int, b bearer) string {
	if leg == outbound {
		return [...]string{"", "kept", "refunded"}[b]
	}
	return [...]string{"", "customer", "shop"}[b]
}

// authority that must agree, least for the customer last. The zero value is unsaid.
var authorityNames = [...]string{"", "supervisor", "agent", "none"}

// gives is what a claim gives for one remedy.
type gives struct {
	remedy    Remedy
	right     right
	freight   [legs]bearer
	refund    *refund
	deducts   []deduct
	amount    *expr
	amountSrc string // as it is written
	evidence  []int  // facts
	due       *period
	sendBy    *period
	authority int8   // index of authorityNames
	table     *table // or the table that says it
	mark      mark
}

// refund is the basis of what goes back: goods, percent of it, or an amount.
type refund struct {
	percent int64  // 100 for goods
	amount  *expr  // instead
	src     string // the amount as it is written
}

// deduct is taken off a refund, by name.
type deduct struct {
	name string
	part string // as the parts of a refund are named: "deduct." and the name
	ex   *expr
	src  string // as it is written
}
