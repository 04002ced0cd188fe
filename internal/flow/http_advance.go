package flow

import (
	"context"

	"github.com/sanbao/sanbao/calendar"
	"github.com/sanbao/sanbao/internal/auth"
	"github.com/sanbao/sanbao/internal/id"
	"github.com/sanbao/sanbao/internal/settle"
	"github.com/sanbao/sanbao/internal/web"
)

// advanceRoutes are the commands of an exchange that goes ahead of the old article, and of its deposit.
func (f *Flow) advanceRoutes(s *web.Server) {
	command(s, "lines", "advance", "advance-exchange", "The article leaves before the old one is back; a deposit is asked for 先行换货", auth.CasesWrite,
		func(ctx context.Context, who Actor, shop, target id.ID, b Because) (View, error) {
			return f.Advance(ctx, who, shop, target, b.Version, b.Reason)
		})
	command(s, "settlements", "placed", "place-hold", "A deposit is held: number, amount, time, proof 押金已冻结", auth.MoneyPay,
		func(ctx context.Context, who Actor, shop, target id.ID, b struct {
			Seen
			settle.Receipt
		}) (View, error) {
			return f.PlaceHold(ctx, who, shop, target, b.Version, b.Receipt)
		})
	reasoned := func(verb, opID, summary string, run func(ctx context.Context, who Actor, shop, target id.ID, version int64, reason string) (View, error)) {
		command(s, "settlements", verb, opID, summary, auth.CasesApprove, func(ctx context.Context, who Actor, shop, target id.ID, b Because) (View, error) {
			return run(ctx, who, shop, target, b.Version, b.Reason)
		})
	}
	reasoned("waive", "waive-hold", "The article goes without a deposit: a supervisor's decision 免押金", f.WaiveHold)
	reasoned("let-go", "release-hold", "A supervisor lets a deposit go, whatever came 解冻押金", f.ReleaseHold)
	command(s, "settlements", "claim", "capture-hold", "A supervisor claims a deposit, or part of it: the old article does not come 扣押金", auth.CasesApprove,
		func(ctx context.Context, who Actor, shop, target id.ID, b struct {
			Because
			Minor int64 `json:"minor" minimum:"1" doc:"of what is held; minor units"`
		}) (View, error) {
			return f.CaptureHold(ctx, who, shop, target, b.Version, b.Minor, b.Reason)
		})
	command(s, "settlements", "extend", "extend-hold", "The customer has more time to send the old article, as agreed with him 延长寄回期限", auth.CasesWrite,
		func(ctx context.Context, who Actor, shop, target id.ID, b struct {
			Because
			Until calendar.Date `json:"until" doc:"the new last day"`
		}) (View, error) {
			return f.Extend(ctx, who, shop, target, b.Version, b.Until, b.Reason)
		})
	command(s, "settlements", "captured", "hold-captured", "What was to be captured of a deposit came in, the rest was released 已扣款", auth.MoneyPay,
		func(ctx context.Context, who Actor, shop, target id.ID, b struct {
			Seen
			settle.Confirmation
		}) (View, error) {
			return f.Captured(ctx, who, shop, target, b.Version, b.Confirmation)
		})
	command(s, "settlements", "released", "hold-released", "A deposit is held no more 已解冻", auth.MoneyPay,
		func(ctx context.Context, who Actor, shop, target id.ID, b struct {
			Seen
			Proof string `json:"proof" minLength:"1" maxLength:"500" doc:"where the proof is: a screenshot's number, a statement's line"`
		}) (View, error) {
			return f.Released(ctx, who, shop, target, b.Version, b.Proof)
		})
}
