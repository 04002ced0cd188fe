package flow

import (
	"context"
	"net/http"

	"github.com/sanbao/sanbao/internal/auth"
	"github.com/sanbao/sanbao/internal/db"
	"github.com/sanbao/sanbao/internal/id"
	"github.com/sanbao/sanbao/internal/ledger"
	"github.com/sanbao/sanbao/internal/settle"
	"github.com/sanbao/sanbao/internal/web"
)

func (f *Flow) moneyRoutes(s *web.Server) {
	command(s, "settlements", "approve", "approve-money", "Finance approves 财务审核", auth.MoneyApprove,
		func(ctx context.Context, who Actor, shop, target id.ID, b struct {
			Seen
			InsurancePaid *int64 `json:"insurance_paid,omitempty" minimum:"0" maximum:"100000000" doc:"of freight that is held because the parcel was insured (运费险): what the insurer paid the customer, minor units; it is taken off"`
		}) (View, error) {
			if b.InsurancePaid != nil {
				return f.ApproveInsured(ctx, who, shop, target, b.Version, *b.InsurancePaid)
			}
			return f.ApproveMoney(ctx, who, shop, target, b.Version)
		})
	command(s, "settlements", "return", "return-money", "Not approved: given up, and a supervisor looks again 退回重核", auth.MoneyApprove,
		func(ctx context.Context, who Actor, shop, target id.ID, b Because) (View, error) {
			return f.ReturnMoney(ctx, who, shop, target, b.Version, b.Reason)
		})
	command(s, "settlements", "start", "start-money", "Somebody makes the payment by hand now 发起", auth.MoneyPay,
		func(ctx context.Context, who Actor, shop, target id.ID, b Seen) (View, error) {
			return f.Start(ctx, who, shop, target, b.Version)
		})
	command(s, "settlements", "confirm", "confirm-money", "Paid elsewhere and arrived: number, amount, time, proof", auth.MoneyPay,
		func(ctx context.Context, who Actor, shop, target id.ID, b struct {
			Seen
			settle.Confirmation
		}) (View, error) {
			return f.Confirm(ctx, who, shop, target, b.Version, b.Confirmation)
		})
	command(s, "settlements", "bounce", "bounce-money", "Paid elsewhere and came back", auth.MoneyPay,
		func(ctx context.Context, who Actor, shop, target id.ID, b Because) (View, error) {
			return f.Bounce(ctx, who, shop, target, b.Version, b.Reason)
		})
	command(s, "settlements", "retry", "retry-money", "Pay again, under the same payout number", auth.MoneyPay,
		func(ctx context.Context, who Actor, shop, target id.ID, b struct {
			Seen
			Route   settle.Route `json:"route,omitempty" enum:"gateway,marketplace,bank,cash,small_transfer" doc:"another way than before"`
			Consent string       `json:"consent,omitempty" maxLength:"500" doc:"where the customer's consent to another way than he paid is recorded (NRR-14)"`
		}) (View, error) {
			return f.Retry(ctx, who, shop, target, b.Version, b.Route, b.Consent)
		})
	web.Register(s, web.Op{Method: http.MethodGet, Path: web.ShopRoot + "/ledger", ID: "get-balances", Tag: "settlements", Scope: auth.MoneyRead, Summary: "The books: every account's balance; they sum to zero"},
		func(ctx context.Context, _ *struct{}) (*web.Reply[[]ledger.Balance], error) {
			out := []ledger.Balance{}
			err := f.DB.Read(ctx, func(tx *db.Tx) error {
				bs, err := ledger.Balances(tx, web.Shop(ctx))
				out = append(out, bs...)
				return err
			})
			return &web.Reply[[]ledger.Balance]{Body: out}, err
		})
}
