package flow

import (
	"context"
	"net/http"

	"github.com/sanbao/sanbao/internal/auth"
	"github.com/sanbao/sanbao/internal/db"
	"github.com/sanbao/sanbao/internal/order"
	"github.com/sanbao/sanbao/internal/web"
)

func (f *Flow) orderRoutes(s *web.Server) {
	web.Register(s, web.Op{Method: http.MethodPost, Path: web.ShopRoot + "/orders", ID: "record-order", Tag: "orders", Scope: auth.OrdersImport, Once: true, Status: http.StatusCreated,
		Summary: "Record an order told by another system"},
		func(ctx context.Context, in *onShop[NewOrder]) (*web.Reply[Recorded], error) {
			r, err := f.RecordOrder(ctx, actor(ctx), web.Shop(ctx), in.Body)
			return &web.Reply[Recorded]{Body: r}, err
		})
	web.Register(s, web.Op{Method: http.MethodPost, Path: web.ShopRoot + "/orders/{order}/delivery", ID: "record-delivery", Tag: "orders", Scope: auth.OrdersImport, Once: true,
		Summary: "Record that an order was shipped or signed for"},
		func(ctx context.Context, in *struct {
			Order web.ID `path:"order"`
			Body  struct {
				Seen
				Delivery
			}
		}) (*web.Reply[Recorded], error) {
			r, err := f.Deliver(ctx, actor(ctx), web.Shop(ctx), in.Order.ID, in.Body.Version, in.Body.Delivery)
			return &web.Reply[Recorded]{Body: r}, err
		})
	web.Register(s, web.Op{Method: http.MethodPost, Path: web.ShopRoot + "/orders/{order}/serials", ID: "note-serials", Tag: "orders", Scope: auth.OrdersImport, Once: true,
		Summary: "Note the serial numbers that were sold 登记序列号: one for each unit of a line", Doc: "What is noted does not change; the same once more changes nothing."},
		func(ctx context.Context, in *struct {
			Order web.ID `path:"order"`
			Body  struct {
				Lines []LineSerials `json:"lines" minItems:"1" maxItems:"500" nullable:"false"`
			}
		}) (*web.Reply[Recorded], error) {
			r, err := f.NoteSerials(ctx, actor(ctx), web.Shop(ctx), in.Order.ID, in.Body.Lines)
			return &web.Reply[Recorded]{Body: r}, err
		})
	web.Register(s, web.Op{Method: http.MethodGet, Path: web.ShopRoot + "/orders/{order}", ID: "get-order", Tag: "orders", Scope: auth.OrdersRead, Summary: "One order with its lines"},
		func(ctx context.Context, in *struct {
			Order web.ID `path:"order"`
		}) (*web.Reply[Recorded], error) {
			var r Recorded
			err := f.DB.Read(ctx, func(tx *db.Tx) (err error) {
				r, err = readOrder(tx, web.Shop(ctx), in.Order.ID)
				return err
			})
			return &web.Reply[Recorded]{Body: r}, err
		})
	web.Register(s, web.Op{Method: http.MethodGet, Path: web.ShopRoot + "/orders", ID: "find-order", Tag: "orders", Scope: auth.OrdersRead, Summary: "An order by its platform's number"},
		func(ctx context.Context, in *struct {
			Platform string `query:"platform" maxLength:"40"`
			OrderNo  string `query:"order_no" required:"true" maxLength:"64"`
		}) (*web.Reply[Recorded], error) {
			var r Recorded
			err := f.DB.Read(ctx, func(tx *db.Tx) error {
				o, err := order.ByNumber(tx, web.Shop(ctx), in.Platform, in.OrderNo)
				if err == nil {
					r, err = readOrder(tx, web.Shop(ctx), o.ID)
				}
				return err
			})
			return &web.Reply[Recorded]{Body: r}, err
		})
}
