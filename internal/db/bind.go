package db

import (
	"database/sql/driver"
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/sanbao/sanbao/errs"
)

// bind turns arguments into the few types that both engines treat alike: nil, int64, float64, bool, string, []byte.
// A pointer binds what it points at, or NULL; a nil []byte is NULL; a driver.Valuer binds its Value; other types bind
// as their underlying kind. time.Time is refused: an instant is a clock.Instant.
func bind(args []any) ([]any, error) {
	if len(args) == 0 {
		return nil, nil
	}
	out := make([]any, len(args))
	for i, a := range args {
		v, err := bindOne(a)
		if err != nil {
			return nil, fmt.Errorf("db: argument $%d: %w", i+1, err)
		}
		out[i] = v
	}
	return out, nil
}

func bindOne(a any) (any, error) {
	switch v := a.(type) {
	case nil, int64, bool, float64:
		return v, nil
	case string:
		return v, checkText(v)
	case int:
		return int64(v), nil
	case []byte:
		if v == nil {
			return nil, nil
		}
		return v, nil
	}
	v := reflect.ValueOf(a)
	if v.Kind() == reflect.Pointer && v.IsNil() {
		return nil, nil
	}
	if valuer, ok := a.(driver.Valuer); ok {
		x, err := valuer.Value()
		if err != nil {
			return nil, err
		}
		if _, again := x.(driver.Valuer); again {
			return nil, fmt.Errorf("%T gives another Valuer", a)
		}
		return bindOne(x)
	}
	return bindKind(v)
}

// checkText refuses what PostgreSQL does not store, on both engines: a NUL, and bytes that are no UTF-8.
func checkText(s string) error {
	if strings.IndexByte(s, 0) >= 0 || !utf8.ValidString(s) {
		return errs.New(errs.Invalid, "db.text")
	}
	return nil
}

func bindKind(v reflect.Value) (any, error) {
	switch v.Kind() {
	case reflect.Pointer:
		return bindOne(v.Elem().Interface())
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return v.Int(), nil
	case reflect.Uint8, reflect.Uint16, reflect.Uint32:
		return int64(v.Uint()), nil
	case reflect.String:
		return v.String(), checkText(v.String())
	case reflect.Bool:
		return v.Bool(), nil
	case reflect.Float32, reflect.Float64:
		return v.Float(), nil
	case reflect.Slice:
		if v.Type().Elem().Kind() == reflect.Uint8 {
			return bindOne(v.Bytes())
		}
	}
	return nil, fmt.Errorf("a %s cannot be bound", v.Type())
}

// In is a list of n placeholders that starts with $first: In(3, 2) is "($3,$4)". In(1, 0) is "(NULL)", which nothing
// is in. Keep lists under about 500: every length is a statement of its own.
func In(first, n int) string {
	if n == 0 {
		return "(NULL)"
	}
	var b strings.Builder
	sep := "("
	for i := range n {
		b.WriteString(sep + "$" + strconv.Itoa(first+i))
		sep = ","
	}
	return b.String() + ")"
}

// Args are the arguments of a statement whose list of placeholders follows others: first of them, then the list.
func Args[T any](list []T, first ...any) []any {
	out := append(make([]any, 0, len(first)+len(list)), first...)
	for _, v := range list {
		out = append(out, v)
	}
	return out
}
