package web_test

import (
	"context"
	"fmt"
	"net/http/httptest"
	"testing"

	"github.com/sanbao/sanbao/internal/auth"
	"github.com/sanbao/sanbao/internal/db"
	"github.com/sanbao/sanbao/internal/db/dbtest"
	"github.com/sanbao/sanbao/internal/id"
	"github.com/sanbao/sanbao/internal/web"
)

// BenchmarkEdge is what a request costs besides its handler: guard, form, problem-free answer, metrics, log record.
func BenchmarkEdge(b *testing.B) {
	k := bench(b)
	web.Register(k.s, web.Op{Method: "GET", Path: web.ShopRoot + "/nothing", ID: "nothing", Tag: "test", Scope: auth.CasesRead, Summary: "Test"},
		func(context.Context, *struct{}) (*web.Reply[thing], error) { return &web.Reply[thing]{}, nil })
	r := k.request("GET", k.at("nothing"), "")
	b.ReportAllocs()
	for b.Loop() {
		rec := httptest.NewRecorder()
		k.s.ServeHTTP(rec, r.Clone(context.Background()))
		if rec.Code != 200 {
			b.Fatal(rec.Body)
		}
	}
}

// BenchmarkOnce compares a command with and without its idempotency record.
func BenchmarkOnce(b *testing.B) {
	k := bench(b)
	for _, with := range []bool{false, true} {
		b.Run(fmt.Sprint("record=", with), func(b *testing.B) {
			for b.Loop() {
				var key web.OnceKey
				shop := id.New()
				if with {
					key = web.OnceKey{Shop: k.shopA, Caller: 1, Key: shop.String(), Fingerprint: "f"}
				}
				_, _, err := web.Once(context.Background(), k.d, key,
					func(context.Context) (id.ID, error) { return shop, nil },
					func(tx *db.Tx, shop id.ID) (id.ID, error) { return shop, insertShop(tx, shop, shop.String()) })
				if err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func bench(b *testing.B) *kit {
	clk := dbtest.Clock()
	return newKit(b, dbtest.Open(b, db.SQLite, func(o *db.Options) { o.Clock = clk }), clk)
}
