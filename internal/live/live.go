// Package live tells whoever is looking at a shop that a case has changed. It carries the fact, never the content: who
// is told reads again, with the rights he has.
//
// Changed is called after a transaction has committed. Every listener has a list of the cases he has not been told of,
// each with its newest version; a slow one is told less often, not less. When the list grows too long, or a node may have
// missed something of another, he is told once that anything may have changed (Everything).
//
// On PostgreSQL nodes tell each other by LISTEN and NOTIFY (postgres.go). NOTIFY is not part of the command's transaction,
// because PostgreSQL makes such commits wait for each other; a node that fell over between a commit and its notice
// says at its next start that anything may have changed.
package live

import (
	"context"
	"log/slog"
	"sync"

	"github.com/sanbao/sanbao/errs"
	"github.com/sanbao/sanbao/internal/db"
	"github.com/sanbao/sanbao/internal/id"
)

const (
	maxListeners = 500 // of one shop on one node
	maxPending   = 500 // cases a listener has not been told of
)

// Change is one case at its newest version.
type Change struct {
	Case    id.ID
	Version int64
}

// Shelf stands in the place of a case: what lies on the shelf of parcels nobody announced has changed.
const Shelf id.ID = 0

// Hub knows who is looking at which shop on this node.
type Hub struct {
	log   *slog.Logger
	nodes *nodes // nil on SQLite: there is one

	mu    sync.Mutex
	shops map[id.ID]map[*Listener]bool
}

// New makes the hub of a node. Start connects it to the others.
func New(d *db.DB, log *slog.Logger) *Hub {
	h := &Hub{log: log, shops: map[id.ID]map[*Listener]bool{}}
	if pool := d.PgxPool(); pool != nil {
		h.nodes = newNodes(h, pool)
	}
	return h
}

// Start begins to listen to other nodes; without others it does nothing.
func (h *Hub) Start() {
	if h.nodes != nil {
		h.nodes.start()
	}
}

// Stop ends what Start began, after sending what is still to be told.
func (h *Hub) Stop() {
	if h.nodes != nil {
		h.nodes.stop()
	}
}

// Changed tells listeners of a shop, here and on other nodes, that a case has another version, or that the Shelf has changed. It
// never waits.
func (h *Hub) Changed(shopID, caseID id.ID, version int64) {
	h.tell(shopID, Change{caseID, version})
	if h.nodes != nil {
		h.nodes.tell(shopID, Change{caseID, version})
	}
}

func (h *Hub) tell(shopID id.ID, c Change) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for l := range h.shops[shopID] {
		l.add(c)
	}
}

// everything tells every listener of this node that anything may have changed.
func (h *Hub) everything() {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, ls := range h.shops {
		for l := range ls {
			l.lose()
		}
	}
}

// Listen begins to listen to a shop. Close it.
//
// Errors: live.full (rate limited) when too many already do.
func (h *Hub) Listen(shopID id.ID) (*Listener, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	ls := h.shops[shopID]
	if len(ls) >= maxListeners {
		return nil, errs.New(errs.RateLimited, "live.full", errs.Args{"limit": maxListeners})
	}
	if ls == nil {
		ls = map[*Listener]bool{}
		h.shops[shopID] = ls
	}
	l := &Listener{hub: h, shop: shopID, cases: map[id.ID]int64{}, ready: make(chan struct{}, 1)}
	ls[l] = true
	return l, nil
}

// Listeners counts who is listening on this node.
func (h *Hub) Listeners() (n int) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, ls := range h.shops {
		n += len(ls)
	}
	return n
}

// Listener is one who looks at a shop.
type Listener struct {
	hub  *Hub
	shop id.ID

	mu    sync.Mutex
	cases map[id.ID]int64 // not told yet
	all   bool            // anything may have changed
	ready chan struct{}   // holds one token while there is something to tell
}

// News is what a listener is told. With Everything the list is empty.
type News struct {
	Everything bool
	Changes    []Change
}

// Ready has a token when Take will return something.
func (l *Listener) Ready() <-chan struct{} { return l.ready }

// Take is what has changed since the last Take.
func (l *Listener) Take() (n News) {
	l.mu.Lock()
	defer l.mu.Unlock()
	n.Everything = l.all
	for c, v := range l.cases {
		n.Changes = append(n.Changes, Change{c, v})
	}
	l.all = false
	clear(l.cases)
	return n
}

// Close ends listening.
func (l *Listener) Close() {
	l.hub.mu.Lock()
	defer l.hub.mu.Unlock()
	delete(l.hub.shops[l.shop], l)
	if len(l.hub.shops[l.shop]) == 0 {
		delete(l.hub.shops, l.shop)
	}
}

func (l *Listener) add(c Change) {
	l.mu.Lock()
	defer l.mu.Unlock()
	switch {
	case l.all:
	case len(l.cases) >= maxPending:
		l.all = true
		clear(l.cases)
	default:
		l.cases[c.Case] = max(l.cases[c.Case], c.Version)
	}
	l.wake()
}

func (l *Listener) lose() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.all = true
	clear(l.cases)
	l.wake()
}

func (l *Listener) wake() {
	select {
	case l.ready <- struct{}{}:
	default: // a token is there
	}
}

// Wait is Take once there is something, or ctx's error.
func (l *Listener) Wait(ctx context.Context) (News, error) {
	select {
	case <-l.ready:
		return l.Take(), nil
	case <-ctx.Done():
		return News{}, ctx.Err()
	}
}

var _ = errs.Register(map[string]errs.Text{
	"live.full": {ZhCN: "本店同时打开的实时页面已达 {limit} 个，页面将改为手动刷新。", En: "{limit} live pages of this shop are open already; this one has to be reloaded by hand."},
})
