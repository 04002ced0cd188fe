package studio

import (
	"context"

	"github.com/sanbao/sanbao/internal/auth"
	"github.com/sanbao/sanbao/internal/db"
	"github.com/sanbao/sanbao/internal/policy"
	"github.com/sanbao/sanbao/internal/web"
)

func (st *Studio) publishRoutes(s *web.Server) {
	propose := post(draftRoot+"/{draft}/propose", "propose-policy-draft", "Propose a draft as a version, with its name and first day", auth.PolicyWrite)
	propose.Doc = "Name and day are written into pack.yaml. Refused with every finding of lint, or where its golden cases are not green; the day has to come after today, and no two versions of a pack share one. Its proof is queued at once (a run of kind verify)."
	web.Register(s, propose, func(ctx context.Context, in *struct {
		DraftPath
		Body Proposal
	}) (*web.Reply[Draft], error) {
		who, lang := me(ctx), web.Lang(ctx)
		d, _, err := web.Once(ctx, st.DB, web.OnceOf(ctx),
			func(ctx context.Context) (proposed, error) {
				r, d, files, err := st.openDraft(ctx, in.Draft.ID)
				if err != nil {
					return proposed{}, err
				}
				return r.propose(d, files, in.Body, who)
			},
			func(tx *db.Tx, x proposed) (Draft, error) {
				return takeStep(tx, x.draft.ShopID, x.draft.ID, who, func(tx *db.Tx, d *Draft, b *db.Batch) (string, map[string]string, error) {
					if err := d.at(Drafting, in.Body.Version); err != nil {
						return "", nil, err
					}
					*d = x.draft
					putFile(b, *d, headFile, x.files[headFile])
					if _, err := st.ask(tx, x.draft.run(RunVerify, who, tx.Now), lang); err != nil {
						return "", nil, err
					}
					return "proposed", map[string]string{"version": d.VersionName, "from": d.EffectiveFrom.String(), "content_hash": d.ContentHash}, nil
				})
			})
		return &web.Reply[Draft]{Body: d}, err
	})
	back := post(draftRoot+"/{draft}/return", "return-policy-draft", "Make a proposal a draft again", auth.PolicyRead)
	back.Doc = "For who may publish, and for those who worked on it."
	web.Register(s, back, func(ctx context.Context, in *struct {
		DraftPath
		Body struct {
			Seen
			Reason string `json:"reason" minLength:"1" maxLength:"500"`
		}
	}) (*web.Reply[Draft], error) {
		may := auth.From(ctx).HasIn(auth.PolicyPublish, web.Shop(ctx))
		return st.once(ctx, in.Draft.ID, giveBack(in.Body.Version, in.Body.Reason, me(ctx), may))
	})
	st.publishRoute(s)
}

func (st *Studio) publishRoute(s *web.Server) {
	publish := post(draftRoot+"/{draft}/publish", "publish-policy-draft", "Let a proposed version come into force from its first day", auth.PolicyPublish)
	publish.Doc = "By a person who is logged in, and another one than all who edited or proposed it. Checked again: lint, golden cases, its name and day; and the proof of exactly these files has to have found nothing but what the pack lists as overridden. What is published is never changed."
	web.Register(s, publish, func(ctx context.Context, in *struct {
		DraftPath
		Body Seen
	}) (*web.Reply[Draft], error) {
		who := me(ctx)
		type plan struct {
			r room
			v policy.Published
		}
		d, _, err := web.Once(ctx, st.DB, web.OnceOf(ctx),
			func(ctx context.Context) (plan, error) {
				r, d, files, err := st.openDraft(ctx, in.Draft.ID)
				if err != nil {
					return plan{}, err
				}
				proof, err := st.proofOf(ctx, d)
				if err != nil {
					return plan{}, err
				}
				v, err := r.publish(d, files, proof, in.Body.Version, who, auth.From(ctx).UserID != 0)
				return plan{r, v}, err
			},
			func(tx *db.Tx, p plan) (Draft, error) { return issue(tx, p.r, p.v, in.Body.Version, who) })
		return &web.Reply[Draft]{Body: d}, err
	})
}

// proofOf is the newest proof of a proposal, nil when there is none.
func (st *Studio) proofOf(ctx context.Context, d Draft) (proof *Run, err error) {
	err = st.DB.Read(ctx, func(tx *db.Tx) error {
		x, ok, err := lastProof(tx, d.ShopID, d.ID, d.ContentHash)
		if err != nil || !ok {
			return err
		}
		if x, err = st.seen(tx, x, web.Lang(ctx)); err == nil && x.State != RunFailed {
			proof = &x
		}
		return err
	})
	return proof, err
}
