package flow

import (
	"context"
	"encoding/json"
	"strings"

	"github.com/sanbao/sanbao/errs"
	"github.com/sanbao/sanbao/internal/cases"
	"github.com/sanbao/sanbao/internal/db"
	"github.com/sanbao/sanbao/internal/id"
	"github.com/sanbao/sanbao/internal/job"
	"github.com/sanbao/sanbao/internal/line"
	"github.com/sanbao/sanbao/internal/movement"
	"github.com/sanbao/sanbao/internal/term"
)

// Commands lists every command there is, in the order of the table.
func Commands() (out []Command) {
	for _, r := range rules {
		out = append(out, r.Command)
	}
	return out
}

// CarrierCommands lists the steps of enquiries with carriers and of claims on them.
func CarrierCommands() (out []Command) {
	for _, c := range enquiryCommands {
		out = append(out, c)
	}
	for _, c := range claimCommands {
		out = append(out, c)
	}
	return out
}

// Standing is what a case's projection is computed from, computed anew.
type Standing struct {
	View       View
	Situations map[id.ID]Situation // by line
	Case       cases.Status
	Due        cases.Case // with the deadline and the work computed anew
}

// Standing reads where a case and its lines stand.
func (f *Flow) Standing(ctx context.Context, shopID, caseID id.ID) (s Standing, err error) {
	err = f.DB.Read(ctx, func(tx *db.Tx) error {
		d, err := f.read(tx, shopID, caseID)
		if err != nil {
			return err
		}
		s.View, s.Situations = d.View(), map[id.ID]Situation{}
		for _, l := range d.Lines {
			sit := d.situation(l)
			s.Situations[l.ID] = sit
		}
		s.Case = caseStatus(d.movers(), d.Case.Assignee)
		s.Due = d.Case
		s.Due.Due(d.due())
		s.Due.Work = d.work()
		return nil
	})
	return s, err
}

// ReadOrder reads an order with its lines, those that were given in exchange too.
var ReadOrder = readOrder

// PayOne runs the payment job of one settlement once.
func (f *Flow) PayOne(ctx context.Context, shopID, settlementID id.ID) error {
	args, err := json.Marshal(ref{Shop: shopID, ID: settlementID})
	if err != nil {
		return err
	}
	return f.pay(ctx, job.Job{Kind: payKind, Args: args})
}

// Refusal is what a refused command was told: what is allowed instead.
func Refusal(err error) (allowed []Command, ok bool) {
	e := errs.As(err)
	if e == nil || e.Code != errs.Conflict || e.Key != "flow.not_now" {
		return nil, false
	}
	words, _ := e.Args["allowed"].(term.Codes)
	for _, w := range words {
		allowed = append(allowed, Command(strings.TrimPrefix(string(w), "command.")))
	}
	return allowed, true
}

// Statuses lists every status a line may show.
func Statuses() []string {
	out := []string{"on_platform"}
	for _, s := range line.States {
		out = append(out, string(s))
	}
	for _, words := range []map[movement.State]string{comingWords, goingWords} {
		for _, w := range words {
			out = append(out, w)
		}
	}
	for _, w := range moneyWords {
		out = append(out, w)
	}
	for _, p := range []movement.Problem{movement.Short, movement.Wrong, movement.Damaged} {
		out = append(out, "discrepant."+string(p))
	}
	return out
}

// DispatchOf looks at the promises of one order, as the job does.
func (f *Flow) DispatchOf(ctx context.Context, shopID, orderID id.ID) error {
	return f.dispatchOf(ctx, shopID, orderID)
}
