package apitest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// decode reads JSON with its numbers as they are written.
func decode(text []byte) (any, error) {
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	var v any
	err := d.Decode(&v)
	if err == nil && d.More() {
		err = fmt.Errorf("something follows the JSON")
	}
	return v, err
}

// text is a value as a person writes it: a string bare, the rest as JSON.
func text(v any) string {
	if s, ok := v.(string); ok {
		return s
	}
	return jsonOf(v)
}

func jsonOf(v any) string {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return err.Error() // only what was decoded from JSON gets here
	}
	return strings.TrimSpace(b.String())
}

// hop is one part of a path: a name, a place in a list, every member, or the first member with a value.
type hop struct {
	name       string
	place      int
	kind       byte // n, i, a, c
	key, value string
}

var hops = regexp.MustCompile(`^(?:\.?([^.\[\]]+)|\[(-?\d+)\]|(\[\])|\[([^=\]]+)=([^\]]*)\])`)

func parsePath(path string) ([]hop, error) {
	var out []hop
	for rest := path; rest != "" && rest != "."; {
		m := hops.FindStringSubmatch(rest)
		if m == nil {
			return nil, fmt.Errorf("path %q cannot be read at %q", path, rest)
		}
		rest = rest[len(m[0]):]
		switch {
		case m[1] != "":
			out = append(out, hop{kind: 'n', name: m[1]})
		case m[2] != "":
			n, err := strconv.Atoi(m[2])
			if err != nil {
				return nil, err
			}
			out = append(out, hop{kind: 'i', place: n})
		case m[3] != "":
			out = append(out, hop{kind: 'a'})
		default:
			out = append(out, hop{kind: 'c', key: m[4], value: m[5]})
		}
	}
	return out, nil
}

// follow finds what a path leads to; ok is false when there is nothing.
func follow(v any, path []hop) (found any, ok bool) {
	if len(path) == 0 {
		return v, true
	}
	h, rest := path[0], path[1:]
	if h.kind == 'n' {
		m, _ := v.(map[string]any)
		next, ok := m[h.name]
		if !ok {
			return nil, false
		}
		return follow(next, rest)
	}
	list, ok := v.([]any)
	if !ok {
		return nil, false
	}
	switch h.kind {
	case 'i':
		if h.place < 0 {
			h.place += len(list)
		}
		if h.place < 0 || h.place >= len(list) {
			return nil, false
		}
		return follow(list[h.place], rest)
	case 'c':
		for _, member := range list {
			if m, _ := member.(map[string]any); m != nil && m[h.key] != nil && text(m[h.key]) == h.value {
				return follow(member, rest)
			}
		}
		return nil, false
	}
	all := []any{}
	for _, member := range list {
		if x, ok := follow(member, rest); ok {
			all = append(all, x)
		}
	}
	return all, true
}

// wrong says how an answer differs from what is expected of it, "" when it does not.
func (e expectation) wrong(answer any) string {
	path, err := parsePath(e.path)
	if err != nil {
		return err.Error()
	}
	got, ok := follow(answer, path)
	if e.op == "absent" {
		if ok {
			return fmt.Sprintf("%s: expected nothing, got %s", e.path, jsonOf(got))
		}
		return ""
	}
	if !ok {
		return fmt.Sprintf("%s: expected %s %s, got nothing", e.path, e.op, e.want)
	}
	good, err := compare(e.op, got, e.want)
	switch {
	case err != nil:
		return fmt.Sprintf("%s: %v", e.path, err)
	case !good:
		return fmt.Sprintf("%s: expected %s %s, got %s", e.path, e.op, e.want, jsonOf(got))
	}
	return ""
}

func compare(op string, got any, want string) (bool, error) {
	switch op {
	case "=":
		return same(got, want), nil
	case "~":
		re, err := regexp.Compile(want)
		return err == nil && re.MatchString(text(got)), err
	case "has":
		return member(got, want), nil
	case "lacks":
		return !member(got, want), nil
	case "count":
		list, ok := got.([]any)
		return ok && strconv.Itoa(len(list)) == want, nil
	case "sums":
		return sums(got, want)
	}
	return true, nil // exists
}

// same compares with a value as a story writes it: JSON, or else a bare string.
func same(got any, want string) bool {
	if v, err := decode([]byte(want)); err == nil && jsonOf(v) == jsonOf(got) {
		return true
	}
	s, ok := got.(string)
	return ok && s == want
}

func member(got any, want string) bool {
	if list, ok := got.([]any); ok {
		for _, x := range list {
			if same(x, want) {
				return true
			}
		}
		return false
	}
	return strings.Contains(text(got), want)
}

func sums(got any, want string) (bool, error) {
	list, ok := got.([]any)
	if !ok {
		return false, fmt.Errorf("no list to sum: %s", jsonOf(got))
	}
	var sum int64
	for _, x := range list {
		n, err := strconv.ParseInt(text(x), 10, 64)
		if err != nil {
			return false, fmt.Errorf("not a whole number: %s", jsonOf(x))
		}
		sum += n
	}
	return strconv.FormatInt(sum, 10) == want, nil
}
