package desk

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/sanbao/sanbao/calendar"
	"github.com/sanbao/sanbao/errs"
	"github.com/sanbao/sanbao/internal/db"
	"github.com/sanbao/sanbao/internal/flow"
	"github.com/sanbao/sanbao/internal/id"
	"github.com/sanbao/sanbao/internal/line"
	"github.com/sanbao/sanbao/internal/movement"
	"github.com/sanbao/sanbao/internal/settle"
	"github.com/sanbao/sanbao/internal/term"
	"github.com/sanbao/sanbao/money"
	"github.com/sanbao/sanbao/rule"
)

// arrives is how many working days a refund usually takes to be seen (terms, section 14).
const arrives = 3

// goodsBack is the day from which the policies count what the shop owes for goods that came back.
const goodsBack = "goods.back_on"

// Reply is what an agent may tell the customer now (terms, section 14): where to send the goods, why not and what else,
// what is still needed, where the money went. "" where a case stands at nothing that has its sentence. Nothing is sent.
func (d *Desk) Reply(ctx context.Context, shopID, caseID id.ID, lang errs.Lang) (text string, err error) {
	var dossier *flow.Dossier
	err = d.DB.Read(ctx, func(tx *db.Tx) error {
		dossier, err = d.Flow.Look(tx, shopID, caseID)
		return err
	})
	if err != nil {
		return "", err
	}
	for _, l := range dossier.Lines {
		w := reply{dossier, l, lang}
		switch l.Status {
		case "awaiting":
			text = w.sendBack()
		case "awaiting_hold", "to_capture", "to_release":
			text = w.ofDeposit("desk.say_" + l.Status)
		case "signed_for", "received", "forwarded": // where it is opened is not his concern
			text = w.arrived()
		case "processing", "settled":
			text, err = w.paid()
		case "needs_evidence", "needs_facts":
			text = w.need(d.Flow.Policies.Vocabulary())
		case "rejected":
			text, err = w.because(ctx, d.Flow)
		default:
			text = w.onItsWay()
		}
		if text != "" || err != nil {
			return text, err
		}
	}
	return "", nil
}

// reply words what is to be said of one line.
type reply struct {
	*flow.Dossier
	line line.Line
	lang errs.Lang
}

func (w reply) say(key string, args errs.Args) string { return errs.Render(w.lang, key, args) }

// day is a date as people say it.
func (w reply) day(d calendar.Date) string {
	t := w.Calendar.StartOf(d).Time().In(w.Calendar.Zone())
	if w.lang == errs.En {
		return t.Format("2 January")
	}
	return t.Format("1月2日")
}

// sendBack says where, until when, and what follows.
func (w reply) sendBack() string {
	for _, m := range w.Movements {
		if m.Purpose != movement.Return || m.State != movement.Announced || m.SendBy == nil || !m.Carries(w.line.ID) {
			continue
		}
		to, ok := w.View().Addresses[m.Number]
		if !ok {
			return ""
		}
		key, then := "desk.say_send_back", w.then("desk.say_refund_today", "desk.say_refund_days")
		switch s := w.deposit(); {
		case s != nil:
			if key, then = "desk.say_send_back_ahead", ""; s.State == settle.OnHold {
				then = w.say("desk.say_then_release", nil)
			}
		case w.line.Remedy == string(rule.Exchange):
			key = "desk.say_send_back_exchange"
		}
		place := strings.Join([]string{to.Address, to.Contact, to.Phone}, " ")
		return w.say(key, errs.Args{"by": w.day(*m.SendBy), "to": strings.TrimSpace(place), "then": then})
	}
	return ""
}

// deposit is what is held, to be held, or was waived while the exchange is ahead of the goods; nil where it is not ahead.
func (w reply) deposit() *settle.Settlement {
	for i := range w.Settlements {
		if s := &w.Settlements[i]; s.LineID == w.line.ID && s.Kind == settle.Deposit && s.State != settle.Voided {
			return s
		}
	}
	return nil
}

func (w reply) ofDeposit(key string) string {
	s := w.deposit()
	if s == nil {
		return ""
	}
	return w.say(key, errs.Args{"amount": sum(s.Amount())})
}

// arrived says that the goods are here, before the customer asks (S4-13).
func (w reply) arrived() string {
	then := w.then("desk.say_passed_today", "desk.say_passed_days")
	if w.line.Remedy == string(rule.Exchange) {
		then = w.say("desk.say_passed_exchange", nil)
	}
	return w.say("desk.say_arrived", errs.Args{"then": then})
}

// onItsWay tells the number of what was sent to the customer (S4-23).
func (w reply) onItsWay() string {
	for _, m := range w.Movements {
		if m.Purpose.Outward() && m.State == movement.InTransit && m.Waybill != "" && m.Carries(w.line.ID) {
			return w.say("desk.say_on_its_way", errs.Args{"carrier": m.Carrier, "waybill": m.Waybill})
		}
	}
	return ""
}

// then is when the money comes, by the decision: the same day, or within its days.
func (w reply) then(today, days string) string {
	if dec := w.Decisions[w.line.ID]; dec != nil && dec.Asked() != nil {
		for _, due := range dec.Asked().Due {
			if due.From == goodsBack && due.Unit == "days" && due.N > 0 {
				return w.say(days, errs.Args{"n": due.N})
			}
		}
	}
	return w.say(today, nil)
}

// paid says where the money went and when to ask for it.
func (w reply) paid() (string, error) {
	for _, s := range w.Settlements {
		if s.LineID != w.line.ID || s.Kind != settle.Refund || s.State != settle.Processing && s.State != settle.Settled {
			continue
		}
		since := w.Now
		if s.ArrivedAt != nil {
			since = *s.ArrivedAt
		}
		if w.Now.Time().Sub(since.Time()) > arrives*24*time.Hour {
			return "", nil // she has it by now
		}
		by, err := w.Calendar.AddWorkdays(w.Calendar.DateOf(since), arrives)
		if err != nil {
			return "", err
		}
		tender := ""
		for _, p := range w.Payments[w.line.OrderID] {
			if p.ID == s.PaymentID {
				tender = term.Of(string(w.lang), "tender", p.Tender)
			}
		}
		return w.say("desk.say_paid", errs.Args{"amount": sum(s.Amount()), "tender": tender, "by": w.day(by)}), nil
	}
	return "", nil
}

// sum is an amount as people write it.
func sum(m money.Money) string {
	if m.Currency == "CNY" {
		return "¥" + m.Decimal()
	}
	return m.String()
}

// need names what only the customer can say or show.
func (w reply) need(v *rule.Vocabulary) string {
	dec := w.Decisions[w.line.ID]
	if dec == nil || dec.Asked() == nil {
		return ""
	}
	var facts []string
	for _, e := range dec.Asked().Evidence {
		if e.Needed {
			facts = append(facts, e.Fact)
		}
	}
	for _, q := range dec.Open {
		if q.Ask&rule.Customer != 0 && !slices.Contains(facts, q.Fact) {
			facts = append(facts, q.Fact)
		}
	}
	for i, name := range facts {
		if def, _, ok := v.Def(name); ok {
			facts[i] = def.Label.In(w.lang)
		}
	}
	if len(facts) == 0 {
		return ""
	}
	return w.say("desk.say_need", errs.Args{"need": strings.Join(facts, w.say("desk.say_apart", nil))})
}

// because gives the policy's own reason, and what else there is.
func (w reply) because(ctx context.Context, f *flow.Flow) (string, error) {
	if w.line.DecisionID == 0 {
		return "", nil
	}
	why, err := f.Why(ctx, w.Shop.ID, w.line.DecisionID, w.lang, rule.ForCustomer)
	if err != nil {
		return "", err
	}
	of := func(code string) string {
		for _, s := range why.Sections {
			if s.Code == code {
				return strings.Join(s.Lines, w.say("desk.say_or", nil))
			}
		}
		return ""
	}
	text := w.say("desk.say_refused", errs.Args{"why": why.Headline})
	if ways := of("otherwise"); ways != "" {
		text += w.say("desk.say_ways", errs.Args{"ways": ways})
	}
	if w.line.Responsible == "customer" { // her own reason: a fault is another matter
		text += w.say("desk.say_fault", nil)
	}
	return text, nil
}
