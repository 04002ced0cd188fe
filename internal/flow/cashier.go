package flow

import (
	"context"
	"encoding/json"
	"strconv"

	"github.com/sanbao/sanbao/errs"
	"github.com/sanbao/sanbao/internal/id"
	"github.com/sanbao/sanbao/internal/line"
	"github.com/sanbao/sanbao/internal/settle"
	"github.com/sanbao/sanbao/rule"
)

// 打款台 — what finance and the cashier do with a settlement: approve it or return it, start it, confirm it with number,
// amount, time and proof, note that it came back, and make it again.

// ApproveMoney is the yes of finance, or of a supervisor where the policy wants one.
func (f *Flow) ApproveMoney(ctx context.Context, who Actor, shopID, settlementID id.ID, version int64) (View, error) {
	return f.onMoney(ctx, who, shopID, settlementID, version, ApproveMoney, func(d *Dossier, s *settle.Settlement) (step, error) {
		err := mayApprove(who, s)
		if err == nil && s.Held == heldInsured {
			err = errs.New(errs.Invalid, "flow.insurance_missing")
		}
		if err != nil {
			return nil, err
		}
		return func(c *change) { c.approve(settlementID) }, nil
	})
}

func (c *change) approve(settlementID id.ID) {
	s, _ := c.settlement(settlementID, 0)
	s.ApprovedBy = c.who.Name
	c.moveMoney(s, settle.Approve, nil)
	c.approved(*s)
}

// ApproveInsured is finance's yes to reimbursed freight of a parcel that was insured: what the insurer paid the customer is not paid once more.
// What is left of it is a settlement of its own.
func (f *Flow) ApproveInsured(ctx context.Context, who Actor, shopID, settlementID id.ID, version, paid int64) (View, error) {
	return f.onMoney(ctx, who, shopID, settlementID, version, ApproveMoney, func(d *Dossier, s *settle.Settlement) (step, error) {
		err := mayApprove(who, s)
		if err == nil && (s.Held != heldInsured || paid < 0) {
			err = errs.New(errs.Invalid, "flow.not_insured")
		}
		if err != nil {
			return nil, err
		}
		l, err := d.line(s.LineID, 0)
		if err != nil {
			return nil, err
		}
		said := line.Finding{ID: id.New(), ShopID: shopID, LineID: l.ID, Fact: line.FactInsurancePaid.Name(), Value: json.RawMessage(strconv.FormatInt(paid, 10)),
			Stage: rule.AtApplication.String(), Author: who.Name}
		return func(c *change) {
			s, _ := c.settlement(settlementID, 0)
			l, _ := c.line(s.LineID, 0)
			line.AddFinding(c.b, c.now, said)
			c.Findings[l.ID] = append(c.Findings[l.ID], said)
			if paid == 0 {
				c.approve(settlementID)
				return
			}
			was := *s
			settle.Release(c.b, was)
			c.moveMoney(s, settle.Void, map[string]any{"insurance_paid": paid})
			if rest := was.Minor - paid; rest > 0 {
				part := was.Parts[0]
				part.Minor = rest
				c.openSettlement(l, settle.Settlement{Kind: was.Kind, Route: was.Route, Minor: rest, Currency: was.Currency, Parts: []settle.Part{part}}, terms{due: was.DueOn, approval: "finance"})
				c.approve(c.Settlements[len(c.Settlements)-1].ID)
			}
		}, nil
	})
}

// mayApprove says whether somebody may approve a settlement: finance, or a supervisor where the policy wants one.
func mayApprove(who Actor, s *settle.Settlement) error {
	switch {
	case s.Approval == "supervisor" && !who.Supervisor:
		return errs.New(errs.Forbidden, "flow.supervisor_needed")
	case s.Approval != "supervisor" && !who.Finance:
		return errs.New(errs.Forbidden, "flow.finance_needed")
	}
	return nil
}

// ReturnMoney is a no from who has to approve: the line's settlements are given up before any money moved, and a
// supervisor looks at the line again.
func (f *Flow) ReturnMoney(ctx context.Context, who Actor, shopID, settlementID id.ID, version int64, reason string) (View, error) {
	return f.onMoney(ctx, who, shopID, settlementID, version, ReturnMoney, func(d *Dossier, s *settle.Settlement) (step, error) {
		if err := mayApprove(who, s); err != nil {
			return nil, err
		}
		lineID := s.LineID
		return func(c *change) {
			l, _ := c.line(lineID, 0)
			c.addNote(reason, "", 0)
			c.voidMoney(l)
			c.moveLine(l, line.Escalate, map[string]any{"why": "money returned"})
		}, nil
	})
}

// Start records that somebody makes a payment by hand now 发起, so that nobody else makes it too.
func (f *Flow) Start(ctx context.Context, who Actor, shopID, settlementID id.ID, version int64) (View, error) {
	return f.onMoney(ctx, who, shopID, settlementID, version, Start, func(d *Dossier, s *settle.Settlement) (step, error) {
		return func(c *change) {
			s, _ := c.settlement(settlementID, 0)
			s.InitiatedAt = &c.now
			s.Attempts++
			c.moveMoney(s, settle.Initiate, map[string]any{"route": s.Route})
		}, nil
	})
}

// Confirm records money that was paid elsewhere and has arrived: on the marketplace, by bank, in cash, or by hand on a
// gateway that is not connected. Another amount than the settlement's is refused.
func (f *Flow) Confirm(ctx context.Context, who Actor, shopID, settlementID id.ID, version int64, cf settle.Confirmation) (View, error) {
	return f.onMoney(ctx, who, shopID, settlementID, version, Confirm, func(d *Dossier, s *settle.Settlement) (step, error) {
		if err := s.Check(cf, d.Now); err != nil {
			return nil, err
		}
		return func(c *change) {
			s, _ := c.settlement(settlementID, 0)
			if s.State == settle.ToPay {
				s.InitiatedAt = &cf.At
				c.moveMoney(s, settle.Initiate, nil)
			}
			s.Proof = cf.Proof
			c.arrive(s, cf.ExternalNo, &cf.At)
		}, nil
	})
}

// Bounce records that money which was under way came back, or never went.
func (f *Flow) Bounce(ctx context.Context, who Actor, shopID, settlementID id.ID, version int64, reason string) (View, error) {
	return f.onMoney(ctx, who, shopID, settlementID, version, Bounce, func(d *Dossier, s *settle.Settlement) (step, error) {
		return func(c *change) {
			s, _ := c.settlement(settlementID, 0)
			s.LastError = reason
			c.addNote(reason, "", 0)
			c.moveMoney(s, settle.Fail, nil)
		}, nil
	})
}

// Retry pays a failed settlement again, under the same payout number; by another route when one is given. A refund goes
// back the way it came, unless the customer's consent to another way is recorded (NRR-14).
// consent says where that consent is; it becomes a finding.
func (f *Flow) Retry(ctx context.Context, who Actor, shopID, settlementID id.ID, version int64, route settle.Route, consent string) (View, error) {
	return f.onMoney(ctx, who, shopID, settlementID, version, Retry, func(d *Dossier, s *settle.Settlement) (step, error) {
		if route == "" {
			route = s.Route
		}
		if err := d.mayTake(route, s, consent != ""); err != nil {
			return nil, err
		}
		return func(c *change) {
			s, _ := c.settlement(settlementID, 0)
			if consent != "" {
				line.AddFinding(c.b, c.now, line.Finding{ID: id.New(), ShopID: shopID, LineID: s.LineID, Fact: line.FactOtherTender.Name(),
					Value: json.RawMessage("true"), Stage: c.Decisions[s.LineID].Stage.String(), Author: c.who.Name, Evidence: consent})
			}
			s.Route = route
			c.moveMoney(s, settle.Retry, map[string]any{"route": route})
			c.payLater(*s)
		}, nil
	})
}

// mayTake says whether a settlement can go by a route.
func (d *Dossier) mayTake(route settle.Route, s *settle.Settlement, agreed bool) error {
	l, err := d.line(s.LineID, 0)
	if err != nil || route == s.Route {
		return err
	}
	original := s.Route
	for _, p := range d.Payments[l.OrderID] {
		if p.ID == s.PaymentID {
			original = p.Route
		}
	}
	if !in(route, settle.Routes...) || !route.ByHand() && original != route {
		return errs.New(errs.Invalid, "flow.route_impossible", errs.Args{"route": string(route)})
	}
	agreed = agreed || s.Kind != settle.Refund || route == original
	for _, fd := range d.Findings[l.ID] {
		if fd.Fact == line.FactOtherTender.Name() {
			agreed = agreed || string(fd.Value) == "true"
		}
	}
	if !agreed {
		return errs.New(errs.Denied, "flow.other_tender", errs.Args{"fact": line.FactOtherTender.Name()})
	}
	return nil
}

// onMoney runs a command on one settlement; the table is asked with this settlement in the place of the line's.
func (f *Flow) onMoney(ctx context.Context, who Actor, shopID, settlementID id.ID, version int64, cmd Command, p func(*Dossier, *settle.Settlement) (step, error)) (View, error) {
	return f.change(ctx, who, shopID, ofSettlement(shopID, settlementID), func(d *Dossier) (step, error) {
		s, err := d.settlement(settlementID, version)
		if err != nil {
			return nil, err
		}
		if err := d.allowMoney(s, cmd); err != nil {
			return nil, err
		}
		return p(d, s)
	})
}

func (d *Dossier) allowMoney(s *settle.Settlement, cmd Command) error {
	l, err := d.line(s.LineID, 0)
	if err != nil {
		return err
	}
	sit := d.situation(*l)
	asked := sit
	asked.only(d, *s)
	if asked.may(cmd) {
		return nil
	}
	return sit.refusal(cmd)
}

var _ = errs.Register(map[string]errs.Text{
	"flow.insurance_missing": {ZhCN: "这件退件有运费险，请先填写保险公司赔给顾客多少（没赔填 0），再审核。", En: "The parcel was insured: say what the insurer paid the customer (0 if nothing) and approve then."},
	"flow.not_insured":       {ZhCN: "这笔款项不是因为运费险而待核对的。", En: "This payment is not held because of freight insurance."},
})
