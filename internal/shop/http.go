package shop

import (
	"context"
	"net/http"

	"github.com/sanbao/sanbao/internal/auth"
	"github.com/sanbao/sanbao/internal/db"
	"github.com/sanbao/sanbao/internal/id"
	"github.com/sanbao/sanbao/internal/web"
	"github.com/sanbao/sanbao/money"
)

// Routes adds shops and warehouses to a server. check says what only the application can: that the packs and the
// calendar of a new shop exist and fit together.
func Routes(s *web.Server, d *db.DB, check func(Shop) error) {
	web.Register(s, web.Op{Method: http.MethodGet, Path: web.APIRoot + "shops", ID: "list-shops", Tag: "shops", Scope: auth.ShopRead, AnyShop: true, Summary: "The shops the caller may see"},
		func(ctx context.Context, _ *struct{}) (*web.Reply[[]Shop], error) {
			out := []Shop{}
			err := d.Read(ctx, func(tx *db.Tx) error {
				all, err := List(tx)
				for _, sh := range all {
					if auth.From(ctx).HasIn(auth.ShopRead, sh.ID) {
						out = append(out, sh)
					}
				}
				return err
			})
			return &web.Reply[[]Shop]{Body: out}, err
		})
	web.Register(s, web.Op{Method: http.MethodPost, Path: web.APIRoot + "shops", ID: "create-shop", Tag: "shops", Scope: auth.Admin, Once: true, Status: http.StatusCreated, Summary: "Open a shop"},
		func(ctx context.Context, in *struct{ Body NewShop }) (*web.Reply[Shop], error) {
			made, _, err := web.Once(ctx, d, web.OnceOf(ctx),
				func(context.Context) (Shop, error) { return in.Body.Plan(check) },
				func(tx *db.Tx, sh Shop) (Shop, error) {
					sh.CreatedAt = tx.Now
					return sh, Insert(tx, sh)
				})
			return &web.Reply[Shop]{Body: made}, err
		})
	profileRoutes(s, d)
	warehouseRoutes(s, d)
	storeRoutes(s, d)
}

// NewShop is a shop that is to be opened.
type NewShop struct {
	Code       string   `json:"code" pattern:"^[a-z][a-z0-9-]{1,31}$" doc:"short name in addresses and commands" example:"shoes"`
	Name       string   `json:"name" minLength:"1" maxLength:"100"`
	Pack       string   `json:"pack" minLength:"1" maxLength:"64" doc:"the shop's own policy pack" example:"shoes"`
	Overlays   []string `json:"overlays,omitempty" maxItems:"8" doc:"marketplace packs it has joined"`
	Law        string   `json:"law" minLength:"1" maxLength:"64" example:"law-cn"`
	Currency   string   `json:"currency" minLength:"3" maxLength:"3" example:"CNY"`
	Calendar   string   `json:"calendar" minLength:"1" maxLength:"40" example:"CN"`
	Simulation bool     `json:"simulation,omitempty" doc:"demo shop: no real money (S2-01)"`
}

// Plan checks a shop that is to be opened, with what only the application can check, and gives it its id.
func (n NewShop) Plan(check func(Shop) error) (Shop, error) {
	s := Shop{ID: id.New(), Code: n.Code, Name: n.Name, Pack: n.Pack, Overlays: append([]string{}, n.Overlays...), Law: n.Law,
		Currency: money.Currency(n.Currency), Calendar: n.Calendar, Simulation: n.Simulation,
		Profile: Profile{Public: Public{PublicName: n.Name}, BuyerWord: Customer}, Version: 1}
	if err := s.Check(); err != nil {
		return s, err
	}
	return s, check(s)
}
