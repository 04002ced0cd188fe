package flow

import (
	"bytes"
	"context"
	"net/http"

	"github.com/sanbao/sanbao/calendar"
	"github.com/sanbao/sanbao/errs"
	"github.com/sanbao/sanbao/internal/auth"
	"github.com/sanbao/sanbao/internal/db"
	"github.com/sanbao/sanbao/internal/id"
	"github.com/sanbao/sanbao/internal/policy"
	"github.com/sanbao/sanbao/internal/shop"
	"github.com/sanbao/sanbao/internal/web"
	"github.com/sanbao/sanbao/rule"
)

// Replayed is a stored decision with the book that made it: the versions then in force, by their content.
type Replayed struct {
	Stored   policy.Stored
	Decision *rule.Decision // with its trace
	Book     *rule.Book
	Calendar *calendar.Calendar
	Turns    []rule.Turn // what would have to be otherwise for another answer
}

// Replay reads a stored decision and decides it anew from the facts and versions it names, for its trace. What comes out
// has to be the stored core, byte for byte; anything else is flow.replay_differs, our fault, and never shown as a reason.
//
// Errors: policy.decision_not_found; policy.version_unknown when a version that decided is not loaded any more.
func (f *Flow) Replay(ctx context.Context, shopID, decisionID id.ID) (Replayed, error) {
	var r Replayed
	var s shop.Shop
	var lib *policy.Library
	err := f.DB.Read(ctx, func(tx *db.Tx) (err error) {
		if r.Stored, err = policy.Get(tx, shopID, decisionID); err != nil {
			return err
		}
		if s, err = shop.Get(tx, shopID); err != nil {
			return err
		}
		lib, err = f.Policies.Of(tx, shopID)
		return err
	})
	if err != nil {
		return r, err
	}
	core, err := r.Stored.Decision()
	if err != nil {
		return r, err
	}
	if r.Calendar, err = f.calendar(s); err != nil {
		return r, err
	}
	editions := [][]rule.PackRef{core.Packs}
	if len(core.Later) > 0 {
		editions = append(editions, core.Later)
	}
	if r.Book, err = lib.ByVersion(editions...); err != nil {
		return r, err
	}
	facts, err := f.Policies.Vocabulary().ParseFacts(r.Stored.Facts)
	if err != nil {
		return r, err
	}
	in := rule.Input{Facts: facts, Stage: core.Stage, At: core.At, Ground: core.Ground, Remedy: core.Remedy, Calendar: r.Calendar, Trace: true}
	if r.Decision, err = r.Book.Decide(in); err != nil {
		return r, err
	}
	if !bytes.Equal(r.Decision.Encode(), r.Stored.Core) {
		return r, errs.New(errs.Internal, "flow.replay_differs", errs.Args{"decision": decisionID.String()})
	}
	r.Turns, err = r.Book.WhatIf(in)
	return r, err
}

// Why is a decision in sentences.
type Why struct {
	DecisionID id.ID         `json:"decision_id"`
	Stage      string        `json:"stage"`
	Outcome    rule.Outcome  `json:"outcome"`
	Lang       errs.Lang     `json:"lang"`
	Audience   rule.Audience `json:"audience"`
	rule.Explanation
}

// Why says in a language, to a customer, an agent or a mediator, why a decision came out as it did.
func (f *Flow) Why(ctx context.Context, shopID, decisionID id.ID, lang errs.Lang, to rule.Audience) (Why, error) {
	r, err := f.Replay(ctx, shopID, decisionID)
	if err != nil {
		return Why{}, err
	}
	return Why{DecisionID: decisionID, Stage: r.Stored.Stage, Outcome: r.Stored.Outcome, Lang: lang, Audience: to,
		Explanation: r.Book.Explain(r.Decision, r.Calendar, lang, to, r.Turns...)}, nil
}

func (f *Flow) whyRoutes(s *web.Server) {
	web.Register(s, web.Op{Method: http.MethodGet, Path: web.ShopRoot + "/decisions/{decision}/why", ID: "explain-decision", Tag: "decisions", Scope: auth.CasesRead,
		Summary: "Why a decision came out as it did, in sentences 判定依据",
		Doc:     "Rendered from the stored decision, its facts and the versions that made it; wording may improve, the decision never changes."},
		func(ctx context.Context, in *struct {
			Decision web.ID        `path:"decision"`
			Lang     errs.Lang     `query:"lang" enum:"zh-CN,zh-TW,en" doc:"language; the request's without it"`
			Audience rule.Audience `query:"audience" enum:"customer,agent,mediator" default:"agent" doc:"who reads it"`
		}) (*web.Reply[Why], error) {
			lang := in.Lang
			if lang == "" {
				lang = web.Lang(ctx)
			}
			why, err := f.Why(ctx, web.Shop(ctx), in.Decision.ID, lang, in.Audience)
			return &web.Reply[Why]{Body: why}, err
		})
	web.Register(s, web.Op{Method: http.MethodGet, Path: web.ShopRoot + "/wording", ID: "get-wording", Tag: "decisions", Scope: auth.CasesRead,
		Summary: "How the codes in decisions read: claims, reasons, alternatives"},
		func(ctx context.Context, _ *struct{}) (*web.Reply[rule.Wording], error) {
			words, err := f.Wording(ctx, web.Shop(ctx), web.Lang(ctx))
			return &web.Reply[rule.Wording]{Body: words}, err
		})
}

// Wording is how the codes in a shop's decisions of today read.
func (f *Flow) Wording(ctx context.Context, shopID id.ID, lang errs.Lang) (rule.Wording, error) {
	var book *rule.Book
	err := f.DB.Read(ctx, func(tx *db.Tx) error {
		s, err := shop.Get(tx, shopID)
		if err == nil {
			book, err = f.LatestBook(tx, s)
		}
		return err
	})
	if err != nil {
		return rule.Wording{}, err
	}
	return book.Wording(lang), nil
}

var _ = errs.Register(map[string]errs.Text{
	"flow.replay_differs": {ZhCN: "判定 {decision} 重新计算的结果与存档不一致，请告知管理员。", En: "Decision {decision} does not come out as it was stored; tell the administrator."},
})
