package rule

import (
	"bytes"
	"encoding/json"
	"strconv"

	"github.com/sanbao/sanbao/calendar"
	"github.com/sanbao/sanbao/clock"
)

// Encode is the core as it is stored: JSON without insignificant space, one byte sequence for equal decisions. It is what
// encoding/json writes of the types in core.go, without escapes for HTML, at a fraction of the cost: a backtest writes every
// decision down to see whether it is the stored one.
func (d *Decision) Encode() []byte { return d.AppendCore(nil) }

// AppendCore appends what Encode gives.
func (d *Decision) AppendCore(b []byte) []byte {
	w := coreWriter{b}
	w.raw(`{"format":`).int(int64(d.Format)).text(`,"outcome":`, string(d.Outcome)).some(`,"reason":`, d.Reason).some(`,"clause":`, d.Clause)
	w.text(`,"stage":`, d.Stage.String()).raw(`,"at":`).instant(d.At).text(`,"ground":`, d.Ground).text(`,"remedy":`, string(d.Remedy))
	list(w.raw(`,"bundles":`), d.Bundles, (*coreWriter).bundle)
	list(w.raw(`,"open":`), d.Open, (*coreWriter).question)
	w.raw(`,"exact":`).bool(d.Exact)
	list(w.raw(`,"alternatives":`), d.Alternatives, func(w *coreWriter, a *Alternative) {
		w.text(`{"ground":`, a.Ground).text(`,"remedy":`, string(a.Remedy)).some(`,"outcome":`, string(a.Outcome)).some(`,"code":`, a.Code).some(`,"by":`, a.By).raw("}")
	})
	list(w.raw(`,"differences":`), d.Differences, func(w *coreWriter, x *Difference) {
		w.text(`{"fact":`, x.Fact).text(`,"declared":`, x.Declared).text(`,"found":`, x.Found).raw("}")
	})
	list(w.raw(`,"packs":`), d.Packs, (*coreWriter).ref)
	if len(d.Later) > 0 {
		list(w.raw(`,"later":`), d.Later, (*coreWriter).ref)
	}
	return w.text(`,"facts_hash":`, d.FactsHash).raw("}").b
}

// coreWriter appends JSON. Keys are written with what stands before them; some leaves out what is empty.
type coreWriter struct{ b []byte }

func (w *coreWriter) raw(s string) *coreWriter {
	w.b = append(w.b, s...)
	return w
}

func (w *coreWriter) int(n int64) *coreWriter {
	w.b = strconv.AppendInt(w.b, n, 10)
	return w
}

func (w *coreWriter) bool(v bool) *coreWriter {
	w.b = strconv.AppendBool(w.b, v)
	return w
}

func (w *coreWriter) text(key, s string) *coreWriter {
	w.raw(key)
	for i := range len(s) {
		if c := s[i]; c < ' ' || c > '~' || c == '"' || c == '\\' {
			return w.escaped(s)
		}
	}
	w.b = append(append(append(w.b, '"'), s...), '"')
	return w
}

// escaped writes a text that is more than printable ASCII, as no code is.
func (w *coreWriter) escaped(s string) *coreWriter {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(s); err != nil {
		panic("rule: a text that cannot be encoded: " + err.Error()) // there is none
	}
	w.b = append(w.b, bytes.TrimSuffix(b.Bytes(), []byte("\n"))...)
	return w
}

func (w *coreWriter) some(key, s string) *coreWriter {
	if s == "" {
		return w
	}
	return w.text(key, s)
}

func (w *coreWriter) date(key string, d *calendar.Date) *coreWriter {
	if d == nil {
		return w
	}
	return w.text(key, d.String())
}

func (w *coreWriter) number(key string, n *int64) *coreWriter {
	if n == nil {
		return w
	}
	return w.raw(key).int(*n)
}

func (w *coreWriter) instant(at clock.Instant) *coreWriter {
	if at == 0 {
		return w.raw("null")
	}
	return w.text("", at.String())
}

// list writes a list; nil is null.
func list[T any](w *coreWriter, xs []T, one func(*coreWriter, *T)) {
	if xs == nil {
		w.raw("null")
		return
	}
	w.raw("[")
	for i := range xs {
		if i > 0 {
			w.raw(",")
		}
		one(w, &xs[i])
	}
	w.raw("]")
}

// filled is list under a key, left out when it is empty.
func filled[T any](w *coreWriter, key string, xs []T, one func(*coreWriter, *T)) {
	if len(xs) > 0 {
		list(w.raw(key), xs, one)
	}
}

func (w *coreWriter) ref(r *PackRef) {
	w.text(`{"pack":`, r.Pack).text(`,"version":`, r.Version).text(`,"layer":`, string(r.Layer)).text(`,"hash":`, r.Hash).raw("}")
}

func (w *coreWriter) name(s *string) { w.text("", *s) }

func (w *coreWriter) question(q *Question) {
	w.text(`{"fact":`, q.Fact)
	list(w.raw(`,"ask":`), q.Ask.Names(), (*coreWriter).name)
	w.some(`,"declared":`, q.Declared).some(`,"for":`, q.For).raw("}")
}

func (w *coreWriter) bundle(b *Bundle) {
	w.text(`{"ground":`, b.Ground).text(`,"remedy":`, string(b.Remedy)).text(`,"outcome":`, string(b.Outcome))
	w.some(`,"reason":`, b.Reason).some(`,"clause":`, b.Clause).some(`,"edition":`, b.Edition)
	if b.Right != nil {
		w.raw(`,"right":{`).point(b.Right)
	}
	filled(w, `,"freight":`, b.Freight, func(w *coreWriter, l *Leg) { w.text(`{"leg":`, l.Leg).raw(",").point(&l.Point) })
	if r := b.Refund; r != nil {
		w.refund(r)
	}
	if a := b.Amount; a != nil {
		w.raw(`,"amount":{`)
		if a.Minor != nil {
			w.number(`"minor":`, a.Minor).raw(",")
		}
		w.text(`"by":`, a.By).lost(a.Lost)
	}
	if b.Authority != nil {
		w.raw(`,"authority":{`).point(b.Authority)
	}
	if l := b.LastDay; l != nil {
		w.raw(`,"last_day":`).date(`{"date":`, &l.Date).text(`,"by":`, l.By).raw("}")
	}
	filled(w, `,"due":`, b.Due, (*coreWriter).deadline)
	filled(w, `,"send_by":`, b.SendBy, (*coreWriter).deadline)
	filled(w, `,"evidence":`, b.Evidence, func(w *coreWriter, e *Evidence) {
		w.text(`{"fact":`, e.Fact).text(`,"by":`, e.By).raw(`,"needed":`).bool(e.Needed).raw("}")
	})
	filled(w, `,"conditions":`, b.Conditions, func(w *coreWriter, c *Condition) {
		w.text(`{"fact":`, c.Fact).text(`,"must_be":`, c.MustBe).text(`,"else":`, c.Else).text(`,"clause":`, c.Clause).text(`,"then":`, c.Then).raw("}")
	})
	list(w.raw(`,"clauses":`), b.Clauses, (*coreWriter).clause)
	w.raw("}")
}

// point writes the rest of an object that is a point.
func (w *coreWriter) point(p *Point) { w.text(`"value":`, p.Value).text(`,"by":`, p.By).lost(p.Lost) }

// lost ends an object with what did not win.
func (w *coreWriter) lost(all []Lost) {
	filled(w, `,"lost":`, all, func(w *coreWriter, l *Lost) { w.text(`{"value":`, l.Value).text(`,"by":`, l.By).raw("}") })
	w.raw("}")
}

func (w *coreWriter) refund(r *Refund) {
	w.text(`,"refund":{"basis":`, r.Basis)
	list(w.raw(`,"parts":`), r.Parts, func(w *coreWriter, p *RefundPart) {
		w.text(`{"part":`, p.Part).number(`,"minor":`, p.Minor).some(`,"permit":`, p.Permit).raw("}")
	})
	w.number(`,"total":`, r.Total)
	if r.Shortfall != 0 {
		w.raw(`,"shortfall":`).int(r.Shortfall)
	}
	w.text(`,"by":`, r.By).lost(r.Lost)
}

func (w *coreWriter) deadline(d *Deadline) {
	w.text(`{"from":`, d.From).raw(`,"n":`).int(d.N).text(`,"unit":`, d.Unit).date(`,"date":`, d.Date)
	if d.At != 0 {
		w.raw(`,"at":`).instant(d.At)
	}
	w.text(`,"by":`, d.By).raw("}")
}

func (w *coreWriter) clause(c *Clause) {
	w.text(`{"claim":`, c.Claim).text(`,"state":`, string(c.State))
	filled(w, `,"reasons":`, c.Reasons, (*coreWriter).name)
	w.date(`,"last_day":`, c.LastDay)
	if c.Overridden {
		w.raw(`,"overridden":true`)
	}
	w.raw("}")
}
