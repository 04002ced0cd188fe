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
	f.pushRoute(s)
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
	web.Register(s, web.Op{Method: http.MethodPost, Path: web.ShopRoot + "/orders/{order}/parcels", ID: "add-order-parcel", Tag: "orders", Scope: auth.CasesWrite, Once: true,
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

// PushPath is where 快递100 pushes what carriers say of a shop's parcels; the shop's short name follows.
const PushPath = web.APIRoot + "notify/kuaidi100/"

// taken is the answer the public format of 快递100 wants; whoever gets another one sends again.
type taken struct {
	Result     bool   `json:"result"`
	ReturnCode string `json:"returnCode"`
	Message    string `json:"message"`
}

func (f *Flow) pushRoute(s *web.Server) {
	web.Register(s, web.Op{Method: http.MethodPost, Path: PushPath + "{shop}", ID: "notify-kuaidi100", Tag: "parcels", Scope: auth.Public, Notice: true,
		MaxBody: 2 * carrier.MaxPush, // the form's encoding triples what is not ASCII
		Summary: "快递100 tells where a parcel is 物流推送",
		Doc:     "For the tracking service alone: a form with param and sign. What is not signed with the shop's own secret is refused, and nothing of it is kept. 200: taken; anything else makes the service send it again."},
		func(ctx context.Context, in *struct {
			Shop    string `path:"shop" maxLength:"32" doc:"the shop's short name"`
			RawBody []byte `contentType:"application/x-www-form-urlencoded"`
		}) (*web.Reply[taken], error) {
			form, err := url.ParseQuery(string(in.RawBody))
			if err != nil {
				return nil, errs.Wrap(err, errs.Denied, "carrier.signature")
			}
			return &web.Reply[taken]{Body: taken{true, "200", "成功"}}, f.Pushed(ctx, in.Shop, form.Get("param"), form.Get("sign"))
		})
}

// Pushed takes a push of 快递100 for a shop. What is not signed with the shop's own secret is refused, and nothing of it is kept; a
// shop that does not exist, or takes no pushes, is told the same.
func (f *Flow) Pushed(ctx context.Context, code, param, sign string) error {
	if len(param) > carrier.MaxPush || !f.Salts[code].Signed(param, sign) {
		return errs.New(errs.Denied, "carrier.signature")
	}
	waybill, events, err := carrier.ReadPush(param)
	if err != nil {
		return err
	}
	var s shop.Shop
	err = f.DB.Read(ctx, func(tx *db.Tx) (err error) {
		s, err = shop.ByCode(tx, code)
		return err
	})
	if err == nil {
		_, err = f.Track(ctx, s.ID, waybill, events)
	}
	return err
}
