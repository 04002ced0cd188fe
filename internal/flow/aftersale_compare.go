package flow

import (
	"context"
	"fmt"
	"strings"

	"github.com/sanbao/sanbao/errs"
	"github.com/sanbao/sanbao/internal/db"
	"github.com/sanbao/sanbao/internal/id"
	"github.com/sanbao/sanbao/internal/intake"
	"github.com/sanbao/sanbao/internal/line"
	"github.com/sanbao/sanbao/internal/settle"
	"github.com/sanbao/sanbao/money"
)

// What the platform says against what we have. A refund that is done there is confirmed here when the amount is the
// same; whatever else differs becomes a row for a person, and goes when both agree again.

// standing is what we have of a record's line.
type standing struct {
	line    LineView
	refunds []settle.Settlement // that count: not voided, not freight the customer is reimbursed
	minor   int64               // their sum
	settled bool                // all of them have arrived
	payable bool                // all that have not can be confirmed now
}

func standingOf(v View, lineID id.ID) standing {
	s := standing{settled: true, payable: true}
	for _, l := range v.Lines {
		if l.ID == lineID {
			s.line = l
		}
	}
	for _, x := range v.Settlements {
		if x.LineID != lineID || x.State == settle.Voided || x.Kind != settle.Refund {
			continue
		}
		s.refunds = append(s.refunds, x.Settlement)
		s.minor += x.Minor
		if x.State != settle.Settled {
			s.settled = false
			s.payable = s.payable && (x.State == settle.ToPay || x.State == settle.Processing) && x.Route == settle.ByMarketplace
		}
	}
	s.settled = s.settled && len(s.refunds) > 0
	s.payable = s.payable && len(s.refunds) > 0 && !s.settled
	return s
}

// compare confirms what can be confirmed, and writes where the platform and we differ. It says how many differences
// stand.
func (im *listImport) compare(ctx context.Context, r intake.Record, row int) (int64, error) {
	found := map[string][2]string{} // about → theirs, ours
	if r.CaseID == 0 {
		if r.Stage != intake.Closed {
			found[intake.AboutCase] = [2]string{r.Status + " " + r.Amount().Decimal(), strings.TrimSpace(r.Reason + " " + im.refusal)}
		}
		return im.differ(ctx, r, row, found)
	}
	v, err := im.f.View(ctx, im.ShopID, r.CaseID)
	if err != nil {
		return 0, err
	}
	s := standingOf(v, r.LineID)
	if r.Stage == intake.Done && s.payable && s.minor == r.Minor && im.Confirm {
		if v, err = im.confirm(ctx, r, s, row, v); err != nil {
			return 0, err
		}
		s = standingOf(v, r.LineID)
	}
	if len(s.refunds) > 0 && s.minor != r.Minor && r.Stage != intake.Closed {
		found[intake.AboutAmount] = [2]string{r.Amount().Decimal(), money.Of(s.minor, r.Currency).Decimal()}
	}
	switch {
	case r.Stage == intake.Done && !s.settled:
		found[intake.AboutRefund] = [2]string{r.Status + " " + r.Amount().Decimal(), s.line.Status}
	case r.Stage == intake.Closed && s.line.State.Open() && !s.settled,
		r.Stage == intake.Closed && s.settled,
		r.Stage == intake.Open && (s.settled || ended(s.line.State)):
		found[intake.AboutStatus] = [2]string{r.Status, s.line.Status}
	}
	if due := s.late(r, im); due != "" {
		found[intake.AboutDeadline] = [2]string{r.DeadlineAt.String(), due}
	}
	return im.differ(ctx, r, row, found)
}

func ended(s line.State) bool { return in(s, line.Rejected, line.Cancelled, line.Expired) }

// late is our day to pay, where it is behind the platform's deadline.
func (s standing) late(r intake.Record, im *listImport) string {
	if r.Stage != intake.Open || r.DeadlineAt == nil {
		return ""
	}
	theirs := r.DeadlineAt.Time().In(im.terms.Zone).Format("2006-01-02")
	for _, x := range s.refunds {
		if x.State != settle.Settled && x.DueOn != nil && x.DueOn.String() > theirs {
			return x.DueOn.String()
		}
	}
	return ""
}

// confirm confirms the refunds of a record's line with the platform's number, its amount and time, and the import as
// proof. What the command refuses is a difference, no failure.
func (im *listImport) confirm(ctx context.Context, r intake.Record, s standing, row int, v View) (View, error) {
	at := im.run.StartedAt
	if r.DoneAt != nil {
		at = *r.DoneAt
	}
	for _, x := range s.refunds {
		if x.State == settle.Settled {
			continue
		}
		next, err := im.f.Confirm(ctx, im.who, im.ShopID, x.ID, 0, settle.Confirmation{ExternalNo: r.ReturnNo, Minor: x.Minor, At: at,
			Proof: fmt.Sprintf("import %s row %d", im.run.ID, row)})
		if e := errs.As(err); e != nil && (e.Code == errs.Invalid || e.Code == errs.Conflict && !stale(err)) {
			return v, nil
		}
		if err != nil {
			return v, err
		}
		v = next
		im.counts.Confirmed++
	}
	return v, nil
}

// matters are what a record and we can differ about.
var matters = []string{intake.AboutAmount, intake.AboutStatus, intake.AboutDeadline, intake.AboutRefund, intake.AboutCase}

// differ writes what is new about differences: those that were not there or say another thing now, and those that are
// over.
func (im *listImport) differ(ctx context.Context, r intake.Record, row int, found map[string][2]string) (int64, error) {
	var known []intake.Difference
	err := im.db.Read(ctx, func(tx *db.Tx) (err error) {
		known, err = intake.OfReturn(tx, im.ShopID, r.ID)
		return err
	})
	if err != nil {
		return 0, err
	}
	open := map[string][2]string{}
	for _, d := range known {
		if d.ResolvedAt == nil {
			open[d.What] = [2]string{d.Theirs, d.Ours}
		}
	}
	var write, over []string
	for _, what := range matters {
		now, is := found[what]
		was, stood := open[what]
		switch {
		case is && (!stood || was != now):
			write = append(write, what)
		case !is && stood:
			over = append(over, what)
		}
	}
	if len(write)+len(over) == 0 {
		return int64(len(found)), nil
	}
	return int64(len(found)), im.db.Write(ctx, func(tx *db.Tx) error {
		return tx.Batch(func(b *db.Batch) {
			for _, what := range write {
				intake.SetDifference(b, intake.Difference{ID: id.New(), ShopID: im.ShopID, ReturnID: r.ID, CaseID: r.CaseID, ImportID: im.run.ID,
					What: what, Theirs: found[what][0], Ours: found[what][1], Row: int64(row), FoundAt: tx.Now})
			}
			for _, what := range over {
				intake.Resolve(b, im.ShopID, r.ID, what, tx.Now)
			}
		})
	})
}

// What the rows of an after-sale list that have no case are told.
var _ = errs.Register(map[string]errs.Text{
	"import.unmatched_no_order":         {ZhCN: "第 {row} 行：没有导入过订单 {order}，售后单 {number} 没有建单。", En: "Row {row}: order {order} was not imported; application {number} has no case."},
	"import.unmatched_article_unclear":  {ZhCN: "第 {row} 行：订单 {order} 有多个商品，看不出售后单 {number} 是哪一个。", En: "Row {row}: order {order} has several articles, and {number} does not say which."},
	"import.unmatched_quantity_unclear": {ZhCN: "第 {row} 行：看不出售后单 {number}（订单 {order}）是几件。", En: "Row {row}: how many pieces {number} of order {order} is about cannot be told."},
	"import.unmatched_by_hand":          {ZhCN: "第 {row} 行：售后单 {number}（订单 {order}）是换货、维修或补寄，请人工建单。", En: "Row {row}: {number} of order {order} is an exchange, a repair or a part to send; open it by hand."},
	"import.unmatched_several_cases":    {ZhCN: "第 {row} 行：订单 {order} 有多张在办的售后单，请人工确认 {number} 属于哪一张。", En: "Row {row}: order {order} has several open cases; say which {number} belongs to."},
	"import.unmatched_refunded_before":  {ZhCN: "第 {row} 行：订单 {order} 导入时已退过款，售后单 {number} 不再建单。", En: "Row {row}: order {order} had been refunded when it was imported; {number} needs no case."},
	"import.unmatched_closed_there":     {ZhCN: "第 {row} 行：售后单 {number}（订单 {order}）在平台已关闭，不建单。", En: "Row {row}: {number} of order {order} ended on the platform; no case is opened."},
	"import.unmatched_refused_here":     {ZhCN: "第 {row} 行：售后单 {number}（订单 {order}）不能按平台所说申请，请人工处理。", En: "Row {row}: {number} of order {order} cannot be applied for as the platform has it; see to it by hand."},
})
