package flow

import (
	"context"
	"encoding/json"
	"maps"
	"net/http"
	"slices"

	"github.com/sanbao/sanbao/errs"
	"github.com/sanbao/sanbao/internal/auth"
	"github.com/sanbao/sanbao/internal/db"
	"github.com/sanbao/sanbao/internal/id"
	"github.com/sanbao/sanbao/internal/web"
	"github.com/sanbao/sanbao/rule"
)

// Hypothesis is how a line might be otherwise. Unlike an answer it may contradict what our own records say.
type Hypothesis struct {
	Facts  map[string]json.RawMessage `json:"facts,omitempty" doc:"values by fact name; null takes one away"`
	Ground string                     `json:"ground,omitempty" maxLength:"64" doc:"the line's own without it"`
	Remedy string                     `json:"remedy,omitempty" maxLength:"64" doc:"the line's own without it"`
	Stage  string                     `json:"stage,omitempty" enum:"application,evidence,receipt,inspection,appraisal" doc:"the stage of its latest decision without it"`
}

// WhatIf is the decision a line would get if things were otherwise 如果…会怎样. It writes nothing.
func (f *Flow) WhatIf(ctx context.Context, shopID, lineID id.ID, h Hypothesis) (*rule.Decision, error) {
	var d *Dossier
	err := f.DB.Read(ctx, func(tx *db.Tx) error {
		caseID, err := ofLine(shopID, lineID)(tx)
		if err == nil {
			d, err = f.read(tx, shopID, caseID)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	l, err := d.line(lineID, 0)
	if err != nil {
		return nil, err
	}
	stage, known := rule.ParseStage(h.Stage)
	if dec := d.Decisions[l.ID]; !known && dec != nil {
		stage = dec.Stage
	}
	stage = max(stage, rule.AtApplication)
	if h.Ground != "" {
		l.Ground = h.Ground
	}
	if h.Remedy != "" {
		l.Remedy = h.Remedy
	}
	facts, err := f.facts(d, *l, stage)
	if err != nil {
		return nil, err
	}
	if err := f.suppose(facts, h.Facts, stage); err != nil {
		return nil, err
	}
	book, err := f.book(d, *l)
	if err != nil {
		return nil, err
	}
	return book.Decide(rule.Input{Facts: facts, Stage: stage, At: d.Now, Ground: l.Ground, Remedy: rule.Remedy(l.Remedy), Calendar: d.Calendar})
}

// suppose puts supposed values in the place of what is known.
func (f *Flow) suppose(facts rule.Facts, supposed map[string]json.RawMessage, stage rule.Stage) error {
	var faults errs.Faults
	for _, name := range slices.Sorted(maps.Keys(supposed)) {
		delete(facts, name)
		if string(supposed[name]) == "null" {
			continue
		}
		v, err := f.Policies.Vocabulary().ParseValue(name, supposed[name])
		if err != nil {
			e := errs.As(err)
			if len(e.Fields) > 0 {
				e = &errs.Error{Key: e.Fields[0].Key, Args: e.Fields[0].Args}
			}
			faults.Add("/facts/"+name, e.Key, e.Args)
			continue
		}
		facts.Put(name, stage, v)
	}
	return faults.Err()
}

func (f *Flow) whatIfRoutes(s *web.Server) {
	web.Register(s, web.Op{Method: http.MethodPost, Path: web.ShopRoot + "/lines/{id}/what-if", ID: "what-if", Tag: "lines", Scope: auth.CasesRead, Preview: true,
		Summary: "The decision a line would get if things were otherwise; writes nothing 如果…会怎样"},
		func(ctx context.Context, in *struct {
			Target web.ID `path:"id"`
			Body   Hypothesis
		}) (*web.Reply[json.RawMessage], error) {
			d, err := f.WhatIf(ctx, web.Shop(ctx), in.Target.ID, in.Body)
			if err != nil {
				return nil, err
			}
			return &web.Reply[json.RawMessage]{Body: d.Encode()}, nil
		})
}
