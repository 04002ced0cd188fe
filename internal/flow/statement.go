package flow

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"io"

	"github.com/sanbao/sanbao/errs"
	"github.com/sanbao/sanbao/internal/audit"
	"github.com/sanbao/sanbao/internal/db"
	"github.com/sanbao/sanbao/internal/id"
	"github.com/sanbao/sanbao/internal/layout"
	"github.com/sanbao/sanbao/internal/order/export"
	"github.com/sanbao/sanbao/internal/settle"
	"github.com/sanbao/sanbao/internal/settle/statement"
	"github.com/sanbao/sanbao/internal/shop"
	"github.com/sanbao/sanbao/internal/web"
)

// 对账 — what providers and platforms say they gave back, held against what was booked here, to the fen. A statement books nothing and
// confirms nothing: where it says another thing, that is a difference, which goes when both agree or when a person says why it stands.

// StatementFile is a statement to be taken in.
type StatementFile struct {
	Preset   string
	Provider string // of presets that are of no one provider: the platform, or bank
	File     export.File
}

// Reconciled is what came of a statement.
type Reconciled struct {
	Statement settle.Statement `json:"statement"`
	Passed    int              `json:"passed" doc:"rows that are no refund"`
	Matched   int              `json:"matched" doc:"lines that agree with a settlement to the fen, of those that were new or open"`
	Open      int              `json:"open" doc:"differences that this statement found or left open"`
	Known     bool             `json:"known,omitempty" doc:"this very file was taken in before; only open differences were looked at again"`
	Faults    []ImportFault    `json:"faults" nullable:"false" doc:"what is wrong with the file; then nothing of it was taken in"`
}

// statementStep is how many lines are taken in within one transaction.
const statementStep = 40

// Reconcile takes a statement in and matches it. The file is checked whole first: if anything is wrong, nothing is taken in. The same file a
// second time, or another that has the same refunds, changes nothing.
func (f *Flow) Reconcile(ctx context.Context, who Actor, shopID id.ID, in StatementFile) (out Reconciled, err error) {
	out.Faults = []ImportFault{}
	preset, err := statement.Named(in.Preset)
	if err != nil {
		return out, err
	}
	if preset.Provider != "" {
		in.Provider = preset.Provider
	}
	if !platformName.MatchString(in.Provider) {
		return out, errs.New(errs.Invalid, "flow.statement_provider", errs.Args{"provider": errs.Clip(in.Provider)})
	}
	s, err := f.shopOf(ctx, shopID)
	if err != nil {
		return out, err
	}
	cal, err := f.calendar(s)
	if err != nil {
		return out, err
	}
	read, err := preset.Open(ctx, statement.Terms{Currency: s.Currency, Zone: cal.Zone()}, layout.Source{Data: in.File.Data, Size: in.File.Size})
	if err != nil {
		return out, err
	}
	out.Passed = read.Passed
	for _, x := range read.Faults {
		cell, _ := x.Args["cell"].(string)
		text, _ := x.Args["text"].(string)
		out.Faults = append(out.Faults, ImportFault{x.Row, x.Column, cell, text, x.Key, errs.Render(web.Lang(ctx), x.Key, x.Args)})
	}
	if len(out.Faults) > 0 {
		return out, nil
	}
	if len(read.Lines) == 0 && read.From == 0 {
		return out, errs.New(errs.Invalid, "flow.statement_empty")
	}
	hash, err := hashOf(in.File)
	if err != nil {
		return out, err
	}
	r := &reconciler{f: f, who: who, shop: s, provider: in.Provider}
	if out.Statement, out.Known, err = r.begin(ctx, in.File.Name, hash, read); err != nil {
		return out, err
	}
	return r.run(ctx, out, read)
}

func hashOf(file export.File) (string, error) {
	h := sha256.New()
	_, err := io.Copy(h, io.NewSectionReader(file.Data, 0, file.Size))
	return hex.EncodeToString(h.Sum(nil)), err
}

func (f *Flow) shopOf(ctx context.Context, shopID id.ID) (s shop.Shop, err error) {
	err = f.DB.Read(ctx, func(tx *db.Tx) error {
		s, err = shop.Get(tx, shopID)
		return err
	})
	return s, err
}

// reconciler is one statement being taken in.
type reconciler struct {
	f        *Flow
	who      Actor
	shop     shop.Shop
	provider string
}

// begin writes the statement down, or finds the one of the same file. An import that stopped half-way goes on.
func (r *reconciler) begin(ctx context.Context, name, hash string, read statement.Read) (s settle.Statement, known bool, err error) {
	err = r.f.DB.Write(ctx, func(tx *db.Tx) error {
		if s, known, err = settle.StatementOf(tx, r.shop.ID, r.provider, hash); err != nil || known {
			return err
		}
		s = settle.Statement{ID: id.New(), ShopID: r.shop.ID, Provider: r.provider, FileName: name, FileHash: hash, Refunds: int64(len(read.Lines)),
			From: read.From, To: read.To, ImportedBy: r.who.Name, ImportedAt: tx.Now, Version: 1}
		return filled(tx, func(b *db.Batch) error {
			settle.InsertStatement(b, s)
			return audit.Write(b, tx.Now, audit.Event{ShopID: r.shop.ID, Subject: audit.Shop, SubjectID: r.shop.ID, Actor: r.who.Name, Verb: "statement"},
				map[string]any{"provider": r.provider, "file": name, "refunds": s.Refunds})
		})
	})
	return s, known, err
}

// run takes the lines in, step by step, and then looks at everything of the provider that is open.
func (r *reconciler) run(ctx context.Context, out Reconciled, read statement.Read) (Reconciled, error) {
	for rows := read.Lines; len(rows) > 0; {
		step := rows[:min(statementStep, len(rows))]
		rows = rows[len(step):]
		if err := r.f.DB.Write(ctx, func(tx *db.Tx) error { return r.add(tx, out.Statement, step) }); err != nil {
			return out, err
		}
	}
	matched, err := r.match(ctx)
	if err != nil {
		return out, err
	}
	out.Matched = matched
	if err := r.missing(ctx, out.Statement); err != nil {
		return out, err
	}
	err = r.f.DB.Read(ctx, func(tx *db.Tx) error {
		again, _, err := settle.StatementOf(tx, r.shop.ID, r.provider, out.Statement.FileHash)
		if err != nil {
			return err
		}
		out.Statement = again
		out.Open, err = settle.OpenDifferences(tx, r.shop.ID, out.Statement.ID)
		return err
	})
	return out, err
}

// add takes lines in that no earlier file had.
func (r *reconciler) add(tx *db.Tx, s settle.Statement, lines []statement.Line) error {
	fresh := int64(0)
	for _, l := range lines {
		added, err := settle.AddStatementLine(tx, settle.StatementLine{ID: id.New(), ShopID: r.shop.ID, StatementID: s.ID, Provider: r.provider, Key: l.Key(), Row: int64(l.Row),
			ExternalNo: l.ExternalNo, OurNo: l.OurNo, OrderNo: l.OrderNo, Minor: l.Minor, Currency: r.shop.Currency, At: l.At})
		if err != nil {
			return err
		}
		if added {
			fresh++
		}
	}
	if fresh == 0 {
		return nil
	}
	return settle.CountFresh(tx, r.shop.ID, s.ID, fresh)
}

// match holds every line of the provider that is of nothing of ours yet against the settlements, and says how many agree now.
func (r *reconciler) match(ctx context.Context) (matched int, err error) {
	for after := id.ID(0); ; {
		page, n, err := r.matchStep(ctx, after)
		if err != nil || len(page) == 0 {
			return matched, err
		}
		matched, after = matched+n, page[len(page)-1].ID
	}
}

// matchStep matches some lines; anew where somebody who takes in the same refunds was quicker with one of them.
func (r *reconciler) matchStep(ctx context.Context, after id.ID) (page []settle.StatementLine, matched int, err error) {
	for n := 1; ; n++ {
		matched = 0
		err = r.f.DB.Write(ctx, func(tx *db.Tx) error {
			if page, err = settle.Unmatched(tx, r.shop.ID, r.provider, after, statementStep); err != nil {
				return err
			}
			for _, l := range page {
				agrees, err := matchLine(tx, l)
				if err != nil {
					return err
				}
				if agrees {
					matched++
				}
			}
			return nil
		})
		if !stale(err) && !db.IsUnique(err) || n == attempts || ctx.Err() != nil {
			return page, matched, err
		}
	}
}

// matchLine matches one line, or notes the difference.
func matchLine(tx *db.Tx, l settle.StatementLine) (bool, error) {
	of, err := settle.Candidates(tx, l)
	if err != nil {
		return false, err
	}
	match, what := settle.Match(l, of)
	d := settle.MoneyDifference{ID: id.New(), ShopID: l.ShopID, Provider: l.Provider, StatementID: l.StatementID, LineID: l.ID, SettlementID: match, What: what,
		Theirs: l.Minor, Currency: l.Currency, FoundAt: tx.Now}
	for _, c := range of {
		if c.ID == match {
			d.Ours = c.Minor
		}
	}
	return what == "", tx.Batch(func(b *db.Batch) {
		if what != "" {
			settle.Differ(b, d)
			return
		}
		settle.Agree(b, l, match)
		settle.Agreed(b, d, tx.Now)
	})
}

// missing notes what arrived within the time of a statement and is not in it, and lets go of what has turned up since.
func (r *reconciler) missing(ctx context.Context, s settle.Statement) error {
	for after := id.ID(0); ; {
		var page []settle.Settlement
		err := r.f.DB.Write(ctx, func(tx *db.Tx) (err error) {
			if page, err = settle.Expected(tx, r.shop.ID, r.provider, s.From, s.To, after, statementStep); err != nil {
				return err
			}
			return tx.Batch(func(b *db.Batch) {
				for _, x := range page {
					settle.Differ(b, settle.MoneyDifference{ID: id.New(), ShopID: r.shop.ID, Provider: r.provider, StatementID: s.ID, SettlementID: x.ID,
						What: settle.Missing, Ours: x.Minor, Currency: x.Currency, FoundAt: tx.Now})
				}
			})
		})
		if err != nil {
			return err
		}
		if len(page) == 0 {
			break
		}
		after = page[len(page)-1].ID
	}
	return r.turnedUp(ctx)
}

func (r *reconciler) turnedUp(ctx context.Context) error {
	for after := id.ID(0); ; {
		var page []settle.MoneyDifference
		err := r.f.DB.Write(ctx, func(tx *db.Tx) (err error) {
			if page, err = settle.TurnedUp(tx, r.shop.ID, r.provider, after, statementStep); err != nil {
				return err
			}
			return tx.Batch(func(b *db.Batch) {
				for _, d := range page {
					settle.Agreed(b, d, tx.Now)
				}
			})
		})
		if err != nil || len(page) == 0 {
			return err
		}
		after = page[len(page)-1].ID
	}
}

// ResolveDifference notes why a difference stands.
func (f *Flow) ResolveDifference(ctx context.Context, who Actor, shopID, differenceID id.ID, version int64, reason string) (settle.MoneyDifference, error) {
	d, _, err := web.Once(ctx, f.DB, web.OnceOf(ctx), func(context.Context) (struct{}, error) { return struct{}{}, nil },
		func(tx *db.Tx, _ struct{}) (settle.MoneyDifference, error) {
			d, err := settle.Resolve(tx, shopID, differenceID, version, who.Name, reason)
			if err != nil {
				return d, err
			}
			return d, filled(tx, func(b *db.Batch) error {
				return audit.Write(b, tx.Now, audit.Event{ShopID: shopID, Subject: audit.Shop, SubjectID: shopID, Actor: who.Name, Verb: "difference_resolved"},
					map[string]any{"difference": d.ID, "what": d.What, "theirs": d.Theirs, "ours": d.Ours, "reason": reason})
			})
		})
	return d, err
}

var _ = errs.Register(map[string]errs.Text{
	"flow.statement_provider": {ZhCN: "请说明是哪个平台（或 bank）的账单：“{provider}”不对。", En: "Name the platform whose statement it is, or bank: \"{provider}\" is none."},
	"flow.statement_empty":    {ZhCN: "账单里没有任何行。", En: "The statement has no rows."},
})
