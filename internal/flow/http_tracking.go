package flow

import (
	"context"
	"net/http"
	"net/url"

	"github.com/sanbao/sanbao/errs"
	"github.com/sanbao/sanbao/internal/auth"
	"github.com/sanbao/sanbao/internal/carrier"
	"github.com/sanbao/sanbao/internal/db"
	"github.com/sanbao/sanbao/internal/id"
	"github.com/sanbao/sanbao/internal/shop"
	"github.com/sanbao/sanbao/internal/web"
)

func (f *Flow) trackingRoutes(s *web.Server) {
	web.RegisterHook(s, "/hooks/kuaidi100/{shop}", carrier.MaxPush*2, f.pushed) // form encoding triples what is not ASCII
	web.Register(s, web.Op{Method: http.MethodGet, Path: web.ShopRoot + "/waybills/{waybill}/carriers", ID: "recognise-waybill", Tag: "parcels", Scope: auth.CasesRead,
		Summary: "Whose waybill a number may be, the likeliest first"},
		func(ctx context.Context, in *struct {
			Waybill string `path:"waybill" maxLength:"60"`
		}) (*web.Reply[[]carrier.Candidate], error) {
			return &web.Reply[[]carrier.Candidate]{Body: carrier.Recognise(in.Waybill, web.Lang(ctx))}, nil
		})
	web.Register(s, web.Op{Method: http.MethodGet, Path: web.ShopRoot + "/orders/{order}/parcels", ID: "list-order-parcels", Tag: "orders", Scope: auth.OrdersRead,
		Summary: "The parcels an order went out in, with what their carriers said"},
		func(ctx context.Context, in *struct {
			Order web.ID `path:"order"`
		}) (*web.Reply[[]Tracked], error) {
			var out []Tracked
			err := f.DB.Read(ctx, func(tx *db.Tx) (err error) {
				if _, err = readOrder(tx, web.Shop(ctx), in.Order.ID); err == nil {
					out, err = OrderParcels(tx, web.Shop(ctx), in.Order.ID)
				}
				return err
			})
			return &web.Reply[[]Tracked]{Body: out}, err
		})
	web.Register(s, web.Op{Method: http.MethodPost, Path: web.ShopRoot + "/orders/{order}/parcels", ID: "add-order-parcel", Tag: "orders", Scope: auth.OrdersImport, Once: true,
		Summary: "Note a parcel an order went out in"},
		func(ctx context.Context, in *struct {
			Order web.ID `path:"order"`
			Body  NewParcel
		}) (*web.Reply[[]Tracked], error) {
			out, err := f.AddParcel(ctx, actor(ctx), web.Shop(ctx), in.Order.ID, in.Body)
			return &web.Reply[[]Tracked]{Body: out}, err
		})
	web.Register(s, web.Op{Method: http.MethodPost, Path: web.ShopRoot + "/orders/{order}/tracking", ID: "track-order", Tag: "orders", Scope: auth.CasesWrite, Once: true,
		Summary: "Note what a carrier says of a parcel an order went out in 登记物流状态"},
		func(ctx context.Context, in *struct {
			Order web.ID `path:"order"`
			Body  struct {
				SeenByHand
				Waybill string `json:"waybill" minLength:"6" maxLength:"40"`
			}
		}) (*web.Reply[[]Tracked], error) {
			out, err := f.TrackOrder(ctx, actor(ctx), web.Shop(ctx), in.Order.ID, in.Body.Waybill, in.Body.SeenByHand)
			return &web.Reply[[]Tracked]{Body: out}, err
		})
	command(s, "parcels", "track", "track-parcel", "Note what the carrier says of a parcel 登记物流状态", auth.CasesWrite,
		func(ctx context.Context, who Actor, shop, target id.ID, b struct {
			Seen
			SeenByHand
		}) (View, error) {
			return f.TrackByHand(ctx, who, shop, target, b.Version, b.SeenByHand)
		})
}

// taken is the answer the public format of 快递100 wants.
type taken struct {
	Result     bool   `json:"result"`
	ReturnCode string `json:"returnCode"`
	Message    string `json:"message"`
}

// pushed takes a push of 快递100 for a shop. What is not signed with the shop's own salt is refused, and nothing of it is kept; a shop
// that does not exist, or takes no pushes, answers the same. Who gets an answer other than "200" sends again.
func (f *Flow) pushed(ctx context.Context, r *http.Request, form url.Values) web.HookAnswer {
	code, param := r.PathValue("shop"), form.Get("param")
	salt := f.Salts[code]
	if len(param) > carrier.MaxPush || !salt.Signed(param, form.Get("sign")) {
		err := errs.New(errs.Forbidden, "carrier.signature")
		return web.HookAnswer{Status: http.StatusForbidden, Body: taken{false, "403", err.Text(errs.ZhCN)}, Err: err}
	}
	waybill, events, err := carrier.ReadPush(param)
	if err == nil {
		var s shop.Shop
		err = f.DB.Read(ctx, func(tx *db.Tx) (err error) {
			s, err = shop.ByCode(tx, code)
			return err
		})
		if err == nil {
			_, err = f.Track(ctx, s.ID, waybill, events)
		}
	}
	switch e := errs.As(err); {
	case err == nil:
		return web.HookAnswer{Status: http.StatusOK, Body: taken{true, "200", "成功"}}
	case e.Code == errs.Invalid:
		return web.HookAnswer{Status: http.StatusUnprocessableEntity, Body: taken{false, "422", e.Text(errs.ZhCN)}, Err: err}
	default:
		return web.HookAnswer{Status: http.StatusServiceUnavailable, Body: taken{false, "500", "稍后再推"}, Err: err}
	}
}
