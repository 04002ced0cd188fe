package studio

import (
	"context"
	"net/http"

	"github.com/sanbao/sanbao/errs"
	"github.com/sanbao/sanbao/internal/auth"
	"github.com/sanbao/sanbao/internal/db"
	"github.com/sanbao/sanbao/internal/id"
	"github.com/sanbao/sanbao/internal/policy"
	"github.com/sanbao/sanbao/internal/web"
	"github.com/sanbao/sanbao/rule"
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
func (r room) draftPage(d Draft, files policy.Files, lang errs.Lang) (DraftPage, error) {
	out := DraftPage{Draft: d, Files: []DraftFile{}}
	base := policy.Files{}
	if p, err := r.lib.Version(d.Pack, d.BaseVersion); err == nil {
		if base, err = r.lib.Files(p); err != nil {
			return out, err
		}
	}
	for _, row := range rowsOf(files) {
		was, had := base[row.Name]
		out.Files = append(out.Files, DraftFile{row, files[row.Name], !had || was != files[row.Name]})
	}
	var err error
	if out.Findings, err = r.lint(d.Pack, files, r.day(d), lang); err != nil {
		return out, err
	}
	_, broken := files.Compile(d.Pack, r.lib.Vocabulary())
	out.Faulty = broken != nil
	return out, nil
}

// openDraft reads a draft of the request's shop with its files.
func (st *Studio) openDraft(ctx context.Context, draftID id.ID) (r room, d Draft, files policy.Files, err error) {
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
		func(ctx context.Context, in *DraftPath) (*web.Reply[DraftPage], error) {
			r, d, files, err := st.openDraft(ctx, in.Draft.ID)
			if err != nil {
				return nil, err
			}
			page, err := r.draftPage(d, files, web.Lang(ctx))
			return &web.Reply[DraftPage]{Body: page}, err
		})
	check := look("check", "check-policy-draft", "Lint, golden cases and their coverage")
	check.Scope = auth.PolicyWrite
	web.Register(s, check, func(ctx context.Context, in *DraftPath) (*web.Reply[Check], error) {
		r, d, files, err := st.openDraft(ctx, in.Draft.ID)
		if err != nil {
			return nil, err
		}
		out, err := r.check(d.Pack, files, r.day(d), web.Lang(ctx))
		return &web.Reply[Check]{Body: out}, err
	})
	web.Register(s, look("diff", "diff-policy-draft", "What a draft changes against the version it was begun from, in words"),
		func(ctx context.Context, in *DraftPath) (*web.Reply[[]rule.PackChange], error) {
			r, d, files, err := st.openDraft(ctx, in.Draft.ID)
			if err != nil {
				return nil, err
			}
			changes, err := r.diff(d, files, web.Lang(ctx))
			return &web.Reply[[]rule.PackChange]{Body: changes}, err
		})
}

// look is a question about a draft that takes longer than a look: a POST, because below the root of policies a GET of a
// draft's check and one of a pack's version would be the same path.
func look(what, opID, summary string) web.Op {
	return web.Op{Method: http.MethodPost, Path: draftRoot + "/{draft}/" + what, ID: opID, Tag: "policies", Scope: auth.PolicyRead, Preview: true, Summary: summary}
}

// post is a command on drafts.
func post(path, opID, summary string, scope auth.Scope) web.Op {
	return web.Op{Method: http.MethodPost, Path: path, ID: opID, Tag: "policies", Scope: scope, Once: true, Summary: summary}
}

// me is the caller as drafts know him.
func me(ctx context.Context) Person {
	p := auth.From(ctx)
	return Person{p.ID(), p.Name}
}

// Seen is the version of a draft as the caller saw it.
type Seen struct {
	Version int64 `json:"version" minimum:"1" doc:"of the draft, as the caller saw it; another one now is a conflict"`
}

func (st *Studio) draftWriteRoutes(s *web.Server) {
	begin := post(root+"/{pack}/drafts", "begin-policy-draft", "Begin a new version of a pack from one of its versions", auth.PolicyWrite)
	begin.Status = http.StatusCreated
	begin.Doc = "A version is withdrawn by publishing anew: begin from an older one. The law is nobody's to change."
	web.Register(s, begin, func(ctx context.Context, in *struct {
		Pack string `path:"pack" maxLength:"64"`
		Body NewDraft
	}) (*web.Reply[Draft], error) {
		made, _, err := web.Once(ctx, st.DB, web.OnceOf(ctx),
			func(ctx context.Context) (begun, error) {
				r, err := st.look(ctx, web.Shop(ctx))
				if err != nil {
					return begun{}, err
				}
				return r.begin(in.Pack, in.Body, me(ctx))
			},
			func(tx *db.Tx, b begun) (Draft, error) { return b.draft, b.write(tx) })
		return &web.Reply[Draft]{Body: made}, err
	})
	const file = draftRoot + "/{draft}/files/{file}"
	web.Register(s, web.Op{Method: http.MethodPut, Path: file, ID: "put-policy-draft-file", Tag: "policies", Scope: auth.PolicyWrite, MaxBody: 4 * maxFile,
		Summary: "Write one file of a draft", Doc: "A faulty text is kept, and its faults are in the answer. At most 256 KiB a file and 40 files."},
		func(ctx context.Context, in *struct {
			DraftPath
			FilePath
			Body struct {
				Seen
				Text string `json:"text"`
			}
		}) (*web.Reply[DraftPage], error) {
			do, err := putText(in.Body.Version, in.File, in.Body.Text, me(ctx))
			if err != nil {
				return nil, err
			}
			return st.changed(ctx, in.Draft.ID, do)
		})
	web.Register(s, web.Op{Method: http.MethodDelete, Path: file, ID: "delete-policy-draft-file", Tag: "policies", Scope: auth.PolicyWrite, Status: http.StatusOK,
		Summary: "Take a file out of a draft; pack.yaml stays"},
		func(ctx context.Context, in *struct {
			DraftPath
			FilePath
			Version int64 `query:"version" required:"true" minimum:"1" doc:"of the draft, as the caller saw it"`
		}) (*web.Reply[DraftPage], error) {
			return st.changed(ctx, in.Draft.ID, dropText(in.Version, in.File, me(ctx)))
		})
	web.Register(s, post(draftRoot+"/{draft}/discard", "discard-policy-draft", "Give a draft up", auth.PolicyWrite),
		func(ctx context.Context, in *struct {
			DraftPath
			Body Seen
		}) (*web.Reply[Draft], error) {
			return st.once(ctx, in.Draft.ID, discard(in.Body.Version))
		})
	st.acceptRoute(s)
}

// DraftPath names a draft in a path.
type DraftPath struct {
	Draft web.ID `path:"draft"`
}

// FilePath names a file in a path.
type FilePath struct {
	File string `path:"file" maxLength:"100" doc:"a slash in it is written %2F" example:"cases%2Fquality.yaml"`
}

// changed changes a draft and shows it.
func (st *Studio) changed(ctx context.Context, draftID id.ID, do step) (*web.Reply[DraftPage], error) {
	if _, err := st.change(ctx, web.Shop(ctx), draftID, me(ctx), do); err != nil {
		return nil, err
	}
	r, d, files, err := st.openDraft(ctx, draftID)
	if err != nil {
		return nil, err
	}
	page, err := r.draftPage(d, files, web.Lang(ctx))
	return &web.Reply[DraftPage]{Body: page}, err
}

// once changes a draft under the request's key.
func (st *Studio) once(ctx context.Context, draftID id.ID, do step) (*web.Reply[Draft], error) {
	shopID, who := web.Shop(ctx), me(ctx)
	d, _, err := web.Once(ctx, st.DB, web.OnceOf(ctx), func(context.Context) (struct{}, error) { return struct{}{}, nil },
		func(tx *db.Tx, _ struct{}) (Draft, error) { return takeStep(tx, shopID, draftID, who, do) })
	return &web.Reply[Draft]{Body: d}, err
}
