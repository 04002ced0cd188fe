package rule

import (
	"bytes"
	"strconv"

	"github.com/sanbao/sanbao/calendar"
	"github.com/sanbao/sanbao/clock"
)

// readStored reads facts in the one form that Facts.MarshalJSON writes: no spaces, no escapes, stages in order. It says
// false for everything else, which the reader of YAML then reads or refuses with a place.
func (v *Vocabulary) readStored(doc []byte) (Facts, bool) {
	s := scanner{doc}
	n := bytes.Count(doc, []byte(`":{`))
	fs, all := make(Facts, n), make([]Reading, 0, bytes.Count(doc, []byte(`":`))-n)
	for sep := byte('{'); ; sep = ',' {
		if n == 0 && sep == '{' {
			return fs, string(doc) == "{}"
		}
		name, ok := s.key(sep)
		i, known := v.index[string(name)]
		if !ok || !known || fs[v.facts[i].name] != nil {
			return nil, false
		}
		f, first := v.facts[i], len(all)
		for sep := byte('{'); ; sep = ',' {
			word, ok := s.key(sep)
			stage, known := stageOf(word)
			if !ok || !known || len(all) > first && all[len(all)-1].Stage >= stage {
				return nil, false
			}
			val, ok := s.value(f)
			if !ok {
				return nil, false
			}
			all = append(all, Reading{stage, val})
			if !s.next(',') {
				break
			}
		}
		if !s.take('}') {
			return nil, false
		}
		fs[f.name] = all[first:len(all):len(all)]
		if !s.next(',') {
			return fs, s.take('}') && len(s.rest) == 0
		}
	}
}

// stageOf is ParseStage without a copy of the word.
func stageOf(word []byte) (Stage, bool) {
	for i, s := range stageNames {
		if i > 0 && string(word) == s {
			return Stage(i), true
		}
	}
	return 0, false
}

// scanner walks over JSON that has no space in it.
type scanner struct{ rest []byte }

func (s *scanner) next(c byte) bool { return len(s.rest) > 0 && s.rest[0] == c }

func (s *scanner) take(c byte) bool {
	if !s.next(c) {
		return false
	}
	s.rest = s.rest[1:]
	return true
}

// key takes a separator, a key and its colon.
func (s *scanner) key(sep byte) ([]byte, bool) {
	if !s.take(sep) {
		return nil, false
	}
	k, ok := s.text()
	return k, ok && s.take(':')
}

// text takes a quoted text without escapes.
func (s *scanner) text() ([]byte, bool) {
	if !s.take('"') {
		return nil, false
	}
	i := bytes.IndexByte(s.rest, '"')
	if i < 0 || bytes.IndexByte(s.rest[:i], '\\') >= 0 {
		return nil, false
	}
	out := s.rest[:i]
	s.rest = s.rest[i+1:]
	return out, true
}

// value takes a value of a fact, and refuses what the fact does not admit.
func (s *scanner) value(f *fact) (val Value, ok bool) {
	switch f.typ {
	case TypeBool:
		for _, b := range []bool{false, true} {
			if rest, found := bytes.CutPrefix(s.rest, strconv.AppendBool(nil, b)); found {
				s.rest, val = rest, BoolValue(b)
			}
		}
	case TypeInt, TypeMoney:
		i := 0
		for i < len(s.rest) && (s.rest[i] == '-' || s.rest[i] >= '0' && s.rest[i] <= '9') {
			i++
		}
		n, err := strconv.ParseInt(string(s.rest[:i]), 10, 64)
		if err != nil || strconv.FormatInt(n, 10) != string(s.rest[:i]) {
			return val, false
		}
		s.rest, val = s.rest[i:], Value{typ: f.typ, n: n}
	default:
		text, ok := s.text()
		if !ok {
			return val, false
		}
		if val, ok = f.worded(text); !ok {
			return val, false
		}
	}
	key, _ := f.admits(val)
	return val, key == ""
}

// worded is a word, day or instant; a word is the declaration's own string.
func (f *fact) worded(text []byte) (Value, bool) {
	switch f.typ {
	case TypeEnum:
		for _, c := range f.Values {
			if c.Word == string(text) {
				return EnumValue(c.Word), true
			}
		}
	case TypeDate:
		d, err := calendar.ParseDate(string(text))
		return DateValue(d), err == nil
	case TypeInstant:
		at, err := clock.Parse(string(text))
		return InstantValue(at), err == nil
	}
	return Value{}, false
}
