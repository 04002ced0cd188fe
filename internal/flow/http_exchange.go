package flow

import (
	"context"

	"github.com/sanbao/sanbao/internal/auth"
	"github.com/sanbao/sanbao/internal/id"
	"github.com/sanbao/sanbao/internal/settle"
	"github.com/sanbao/sanbao/internal/web"
)

// exchangeRoutes are the commands of exchanges: what is wanted, what is there, what is paid for it.
func (f *Flow) exchangeRoutes(s *web.Server) {
	command(s, "lines", "wanted", "change-wanted", "Exchange for another article 换其他款", auth.CasesWrite,
		func(ctx context.Context, who Actor, shop, target id.ID, b struct {
			Seen
			Choice
		}) (View, error) {
			return f.ChangeWanted(ctx, who, shop, target, b.Version, b.Choice)
		})
	command(s, "lines", "refund-instead", "refund-instead", "The money in the place of an exchange 改为退款", auth.CasesWrite,
		func(ctx context.Context, who Actor, shop, target id.ID, b Because) (View, error) {
			return f.RefundInstead(ctx, who, shop, target, b.Version, b.Reason)
		})
	command(s, "lines", "out-of-stock", "out-of-stock", "The article was looked for and is not there 登记缺货", auth.GoodsShip,
		func(ctx context.Context, who Actor, shop, target id.ID, b Because) (View, error) {
			return f.OutOfStock(ctx, who, shop, target, b.Version, b.Reason)
		})
	command(s, "lines", "in-stock", "in-stock", "The article is there after all", auth.GoodsShip,
		func(ctx context.Context, who Actor, shop, target id.ID, b Seen) (View, error) {
			return f.InStock(ctx, who, shop, target, b.Version)
		})
	command(s, "parcels", "check", "check-parcel", "What is given in exchange was looked at before it leaves 出库核对 (S2-15)", auth.GoodsShip,
		func(ctx context.Context, who Actor, shop, target id.ID, b struct {
			Seen
			Passed   bool   `json:"passed" doc:"quality, style, size and number are as they should be"`
			Note     string `json:"note,omitempty" maxLength:"2000" doc:"what was found; needed where it did not pass"`
			Evidence string `json:"evidence,omitempty" maxLength:"500" doc:"ids of evidence of this case, or in words where photos are"`
		}) (View, error) {
			return f.CheckOut(ctx, who, shop, target, b.Version, b.Passed, b.Note, b.Evidence)
		})
	command(s, "parcels", "told", "customer-told", "The customer was told the number of what is on its way, or that it is out of stock (S4-23, S4-24)", auth.CasesWrite,
		func(ctx context.Context, who Actor, shop, target id.ID, b struct {
			Seen
			Note string `json:"note,omitempty" maxLength:"2000" doc:"how, and what she said"`
		}) (View, error) {
			return f.Tell(ctx, who, shop, target, b.Version, b.Note)
		})
	command(s, "settlements", "collect", "collect-charge", "The customer has paid a difference: number, amount, time, proof", auth.MoneyPay,
		func(ctx context.Context, who Actor, shop, target id.ID, b struct {
			Seen
			settle.Receipt
		}) (View, error) {
			return f.Collect(ctx, who, shop, target, b.Version, b.Receipt)
		})
	command(s, "settlements", "collect-order", "collect-by-order", "Another order of the customer pays a difference 补差价链接", auth.CasesWrite,
		func(ctx context.Context, who Actor, shop, target id.ID, b struct {
			Seen
			OrderNo string `json:"order_no" minLength:"1" maxLength:"64" doc:"its number on the same platform"`
		}) (View, error) {
			return f.CollectOrder(ctx, who, shop, target, b.Version, b.OrderNo)
		})
}
