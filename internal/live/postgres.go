package live

import (
	"context"
	"errors"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/sanbao/sanbao/internal/id"
)

const (
	channel    = "sanbao_live"
	everything = "*"              // a notice that names no case
	perNotice  = 150              // changes in one notice, which PostgreSQL bounds to 8,000 bytes
	queued     = 1024             // changes that wait to be sent
	quiet      = 30 * time.Second // of silence, then the connection is tried
	firstPause = time.Second
	lastPause  = 30 * time.Second
	sendTime   = 5 * time.Second
)

// nodes is how the nodes of an installation tell each other.
type nodes struct {
	hub  *Hub
	pool *pgxpool.Pool
	me   string // leads every notice, so that a node knows its own

	out  chan string // "shop:case:version"
	mu   sync.Mutex
	lost bool // something was not sent: everything has to be

	cancel context.CancelFunc
	done   sync.WaitGroup

	listening func() // for tests: called whenever LISTEN is in force
}

func newNodes(h *Hub, pool *pgxpool.Pool) *nodes {
	return &nodes{hub: h, pool: pool, me: id.New().String(), out: make(chan string, queued), lost: true, listening: func() {}}
}

func (n *nodes) start() {
	ctx, cancel := context.WithCancel(context.Background())
	n.cancel = cancel
	n.done.Add(2)
	go func() { defer n.done.Done(); n.listen(ctx) }()
	go func() { defer n.done.Done(); n.send(ctx) }()
}

func (n *nodes) stop() {
	if n.cancel != nil {
		n.cancel()
		n.done.Wait()
	}
}

// tell queues a change for the other nodes; when the queue is full they will be told of everything.
func (n *nodes) tell(shopID id.ID, c Change) {
	select {
	case n.out <- shopID.String() + ":" + c.Case.String() + ":" + strconv.FormatInt(c.Version, 10):
	default:
		n.lose()
	}
}

func (n *nodes) lose() {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.lost = true
}

// losses says whether something was lost since it was asked last.
func (n *nodes) losses() bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	was := n.lost
	n.lost = false
	return was
}

// send sends notices until ctx ends, the first of them that anything may have changed: whoever was this node before
// may have fallen over before it told.
func (n *nodes) send(ctx context.Context) {
	pause := firstPause
	for {
		if n.losses() {
			if err := n.notify(everything); err != nil {
				n.lose()
				n.hub.log.Warn("tell other nodes", "err", err)
				if wait(ctx, pause) != nil {
					return
				}
				pause = min(2*pause, lastPause)
				continue
			}
		}
		pause = firstPause
		select {
		case first := <-n.out:
			if err := n.notify(strings.Join(n.more(first), " ")); err != nil {
				n.lose()
			}
		case <-ctx.Done():
			if rest := n.more(""); len(rest) > 0 || n.losses() {
				_ = n.notify(everything) // the last word of a node that stops; others ask again when it is back
			}
			return
		}
	}
}

// more adds what is queued already to a change.
func (n *nodes) more(first string) (out []string) {
	if first != "" {
		out = append(out, first)
	}
	for len(out) < perNotice {
		select {
		case c := <-n.out:
			out = append(out, c)
		default:
			return out
		}
	}
	return out
}

func (n *nodes) notify(text string) error {
	ctx, cancel := context.WithTimeout(context.Background(), sendTime)
	defer cancel()
	_, err := n.pool.Exec(ctx, `select pg_notify($1, $2)`, channel, n.me+" "+text)
	return err
}

// listen hears notices until ctx ends, on a connection of its own, which is made again when it breaks.
func (n *nodes) listen(ctx context.Context) {
	pause := firstPause
	for ctx.Err() == nil {
		err := n.session(ctx, func() { pause = firstPause })
		if ctx.Err() != nil {
			return
		}
		n.hub.log.Warn("listen to other nodes", "err", err, "again_in", pause)
		if wait(ctx, pause) != nil {
			return
		}
		pause = min(2*pause, lastPause)
	}
}

// session is one connection, from LISTEN to its end. What was told before it listened is lost: everything may have
// changed.
func (n *nodes) session(ctx context.Context, connected func()) error {
	c, err := pgx.ConnectConfig(ctx, n.pool.Config().ConnConfig.Copy())
	if err != nil {
		return err
	}
	defer func() { _ = c.Close(context.WithoutCancel(ctx)) }()
	if _, err := c.Exec(ctx, "LISTEN "+channel); err != nil {
		return err
	}
	connected()
	n.hub.everything()
	n.listening()
	for {
		notice, err := waitFor(ctx, c)
		if err != nil {
			return err
		}
		if notice != nil {
			n.hear(notice.Payload)
		}
	}
}

// waitFor is the next notice; nil after a while of silence in which the connection proved to be alive.
func waitFor(ctx context.Context, c *pgx.Conn) (*pgconn.Notification, error) {
	short, cancel := context.WithTimeout(ctx, quiet)
	defer cancel()
	notice, err := c.WaitForNotification(short)
	if err != nil && ctx.Err() == nil && errors.Is(short.Err(), context.DeadlineExceeded) {
		return nil, c.Ping(ctx)
	}
	return notice, err
}

// hear tells the listeners of this node what another node said.
func (n *nodes) hear(payload string) {
	from, text, _ := strings.Cut(payload, " ")
	if from == n.me {
		return
	}
	for part := range strings.FieldsSeq(text) {
		shop, rest, _ := strings.Cut(part, ":")
		c, version, _ := strings.Cut(rest, ":")
		shopID, err1 := id.Parse(shop)
		caseID, err2 := id.Parse(c)
		v, err3 := strconv.ParseInt(version, 10, 64)
		if err := errors.Join(err1, err2, err3); err != nil { // "*", or a word of another version of this program
			n.hub.everything()
			return
		}
		n.hub.tell(shopID, Change{caseID, v})
	}
}

// wait is nil after a pause, or ctx's error.
func wait(ctx context.Context, pause time.Duration) error {
	t := time.NewTimer(pause)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
