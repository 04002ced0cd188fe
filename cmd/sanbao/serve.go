package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"

	"github.com/sanbao/sanbao/internal/app"
	"github.com/sanbao/sanbao/internal/auth"
	"github.com/sanbao/sanbao/internal/db"
	"github.com/sanbao/sanbao/internal/demo"
	"github.com/sanbao/sanbao/internal/flow"
	"github.com/sanbao/sanbao/internal/id"
	"github.com/sanbao/sanbao/internal/shop"
)

// ServeCmd runs a node: it makes the data folder, migrates, and answers requests until it is told to stop.
type ServeCmd struct {
	Node
	Listen    string `help:"Address to serve on." default:"127.0.0.1:8080" env:"SANBAO_LISTEN"`
	Public    string `help:"Address under which customers reach this installation, e.g. https://returns.example.com: QR codes lead there. Without it they lead to the address a page was asked under." placeholder:"URL" env:"SANBAO_PUBLIC"`
	Kuaidi100 string `help:"File with the secrets with which 快递100 signs its pushes, a line SHOP=SECRET for each shop; POST /api/v1/notify/kuaidi100/SHOP takes them." placeholder:"FILE" env:"SANBAO_KUAIDI100" type:"path"`
	Demo      bool   `help:"Seed the demo shops when there is no shop yet." default:"true" negatable:""`

	DemoHistory bool `help:"Then play a year of their past in the background, for charts and backtests: 6,000 cases, a minute or two of one processor." default:"true" negatable:""`
}

func (c *ServeCmd) Help() string {
	return `Examples:
  sanbao serve                                       one SQLite file in ./data, on http://127.0.0.1:8080
  sanbao serve --db postgres://sanbao@db/sanbao --listen 0.0.0.0:8080 --no-demo

At the first start the administrator's token and the password of the log-in admin are printed, once. Stop with Ctrl-C.`
}

// Run serves until the context ends.
func (c *ServeCmd) Run(ctx context.Context) error {
	if err := app.CheckPublic(c.Public); err != nil {
		return err
	}
	salts, err := app.ReadSalts(c.Kuaidi100)
	if err != nil {
		return err
	}
	ln, err := app.Listen(c.Listen)
	if err != nil {
		return err
	}
	seeded := false
	if c.Demo {
		password, err := demo.Seed(ctx, c.config())
		if err != nil {
			return errors.Join(err, ln.Close())
		}
		if password != "" {
			fmt.Printf("Seeded the demo shops 演示店铺, no real money. Log in as xiaoman (agent), laozhou (supervisor), ayue (warehouse),\n"+
				"jingjie (finance) or admin; the password of all of them, shown this once:\n  %s\n", password)
			seeded = true
		}
	}
	config := c.config()
	config.Public, config.Salts = c.Public, salts
	a, err := app.Open(ctx, config)
	if err != nil {
		return errors.Join(err, ln.Close())
	}
	defer a.Close()
	demo.Register(a)
	if seeded && c.DemoHistory {
		if err := demo.Begin(ctx, a, demo.Cases); err != nil {
			return errors.Join(err, ln.Close())
		}
		fmt.Printf("Their past year, %d cases, is played in the background; that takes a minute or two (--no-demo-history leaves it out).\n", demo.Cases)
	}
	secret, made, err := auth.EnsureFirst(ctx, a.DB)
	if err != nil {
		return errors.Join(err, ln.Close())
	}
	if made {
		fmt.Printf("Administrator's token, shown this once:\n  %s\n", secret.Reveal())
	}
	password, made, err := a.Sessions.EnsureFirstUser(ctx)
	if err != nil {
		return errors.Join(err, ln.Close())
	}
	if made {
		fmt.Printf("Administrator's log-in: admin, one-time password, shown this once:\n  %s\n", password)
	}
	fmt.Printf("Sanbao %s on http://%s — API document at /openapi.yaml. Stop with Ctrl-C.\n", app.Version, ln.Addr())
	return a.Serve(ctx, ln)
}

// TokenCmd makes access tokens from the command line of the machine that holds the data.
type TokenCmd struct {
	Create TokenCreateCmd `cmd:"" help:"Make an access token and print it, once."`
}

// TokenCreateCmd makes one token.
type TokenCreateCmd struct {
	Node
	Name  string   `required:"" help:"Whose it is; shown in timelines."`
	Shop  string   `help:"Code of the only shop it reaches; all shops without it."`
	Scope []string `required:"" help:"What it may do, e.g. cases:read,cases:write. 'admin' may everything."`
}

func (c *TokenCreateCmd) Help() string {
	return "Example:\n  sanbao token create --name 小满 --shop shoes --scope cases:read,cases:write,orders:read"
}

// Run prints the secret.
func (c *TokenCreateCmd) Run(ctx context.Context) error {
	a, err := c.open(ctx)
	if err != nil {
		return err
	}
	defer a.Close()
	want := auth.Token{Name: c.Name}
	for _, s := range c.Scope {
		want.Scopes = append(want.Scopes, auth.Scope(s))
	}
	var shopID id.ID
	if c.Shop != "" {
		err := a.DB.Read(ctx, func(tx *db.Tx) error {
			s, err := shop.ByCode(tx, c.Shop)
			shopID = s.ID
			return err
		})
		if err != nil {
			return err
		}
	}
	want.Shop = shopID
	draft, err := auth.Plan(operator, want, a.Clock.Now())
	if err != nil {
		return err
	}
	err = a.DB.Write(ctx, func(tx *db.Tx) error {
		_, err := auth.Create(tx, draft)
		return err
	})
	if err == nil {
		fmt.Println(draft.Secret.Reveal())
	}
	return err
}

// ShopCmd opens and lists shops.
type ShopCmd struct {
	Create ShopCreateCmd `cmd:"" help:"Open a shop."`
	List   ShopListCmd   `cmd:"" help:"List the shops."`
}

// ShopCreateCmd opens one shop with one warehouse.
type ShopCreateCmd struct {
	Node
	Code       string `arg:"" help:"Short name, e.g. shoes."`
	Name       string `help:"Name customers know; the code without it."`
	Pack       string `required:"" help:"The shop's own policy pack, e.g. shoes."`
	Law        string `default:"law-cn" help:"The law beneath it."`
	Currency   string `default:"CNY" help:"ISO 4217."`
	Calendar   string `default:"CN" help:"Working days and time zone."`
	Warehouse  string `help:"Code of the warehouse returns go to, as the pack's return_address table answers."`
	Simulation bool   `help:"Demo shop: no real money."`
}

func (c *ShopCreateCmd) Help() string {
	return "Example:\n  sanbao shop create gifts --pack gifts-uk --law law-uk --currency GBP --calendar GB-EAW --warehouse main"
}

// Run opens the shop.
func (c *ShopCreateCmd) Run(ctx context.Context) error {
	a, err := c.open(ctx)
	if err != nil {
		return err
	}
	defer a.Close()
	n := shop.NewShop{Code: c.Code, Name: c.Name, Pack: c.Pack, Law: c.Law, Currency: c.Currency, Calendar: c.Calendar, Simulation: c.Simulation}
	if n.Name == "" {
		n.Name = c.Code
	}
	var houses []shop.NewWarehouse
	if c.Warehouse != "" {
		houses = append(houses, shop.NewWarehouse{Code: c.Warehouse, Name: c.Warehouse})
	}
	made, err := a.OpenShop(ctx, n, houses...)
	if err == nil {
		fmt.Printf("shop %s: %s\n", made.Code, made.ID)
	}
	return err
}

// ShopListCmd lists shops.
type ShopListCmd struct {
	Node
	JSON bool `help:"Machine-readable output."`
}

// Run prints them.
func (c *ShopListCmd) Run(ctx context.Context) error {
	a, err := c.open(ctx)
	if err != nil {
		return err
	}
	defer a.Close()
	return a.DB.Read(ctx, func(tx *db.Tx) error {
		all, err := shop.List(tx)
		if err != nil {
			return err
		}
		if c.JSON {
			return json.NewEncoder(os.Stdout).Encode(all)
		}
		for _, s := range all {
			fmt.Printf("%-16s %s  %s + %s, %s\n", s.Code, s.ID, s.Pack, s.Law, s.Name)
		}
		return nil
	})
}

// OpenapiCmd writes the API document.
type OpenapiCmd struct{}

// Run prints it; no database is needed.
func (OpenapiCmd) Run() error {
	doc, err := (&app.App{Flow: &flow.Flow{}}).Server().OpenAPI()
	if err == nil {
		_, err = os.Stdout.Write(doc)
	}
	return err
}
