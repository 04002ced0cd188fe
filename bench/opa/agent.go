package main

import (
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"strconv"

	"github.com/open-policy-agent/opa/v1/rego"
	"github.com/open-policy-agent/opa/v1/storage/inmem"

	"github.com/sanbao/sanbao/calendar"
)

//go:embed policy.rego
var bundle string

// agent is Open Policy Agent with the bundle, prepared once.
type agent struct{ ways []way }

// way is one way of asking it.
type way struct {
	name  string
	query rego.PreparedEvalQuery
	ready bool // the input was made ready before the time was taken
}

func newAgent(ctx context.Context, first calendar.Date, days []int64) (*agent, error) {
	workday := make([]any, len(days))
	for i, d := range days {
		workday[i] = json.Number(strconv.FormatInt(d, 10))
	}
	data := map[string]any{"calendar": map[string]any{"first": json.Number(strconv.FormatInt(int64(first), 10)), "workday": workday}}
	prepare := func(opts ...rego.PrepareOption) (rego.PreparedEvalQuery, error) {
		return rego.New(rego.Query("data.sanbao.points"), rego.Module("policy.rego", bundle), rego.Store(inmem.NewFromObject(data))).PrepareForEval(ctx, opts...)
	}
	plain, err := prepare()
	if err != nil {
		return nil, err
	}
	partial, err := prepare(rego.WithPartialEval())
	if err != nil {
		return nil, err
	}
	return &agent{[]way{
		{"prepared, facts as Go values", plain, false},
		{"prepared, facts made ready before", plain, true},
		{"partially evaluated, facts as Go values", partial, false},
		{"partially evaluated, facts made ready before", partial, true},
	}}, nil
}

// eval asks, and returns the answer's object.
func (w *way) eval(ctx context.Context, m matter) (map[string]any, error) {
	in := rego.EvalInput(m.input)
	if w.ready {
		in = rego.EvalParsedInput(m.parsed)
	}
	rs, err := w.query.Eval(ctx, in)
	if err != nil {
		return nil, err
	}
	if len(rs) != 1 {
		return nil, errors.New("no answer")
	}
	return rs[0].Expressions[0].Value.(map[string]any), nil
}

// points are its answer in the words of ours.
func (w *way) points(ctx context.Context, m matter) (map[string]string, error) {
	answer, err := w.eval(ctx, m)
	if err != nil {
		return nil, err
	}
	p := map[string]string{}
	for k, v := range answer {
		switch x := v.(type) {
		case string:
			p[k] = x
		case json.Number:
			p[k] = x.String()
		case []any:
			if k == "evidence" && len(x) > 0 {
				p[k] = x[0].(string)
			}
			for _, d := range x { // of several days the latest
				if n, ok := d.(json.Number); ok && (p[k] == "" || number(n) > number(json.Number(p[k]))) {
					p[k] = n.String()
				}
			}
		}
	}
	return said(p), nil
}
