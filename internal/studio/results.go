package studio

import (
	"context"

	"github.com/sanbao/sanbao/errs"
	"github.com/sanbao/sanbao/internal/db"
	"github.com/sanbao/sanbao/internal/report"
	"github.com/sanbao/sanbao/rule"
)

// Said is a sentence in the languages of the screens.
type Said map[errs.Lang]string

func said(text func(errs.Lang) string) Said {
	return Said{errs.ZhCN: text(errs.ZhCN), errs.ZhTW: text(errs.ZhTW), errs.En: text(errs.En)}
}

// Verified is the result of a proof: rule.Verify's, with its findings in words. Lists are cut to their first three hundred.
type Verified struct {
	*rule.Proof
	Found    int           `json:"found"`
	Findings []FoundBelow  `json:"findings" nullable:"false"`
	Unproven []SaidOfProof `json:"unproven" nullable:"false"`
	Notes    []SaidOfProof `json:"notes" nullable:"false"`
}

// FoundBelow is one finding.
type FoundBelow struct {
	rule.ProofFinding
	Text Said `json:"text"`
}

// SaidOfProof is what a proof did not look at, or only at points.
type SaidOfProof struct {
	Text Said `json:"text"`
}

const maxListed = 300

func (in matter) verify(ctx context.Context, p *rule.Pack, progress func(done, total int)) (Verified, error) {
	proof, err := rule.Verify(ctx, rule.VerifyInput{Shop: p, Beside: in.r.beneath(p), Calendar: in.r.Calendar, Progress: progress})
	if err != nil {
		return Verified{}, err
	}
	out := Verified{Proof: proof, Found: len(proof.Findings), Findings: []FoundBelow{}, Unproven: []SaidOfProof{}, Notes: []SaidOfProof{}}
	for _, f := range proof.Findings[:min(len(proof.Findings), maxListed)] {
		out.Findings = append(out.Findings, FoundBelow{f, said(f.Text)})
	}
	for _, u := range proof.Unproven[:min(len(proof.Unproven), maxListed)] {
		out.Unproven = append(out.Unproven, SaidOfProof{said(u.Text)})
	}
	for _, b := range proof.Breakpoints[:min(len(proof.Breakpoints), maxListed)] {
		out.Notes = append(out.Notes, SaidOfProof{said(b.Text)})
	}
	return out, nil
}

// CasesRun is the result of a run of golden cases: those of the pack, and boundaries that none of them stands on.
type CasesRun struct {
	Check
	Proposals []CaseProposal `json:"proposals" nullable:"false"`
}

// CaseProposal is two cases on both sides of a boundary, with what comes out today. They are to be read against the document
// before they are kept.
type CaseProposal struct {
	About string    `json:"about"`
	Cites []string  `json:"cites" nullable:"false"`
	Names [2]string `json:"names"`
	YAML  [2]string `json:"yaml"`
}

func (in matter) cases(ctx context.Context, p *rule.Pack) (CasesRun, error) {
	out := CasesRun{Proposals: []CaseProposal{}}
	var err error
	if out.Check, err = in.r.check(in.Pack, in.files, p.From, in.lang); err != nil {
		return out, err
	}
	all, err := rule.Cases(in.files.Folder(in.Pack), in.Pack, p)
	if err != nil {
		return out, err
	}
	var tried []rule.Tried
	for _, c := range all {
		book, _, err := in.r.caseBook(p, c)
		if err != nil {
			return out, err
		}
		tried = append(tried, rule.Tried{Case: c, Book: book})
	}
	found, err := rule.Propose(ctx, rule.VerifyInput{Shop: p, Beside: in.r.beneath(p), Calendar: in.r.Calendar}, tried)
	for _, f := range found[:min(len(found), maxListed)] {
		out.Proposals = append(out.Proposals, CaseProposal{f.About, f.Cites, f.Names, f.YAML})
	}
	return out, err
}

// backtest decides what the shop has decided again, as if the draft had been in force.
func (in matter) backtest(ctx context.Context, d *db.DB, p *rule.Pack, progress func(done, total int)) (*report.BacktestReport, error) {
	x := report.BacktestInput{Library: in.r.lib, Shop: in.ShopID, Binding: in.r.Binding, Calendar: in.r.Calendar, Draft: p, Progress: progress}
	if in.From != nil {
		x.From = *in.From
	}
	if in.To != nil {
		x.To = *in.To
	}
	return report.Backtest(ctx, d, x)
}
