package stock

import (
	"context"
	"net/http"
	"strconv"

	"github.com/sanbao/sanbao/errs"
	"github.com/sanbao/sanbao/internal/audit"
	"github.com/sanbao/sanbao/internal/auth"
	"github.com/sanbao/sanbao/internal/db"
	"github.com/sanbao/sanbao/internal/id"
	"github.com/sanbao/sanbao/internal/web"
)

// Routes adds the stock to a server: systems and people read it, and say what there is.
func Routes(s *web.Server, d *db.DB) {
	const path = web.ShopRoot + "/stock"
	web.Register(s, web.Op{Method: http.MethodGet, Path: path, ID: "list-stock", Tag: "stock", Scope: auth.ShopRead, Summary: "What there is to send, by SKU 库存"},
		func(ctx context.Context, in *struct {
			web.Page
			SKU string `query:"sku" maxLength:"64" doc:"only this one"`
			Q   string `query:"q" maxLength:"64" doc:"those whose SKU begins so"`
		}) (*web.Reply[web.List[Article]], error) {
			after, _, err := web.AfterKey[string](ctx, in.Page)
			if err != nil {
				return nil, err
			}
			var out web.List[Article]
			err = d.Read(ctx, func(tx *db.Tx) error {
				rows, err := list(tx, web.Shop(ctx), in.SKU, in.Q, after, in.Fetch())
				if err == nil {
					out, err = web.MakeList(ctx, in.Page, rows, func(a Article) string { return a.SKU })
				}
				return err
			})
			return &web.Reply[web.List[Article]]{Body: out}, err
		})
	web.Register(s, web.Op{Method: http.MethodPost, Path: path, ID: "set-stock", Tag: "stock", Scope: auth.OrdersImport, Once: true, Summary: "Say what there is to send: each article in the place of what was said before",
		Doc: "Articles that are not named stay as they are. What is held for exchanges stays held, also where less is on hand now."},
		func(ctx context.Context, in *struct {
			Body struct {
				Articles []Told `json:"articles" minItems:"1" maxItems:"500" nullable:"false"`
			}
		}) (*web.Reply[Said], error) {
			said, _, err := web.Once(ctx, d, web.OnceOf(ctx),
				func(context.Context) ([]Told, error) { return in.Body.Articles, faults(in.Body.Articles) },
				func(tx *db.Tx, rows []Told) (Said, error) {
					return SetAll(tx, auth.From(ctx).Name, web.Shop(ctx), rows)
				})
			return &web.Reply[Said]{Body: said}, err
		})
}

// list is a page of the stock, or the one article that is asked for.
func list(tx *db.Tx, shopID id.ID, sku, begins, after string, limit int) ([]Article, error) {
	if sku == "" {
		return List(tx, shopID, begins, after, limit)
	}
	a, err := Get(tx, shopID, sku)
	if err != nil || a == nil {
		return nil, err
	}
	return []Article{*a}, nil
}

// Said is what became of a list of articles.
type Said struct {
	Articles int `json:"articles" doc:"how many were taken over"`
}

// faults wants every article once.
func faults(rows []Told) error {
	var f errs.Faults
	seen := map[string]bool{}
	for i, t := range rows {
		if seen[t.SKU] {
			f.Add("/articles/"+strconv.Itoa(i)+"/sku", "stock.twice", errs.Args{"sku": t.SKU})
		}
		seen[t.SKU] = true
	}
	return f.Err()
}

// SetAll takes over what a stock system says, and notes in the timeline who told it.
func SetAll(tx *db.Tx, actor string, shopID id.ID, rows []Told) (Said, error) {
	err := tx.Batch(func(b *db.Batch) {
		for _, t := range rows {
			Set(b, shopID, tx.Now, t)
		}
		if err := audit.Write(b, tx.Now, audit.Event{ShopID: shopID, Subject: audit.Shop, SubjectID: shopID, Actor: actor, Verb: "stock_set"},
			map[string]any{"articles": len(rows)}); err != nil {
			b.Fail(err)
		}
	})
	return Said{len(rows)}, err
}
