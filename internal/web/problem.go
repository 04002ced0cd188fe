package web

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"

	"github.com/sanbao/sanbao/errs"
)

// ProblemType begins the "type" of every problem; the code follows. It leads to the text that explains the codes.
const ProblemType = "https://github.com/sanbao/sanbao/blob/main/internal/web/problems.md#"

// Problem is the body of every answer that is not a success: RFC 9457, media type application/problem+json.
// Detail and the fields' details are in the caller's language; programs look at Code and Key.
type Problem struct {
	Type      string         `json:"type" format:"uri" doc:"explains the code"`
	Title     string         `json:"title" doc:"the kind of fault, in the caller's language"`
	Status    int            `json:"status" doc:"the HTTP status"`
	Detail    string         `json:"detail" doc:"what is wrong here, in the caller's language"`
	Code      errs.Code      `json:"code" enum:"invalid,unauthenticated,forbidden,not_found,conflict,denied,rate_limited,unavailable,internal" doc:"the kind of fault"`
	Key       string         `json:"key" doc:"names the message, the same in every language" example:"invalid_input"`
	RequestID string         `json:"request_id" doc:"names this request in the logs"`
	Fields    []ProblemField `json:"fields,omitempty" doc:"every input that is wrong"`
	Version   int64          `json:"version,omitempty" doc:"with web.stale: the row's version now"`
	Decision  string         `json:"decision,omitempty" doc:"with code denied: the decision that says no"`
	Reasons   []string       `json:"reasons,omitempty" doc:"with code denied: reason codes of the decision"`

	retryAfter int // seconds; 0 for none
	lang       errs.Lang
}

// ProblemField is one faulty input.
type ProblemField struct {
	Path   string `json:"path" doc:"a JSON pointer into the body, or query:name, path:name, header:name" example:"/lines/0/quantity"`
	Key    string `json:"key" doc:"names the message"`
	Detail string `json:"detail" doc:"what is wrong, in the caller's language"`
}

// Stale is the refusal of a command that carried another version than the row now has.
func Stale(current int64) *errs.Error {
	return errs.New(errs.Conflict, "web.stale", errs.Args{"version": current})
}

// statusOf is the one place where a code becomes an HTTP status.
func statusOf(e *errs.Error) int {
	if s, ok := statusOfKey[e.Key]; ok {
		return s
	}
	switch e.Code {
	case errs.Invalid, errs.Denied:
		return http.StatusUnprocessableEntity
	case errs.Unauthenticated:
		return http.StatusUnauthorized
	case errs.Forbidden:
		return http.StatusForbidden
	case errs.NotFound:
		return http.StatusNotFound
	case errs.Conflict:
		return http.StatusConflict
	case errs.RateLimited:
		return http.StatusTooManyRequests
	case errs.Unavailable:
		return http.StatusServiceUnavailable
	}
	return http.StatusInternalServerError
}

// statusOfKey lists the faults of HTTP itself, whose status says more than their code's.
var statusOfKey = map[string]int{
	"web.body_missing":       http.StatusBadRequest,
	"web.body_malformed":     http.StatusBadRequest,
	"web.body_interrupted":   http.StatusBadRequest,
	"web.body_too_large":     http.StatusRequestEntityTooLarge,
	"web.body_slow":          http.StatusRequestTimeout,
	"web.media_type":         http.StatusUnsupportedMediaType,
	"web.method_not_allowed": http.StatusMethodNotAllowed,
	"web.once_missing":       http.StatusBadRequest,
	"web.once_malformed":     http.StatusBadRequest,
	"web.gone_away":          499, // nobody is left to read it; the log says so
}

// problemOf makes the problem of an error and notes the error for the request's log record.
func problemOf(ctx context.Context, err error) *Problem {
	c := callOf(ctx)
	e := errs.As(err)
	switch {
	case e.Code != errs.Internal:
	case errors.Is(err, context.DeadlineExceeded):
		e = errs.Wrap(err, errs.Unavailable, "web.timeout")
	case errors.Is(err, context.Canceled) && ctx.Err() != nil:
		e = errs.Wrap(err, errs.Unavailable, "web.gone_away")
	}
	c.err = err
	p := &Problem{
		Type: ProblemType + string(e.Code), Title: errs.Render(c.lang, "web.title."+string(e.Code), nil),
		Status: statusOf(e), Detail: e.Text(c.lang), Code: e.Code, Key: e.Key, RequestID: c.id, lang: c.lang,
	}
	for _, f := range e.Fields {
		p.Fields = append(p.Fields, ProblemField{f.Path, f.Key, errs.Render(c.lang, f.Key, f.Args)})
	}
	if e.Key == "web.stale" {
		p.Version, _ = e.Args["version"].(int64)
	}
	if e.Code == errs.Denied {
		if d, ok := e.Args["decision"]; ok {
			p.Decision = fmt.Sprint(d)
		}
		p.Reasons, _ = e.Args["reasons"].([]string)
	}
	if e.Code == errs.RateLimited || e.Key == "web.once_running" {
		p.retryAfter = 1
		if s, ok := e.Args["seconds"].(int); ok {
			p.retryAfter = s
		}
	}
	return p
}

// Error makes a Problem an error, so that handlers' errors pass through huma as one.
func (p *Problem) Error() string { return p.Key }

// GetStatus tells huma the status.
func (p *Problem) GetStatus() int { return p.Status }

// ContentType tells huma the media type.
func (p *Problem) ContentType(string) string { return "application/problem+json" }

// GetHeaders tells huma the header fields that go with the problem.
func (p *Problem) GetHeaders() http.Header {
	h := http.Header{"Content-Language": {string(p.lang)}, "Vary": {"Accept-Language"}}
	if p.Status == http.StatusUnauthorized {
		h.Set("WWW-Authenticate", `Bearer realm="sanbao"`)
	}
	if p.retryAfter > 0 {
		h.Set("Retry-After", strconv.Itoa(p.retryAfter))
	}
	return h
}

// writeProblem answers with the problem of err where huma is not reached.
func writeProblem(w http.ResponseWriter, r *http.Request, err error) {
	p := problemOf(r.Context(), err)
	var b bytes.Buffer
	if err := encodeJSON(&b, p); err != nil {
		panic(fmt.Errorf("encode problem: %w", err)) // strings and integers only
	}
	for k, v := range p.GetHeaders() {
		w.Header()[k] = v
	}
	w.Header().Set("Content-Type", p.ContentType(""))
	w.WriteHeader(p.Status)
	_, _ = w.Write(b.Bytes()) // a caller who is gone does not read it
}

// encodeJSON is how every body is written: no HTML escapes, so that Chinese and <> stay as they are.
func encodeJSON(b *bytes.Buffer, v any) error {
	enc := json.NewEncoder(b)
	enc.SetEscapeHTML(false)
	return enc.Encode(v)
}
