package studio

import (
	"context"
	"encoding/json"
	"net/http"

	"github.com/sanbao/sanbao/calendar"
	"github.com/sanbao/sanbao/errs"
	"github.com/sanbao/sanbao/internal/auth"
	"github.com/sanbao/sanbao/internal/db"
	"github.com/sanbao/sanbao/internal/web"
	"github.com/sanbao/sanbao/rule"
)

const (
	root      = web.ShopRoot + "/policies"
	draftRoot = root + "/drafts"
	yamlType  = "text/plain"
	pageType  = "text/markdown"
)

// maxQuestion bounds a sandbox question: a form of every fact fits many times.
const maxQuestion = 128 << 10

// Routes adds policies to a server.
func (st *Studio) Routes(s *web.Server) {
	st.readRoutes(s)
	st.versionRoutes(s)
	st.draftReadRoutes(s)
	st.draftWriteRoutes(s)
	st.publishRoutes(s)
	st.runRoutes(s)
}

func get(path, opID, summary string) web.Op {
	return web.Op{Method: http.MethodGet, Path: path, ID: opID, Tag: "policies", Scope: auth.PolicyRead, Summary: summary}
}

func (st *Studio) readRoutes(s *web.Server) {
	web.Register(s, get(root, "list-policies", "The packs the shop is bound to, with all versions"),
		func(ctx context.Context, _ *struct{}) (*web.Reply[[]Shelved], error) {
			r, err := st.look(ctx, web.Shop(ctx))
			if err != nil {
				return nil, err
			}
			return &web.Reply[[]Shelved]{Body: r.shelves(web.Lang(ctx))}, nil
		})
	web.Register(s, get(root+"/facts", "policy-facts", "The vocabulary as JSON Schema, with labels, stages and who can answer"),
		func(context.Context, *struct{}) (*web.Reply[json.RawMessage], error) {
			schema, err := st.Shelves.Vocabulary().Schema(true)
			return &web.Reply[json.RawMessage]{Body: schema}, err
		})
	web.Register(s, get(root+"/grounds", "policy-grounds", "Grounds and what can be had for each, by what is in force on a day"),
		func(ctx context.Context, in *struct {
			On string `query:"on" maxLength:"10" doc:"day; today without it" example:"2026-11-21"`
		}) (*web.Reply[[]GroundRow], error) {
			r, err := st.look(ctx, web.Shop(ctx))
			if err != nil {
				return nil, err
			}
			on := r.today()
			if in.On != "" {
				if on, err = calendar.ParseDate(in.On); err != nil {
					return nil, wrongDay("query:on", in.On)
				}
			}
			rows, err := r.grounds(on, web.Lang(ctx))
			return &web.Reply[[]GroundRow]{Body: rows}, err
		})
	ask := web.Op{Method: http.MethodPost, Path: root + "/decide", ID: "try-policy", Tag: "policies", Scope: auth.PolicyRead, Preview: true, MaxBody: maxQuestion,
		Summary: "What the policy says to a supposed matter; writes nothing 试算"}
	ask.Doc = "Facts as in golden cases. A fact that is left out is unknown: the answer says what would have to be asked. All faults of the question are reported."
	web.Register(s, ask, func(ctx context.Context, in *struct{ Body Question }) (*web.Reply[Answer], error) {
		a, err := st.try(ctx, in.Body)
		return &web.Reply[Answer]{Body: a}, err
	})
}

func wrongDay(field, got string) error {
	var f errs.Faults
	f.Add(field, "rule.want_date", errs.Args{"what": "on", "got": errs.Clip(got)})
	return f.Err()
}

// try answers a question in the shop of the request.
func (st *Studio) try(ctx context.Context, q Question) (Answer, error) {
	var r room
	var draft *rule.Pack
	err := st.DB.Read(ctx, func(tx *db.Tx) (err error) {
		if r, err = st.enter(tx, web.Shop(ctx)); err != nil || q.Draft == 0 {
			return err
		}
		d, err := getDraft(tx, r.ID, q.Draft)
		if err != nil {
			return err
		}
		files, err := draftFiles(tx, r.ID, d.ID)
		if err == nil {
			draft, err = files.Compile(d.Pack, r.lib.Vocabulary())
		}
		return err
	})
	if err != nil {
		return Answer{}, err
	}
	return r.answer(q, draft, web.Lang(ctx))
}

// VersionPath names a version in a path.
type VersionPath struct {
	Pack    string `path:"pack" maxLength:"64"`
	Version string `path:"version" maxLength:"64"`
}

func (st *Studio) versionRoutes(s *web.Server) {
	const path = root + "/{pack}/versions/{version}"
	web.Register(s, get(path, "get-policy-version", "One version in words: parameters, grounds, claims, tables, with citations in full"),
		func(ctx context.Context, in *VersionPath) (*web.Reply[VersionPage], error) {
			r, err := st.look(ctx, web.Shop(ctx))
			if err != nil {
				return nil, err
			}
			page, err := r.page(in.Pack, in.Version, web.Lang(ctx))
			return &web.Reply[VersionPage]{Body: page}, err
		})
	file := get(path+"/files/{file}", "get-policy-file", "One file of a version, as it is written")
	file.Produces = yamlType
	web.Register(s, file, func(ctx context.Context, in *struct {
		VersionPath
		FilePath
	}) (*web.File, error) {
		r, err := st.look(ctx, web.Shop(ctx))
		if err != nil {
			return nil, err
		}
		text, err := r.file(in.Pack, in.Version, in.File)
		if err != nil {
			return nil, err
		}
		return web.NewFile(yamlType+"; charset=utf-8", safeName(in.File), []byte(text)), nil
	})
	page := get(path+"/page", "get-policy-page", "The customer's policy page of a version, as Markdown")
	page.Produces = pageType
	web.Register(s, page, func(ctx context.Context, in *struct {
		VersionPath
		Lang errs.Lang `query:"lang" enum:"zh-CN,zh-TW,en" doc:"language; the request's without it"`
	}) (*web.File, error) {
		lang := in.Lang
		if lang == "" {
			lang = web.Lang(ctx)
		}
		r, err := st.look(ctx, web.Shop(ctx))
		if err != nil {
			return nil, err
		}
		text, err := r.customers(in.Pack, in.Version, lang)
		if err != nil {
			return nil, err
		}
		return web.NewFile(pageType+"; charset=utf-8", safeName(in.Pack+"-"+in.Version+"-"+string(lang)+".md"), []byte(text)), nil
	})
}

// safeName is a name to save a file under.
func safeName(name string) string {
	out := []byte(name)
	for i, c := range out {
		if !(c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '.' || c == '-') {
			out[i] = '-'
		}
	}
	return string(out)
}
