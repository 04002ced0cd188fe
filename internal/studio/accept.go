package studio

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/sanbao/sanbao/errs"
	"github.com/sanbao/sanbao/internal/auth"
	"github.com/sanbao/sanbao/internal/db"
	"github.com/sanbao/sanbao/internal/policy"
	"github.com/sanbao/sanbao/internal/web"
	"github.com/sanbao/sanbao/rule"
)

// GoldenPlace is a golden case of a draft, as the check named it.
type GoldenPlace struct {
	File string `json:"file" minLength:"1" maxLength:"100" example:"cases/quality.yaml"`
	Line int    `json:"line" minimum:"1"`
	Name string `json:"name" minLength:"1" maxLength:"400" doc:"as it stands there: another case on this line is not meant"`
}

// accepted is a draft whose cases expect what comes out.
type accepted struct {
	files policy.Files // those that change
	names []string
}

// accept plans that golden cases of a draft expect from now on what comes out of them. Each has to be there still, and to come
// out otherwise: who accepts an answer has read it.
func (r room) accept(d Draft, files policy.Files, version int64, which []GoldenPlace) (x accepted, err error) {
	if err := d.at(Drafting, version); err != nil {
		return x, err
	}
	fsys := files.Folder(d.Pack)
	p, err := rule.Load(fsys, d.Pack, r.lib.Vocabulary())
	if err != nil {
		return x, err
	}
	all, err := rule.Cases(fsys, d.Pack, p)
	if err != nil {
		return x, err
	}
	which = slices.SortedFunc(slices.Values(which), func(a, b GoldenPlace) int { // from below: what stands above keeps its line
		return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(b.Line, a.Line))
	})
	x.files = policy.Files{}
	var bad errs.Faults
	for i, w := range slices.Compact(which) {
		at := slices.IndexFunc(all, func(c rule.Case) bool { return c.File == d.Pack+"/"+w.File && c.Line == w.Line && c.Name == w.Name })
		if at < 0 {
			bad.Add(fmt.Sprintf("/cases/%d", i), "rule.case_gone", errs.Args{"name": errs.Clip(w.Name), "line": w.Line})
			continue
		}
		text, ok := x.files[w.File]
		if !ok {
			text = files[w.File]
		}
		if text, err = r.accepts(p, all[at], text); err != nil {
			return x, err
		}
		if len(text) > maxFile {
			bad.Add(fmt.Sprintf("/cases/%d", i), "policy.file_too_large", errs.Args{"limit": maxFile >> 10})
		}
		x.files[w.File], x.names = text, append(x.names, w.Name)
	}
	return x, bad.Err()
}

// accepts is a file in which a case expects what comes out of it.
func (r room) accepts(p *rule.Pack, c rule.Case, text string) (string, error) {
	book, cal, err := r.caseBook(p, c)
	if err != nil {
		return "", err
	}
	res := c.Run(book, cal, nil)
	switch {
	case res.Err != nil:
		return "", res.Err
	case len(res.Mismatches) == 0:
		return "", errs.New(errs.Conflict, "policy.case_green", errs.Args{"name": errs.Clip(c.Name)})
	}
	return res.Accept(text, p.Currency)
}

// maxNamed bounds what the timeline keeps of the names of accepted cases.
const maxNamed = 2000

func (st *Studio) acceptRoute(s *web.Server) {
	accept := post(draftRoot+"/{draft}/accept-cases", "accept-policy-cases", "Let golden cases of a draft expect what comes out of them", auth.PolicyWrite)
	accept.Doc = "For cases whose new answer somebody has read against the document. Where the outcome is another one the whole answer is written, else the points that differ; nothing else in the files moves."
	web.Register(s, accept, func(ctx context.Context, in *struct {
		DraftPath
		Body struct {
			Seen
			Cases []GoldenPlace `json:"cases" minItems:"1" maxItems:"200" nullable:"false"`
		}
	}) (*web.Reply[Draft], error) {
		who := me(ctx)
		d, _, err := web.Once(ctx, st.DB, web.OnceOf(ctx),
			func(ctx context.Context) (accepted, error) {
				r, d, files, err := st.openDraft(ctx, in.Draft.ID)
				if err != nil {
					return accepted{}, err
				}
				return r.accept(d, files, in.Body.Version, in.Body.Cases)
			},
			func(tx *db.Tx, x accepted) (Draft, error) {
				return takeStep(tx, web.Shop(ctx), in.Draft.ID, who, func(_ *db.Tx, d *Draft, b *db.Batch) (string, map[string]string, error) {
					if err := d.at(Drafting, in.Body.Version); err != nil {
						return "", nil, err
					}
					d.by(who)
					for _, name := range slices.Sorted(maps.Keys(x.files)) {
						putFile(b, *d, name, x.files[name])
					}
					named := strings.Join(x.names, " · ")
					return "accepted", map[string]string{"files": strings.Join(slices.Sorted(maps.Keys(x.files)), " "), "cases": strings.ToValidUTF8(named[:min(len(named), maxNamed)], "")}, nil
				})
			})
		return &web.Reply[Draft]{Body: d}, err
	})
}
