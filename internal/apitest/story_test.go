package apitest

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/sanbao/sanbao/clock"
)

func TestParseSaysWhereAndWhat(t *testing.T) {
	const ok = "title T\nstep s\nagent GET /cases 200\n"
	for text, want := range map[string]string{
		"step s\nagent GET /x 200\n":                     "f:1: a story begins with its title",
		"title T\nstep s\n":                              "f:2: step without a request",
		"title T\nagent GET /x 200\n":                    "f:2: this line belongs to no step",
		"title T\n  {}\n":                                "f:2: this line belongs to no step",
		"title T\nstep s\n  {}\n":                        "f:3: a body before its request",
		"title T\nstep s\nagent GET /x\n":                "f:3: write: ROLE METHOD PATH STATUS",
		"title T\nstep s\nagent GET /x 404\n":            `f:3: status "404": a step succeeds, a fault is refused`,
		"title T\nfault s\nagent GET /x 404\n":           "f:3: write: ROLE METHOD PATH STATUS KEY",
		"title T\nfault s\nagent GET /x 200 k\n":         `f:3: status "200": a step succeeds, a fault is refused`,
		"title T\nfault s\nagent POST /x 409 k\ntwice\n": "f:4: only a POST that succeeds can be asked twice",
		"title T\nstep s\nagent POST /x 200\neventually": "f:4: only a GET can be asked until it is so",
		"title T\nclock 3 days\n":                        `f:2: "3 days" is not like +3d, -36h or +5m`,
		ok + "expect x\n":                                "f:4: write: expect PATH = VALUE, or ~ has lacks count sums exists absent",
		ok + "expect x exists y\n":                       "f:4: write: expect PATH = VALUE, or ~ has lacks count sums exists absent",
		ok + "save x\n":                                  "f:4: write: save NAME = PATH",
		ok + "expects x = y\n":                           `f:4: "expects" is not known here`,
		ok + "Expect x = y\n":                            `f:4: "Expect" begins no line of a story`,
	} {
		_, err := Parse("f", text)
		if err == nil || err.Error() != want {
			t.Errorf("%q\n got %v\nwant %s", text, err, want)
		}
	}
	if _, err := Parse("f", ok+"\n# note\n== h\nlet a = b\njobs\nclock -36h\ngateway pays bounces\n"); err != nil {
		t.Error(err)
	}
}

func TestExpectations(t *testing.T) {
	const answer = `{"case": {"id": "A1", "n": 26900, "closed": null, "flag": "red"}, "lines": [{"s": "a", "n": 1}, {"s": "b", "n": -1}], "text": "12", "list": ["x", 3]}`
	doc, err := decode([]byte(answer))
	if err != nil {
		t.Fatal(err)
	}
	for line, want := range map[string]string{
		"case.id = A1":               "",
		"case.id = \"A1\"":           "",
		"case.n = 26900":             "",
		"case.n = \"26900\"":         `case.n: expected = "26900", got 26900`,
		"text = 12":                  "", // bare: what a person reads
		"case.closed = null":         "",
		"case.flag = green":          `case.flag: expected = green, got "red"`,
		"case.flagg = red":           "case.flagg: expected = red, got nothing",
		"case.flagg absent":          "",
		"case.flag absent":           `case.flag: expected nothing, got "red"`,
		"case.closed exists":         "",
		"case.gone exists":           "case.gone: expected exists , got nothing",
		"lines count 2":              "",
		"lines count 3":              `lines: expected count 3, got [{"n":1,"s":"a"},{"n":-1,"s":"b"}]`,
		"case count 1":               `case: expected count 1, got {"closed":null,"flag":"red","id":"A1","n":26900}`,
		"lines[0].s = a":             "",
		"lines[-1].s = b":            "",
		"lines[2].s = c":             "lines[2].s: expected = c, got nothing",
		"lines[s=b].n = -1":          "",
		"lines[s=z].n = -1":          "lines[s=z].n: expected = -1, got nothing",
		"lines[].s = [\"a\", \"b\"]": "",
		"lines[].s = [\"b\", \"a\"]": `lines[].s: expected = ["b", "a"], got ["a","b"]`,
		"lines[].n sums 0":           "",
		"lines[].n sums 1":           "lines[].n: expected sums 1, got [1,-1]",
		"lines[].s sums 0":           `lines[].s: not a whole number: "a"`,
		"list has x":                 "",
		"list has 3":                 "",
		"list has y":                 `list: expected has y, got ["x",3]`,
		"list lacks y":               "",
		"list lacks x":               `list: expected lacks x, got ["x",3]`,
		"case.id ~ ^A\\d$":           "",
		"case.id ~ ^B":               `case.id: expected ~ ^B, got "A1"`,
		"case.n ~ ^\\d+$":            "",
		"case..id = A1":              `path "case..id" cannot be read at "..id"`,
	} {
		e, err := parseExpectation(1, line)
		if err != nil {
			t.Errorf("%s: %v", line, err)
			continue
		}
		if got := e.wrong(doc); got != want {
			t.Errorf("expect %s\n got %s\nwant %s", line, got, want)
		}
	}
}

// counter is a server that counts. It can be made to misbehave as a real one must not.
type counter struct {
	n       int
	replays map[string]string
	bad     string
}

func (c *counter) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		panic(err)
	}
	switch {
	case strings.HasPrefix(r.URL.Path, "/api/v1/shops") && strings.Count(r.URL.Path, "/") == 3 || strings.HasSuffix(r.URL.Path, "/warehouses") || r.URL.Path == "/api/v1/tokens":
		w.WriteHeader(http.StatusCreated)
		fmt.Fprint(w, `{"id": "S", "secret": "sb_x"}`)
	case strings.HasSuffix(r.URL.Path, "/add"):
		key := r.Header.Get("Idempotency-Key")
		if was, ok := c.replays[key]; ok && c.bad != "counts twice" {
			w.Header().Set("Idempotency-Replayed", "true")
			fmt.Fprint(w, was)
			return
		}
		c.n++
		c.replays[key] = fmt.Sprintf(`{"n": %d}`, c.n)
		fmt.Fprint(w, c.replays[key])
	case strings.HasSuffix(r.URL.Path, "/refuse"):
		if c.bad == "changes what it refuses" {
			c.n++
		}
		w.WriteHeader(http.StatusConflict)
		p, err := json.Marshal(map[string]string{"key": "no.way", "detail": "No: " + string(body)})
		if err != nil || c.bad == "says nothing" {
			p = []byte(`{"key": "no.way", "detail": "no.way"}`)
		}
		_, _ = w.Write(p)
	default: // what the runner compares
		fmt.Fprintf(w, `{"n": %d}`, c.n)
	}
}

func playOn(c *counter, text string) error {
	s, err := Parse("f.txt", text)
	if err != nil {
		return err
	}
	c.replays = map[string]string{}
	rt := roundTrip(func(r *http.Request) (*http.Response, error) {
		w := httptest.NewRecorder()
		c.ServeHTTP(w, r)
		return w.Result(), nil
	})
	return Target{Base: "http://x", Client: &http.Client{Transport: rt}, Clock: clock.System{}}.Play(context.Background(), s)
}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// The runner finds what it is there to find, and says where.
func TestPlayBites(t *testing.T) {
	const story = `title T
step adds
agent POST /add 200
twice
save n = n
expect n = 1
fault refuses
agent POST /refuse 409 no.way
  {"n": ${n}}
expect detail has "n": 1
`
	for _, c := range []struct{ bad, text, want string }{
		{"", story, ""},
		{"counts twice", story, "f.txt:3: twice: expected the first answer again"},
		{"changes what it refuses", story, "f.txt:8: expected nothing to change"},
		{"says nothing", story, "f.txt:8: the problem no.way has no text"},
		{"", strings.Replace(story, "expect n = 1", "expect n = 2", 1), "f.txt:6: n: expected = 2, got 1"},
		{"", strings.Replace(story, "no.way", "no.how", 1), "f.txt:8: key: expected = no.how, got \"no.way\""},
		{"", strings.Replace(story, "/add 200", "/add 201", 1), "f.txt:3: expected status 201, got 200"},
		{"", strings.Replace(story, "save n = n", "save n = m", 1), "f.txt:5: save: there is no m"},
		{"", strings.Replace(story, "${n}", "${m}", 1), "f.txt:8: there is no variable ${m}"},
		{"", strings.Replace(story, "agent", "nurse", 1), `f.txt:3: there is no role "nurse"`},
		{"", "title T\nclock +1d\n", "f.txt:2: the clock of a running server cannot be turned"},
		{"", "title T\ngateway bounces\n", "f.txt:2: the payment provider of a running server cannot be scripted"},
	} {
		err := playOn(&counter{bad: c.bad}, c.text)
		switch {
		case c.want == "" && err != nil:
			t.Errorf("%s: %v", c.bad, err)
		case c.want != "" && (err == nil || !strings.HasPrefix(err.Error(), c.want)):
			t.Errorf("%s: got %v\nwant %s", c.bad, err, c.want)
		}
	}
}
