package apitest

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// Story is a file of steps.
type Story struct {
	File  string // as it was opened, for messages
	Title string
	Shop  string // the pack of the shop it plays in: "snack"; "shoes" when it does not say
	steps []step
}

// step is one line of a story that does something, with the lines that belong to it.
type step struct {
	line int    // in the file
	verb string // step, fault, heading, let, clock, jobs, gateway
	text string // what follows the verb

	ask     *request // of step and fault
	advance time.Duration
}

// request is one call and what must come of it.
type request struct {
	line       int
	role       string
	method     string
	path       string
	status     int
	key        string // of the problem, for a fault
	body       string
	onceKey    string
	twice      bool
	eventually bool
	expect     []expectation
	save       []saving
}

type expectation struct {
	line           int
	path, op, want string
}

type saving struct {
	line       int
	name, path string
}

// Name is the file's name without folder and ending.
func (s *Story) Name() string {
	return strings.TrimSuffix(filepath.Base(s.File), filepath.Ext(s.File))
}

// Read reads and parses a story's file.
func Read(file string) (*Story, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	return Parse(file, string(text))
}

// Parse reads a story. An error names file and line.
func Parse(file, text string) (*Story, error) {
	p := &parser{s: &Story{File: file, Shop: "shoes"}}
	for i, line := range strings.Split(text, "\n") {
		if err := p.take(i+1, strings.TrimRight(line, " \t\r")); err != nil {
			return nil, fmt.Errorf("%s:%d: %w", file, i+1, err)
		}
	}
	for _, st := range p.s.steps {
		if (st.verb == "step" || st.verb == "fault") && st.ask == nil {
			return nil, fmt.Errorf("%s:%d: %s without a request", file, st.line, st.verb)
		}
	}
	if p.s.Title == "" {
		return nil, fmt.Errorf("%s:1: a story begins with its title", file)
	}
	return p.s, nil
}

type parser struct{ s *Story }

func (p *parser) take(n int, line string) error {
	switch {
	case line == "" || strings.HasPrefix(line, "#"):
		return nil
	case line[0] == ' ' || line[0] == '\t':
		return p.body(line)
	}
	word, rest, _ := strings.Cut(line, " ")
	rest = strings.TrimSpace(rest)
	switch word {
	case "title":
		p.s.Title = rest
		return nil
	case "shop":
		p.s.Shop = rest
		if _, ok := shops[rest]; !ok {
			return fmt.Errorf("there is no shop %q", rest)
		}
		return nil
	case "==":
		p.add(step{line: n, verb: "heading", text: rest})
		return nil
	case "step", "fault", "let", "jobs", "gateway":
		p.add(step{line: n, verb: word, text: rest})
		return nil
	case "clock":
		d, err := duration(rest)
		p.add(step{line: n, verb: word, text: rest, advance: d})
		return err
	}
	if word != strings.ToLower(word) {
		return fmt.Errorf("%q begins no line of a story", word)
	}
	return p.detail(n, word, rest)
}

func (p *parser) add(s step) { p.s.steps = append(p.s.steps, s) }

// last is the step that the present line belongs to.
func (p *parser) last() (*step, error) {
	if len(p.s.steps) > 0 {
		if s := &p.s.steps[len(p.s.steps)-1]; s.verb == "step" || s.verb == "fault" {
			return s, nil
		}
	}
	return nil, fmt.Errorf("this line belongs to no step")
}

func (p *parser) body(line string) error {
	s, err := p.last()
	if err == nil && s.ask == nil {
		err = fmt.Errorf("a body before its request")
	}
	if err != nil {
		return err
	}
	s.ask.body += strings.TrimSpace(line) + "\n"
	return nil
}

// detail reads the request of a step and what is expected of it.
func (p *parser) detail(n int, word, rest string) error {
	s, err := p.last()
	if err != nil {
		return err
	}
	if s.ask == nil {
		s.ask, err = parseRequest(n, word, rest, s.verb == "fault")
		return err
	}
	switch word {
	case "twice":
		s.ask.twice = true
		if s.verb == "fault" || s.ask.method != "POST" {
			return fmt.Errorf("only a POST that succeeds can be asked twice")
		}
	case "eventually":
		s.ask.eventually = true
		if s.ask.method != "GET" {
			return fmt.Errorf("only a GET can be asked until it is so")
		}
	case "key":
		s.ask.onceKey = rest
	case "save":
		name, path, ok := strings.Cut(rest, " = ")
		if !ok {
			return fmt.Errorf("write: save NAME = PATH")
		}
		s.ask.save = append(s.ask.save, saving{n, strings.TrimSpace(name), strings.TrimSpace(path)})
	case "expect":
		e, err := parseExpectation(n, rest)
		s.ask.expect = append(s.ask.expect, e)
		return err
	default:
		return fmt.Errorf("%q is not known here", word)
	}
	return nil
}

func parseRequest(n int, role, rest string, fault bool) (*request, error) {
	words := strings.Fields(rest)
	want, form := 3, "ROLE METHOD PATH STATUS"
	if fault {
		want, form = 4, "ROLE METHOD PATH STATUS KEY"
	}
	if len(words) != want {
		return nil, fmt.Errorf("write: %s", form)
	}
	status, err := strconv.Atoi(words[2])
	if err != nil || fault != (status >= 400) {
		return nil, fmt.Errorf("status %q: a step succeeds, a fault is refused", words[2])
	}
	r := &request{line: n, role: role, method: words[0], path: words[1], status: status}
	if fault {
		r.key = words[3]
	}
	return r, nil
}

var operators = map[string]bool{"=": true, "~": true, "has": true, "lacks": true, "count": true, "sums": true, "exists": false, "absent": false}

func parseExpectation(n int, rest string) (expectation, error) {
	path, op, _ := strings.Cut(rest, " ")
	op, want, _ := strings.Cut(strings.TrimSpace(op), " ")
	e := expectation{line: n, path: path, op: op, want: strings.TrimSpace(want)}
	valued, known := operators[op]
	if !known || valued != (e.want != "") {
		return e, fmt.Errorf("write: expect PATH = VALUE, or ~ has lacks count sums exists absent")
	}
	return e, nil
}

var span = regexp.MustCompile(`^([+-]\d+)([dhm]?)$`)

// duration reads "+3d", "-36h", "+5m"; without a unit it is days.
func duration(s string) (time.Duration, error) {
	m := span.FindStringSubmatch(s)
	if m == nil {
		return 0, fmt.Errorf("%q is not like +3d, -36h or +5m", s)
	}
	n, err := strconv.Atoi(m[1])
	unit := map[string]time.Duration{"": 24 * time.Hour, "d": 24 * time.Hour, "h": time.Hour, "m": time.Minute}[m[2]]
	return time.Duration(n) * unit, err
}
