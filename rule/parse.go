package rule

import (
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/sanbao/sanbao/errs"
	"github.com/sanbao/sanbao/money"
)

// ParseFacts reads what Facts.MarshalJSON wrote; money is in minor units.
func (v *Vocabulary) ParseFacts(json []byte) (Facts, error) {
	if fs, ok := v.readStored(json); ok {
		return fs, nil
	}
	return v.ReadFacts("facts", json, "")
}

// ReadFacts reads a mapping of facts that a person wrote, in YAML or JSON: name → value at the fact's own stage, or
// name → {stage: value, …}. Money is in major units of the currency ("199.00"). Every fault is a field
// "file:line:column" of one Invalid error.
func (v *Vocabulary) ReadFacts(file string, data []byte, c money.Currency) (Facts, error) {
	r := &reader{currency: c}
	fs := Facts{}
	if root := r.document(file, data); root != nil {
		v.readFacts(r, root, fs, 0)
	}
	return fs, r.err()
}

// readFacts adds a mapping of facts to fs. A bare value stands at stage at, or at the fact's own stage where at is 0; ~
// takes the fact out.
func (v *Vocabulary) readFacts(r *reader, n *yaml.Node, fs Facts, at Stage) {
	for _, p := range r.pairs(n, "facts") {
		i, ok := v.index[p.key.Value]
		if !ok {
			r.fault(p.key, "rule.fact_unknown", "name", p.key.Value, "hint", hint(p.key.Value, v.Names()))
			continue
		}
		f := v.facts[i]
		switch {
		case p.val.Kind == yaml.ScalarNode && p.val.Tag == "!!null":
			delete(fs, f.name)
		case p.val.Kind == yaml.MappingNode:
			for _, q := range r.pairs(p.val, f.name) {
				stage, known := ParseStage(q.key.Value)
				if !known {
					r.fault(q.key, "rule.stage_unknown", "stage", q.key.Value, "stages", strings.Join(stageNames[1:], " "))
					continue
				}
				v.readFact(r, q.val, f, stage, fs)
			}
		case at == 0:
			v.readFact(r, p.val, f, f.Stage, fs)
		default:
			v.readFact(r, p.val, f, at, fs)
		}
	}
}

func (v *Vocabulary) readFact(r *reader, n *yaml.Node, f *fact, at Stage, fs Facts) {
	val, ok := r.value(n, f.typ, f.name)
	if !ok {
		return
	}
	if key, args := f.admits(val); key != "" {
		if f.typ == TypeMoney && r.currency != "" {
			args["got"], args["min"], args["max"] = r.major(val.n), r.major(args["min"].(int64)), r.major(args["max"].(int64))
		}
		r.faults = append(r.faults, Fault{File: r.file, Line: n.Line, Col: n.Column, Key: key, Args: args})
		return
	}
	fs.Put(f.name, at, val)
}

// ParseValue reads one value of a fact from JSON: true, "shoes", 7, minor units of money, "2026-11-21", RFC 3339.
func (v *Vocabulary) ParseValue(fact string, json []byte) (Value, error) {
	i, ok := v.index[fact]
	if !ok {
		return Value{}, errs.New(errs.Invalid, "rule.fact_unknown", errs.Args{"name": fact, "hint": hint(fact, v.Names())})
	}
	if val, ok := plainValue(v.facts[i], json); ok {
		return val, nil
	}
	r := &reader{}
	fs := Facts{}
	if root := r.document(fact, json); root != nil {
		v.readFact(r, root, v.facts[i], v.facts[i].Stage, fs)
	}
	if err := r.err(); err != nil {
		return Value{}, err
	}
	if len(fs) == 0 {
		return Value{}, errs.New(errs.Invalid, "rule.value_type", errs.Args{"what": fact, "got": string(json), "want": v.facts[i].typ.String(), "like": v.facts[i].typ.example()})
	}
	return fs[fact][0].Value, nil
}

// plainValue reads the values that nearly all are, true, false, a word, without the machinery that places faults in files.
// What it does not know, or does not like, is not ok: ParseValue then says what is wrong with it.
func plainValue(f *fact, json []byte) (Value, bool) {
	text := string(json)
	var val Value
	switch {
	case f.typ == TypeBool && (text == "true" || text == "false"):
		val = BoolValue(text == "true")
	case f.typ == TypeEnum && len(text) > 2 && text[0] == '"' && codeName.MatchString(text[1:len(text)-1]) && text[len(text)-1] == '"':
		val = EnumValue(text[1 : len(text)-1])
	default:
		return val, false
	}
	key, _ := f.admits(val)
	return val, key == ""
}
