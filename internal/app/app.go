// Package app puts the parts together, on one page: configuration in, a running platform out. It holds no business.
package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"runtime/debug"
	"time"

	"github.com/sanbao/sanbao/calendar"
	"github.com/sanbao/sanbao/clock"
	"github.com/sanbao/sanbao/internal/auth"
	"github.com/sanbao/sanbao/internal/blob"
	"github.com/sanbao/sanbao/internal/carrier"
	"github.com/sanbao/sanbao/internal/db"
	"github.com/sanbao/sanbao/internal/desk"
	"github.com/sanbao/sanbao/internal/evidence"
	"github.com/sanbao/sanbao/internal/flow"
	"github.com/sanbao/sanbao/internal/id"
	"github.com/sanbao/sanbao/internal/job"
	"github.com/sanbao/sanbao/internal/line"
	"github.com/sanbao/sanbao/internal/live"
	"github.com/sanbao/sanbao/internal/movement"
	"github.com/sanbao/sanbao/internal/order"
	"github.com/sanbao/sanbao/internal/policy"
	"github.com/sanbao/sanbao/internal/report"
	"github.com/sanbao/sanbao/internal/settle"
	"github.com/sanbao/sanbao/internal/shop"
	"github.com/sanbao/sanbao/internal/staff"
	"github.com/sanbao/sanbao/internal/stock"
	"github.com/sanbao/sanbao/internal/studio"
	"github.com/sanbao/sanbao/internal/web"
	"github.com/sanbao/sanbao/policies"
	"github.com/sanbao/sanbao/rule"
	"github.com/sanbao/sanbao/web/console"
)

// Version of the software; the build sets it.
var Version = "dev"

// Config is everything a node is told.
type Config struct {
	Data  string      // folder of the database file and its backups
	DB    string      // database address; "" is a SQLite file in Data
	Blobs string      // where photos and films are kept; "" is the folder blobs in Data
	Clock clock.Clock // the system's by default
	Log   *slog.Logger
	// Public is the address under which customers reach this installation, for QR codes; "" is the one they used.
	Public string
	// Payments is the file that names the shops' payment providers; "" is payments.yaml in Data, if there is one.
	Payments string

	// Salts are the secrets with which 快递100 signs what it pushes, by code of shop. A shop without one takes no pushes.
	Salts map[string]carrier.Salt

	Database db.Options // further options of the store, for tests and benchmarks
	Gateway  settle.Gateway
	Fail     func(point string) error // crash points of payments, for tests
}

// App is a node: its parts, opened and wired.
type App struct {
	Config
	DB       *db.DB
	Flow     *flow.Flow
	Studio   *studio.Studio
	Live     *live.Hub
	Jobs     *job.Engine
	Tokens   *auth.Tokens
	Sessions *auth.Sessions
	Evidence *evidence.Desk

	blobs     *blob.Store
	connected connected
}

// Vocabulary is every fact the packs may speak of.
func Vocabulary() (*rule.Vocabulary, error) {
	var facts []rule.Fact
	for _, v := range [][]rule.Fact{order.Vocabulary, line.Vocabulary, movement.Vocabulary} {
		facts = append(facts, v...)
	}
	return rule.NewVocabulary(facts...)
}

// Open makes the data folder, opens and migrates the database, loads the packs and wires the parts. Nothing runs yet.
func Open(ctx context.Context, c Config) (*App, error) {
	if c.Clock == nil {
		c.Clock = clock.System{}
	}
	if c.Log == nil {
		c.Log = slog.Default()
	}
	kept, err := openBlobs(c)
	if err != nil {
		return nil, err
	}
	o := c.Database
	o.URL, o.Clock, o.Log = c.DB, c.Clock, c.Log
	if o.URL == "" {
		if err := makeFolder(c.Data); err != nil {
			return nil, err
		}
		o.URL = "sqlite:" + filepath.Join(c.Data, "sanbao.db")
	}
	d, err := db.Open(ctx, o)
	if err != nil {
		return nil, err
	}
	a := &App{Config: c, DB: d, Tokens: auth.New(d, c.Clock), Sessions: auth.NewSessions(d, c.Clock), blobs: kept}
	if err := a.wire(ctx); err != nil {
		return nil, fmt.Errorf("%w%s", err, closing(d))
	}
	return a, nil
}

// closing closes what was opened before a failure and says what went wrong with that, if anything.
func closing(d *db.DB) string {
	if err := d.Close(); err != nil {
		return "; and closing the database: " + err.Error()
	}
	return ""
}

func (a *App) wire(ctx context.Context) error {
	if err := a.DB.Migrate(ctx); err != nil {
		return err
	}
	voc, err := Vocabulary()
	if err != nil {
		return err
	}
	packs, err := policy.Load(policies.FS, voc)
	if err != nil {
		return err
	}
	if a.Jobs, err = job.Open(a.DB, job.Options{Log: a.Log, Queues: map[string]int{job.DefaultQueue: 4, studio.RunQueue: 1}}); err != nil {
		return err
	}
	if a.connected, err = connect(a.Config); err != nil {
		return err
	}
	a.Flow = &flow.Flow{DB: a.DB, Policies: policy.NewShelves(packs), Jobs: a.Jobs, Fail: a.Fail, Salts: a.Salts, Gateway: a.gateway(settle.NewScripted(a.Clock), a.connected)}
	a.Flow.RegisterJobs()
	a.Studio = &studio.Studio{DB: a.DB, Shelves: a.Flow.Policies, Jobs: a.Jobs, Shop: tenant}
	a.Studio.RegisterJobs()
	a.Live = live.New(a.DB, a.Log)
	a.Flow.Changed = a.Live.Changed
	a.Evidence = evidence.New(a.DB, a.blobs, a.Jobs)
	a.Evidence.Locate, a.Evidence.Changed = flow.LocateEvidence, a.Flow.EvidenceChanged
	return nil
}

// openBlobs is where photos and films are kept. A folder is made when the first of them comes.
func openBlobs(c Config) (*blob.Store, error) {
	if c.Blobs == "" {
		return blob.Open(filepath.Join(c.Data, "blobs"))
	}
	return blob.Open(c.Blobs)
}

// Server is the API of this node.
func (a *App) Server() *web.Server {
	s := web.New(web.Options{Version: Version, Tokens: a.Tokens, Sessions: a.Sessions, Log: a.Log, ShopExists: a.shopExists,
		Ready:  []web.Check{{Name: "database", Ask: a.DB.Ready}},
		Gauges: a.gauges(), Site: console.Files()})
	web.RegisterTokens(s, a.DB)
	shop.Routes(s, a.DB, a.CheckShop)
	a.Flow.Routes(s)
	(&staff.Staff{DB: a.DB, Sessions: a.Sessions, Shops: staffShops}).Routes(s)
	a.Evidence.Routes(s)
	stock.Routes(s, a.DB)
	a.Studio.Routes(s)
	report.Routes(s, a.DB)
	(&desk.Desk{DB: a.DB, Flow: a.Flow, Live: a.Live, Public: a.Public}).Routes(s)
	return s
}

// tenant is a shop as its policy sees it.
func tenant(tx *db.Tx, shopID id.ID) (studio.Tenant, error) {
	s, err := shop.Get(tx, shopID)
	if err != nil {
		return studio.Tenant{}, err
	}
	cal, err := calendar.Load(s.Calendar)
	return studio.Tenant{ID: s.ID, Binding: flow.Binding(s), Calendar: cal}, err
}

// staffShops lists every shop as its people are told of it.
func staffShops(tx *db.Tx) ([]staff.Shop, error) {
	all, err := shop.List(tx)
	out := make([]staff.Shop, len(all))
	for i, s := range all {
		cal, err := calendar.Load(s.Calendar)
		if err != nil {
			return nil, err
		}
		out[i] = staff.Shop{ID: s.ID, Code: s.Code, Name: s.Name, PublicName: s.PublicName, Currency: s.Currency,
			TimeZone: cal.Zone().String(), Simulation: s.Simulation, BuyerWord: s.BuyerWord}
	}
	return out, err
}

func (a *App) shopExists(ctx context.Context, shopID id.ID) error {
	return a.DB.Read(ctx, func(tx *db.Tx) error {
		_, err := shop.Get(tx, shopID)
		return err
	})
}

// CheckShop says whether a new shop's packs and calendar exist and fit together.
func (a *App) CheckShop(s shop.Shop) error {
	if _, err := calendar.Load(s.Calendar); err != nil {
		return err
	}
	return a.Flow.CheckPacks(s)
}

func (a *App) gauges() []web.Gauge {
	return []web.Gauge{
		{Name: "sanbao_db_commits", Help: "Durable commits since start.", Total: true, Read: func(context.Context) (map[string]float64, error) {
			return map[string]float64{"": float64(a.DB.Stats().Commits)}, nil
		}},
		{Name: "sanbao_db_writes", Help: "Writes since start, whatever their outcome.", Total: true, Read: func(context.Context) (map[string]float64, error) {
			return map[string]float64{"": float64(a.DB.Stats().Requests)}, nil
		}},
		{Name: "sanbao_live_pages", Help: "Pages that listen for changes on this node.", Read: func(context.Context) (map[string]float64, error) {
			return map[string]float64{"": float64(a.Live.Listeners())}, nil
		}},
		{Name: "sanbao_jobs", Help: "Jobs by state.", Label: "state", Read: func(ctx context.Context) (map[string]float64, error) {
			out := map[string]float64{}
			err := a.DB.Read(ctx, func(tx *db.Tx) error {
				counts, err := a.Jobs.Counts(tx)
				for _, c := range counts {
					out[string(c.State)] += float64(c.N)
				}
				return err
			})
			return out, err
		}},
	}
}

// Serve runs jobs and answers requests until ctx ends, then stops in order.
func (a *App) Serve(ctx context.Context, ln net.Listener) error {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(400) // live memory is some ten MiB: collecting a quarter as often costs thirty more and saves 8 % of the processor
	}
	if err := a.Jobs.Start(ctx); err != nil {
		return err
	}
	if err := a.Flow.StartBackfill(ctx); err != nil {
		return errors.Join(err, a.Jobs.Stop(ctx))
	}
	if err := a.Flow.StartDispatch(ctx); err != nil {
		return errors.Join(err, a.Jobs.Stop(ctx))
	}
	if err := a.startPayments(ctx); err != nil {
		return errors.Join(err, a.Jobs.Stop(ctx))
	}
	a.Live.Start()
	tidy, stopTidy := context.WithCancel(context.WithoutCancel(ctx))
	done := make(chan struct{})
	go func() { defer close(done); a.tidy(tidy) }()
	err := a.Server().Serve(ctx, ln)
	stopTidy()
	<-done
	stop, cancel := context.WithTimeout(context.WithoutCancel(ctx), web.DrainTime)
	defer cancel()
	if jobsErr := a.Jobs.Stop(stop); err == nil {
		err = jobsErr
	}
	a.Live.Stop()
	if flushErr := a.Tokens.Flush(stop); err == nil {
		err = flushErr
	}
	return err
}

// tidy does what is neither a request nor a job: when tokens were last used, sessions that are over, answers that
// can no longer be replayed.
func (a *App) tidy(ctx context.Context) {
	tick := time.NewTicker(time.Hour)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		if err := a.Tokens.Flush(ctx); err != nil {
			a.Log.Error("note last use of tokens", "err", err)
		}
		if err := a.Sessions.Purge(ctx); err != nil {
			a.Log.Error("purge old sessions", "err", err)
		}
		if _, err := web.PurgeOnce(ctx, a.DB); err != nil {
			a.Log.Error("purge old answers", "err", err)
		}
	}
}

// Close closes the database.
func (a *App) Close() error { return a.DB.Close() }
