package rule

import (
	"encoding/binary"
	"fmt"
	"reflect"
	"strconv"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
	"cel.dev/cel-go/common/types/traits"

	"github.com/sanbao/sanbao/calendar"
	"github.com/sanbao/sanbao/clock"
)

// Type is the type of a fact, parameter or table column. Types do not mix in expressions: a date never compares with
// an instant, money never with a count.
type Type uint8

const (
	TypeBool    Type = iota + 1
	TypeEnum         // one of listed words
	TypeInt          // a count, days, a percentage
	TypeMoney        // minor units of the pack's currency
	TypeDate         // a day
	TypeInstant      // a point in time
)

var typeNames = [...]string{"", "bool", "enum", "int", "money", "date", "instant"}

func (t Type) String() string { return typeNames[t] }

// example is a value of the type as stored facts have it, for messages.
func (t Type) example() string {
	return [...]string{"", "true", "a_word", "7", "19900", "2026-11-21", "2026-11-21T10:00:00+08:00"}[t]
}

// Value is the value of a fact: a bool, word, number, amount, date or instant. Values compare with ==. The zero Value
// is no value.
type Value struct {
	typ Type
	n   int64 // bool 0/1, int, minor units, days since 1970-01-01, microseconds since the epoch
	s   string
}

// The makers of values.
func BoolValue(b bool) Value {
	if b {
		return Value{typ: TypeBool, n: 1}
	}
	return Value{typ: TypeBool}
}
func EnumValue(word string) Value         { return Value{typ: TypeEnum, s: word} }
func IntValue(n int64) Value              { return Value{typ: TypeInt, n: n} }
func MoneyValue(minor int64) Value        { return Value{typ: TypeMoney, n: minor} }
func DateValue(d calendar.Date) Value     { return Value{typ: TypeDate, n: int64(d)} }
func InstantValue(at clock.Instant) Value { return Value{typ: TypeInstant, n: int64(at)} }

// Type is the value's type, 0 for no value.
func (v Value) Type() Type { return v.typ }

// Bool, Int (ints and minor units), Date, Instant and Word read a value of the matching type.
func (v Value) Bool() bool             { return v.n != 0 }
func (v Value) Int() int64             { return v.n }
func (v Value) Date() calendar.Date    { return calendar.Date(v.n) }
func (v Value) Instant() clock.Instant { return clock.Instant(v.n) }
func (v Value) Word() string           { return v.s }

// String is the value as packs and cores write it: true, shoes, 7, 19900 (minor units), 2026-11-21, RFC 3339.
func (v Value) String() string {
	switch v.typ {
	case TypeBool:
		return strconv.FormatBool(v.n != 0)
	case TypeEnum:
		return v.s
	case TypeInt, TypeMoney:
		return strconv.FormatInt(v.n, 10)
	case TypeDate:
		return v.Date().String()
	case TypeInstant:
		return v.Instant().String()
	}
	return "?"
}

// append writes the value so that different values are different bytes.
func (v Value) append(b []byte) []byte {
	b = binary.AppendVarint(append(b, byte(v.typ)), v.n)
	return append(append(b, v.s...), 0)
}

// appendJSON writes the value as JSON: numbers and booleans bare, the rest as text.
func (v Value) appendJSON(b []byte) []byte {
	switch v.typ {
	case TypeBool:
		return strconv.AppendBool(b, v.n != 0)
	case TypeInt, TypeMoney:
		return strconv.AppendInt(b, v.n, 10)
	case TypeDate:
		return append(v.Date().Append(append(b, '"')), '"')
	}
	return append(append(append(b, '"'), v.String()...), '"')
}

// cel is the value in expressions.
func (v Value) cel() ref.Val {
	switch v.typ {
	case TypeBool:
		return types.Bool(v.n != 0)
	case TypeEnum:
		return types.String(v.s)
	case TypeInt:
		return types.Int(v.n)
	}
	return quantity{v.typ, v.n}
}

// The CEL types of facts. Money, dates and instants are opaque: only the operators declared in exprEnv work on them.
var (
	celMoney   = cel.ObjectType("money", traits.ComparerType|traits.AdderType|traits.SubtractorType)
	celDate    = cel.ObjectType("date", traits.ComparerType)
	celInstant = cel.ObjectType("instant", traits.ComparerType)
)

func (t Type) cel() *cel.Type {
	return [...]*cel.Type{nil, cel.BoolType, cel.StringType, cel.IntType, celMoney, celDate, celInstant}[t]
}

// quantity is money, a date or an instant inside an expression.
type quantity struct {
	typ Type
	n   int64
}

func (q quantity) ConvertToNative(reflect.Type) (any, error) { return q.n, nil }
func (q quantity) ConvertToType(t ref.Type) ref.Val {
	return types.NewErr("%v does not convert to %v", q.typ, t)
}
func (q quantity) Equal(o ref.Val) ref.Val { return types.Bool(o == ref.Val(q)) }
func (q quantity) Type() ref.Type          { return q.typ.cel() }
func (q quantity) Value() any              { return q.n }
func (q quantity) String() string          { return fmt.Sprintf("%v(%d)", q.typ, q.n) }

// Compare orders two quantities of one type.
func (q quantity) Compare(o ref.Val) ref.Val {
	p, ok := o.(quantity)
	switch {
	case !ok || p.typ != q.typ:
		return types.MaybeNoSuchOverloadErr(o)
	case q.n < p.n:
		return types.IntNegOne
	case q.n > p.n:
		return types.IntOne
	}
	return types.IntZero
}

// Add and Subtract are for money; leaving the int64 range is an error.
func (q quantity) Add(o ref.Val) ref.Val      { return q.sum(o, types.Int.Add) }
func (q quantity) Subtract(o ref.Val) ref.Val { return q.sum(o, types.Int.Subtract) }

func (q quantity) sum(o ref.Val, op func(types.Int, ref.Val) ref.Val) ref.Val {
	p, ok := o.(quantity)
	if !ok || p.typ != TypeMoney || q.typ != TypeMoney {
		return types.MaybeNoSuchOverloadErr(o)
	}
	n, ok := op(types.Int(q.n), types.Int(p.n)).(types.Int)
	if !ok {
		return types.NewErr("money out of range")
	}
	return quantity{TypeMoney, int64(n)}
}

// valueOf reads an expression's result back, as a value of a wanted type.
func valueOf(v ref.Val, want Type) (Value, bool) {
	switch x := v.(type) {
	case types.Bool:
		return BoolValue(bool(x)), want == TypeBool
	case types.String:
		return EnumValue(string(x)), want == TypeEnum
	case types.Int:
		return IntValue(int64(x)), want == TypeInt
	case quantity:
		return Value{typ: x.typ, n: x.n}, want == x.typ
	}
	return Value{}, false
}
