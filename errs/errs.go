// Package errs is the one error type of Sanbao.
//
// An error's Code is decided where the fault is known and turned into an HTTP status or an exit code once, at the
// edge. Its text is not stored: Key and Args are rendered in the reader's language by Text. Wrap an error with the
// operation that met it (fmt.Errorf("open ledger: %w", err)); As finds the *Error again.
package errs

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Code says what kind of fault it is, and so what a caller may do about it.
type Code string

const (
	Invalid         Code = "invalid"         // the input is wrong; Fields say where
	Unauthenticated Code = "unauthenticated" // no usable credentials
	Forbidden       Code = "forbidden"       // known, but not permitted
	NotFound        Code = "not_found"       // no such thing in this shop
	Conflict        Code = "conflict"        // the thing is in another state or version than the caller believed
	Denied          Code = "denied"          // a policy said no; Args carry the decision and its reasons
	RateLimited     Code = "rate_limited"    // too often; try later
	Unavailable     Code = "unavailable"     // a dependency is away; try later
	Internal        Code = "internal"        // our fault
)

// Args are the values a message text names in braces.
type Args map[string]any

// Field is one faulty input: where it is (a JSON pointer, a column, a file position) and what is wrong with it.
type Field struct {
	Path string `json:"path"`
	Key  string `json:"key"`
	Args Args   `json:"args,omitempty"`
}

// Error is the one error type. Key names a message of the catalogue.
type Error struct {
	Code   Code
	Key    string
	Args   Args
	Fields []Field
	Err    error // cause, for the log; never shown to a customer
}

// New makes an error of a code with a message key and, optionally, its arguments.
func New(code Code, key string, args ...Args) *Error {
	e := &Error{Code: code, Key: key}
	for _, a := range args {
		if e.Args == nil {
			e.Args = Args{}
		}
		maps.Copy(e.Args, a)
	}
	return e
}

// Wrap makes an error of a code and key caused by err.
func Wrap(err error, code Code, key string, args ...Args) *Error {
	e := New(code, key, args...)
	e.Err = err
	return e
}

// Error is for logs and developers: code, key, arguments in a fixed order, fields, cause.
func (e *Error) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %s", e.Code, e.Key)
	for _, k := range slices.Sorted(maps.Keys(e.Args)) {
		fmt.Fprintf(&b, " %s=%v", k, e.Args[k])
	}
	for _, f := range e.Fields {
		fmt.Fprintf(&b, "; %s: %s", f.Path, f.Key)
		for _, k := range slices.Sorted(maps.Keys(f.Args)) {
			fmt.Fprintf(&b, " %s=%v", k, f.Args[k])
		}
	}
	if e.Err != nil {
		fmt.Fprintf(&b, ": %v", e.Err)
	}
	return b.String()
}

func (e *Error) Unwrap() error { return e.Err }

// Clip shortens what somebody typed to forty characters, for quoting it in an argument of a message.
func Clip(s string) string {
	n := 0
	for i := range s {
		if n == 40 {
			return s[:i] + "…"
		}
		n++
	}
	return s
}

// As returns the *Error inside err. An error that carries none is our fault: it comes back as Internal around err.
// As(nil) is nil.
func As(err error) *Error {
	if err == nil {
		return nil
	}
	if e, ok := errors.AsType[*Error](err); ok {
		return e
	}
	return Wrap(err, Internal, "internal")
}

// CodeOf is As(err).Code, and "" for nil.
func CodeOf(err error) Code {
	if err == nil {
		return ""
	}
	return As(err).Code
}

// Faults collects field faults, so that a person hears of all of them at once.
type Faults struct{ fields []Field }

// Add notes one fault.
func (f *Faults) Add(path, key string, args ...Args) {
	x := Field{Path: path, Key: key}
	for _, a := range args {
		if x.Args == nil {
			x.Args = Args{}
		}
		maps.Copy(x.Args, a)
	}
	f.fields = append(f.fields, x)
}

// Err is nil when nothing was added, else one Invalid error with every fault.
func (f *Faults) Err() error {
	if len(f.fields) == 0 {
		return nil
	}
	return &Error{Code: Invalid, Key: "invalid_input", Args: Args{"count": len(f.fields)}, Fields: f.fields}
}
