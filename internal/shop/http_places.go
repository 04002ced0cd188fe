package shop

import (
	"context"
	"net/http"

	"github.com/sanbao/sanbao/internal/auth"
	"github.com/sanbao/sanbao/internal/db"
	"github.com/sanbao/sanbao/internal/id"
	"github.com/sanbao/sanbao/internal/web"
)

// ToldProfile is a shop's profile with what stands beside it on every screen.
type ToldProfile struct {
	Profile
	Simulation bool  `json:"simulation" doc:"demo shop: no real money (S2-01); not to be changed"`
	Version    int64 `json:"version"`
}

func told(s Shop) ToldProfile { return ToldProfile{s.Profile, s.Simulation, s.Version} }

func profileRoutes(s *web.Server, d *db.DB) {
	const path = web.ShopRoot + "/profile"
	web.Register(s, web.Op{Method: http.MethodGet, Path: path, ID: "get-profile", Tag: "shops", Scope: auth.ShopRead, Summary: "What customers are told about the shop (S2-03)"},
		func(ctx context.Context, _ *struct{}) (*web.Reply[ToldProfile], error) {
			var sh Shop
			err := d.Read(ctx, func(tx *db.Tx) (err error) {
				sh, err = Get(tx, web.Shop(ctx))
				return err
			})
			return &web.Reply[ToldProfile]{Body: told(sh)}, err
		})
	web.Register(s, web.Op{Method: http.MethodPut, Path: path, ID: "set-profile", Tag: "shops", Scope: auth.ShopWrite, Summary: "Change what customers are told about the shop"},
		func(ctx context.Context, in *struct {
			Body struct {
				Profile
				Version int64 `json:"version" minimum:"1" doc:"as the caller saw it; another one now is a conflict"`
			}
		}) (*web.Reply[ToldProfile], error) {
			var sh Shop
			err := d.Write(ctx, func(tx *db.Tx) (err error) {
				sh, err = SetProfile(tx, web.Shop(ctx), in.Body.Version, in.Body.Profile)
				return err
			})
			return &web.Reply[ToldProfile]{Body: told(sh)}, err
		})
}

func warehouseRoutes(s *web.Server, d *db.DB) {
	const path = web.ShopRoot + "/warehouses"
	web.Register(s, web.Op{Method: http.MethodGet, Path: path, ID: "list-warehouses", Tag: "shops", Scope: auth.ShopRead, Summary: "Where returned goods go"},
		func(ctx context.Context, _ *struct{}) (*web.Reply[[]Warehouse], error) {
			out := []Warehouse{}
			err := d.Read(ctx, func(tx *db.Tx) error {
				ws, err := Warehouses(tx, web.Shop(ctx))
				out = append(out, ws...)
				return err
			})
			return &web.Reply[[]Warehouse]{Body: out}, err
		})
	web.Register(s, web.Op{Method: http.MethodPost, Path: path, ID: "add-warehouse", Tag: "shops", Scope: auth.ShopWrite, Once: true, Status: http.StatusCreated, Summary: "Add a place returned goods go to"},
		func(ctx context.Context, in *struct{ Body NewWarehouse }) (*web.Reply[Warehouse], error) {
			made, _, err := web.Once(ctx, d, web.OnceOf(ctx),
				func(ctx context.Context) (Warehouse, error) {
					w := in.Body.In(web.Shop(ctx))
					return w, w.faults()
				},
				func(tx *db.Tx, w Warehouse) (Warehouse, error) { return w, InsertWarehouse(tx, w) })
			return &web.Reply[Warehouse]{Body: made}, err
		})
	web.Register(s, web.Op{Method: http.MethodPut, Path: path + "/{warehouse}", ID: "set-warehouse", Tag: "shops", Scope: auth.ShopWrite, Summary: "Change a place returned goods go to; its code stays"},
		func(ctx context.Context, in *struct {
			Warehouse web.ID `path:"warehouse"`
			Body      struct {
				NewWarehouse
				Version int64 `json:"version" minimum:"1" doc:"as the caller saw it; another one now is a conflict"`
			}
		}) (*web.Reply[Warehouse], error) {
			w := in.Body.In(web.Shop(ctx))
			w.ID, w.Version = in.Warehouse.ID, in.Body.Version
			err := w.faults()
			if err == nil {
				err = d.Write(ctx, func(tx *db.Tx) (err error) {
					w, err = SetWarehouse(tx, w)
					return err
				})
			}
			return &web.Reply[Warehouse]{Body: w}, err
		})
}

func storeRoutes(s *web.Server, d *db.DB) {
	const path = web.ShopRoot + "/stores"
	web.Register(s, web.Op{Method: http.MethodGet, Path: path, ID: "list-stores", Tag: "shops", Scope: auth.ShopRead, Summary: "The shop's stores"},
		func(ctx context.Context, _ *struct{}) (*web.Reply[[]Store], error) {
			out := []Store{}
			err := d.Read(ctx, func(tx *db.Tx) error {
				all, err := Stores(tx, web.Shop(ctx))
				out = append(out, all...)
				return err
			})
			return &web.Reply[[]Store]{Body: out}, err
		})
	web.Register(s, web.Op{Method: http.MethodPost, Path: path, ID: "add-store", Tag: "shops", Scope: auth.ShopWrite, Once: true, Status: http.StatusCreated, Summary: "Add a store"},
		func(ctx context.Context, in *struct{ Body NewStore }) (*web.Reply[Store], error) {
			made, _, err := web.Once(ctx, d, web.OnceOf(ctx),
				func(ctx context.Context) (Store, error) {
					st := in.Body.In(web.Shop(ctx))
					return st, st.faults()
				},
				func(tx *db.Tx, st Store) (Store, error) { return st, InsertStore(tx, st) })
			return &web.Reply[Store]{Body: made}, err
		})
	web.Register(s, web.Op{Method: http.MethodPut, Path: path + "/{store}", ID: "set-store", Tag: "shops", Scope: auth.ShopWrite, Summary: "Change a store; its code stays"},
		func(ctx context.Context, in *struct {
			Store web.ID `path:"store"`
			Body  struct {
				NewStore
				Version int64 `json:"version" minimum:"1" doc:"as the caller saw it; another one now is a conflict"`
			}
		}) (*web.Reply[Store], error) {
			st := in.Body.In(web.Shop(ctx))
			st.ID, st.Version = in.Store.ID, in.Body.Version
			err := st.faults()
			if err == nil {
				err = d.Write(ctx, func(tx *db.Tx) (err error) {
					st, err = SetStore(tx, st)
					return err
				})
			}
			return &web.Reply[Store]{Body: st}, err
		})
}

// NewWarehouse is a place returned goods go to.
type NewWarehouse struct {
	Code       string   `json:"code" minLength:"1" maxLength:"40" doc:"what the policy's return_address table answers"`
	Name       string   `json:"name" minLength:"1" maxLength:"100"`
	Contact    string   `json:"contact" maxLength:"100"`
	Phone      string   `json:"phone" maxLength:"40"`
	Address    string   `json:"address" minLength:"1" maxLength:"300"`
	PublicName string   `json:"public_name,omitempty" maxLength:"100" doc:"the name customers are given"`
	Link       string   `json:"link,omitempty" maxLength:"500" doc:"its page, http or https"`
	Hotline    string   `json:"hotline,omitempty" maxLength:"40"`
	Carriers   []string `json:"carriers,omitempty" maxItems:"20" doc:"who it sends with and receives from (S4-10)" example:"[\"YTO\",\"EMS\"]"`
}

// In gives a warehouse its shop and its id.
func (n NewWarehouse) In(shopID id.ID) Warehouse {
	return Warehouse{ID: id.New(), ShopID: shopID, Code: n.Code, Name: n.Name, Contact: n.Contact, Phone: n.Phone, Address: n.Address,
		Public: Public{n.PublicName, n.Link, n.Hotline}, Carriers: append([]string{}, n.Carriers...), Version: 1}
}

// NewStore is a store that is to be added.
type NewStore struct {
	Code       string `json:"code" minLength:"1" maxLength:"40" pattern:"^[A-Za-z0-9][A-Za-z0-9-]*$" doc:"short name" example:"CH01"`
	Name       string `json:"name" minLength:"1" maxLength:"100"`
	PublicName string `json:"public_name,omitempty" maxLength:"100" doc:"the name customers are given"`
	Link       string `json:"link,omitempty" maxLength:"500" doc:"its page, http or https"`
	Hotline    string `json:"hotline,omitempty" maxLength:"40"`
	Address    string `json:"address" minLength:"1" maxLength:"300"`
}

// In gives a store its shop and its id.
func (n NewStore) In(shopID id.ID) Store {
	return Store{ID: id.New(), ShopID: shopID, Code: n.Code, Name: n.Name, Address: n.Address,
		Public: Public{n.PublicName, n.Link, n.Hotline}, Version: 1}
}
