package rule

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"github.com/sanbao/sanbao/calendar"
	"github.com/sanbao/sanbao/clock"
	"github.com/sanbao/sanbao/errs"
)

// Text is a text in the two languages that are written by hand.
type Text = errs.Text

// Stage is a point in the life of a matter at which facts become known and at which Decide can be asked.
type Stage uint8

const (
	AtOrder       Stage = iota + 1 // sold and paid
	AtApplication                  // the customer asks
	AtEvidence                     // photos, receipts, certificates have come
	AtReceipt                      // the parcel is here
	AtInspection                   // a person has looked at the goods
	AtAppraisal                    // an appraiser or laboratory has
	After                          // settled; follow-up
)

var stageNames = [...]string{"", "order", "application", "evidence", "receipt", "inspection", "appraisal", "after"}

func (s Stage) String() string {
	if int(s) < len(stageNames) {
		return stageNames[s]
	}
	return ""
}

// ParseStage reads a stage's name; false for anything else.
func ParseStage(name string) (Stage, bool) {
	i := slices.Index(stageNames[:], name)
	return Stage(max(i, 0)), i > 0
}

func (s Stage) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

func (s *Stage) UnmarshalText(b []byte) error {
	p, ok := ParseStage(string(b))
	if !ok {
		return errs.New(errs.Invalid, "rule.stage_unknown", errs.Args{"stage": string(b), "stages": strings.Join(stageNames[1:], " ")})
	}
	*s = p
	return nil
}

// Ask says who can answer for a fact, several joined with |. The cheapest answerer comes first.
type Ask uint8

const (
	System    Ask = 1 << iota // found in our own records
	Customer                  // the person who bought it
	Agent                     // after-sales service
	Warehouse                 // whoever unpacks the parcel
	Inspector                 // whoever judges the goods
	Appraiser                 // an appraiser or laboratory
)

var askNames = [...]string{"system", "customer", "agent", "warehouse", "inspector", "appraiser"}

// Names lists the answerers, cheapest first.
func (a Ask) Names() []string {
	var out []string
	for i, n := range askNames {
		if a&(1<<i) != 0 {
			out = append(out, n)
		}
	}
	return out
}

func (a Ask) MarshalJSON() ([]byte, error) { return json.Marshal(a.Names()) }

// Part marks the money facts that refunds are made of.
type Part string

const (
	PartGoods           Part = "goods"            // net price of the units asked for, by the money rules of units
	PartOutboundFreight Part = "outbound_freight" // what the customer paid for the first delivery of those units
)

// Choice is one value of an enum fact.
type Choice struct {
	Word  string
	Label Text
}

// Def says what a fact is. Stage, Ask and Label are required.
type Def struct {
	Stage       Stage // when it can be established; declared earlier, it is only a declaration
	Ask         Ask
	Label, Help Text
	Values      []Choice // enum: at least one
	Min, Max    int64    // int and money, both inclusive; both zero means 0 to MaxAmount
	AppliesWhen string   // boolean expression over other facts; where it is false the fact is not applicable
	Sensitive   bool     // health and the like: shown to few, erased on request
	Evidenced   bool     // an answer needs a photo or paper beside it
	MayBeFuture bool     // date or instant that may lie after the decision (promised_by)
	NotBefore   string   // date or instant: the fact of the same type that it cannot come before, which proofs rely on
	Part        Part     // money: the part of a refund it is
}

// MaxAmount bounds ints and money in facts (ten thousand million in major units of two decimals), so that sums of a
// pack's expressions stay in range.
const MaxAmount = 1_000_000_000_000

// Fact is a declared fact of any type; Handle and its makers below produce them.
type Fact interface{ declared() *fact }

type fact struct {
	name string
	typ  Type
	Def
	json string // how a reading at the fact's own stage begins in canonical JSON
}

// Handle is a fact whose values are of the Go type T. Slices keep their handles in package variables:
//
//	var SignedOn = rule.DateFact("line.signed_on", rule.Def{Stage: rule.AtOrder, Ask: rule.System, Label: …})
//	SignedOn.Set(fs, date)
type Handle[T any] struct {
	f    *fact
	to   func(T) Value
	from func(Value) T
}

func (h Handle[T]) declared() *fact { return h.f }

// Name is the fact's name in packs: "line.signed_on".
func (h Handle[T]) Name() string { return h.f.name }

// Set establishes the fact: v at the fact's own stage.
func (h Handle[T]) Set(fs Facts, v T) { fs.Put(h.f.name, h.f.Stage, h.to(v)) }

// SetAt records a value given at a stage. Before the fact's own stage it is a declaration, which presumptions use and
// findings override.
func (h Handle[T]) SetAt(fs Facts, at Stage, v T) { fs.Put(h.f.name, at, h.to(v)) }

// Get is the value of the latest stage, false when there is none.
func (h Handle[T]) Get(fs Facts) (v T, ok bool) {
	rs := fs[h.f.name]
	if len(rs) == 0 {
		return v, false
	}
	return h.from(rs[len(rs)-1].Value), true
}

func handle[T any](name string, typ Type, d Def, to func(T) Value, from func(Value) T) Handle[T] {
	return Handle[T]{&fact{name, typ, d, `"` + name + `":{"` + d.Stage.String() + `":`}, to, from}
}

// BoolFact, EnumFact, IntFact, MoneyFact (minor units), DateFact and InstantFact declare a fact. NewVocabulary checks
// the declaration.
func BoolFact(name string, d Def) Handle[bool] {
	return handle(name, TypeBool, d, BoolValue, Value.Bool)
}
func EnumFact(name string, d Def) Handle[string] {
	return handle(name, TypeEnum, d, EnumValue, Value.Word)
}
func IntFact(name string, d Def) Handle[int64] { return handle(name, TypeInt, d, IntValue, Value.Int) }
func MoneyFact(name string, d Def) Handle[int64] {
	return handle(name, TypeMoney, d, MoneyValue, Value.Int)
}
func DateFact(name string, d Def) Handle[calendar.Date] {
	return handle(name, TypeDate, d, DateValue, Value.Date)
}
func InstantFact(name string, d Def) Handle[clock.Instant] {
	return handle(name, TypeInstant, d, InstantValue, Value.Instant)
}

// Reading is one value of a fact and the stage at which it was given. Who gave it, when and with what evidence is kept
// by the findings of the line, not here: facts name no person.
type Reading struct {
	Stage Stage
	Value Value
}

// Facts are the readings of each known fact, in the order of their stages. A fact that is absent is unknown.
type Facts map[string][]Reading

// Put records a value of a fact given at a stage. A second value of the same stage replaces the first.
func (fs Facts) Put(name string, at Stage, v Value) {
	rs := fs[name]
	i, found := slices.BinarySearchFunc(rs, at, func(r Reading, s Stage) int { return int(r.Stage) - int(s) })
	if found {
		rs[i].Value = v
		return
	}
	fs[name] = slices.Insert(rs, i, Reading{at, v})
}

// Clone is a copy that can be changed.
func (fs Facts) Clone() Facts {
	c := maps.Clone(fs)
	for n, rs := range c {
		c[n] = slices.Clone(rs)
	}
	return c
}

// MarshalJSON writes {"goods.worn": {"application": false, "inspection": true}}: one byte sequence for equal facts.
// Vocabulary.ParseFacts reads it back. Names and words must be those of a vocabulary.
func (fs Facts) MarshalJSON() ([]byte, error) {
	b := []byte{'{'}
	for _, n := range slices.Sorted(maps.Keys(fs)) {
		b = appendReadings(b, n, fs[n])
	}
	return append(b, '}'), nil
}

// appendJSON is appendReadings for a declared fact, most of it made ready.
func (f *fact) appendJSON(b []byte, rs []Reading) []byte {
	if len(rs) != 1 || rs[0].Stage != f.Stage {
		return appendReadings(b, f.name, rs)
	}
	if b[len(b)-1] != '{' {
		b = append(b, ',')
	}
	return append(rs[0].Value.appendJSON(append(b, f.json...)), '}')
}

// appendReadings writes one fact into the canonical JSON that begins with b.
func appendReadings(b []byte, name string, rs []Reading) []byte {
	if b[len(b)-1] != '{' {
		b = append(b, ',')
	}
	b = append(append(append(b, '"'), name...), `":{`...)
	for i, r := range rs {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(append(append(b, '"'), r.Stage.String()...), `":`...)
		b = r.Value.appendJSON(b)
	}
	return append(b, '}')
}
