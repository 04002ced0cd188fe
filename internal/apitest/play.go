package apitest

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"strings"
	"time"

	"github.com/sanbao/sanbao/clock"
	"github.com/sanbao/sanbao/internal/id"
	"github.com/sanbao/sanbao/internal/settle"
)

// Target is the server a story is played against.
type Target struct {
	Base   string // "http://127.0.0.1:8080"
	Client *http.Client
	Admin  string // an administrator's token
	Lang   string // of refusals that are shown, e.g. "zh-CN"

	Clock   clock.Clock
	Turn    func(time.Duration)         // turns the server's clock; nil for a running server
	Jobs    func(context.Context) error // runs what is due; nil for a running server, which does so by itself
	Gateway func(...settle.Turn)        // scripts the payment provider; nil for a running server

	Tell func(line string) // hears what happens, step by step; nil for silence
}

// play is one story being played.
type play struct {
	Target
	story  *Story
	run    string // makes keys and codes of this run its own
	vars   map[string]string
	tokens map[string]string // by role
	calls  int
}

// answer is what came back.
type answer struct {
	status int
	header http.Header
	body   string
	doc    any // the body as JSON; nil when it is none
}

// Play opens a shop and plays a story in it. It stops at the first step that does not turn out as written.
func (t Target) Play(ctx context.Context, s *Story) error {
	p := &play{Target: t, story: s, run: id.New().String(), vars: map[string]string{}, tokens: map[string]string{"admin": t.Admin, "nobody": ""}}
	if p.Tell == nil {
		p.Tell = func(string) {}
	}
	if err := p.openShop(ctx); err != nil {
		return fmt.Errorf("%s: open a shop: %w", s.File, err)
	}
	p.Tell(s.Title)
	for _, st := range s.steps {
		if err := p.do(ctx, st); err != nil {
			return fmt.Errorf("%s:%w", s.File, err)
		}
	}
	return nil
}

func (p *play) do(ctx context.Context, s step) error {
	var err error
	switch s.verb {
	case "heading":
		p.Tell("  " + s.text)
	case "let":
		name, value, ok := strings.Cut(s.text, " = ")
		if !ok {
			return fmt.Errorf("%d: write: let NAME = VALUE", s.line)
		}
		p.vars[name], err = p.fill(value)
	case "clock":
		if p.Turn == nil {
			return fmt.Errorf("%d: the clock of a running server cannot be turned", s.line)
		}
		p.Turn(s.advance)
		p.Tell("    … " + s.text)
	case "jobs":
		if p.Jobs != nil {
			err = p.Jobs(ctx)
		}
	case "gateway":
		if p.Gateway == nil {
			return fmt.Errorf("%d: the payment provider of a running server cannot be scripted", s.line)
		}
		for _, w := range strings.Fields(s.text) {
			p.Gateway(settle.Turn(strings.TrimPrefix(w, "pays")))
		}
	default:
		return p.ask(ctx, s) // says its lines itself
	}
	if err != nil {
		return fmt.Errorf("%d: %s: %w", s.line, s.verb, err)
	}
	return nil
}

// ask does a step or a fault.
func (p *play) ask(ctx context.Context, s step) error {
	r := *s.ask
	if r.onceKey == "" {
		r.onceKey = fmt.Sprintf("line-%d", r.line)
	}
	var err error
	if r.path, err = p.fill(r.path); err == nil {
		r.body, err = p.fill(r.body) // once: what is asked twice says the same ${now}
	}
	if err != nil {
		return fmt.Errorf("%d: %w", r.line, err)
	}
	before := ""
	if s.verb == "fault" {
		if before, err = p.state(ctx); err != nil {
			return fmt.Errorf("%d: %w", r.line, err)
		}
	}
	a, err := p.settled(ctx, r)
	if err != nil {
		return err
	}
	if r.key != "" {
		if err := p.unchanged(ctx, r, before); err != nil {
			return err
		}
	}
	if r.twice {
		if err := p.again(ctx, r, a); err != nil {
			return err
		}
	}
	p.Tell(p.told(s, a))
	return nil
}

// told is a step as a line a newcomer can follow.
func (p *play) told(s step, a answer) string {
	mark, who := "✓", p.who(s.ask.role)
	line := fmt.Sprintf("    %s %s %s — %s", mark, who, s.text, fmt.Sprint(a.status))
	if s.verb == "fault" {
		line = fmt.Sprintf("    ✗ %s %s — %d %s: %s", who, s.text, a.status, s.ask.key, a.why())
	}
	return line
}

// why is the sentence of a problem, or those of its fields.
func (a answer) why() string {
	for _, path := range [][]hop{{{kind: 'n', name: "fields"}, {kind: 'a'}, {kind: 'n', name: "detail"}}, {{kind: 'n', name: "detail"}}} {
		v, ok := follow(a.doc, path)
		if list, many := v.([]any); many {
			var all []string
			for _, x := range list {
				all = append(all, text(x))
			}
			v = strings.Join(all, " ")
		}
		if ok {
			return text(v)
		}
	}
	return a.body
}

// settled asks until the answer is as written: once, or for "eventually" again and again while time lasts.
func (p *play) settled(ctx context.Context, r request) (answer, error) {
	if r.eventually && p.Jobs != nil {
		if err := p.Jobs(ctx); err != nil {
			return answer{}, fmt.Errorf("%d: jobs: %w", r.line, err)
		}
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	tick := time.NewTicker(patience / 150)
	defer tick.Stop()
	for {
		a, err := p.call(ctx, r)
		if err != nil {
			return a, fmt.Errorf("%d: %w", r.line, err)
		}
		err = p.check(r, a)
		if err == nil || !r.eventually || p.Jobs != nil {
			return a, err
		}
		select {
		case <-ctx.Done():
			return a, err
		case <-tick.C:
		}
	}
}

// patience is how long a running server may take to get its jobs done.
const patience = 15 * time.Second

// check holds an answer against everything that is expected of it, and tells all that is wrong.
func (p *play) check(r request, a answer) error {
	var wrong []string
	if a.status != r.status {
		wrong = append(wrong, fmt.Sprintf("%d: expected status %d, got %d", r.line, r.status, a.status))
	}
	if r.key != "" {
		e := expectation{path: "key", op: "=", want: r.key}
		if w := e.wrong(a.doc); w != "" {
			wrong = append(wrong, fmt.Sprintf("%d: %s", r.line, w))
		}
		if a.why() == r.key {
			wrong = append(wrong, fmt.Sprintf("%d: the problem %s has no text", r.line, r.key))
		}
	}
	wrong = append(wrong, p.save(r, a)...)
	for _, e := range r.expect {
		var err error
		w := ""
		if e.path, err = p.fill(e.path); err == nil {
			e.want, err = p.fill(e.want)
		}
		if err != nil {
			w = err.Error()
		} else {
			w = e.wrong(a.doc)
		}
		if w != "" {
			wrong = append(wrong, fmt.Sprintf("%d: %s", e.line, w))
		}
	}
	if wrong == nil {
		return nil
	}
	return fmt.Errorf("%s\n  %s %s %s answered %d %s", strings.Join(wrong, "\n"), r.role, r.method, r.path, a.status, a.body)
}

// save keeps what later lines need.
func (p *play) save(r request, a answer) (wrong []string) {
	for _, sv := range r.save {
		path, err := parsePath(sv.path)
		v, ok := follow(a.doc, path)
		switch {
		case err != nil:
			wrong = append(wrong, fmt.Sprintf("%d: %v", sv.line, err))
		case !ok:
			wrong = append(wrong, fmt.Sprintf("%d: save: there is no %s", sv.line, sv.path))
		default:
			p.vars[sv.name] = text(v)
		}
	}
	return wrong
}

// again asks the same a second time: it must get the same answer, marked as a replay, and nothing may happen.
func (p *play) again(ctx context.Context, r request, first answer) error {
	before, err := p.state(ctx)
	if err != nil {
		return fmt.Errorf("%d: %w", r.line, err)
	}
	a, err := p.call(ctx, r)
	switch {
	case err != nil:
		return fmt.Errorf("%d: %w", r.line, err)
	case a.status != first.status || a.body != first.body:
		return fmt.Errorf("%d: twice: expected the first answer again\n  first  %d %s\n  second %d %s", r.line, first.status, first.body, a.status, a.body)
	case a.header.Get("Idempotency-Replayed") != "true":
		return fmt.Errorf("%d: twice: the second answer does not say that it is a replay", r.line)
	}
	return p.unchanged(ctx, r, before)
}

// state is everything of the shop that a refusal must leave alone.
func (p *play) state(ctx context.Context) (string, error) {
	paths := []string{"/cases?limit=200", "/ledger"}
	for _, st := range []string{"awaiting_approval", "to_pay", "processing", "failed", "settled", "voided"} {
		paths = append(paths, "/settlements?limit=200&state="+st)
	}
	if p.vars["case"] != "" {
		paths = append(paths, "/cases/${case}", "/cases/${case}/timeline?limit=200", "/cases/${case}/notes")
	}
	if p.vars["order"] != "" {
		paths = append(paths, "/orders/${order}")
	}
	var b strings.Builder
	for _, path := range paths {
		a, err := p.call(ctx, request{role: "admin", method: http.MethodGet, path: path})
		if err != nil {
			return "", err
		}
		if a.status != http.StatusOK {
			return "", fmt.Errorf("read %s: %d %s", path, a.status, a.body)
		}
		fmt.Fprintf(&b, "%s %s\n", path, strings.TrimSpace(a.body))
	}
	return b.String(), nil
}

// unchanged compares the shop with what it was.
func (p *play) unchanged(ctx context.Context, r request, before string) error {
	after, err := p.state(ctx)
	if err != nil {
		return fmt.Errorf("%d: %w", r.line, err)
	}
	was, is := strings.Split(before, "\n"), strings.Split(after, "\n")
	for i := range min(len(was), len(is)) {
		if was[i] != is[i] {
			return fmt.Errorf("%d: expected nothing to change\n  before %s\n  after  %s", r.line, was[i], is[i])
		}
	}
	return nil
}

// call asks the server once.
func (p *play) call(ctx context.Context, r request) (answer, error) {
	path, err := p.fill(r.path)
	if err != nil {
		return answer{}, err
	}
	body, err := p.fill(r.body)
	if err != nil {
		return answer{}, err
	}
	if !strings.HasPrefix(path, "/api/") && !beside[path] {
		path = "/api/v1/shops/" + p.vars["shop"] + path
	}
	if body == "" && r.method == http.MethodPost {
		body = "{}"
	}
	q, err := http.NewRequestWithContext(ctx, r.method, p.Base+path, strings.NewReader(body))
	if err != nil {
		return answer{}, err
	}
	if err := p.dress(q, r); err != nil {
		return answer{}, err
	}
	res, err := p.Client.Do(q)
	if err != nil {
		return answer{}, err
	}
	defer res.Body.Close()
	got, err := io.ReadAll(res.Body)
	a := answer{status: res.StatusCode, header: res.Header, body: string(got)}
	if doc, jsonErr := decode(got); jsonErr == nil {
		a.doc = doc
	}
	return a, err
}

// beside are the addresses beside the API.
var beside = map[string]bool{"/healthz": true, "/readyz": true, "/metrics": true, "/openapi.json": true, "/openapi.yaml": true}

// dress gives a request its headers.
func (p *play) dress(q *http.Request, r request) error {
	token, known := p.tokens[r.role]
	if !known {
		return fmt.Errorf("there is no role %q", r.role)
	}
	if token != "" {
		q.Header.Set("Authorization", "Bearer "+token)
	}
	if p.Lang != "" {
		q.Header.Set("Accept-Language", p.Lang)
	}
	if r.method == http.MethodPost {
		q.Header.Set("Content-Type", "application/json")
		if r.onceKey != "none" {
			q.Header.Set("Idempotency-Key", p.run+"-"+r.onceKey)
		}
	}
	return nil
}

var variable = regexp.MustCompile(`\$\{([a-z][a-z0-9_]*)([+-]\d+[dhm]?)?\}`)

// shopTime is the zone of the stories' shops.
var shopTime = time.FixedZone("Asia/Shanghai", 8*60*60)

// fill puts variables into a text.
func (p *play) fill(s string) (string, error) {
	var missing error
	out := variable.ReplaceAllStringFunc(s, func(ref string) string {
		m := variable.FindStringSubmatch(ref)
		now := p.Clock.Now().Time()
		if m[2] != "" {
			d, err := duration(m[2])
			if err != nil {
				missing = err
			}
			now = now.Add(d)
		}
		v, ok := p.vars[m[1]]
		switch {
		case m[1] == "now":
			return clock.Of(now).String()
		case m[1] == "today":
			return now.In(shopTime).Format(time.DateOnly)
		case !ok || m[2] != "":
			missing = fmt.Errorf("there is no variable %s", ref)
		}
		return v
	})
	return out, missing
}
