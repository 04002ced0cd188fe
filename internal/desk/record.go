package desk

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/sanbao/sanbao/calendar"
	"github.com/sanbao/sanbao/clock"
	"github.com/sanbao/sanbao/errs"
	"github.com/sanbao/sanbao/internal/customer"
	"github.com/sanbao/sanbao/internal/db"
	"github.com/sanbao/sanbao/internal/flow"
	"github.com/sanbao/sanbao/internal/id"
	"github.com/sanbao/sanbao/internal/line"
	"github.com/sanbao/sanbao/internal/web"
	"github.com/sanbao/sanbao/money"
	"github.com/sanbao/sanbao/rule"
)

// Record is one decision with everything an outside reader needs, a mediator's above all: what was bought and asked for, what
// was decided and by which versions, every clause and fact, and how to check it (ECL-59: records of contract and transaction
// can be produced). The buyer is masked.
type Record struct {
	Shop     RecordShop           `json:"shop"`
	CaseID   id.ID                `json:"case_id"`
	CaseNo   string               `json:"case_no"`
	Opened   clock.Instant        `json:"opened_at"`
	Order    RecordOrder          `json:"order"`
	Goods    RecordGoods          `json:"goods"`
	Asked    RecordAsked          `json:"asked"`
	Why      flow.Why             `json:"why"`
	Clauses  []rule.ClauseAccount `json:"clauses" nullable:"false"`
	Facts    []RecordFact         `json:"facts" nullable:"false"`
	Packs    []RecordPack         `json:"packs" nullable:"false" doc:"the versions that decided"`
	At       clock.Instant        `json:"at" doc:"when it was decided"`
	CoreHash string               `json:"core_hash" doc:"SHA-256 of the stored decision"`
	Replayed bool                 `json:"replayed" doc:"decided anew for this page, from its own facts and versions, it came out the same byte for byte; otherwise there is no page"`
	Printed  clock.Instant        `json:"printed_at"`
}

// RecordShop is the shop as customers know it.
type RecordShop struct {
	Name       string `json:"name"`
	Hotline    string `json:"hotline"`
	Simulation bool   `json:"simulation"`
	Address    string `json:"policy_page" doc:"path of its public policy page"`
}

// RecordOrder is the contract.
type RecordOrder struct {
	Platform  string         `json:"platform"`
	OrderNo   string         `json:"order_no"`
	Buyer     string         `json:"buyer" doc:"masked"`
	OrderedAt clock.Instant  `json:"ordered_at"`
	PaidAt    *clock.Instant `json:"paid_at,omitempty"`
	ShippedAt *clock.Instant `json:"shipped_at,omitempty"`
	SignedOn  *calendar.Date `json:"signed_on,omitempty"`
}

// RecordGoods is what the matter is about.
type RecordGoods struct {
	Title    string         `json:"title"`
	SKU      string         `json:"sku"`
	Bought   int64          `json:"bought" doc:"units of the order line"`
	Net      int64          `json:"net" doc:"paid for all of them, minor units"`
	Quantity int64          `json:"quantity" doc:"units asked about"`
	Currency money.Currency `json:"currency"`
}

// RecordAsked is what the customer wanted.
type RecordAsked struct {
	Ground    string        `json:"ground"`
	Words     string        `json:"ground_words"`
	Remedy    rule.Remedy   `json:"remedy"`
	AppliedOn calendar.Date `json:"applied_on"`
}

// RecordFact is a fact with who said it and what he showed; without an author it is from our own records of the order.
type RecordFact struct {
	rule.FactAccount
	Stage    string         `json:"stage,omitempty" doc:"when it was said"`
	Author   string         `json:"author,omitempty" doc:"who wrote it down"`
	At       *clock.Instant `json:"at,omitempty"`
	Evidence string         `json:"evidence,omitempty" doc:"ids of evidence of the case, or words"`
}

// RecordPack is a version that decided.
type RecordPack struct {
	rule.PackRef
	Title string        `json:"title"`
	From  calendar.Date `json:"from"`
}

// Record makes the record of a decision.
//
// Errors: those of flow.Replay.
func (d *Desk) Record(ctx context.Context, shopID, decisionID id.ID, lang errs.Lang) (Record, error) {
	r, err := d.Flow.Replay(ctx, shopID, decisionID)
	if err != nil {
		return Record{}, err
	}
	account := r.Book.Account(r.Decision, r.Calendar, lang)
	out := Record{CaseID: r.Stored.CaseID, At: r.Stored.At, CoreHash: r.Stored.CoreHash, Replayed: true, Clauses: account.Clauses, Facts: []RecordFact{}, Packs: []RecordPack{},
		Why: flow.Why{DecisionID: decisionID, Stage: r.Stored.Stage, Outcome: r.Stored.Outcome, Lang: lang, Audience: rule.ForMediator,
			Explanation: r.Book.Explain(r.Decision, r.Calendar, lang, rule.ForMediator, r.Turns...)}}
	for _, p := range r.Book.Packs() {
		out.Packs = append(out.Packs, RecordPack{PackRef: p.Ref(), Title: p.Title.In(lang), From: p.From})
	}
	err = d.DB.Read(ctx, func(tx *db.Tx) error {
		dossier, err := d.Flow.Look(tx, shopID, r.Stored.CaseID)
		if err != nil {
			return err
		}
		i := slices.IndexFunc(dossier.Lines, func(l line.Line) bool { return l.ID == r.Stored.LineID })
		if i < 0 {
			return errs.New(errs.NotFound, "line.not_found", errs.Args{"line": r.Stored.LineID.String()})
		}
		out.Printed = tx.Now
		out.about(dossier, dossier.Lines[i], r.Decision)
		if words, ok := r.Book.GroundText(out.Asked.Ground); ok {
			out.Asked.Words = words.In(lang)
		}
		if c := dossier.Case.CustomerID; c != 0 {
			buyer, err := customer.Get(tx, shopID, c)
			if err != nil {
				return err
			}
			out.Order.Buyer = masked(cmp.Or(buyer.Name, buyer.Nick))
		}
		said, err := sayings(r.Stored.Facts)
		if err != nil {
			return err
		}
		for _, f := range account.Facts {
			out.Facts = append(out.Facts, said.of(f, dossier.Findings[r.Stored.LineID]))
		}
		return nil
	})
	return out, err
}

// about fills in the contract and the application.
func (x *Record) about(d *flow.Dossier, l line.Line, decided *rule.Decision) {
	o := d.Orders[l.OrderID]
	x.Shop = RecordShop{Name: nameOf(d.Shop), Hotline: d.Shop.Hotline, Simulation: d.Shop.Simulation, Address: "/p/" + d.Shop.Code + "/policy"}
	x.CaseNo, x.Opened = d.Case.Number, d.Case.OpenedAt
	x.Order = RecordOrder{Platform: o.Platform, OrderNo: o.OrderNo, OrderedAt: o.OrderedAt, PaidAt: o.PaidAt, ShippedAt: o.ShippedAt, SignedOn: o.SignedOn}
	for _, sold := range d.OrderLines[l.OrderID] {
		if sold.ID == l.OrderLineID {
			x.Goods = RecordGoods{Title: sold.Title, SKU: sold.SKU, Bought: sold.Quantity, Net: sold.Net, Quantity: l.Quantity, Currency: o.Currency}
		}
	}
	x.Asked = RecordAsked{Ground: decided.Ground, Words: decided.Ground, Remedy: decided.Remedy, AppliedOn: l.AppliedOn}
}

// masked leaves of a name what a stranger may see; what a platform has masked stays as it is.
func masked(name string) string {
	if name == "" || strings.Contains(name, "*") {
		return name
	}
	_, n := utf8.DecodeRuneInString(name)
	return name[:n] + "**"
}

// readings are the facts a decision was made from, by name and stage.
type readings map[string]map[string]json.RawMessage

func sayings(facts json.RawMessage) (r readings, err error) {
	if err = json.Unmarshal(facts, &r); err != nil {
		err = fmt.Errorf("facts of a decision: %w", err)
	}
	return r, err
}

// of finds who said what a decision saw: the last finding of that fact, stage and value.
func (r readings) of(f rule.FactAccount, findings []line.Finding) RecordFact {
	out := RecordFact{FactAccount: f}
	for _, x := range findings {
		said, known := r[f.Fact][x.Stage]
		if x.Fact != f.Fact || !known || !bytes.Equal(said, x.Value) {
			continue
		}
		at := x.At
		out.Stage, out.Author, out.At, out.Evidence = x.Stage, x.Author, &at, x.Evidence
	}
	return out
}

// record answers the route.
func (d *Desk) record(ctx context.Context, in *struct {
	Decision web.ID    `path:"decision"`
	Lang     errs.Lang `query:"lang" enum:"zh-CN,zh-TW,en" doc:"language; the request's without it"`
}) (*web.Reply[Record], error) {
	out, err := d.Record(ctx, web.Shop(ctx), in.Decision.ID, cmp.Or(in.Lang, web.Lang(ctx)))
	return &web.Reply[Record]{Body: out}, err
}
