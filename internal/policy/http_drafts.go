package policy

import (
	"context"

	"github.com/sanbao/sanbao/errs"
	"github.com/sanbao/sanbao/internal/auth"
	"github.com/sanbao/sanbao/internal/db"
	"github.com/sanbao/sanbao/internal/id"
	"github.com/sanbao/sanbao/internal/web"
)

// DraftPage is a draft with its files and what lint says of it.
type DraftPage struct {
	Draft
	Files    []DraftFile `json:"files" nullable:"false"`
	Findings []Finding   `json:"findings" nullable:"false" doc:"of lint; a clean draft has none"`
	Faulty   bool        `json:"faulty" doc:"it does not load, so it cannot be tried"`
}

// DraftFile is one file of a draft.
type DraftFile struct {
	FileRow
	Text    string `json:"text"`
	Changed bool   `json:"changed" doc:"other than in the version it was begun from"`
}

// draftPage says what a draft is and what is wrong with it.
func (r room) draftPage(d Draft, files Files, lang errs.Lang) (DraftPage, error) {
	out := DraftPage{Draft: d, Files: []DraftFile{}}
	base := Files{}
	if p, err := r.lib.Version(d.Pack, d.BaseVersion); err == nil {
		if base, err = r.lib.Files(p); err != nil {
			return out, err
		}
	}
	for _, row := range files.rows() {
		was, had := base[row.Name]
		out.Files = append(out.Files, DraftFile{row, files[row.Name], !had || was != files[row.Name]})
	}
	var err error
	if out.Findings, err = r.lint(d.Pack, files, r.day(d), lang); err != nil {
		return out, err
	}
	_, broken := files.compile(d.Pack, r.lib.voc)
	out.Faulty = broken != nil
	return out, nil
}

type draftInput struct {
	Draft web.ID `path:"draft"`
}

// openDraft reads a draft of the request's shop with its files.
func (st *Studio) openDraft(ctx context.Context, draftID id.ID) (r room, d Draft, files Files, err error) {
	err = st.DB.Read(ctx, func(tx *db.Tx) (err error) {
		if r, err = st.enter(tx, web.Shop(ctx)); err != nil {
			return err
		}
		if d, err = getDraft(tx, r.ID, draftID); err != nil {
			return err
		}
		files, err = draftFiles(tx, r.ID, d.ID)
		return err
	})
	return r, d, files, err
}

func (st *Studio) draftReadRoutes(s *web.Server) {
	web.Register(s, get(draftRoot, "list-policy-drafts", "Drafts of the shop's policy, newest first"),
		func(ctx context.Context, in *struct{ web.Page }) (*web.Reply[web.List[Draft]], error) {
			before, _, err := web.AfterKey[id.ID](ctx, in.Page)
			if err != nil {
				return nil, err
			}
			var rows []Draft
			err = st.DB.Read(ctx, func(tx *db.Tx) error {
				rows, err = drafts(tx, web.Shop(ctx), before, in.Fetch())
				return err
			})
			if err != nil {
				return nil, err
			}
			list, err := web.MakeList(ctx, in.Page, rows, func(d Draft) id.ID { return d.ID })
			return &web.Reply[web.List[Draft]]{Body: list}, err
		})
	web.Register(s, get(draftRoot+"/{draft}", "get-policy-draft", "One draft with its files and what lint says of it"),
		func(ctx context.Context, in *draftInput) (*web.Reply[DraftPage], error) {
			r, d, files, err := st.openDraft(ctx, in.Draft.ID)
			if err != nil {
				return nil, err
			}
			page, err := r.draftPage(d, files, web.Lang(ctx))
			return &web.Reply[DraftPage]{Body: page}, err
		})
	check := get(draftRoot+"/{draft}/check", "check-policy-draft", "Lint, golden cases and their coverage")
	check.Scope = auth.PolicyWrite
	web.Register(s, check, func(ctx context.Context, in *draftInput) (*web.Reply[Check], error) {
		r, d, files, err := st.openDraft(ctx, in.Draft.ID)
		if err != nil {
			return nil, err
		}
		out, err := r.check(d.Pack, files, r.day(d), web.Lang(ctx))
		return &web.Reply[Check]{Body: out}, err
	})
}
