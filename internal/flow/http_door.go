package flow

import (
	"context"
	"net/http"

	"github.com/sanbao/sanbao/internal/auth"
	"github.com/sanbao/sanbao/internal/db"
	"github.com/sanbao/sanbao/internal/id"
	"github.com/sanbao/sanbao/internal/stray"
	"github.com/sanbao/sanbao/internal/web"
)

func (f *Flow) doorRoutes(s *web.Server) {
	web.Register(s, web.Op{Method: http.MethodPost, Path: web.ShopRoot + "/scans", ID: "scan-parcel", Tag: "parcels", Scope: auth.GoodsReceive, Once: true,
		Summary: "A parcel came 收件登记: it is signed for, or goes on the shelf where nobody announced it",
		Doc:     "Scanning a parcel twice changes nothing and says so. Nothing is opened or counted by it."},
		func(ctx context.Context, in *onShop[Scan]) (*web.Reply[Scanned], error) {
			out, err := f.Scan(ctx, actor(ctx), web.Shop(ctx), in.Body)
			return &web.Reply[Scanned]{Body: out}, err
		})
	web.Register(s, web.Op{Method: http.MethodGet, Path: web.ShopRoot + "/strays", ID: "list-strays", Tag: "parcels", Scope: auth.CasesRead, Summary: "Parcels nobody announced 无主件, and units that were too much in one 多出来的, oldest first"}, f.strays)
	web.Register(s, web.Op{Method: http.MethodGet, Path: web.ShopRoot + "/strays/{stray}", ID: "get-stray", Tag: "parcels", Scope: auth.CasesRead, Summary: "One of them"},
		func(ctx context.Context, in *struct {
			Stray web.ID `path:"stray"`
		}) (*web.Reply[stray.Parcel], error) {
			var p stray.Parcel
			err := f.DB.Read(ctx, func(tx *db.Tx) (err error) {
				p, err = stray.Get(tx, web.Shop(ctx), in.Stray.ID)
				return err
			})
			return &web.Reply[stray.Parcel]{Body: p}, err
		})
	onStray := func(verb, opID, summary string, run func(ctx context.Context, who Actor, shop, target id.ID, b strayBody) (stray.Parcel, error)) {
		web.Register(s, web.Op{Method: http.MethodPost, Path: web.ShopRoot + "/strays/{id}/" + verb, ID: opID, Tag: "parcels", Scope: auth.GoodsReceive, Once: true, Summary: summary},
			func(ctx context.Context, in *struct {
				Target web.ID `path:"id"`
				Body   strayBody
			}) (*web.Reply[stray.Parcel], error) {
				p, err := run(ctx, actor(ctx), web.Shop(ctx), in.Target.ID, in.Body)
				return &web.Reply[stray.Parcel]{Body: p}, err
			})
	}
	onStray("label", "label-stray", "What the label of a stray parcel says", func(ctx context.Context, who Actor, shop, target id.ID, b strayBody) (stray.Parcel, error) {
		return f.Label(ctx, who, shop, target, b.Version, b.Labelled)
	})
	onStray("send-back", "send-stray-back", "A stray parcel goes back unopened 退回", func(ctx context.Context, who Actor, shop, target id.ID, b strayBody) (stray.Parcel, error) {
		return f.SendStrayBack(ctx, who, shop, target, b.Version)
	})
	command(s, "strays", "match", "match-stray", "A stray parcel is a return's 认领", auth.GoodsReceive,
		func(ctx context.Context, who Actor, shop, target id.ID, b struct {
			Movement web.ID `json:"movement_id"`
		}) (View, error) {
			return f.Match(ctx, who, shop, target, b.Movement.ID)
		})
}

// strayBody is what a command on a stray parcel may say.
type strayBody struct {
	Seen
	Labelled
}

func (f *Flow) strays(ctx context.Context, in *struct {
	State stray.State `query:"state" enum:"on_shelf,matched,sent_back" default:"on_shelf"`
	web.Page
}) (*web.Reply[web.List[stray.Parcel]], error) {
	after, _, err := web.AfterKey[id.ID](ctx, in.Page)
	if err != nil {
		return nil, err
	}
	var out web.List[stray.Parcel]
	err = f.DB.Read(ctx, func(tx *db.Tx) error {
		rows, err := stray.List(tx, web.Shop(ctx), in.State, after, in.Fetch())
		if err == nil {
			out, err = web.MakeList(ctx, in.Page, rows, func(p stray.Parcel) id.ID { return p.ID })
		}
		return err
	})
	return &web.Reply[web.List[stray.Parcel]]{Body: out}, err
}
