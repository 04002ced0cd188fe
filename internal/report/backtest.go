package report

import (
	"context"
	"io"
	"runtime"
	"slices"
	"sync"

	"golang.org/x/sync/errgroup"

	"github.com/sanbao/sanbao/calendar"
	"github.com/sanbao/sanbao/clock"
	"github.com/sanbao/sanbao/errs"
	"github.com/sanbao/sanbao/internal/db"
	"github.com/sanbao/sanbao/internal/id"
	"github.com/sanbao/sanbao/internal/policy"
	"github.com/sanbao/sanbao/rule"
)

// BacktestInput is what a draft is tried on.
type BacktestInput struct {
	Library  *policy.Library // the shop's
	Shop     id.ID
	Binding  policy.Binding
	Calendar *calendar.Calendar
	Draft    *rule.Pack    // takes the place of its pack, in force or not
	From, To calendar.Date // days of the decisions, both included; 0 is no bound
	Facts    io.Reader     // decide these matters instead of the shop's (FactsLine); From and To do not count then

	// Progress is told now and then how many of the lines are done, by one goroutine at a time. total is -1 where it is not
	// known.
	Progress func(done, total int)
}

// Backtest decides a shop's matters again as if a draft had been in force, and says what would have come out otherwise. It
// reads and never writes.
//
// A line counts once, with its last decision: what was settled about it, from all that was known in the end. The measure is
// what the versions that decided say today about the same facts at the same moment; where that is not what was stored, byte
// for byte, the line is counted as not replayed, and compared all the same. Then the draft takes the place of its pack in
// these versions, both as of payment and as of application; where the pack was not in force yet it is put beside them. So
// the difference is the draft's alone.
//
// Nothing is guessed. What the draft asks and nobody knows is a question: such a line counts as would-ask. Money is compared
// where both answers are settled: what is granted or offered costs its refund and amount, a refusal and a proof that was
// never shown cost nothing; a question or a person's judgement is neither. Conditions of a later stage are presumed
// as in any decision.
//
// Memory does not grow with the number of lines. Cancelling ctx ends the run within some hundred decisions, with ctx's error.
func Backtest(ctx context.Context, d *db.DB, in BacktestInput) (*BacktestReport, error) {
	if in.Draft.ID != in.Binding.Shop && !slices.Contains(in.Binding.Overlays, in.Draft.ID) && !slices.Contains(in.Binding.Law, in.Draft.ID) {
		return nil, errs.New(errs.Invalid, "report.draft_not_bound", errs.Args{"pack": in.Draft.ID})
	}
	r := &run{BacktestInput: in, db: d, books: map[string]*pair{}, total: -1, sum: newTally()}
	next := r.fromFile
	if in.Facts == nil {
		if err := r.count(ctx); err != nil {
			return nil, err
		}
		next = r.fromStore
	}
	g, work := errgroup.WithContext(ctx)
	chunks := make(chan []matter, 1)
	g.Go(func() error {
		defer close(chunks)
		return next(work, func(chunk []matter) error {
			select {
			case chunks <- chunk:
				return nil
			case <-work.Done():
				return work.Err()
			}
		})
	})
	for range runtime.GOMAXPROCS(0) {
		g.Go(func() error {
			for chunk := range chunks {
				if err := r.chunk(work, chunk); err != nil {
					return err
				}
			}
			return work.Err()
		})
	}
	if err := g.Wait(); err != nil {
		return nil, err
	}
	if err := r.describe(ctx); err != nil {
		return nil, err
	}
	return r.sum.report(in.Draft), nil
}

// run is one backtest at work.
type run struct {
	BacktestInput
	db *db.DB

	mu    sync.Mutex
	books map[string]*pair // by the versions that decided, as they stand in the core
	sum   *tally
	done  int
	total int
}

// matter is one line to decide again.
type matter struct {
	caseID, line id.ID
	core         string // as stored; "" of a file's line
	facts        []byte
	row          int // in the file
	in           rule.Input
	books        *pair
	err          error // why it cannot be decided
}

// pair is the rules that decided, and those with the draft among them.
type pair struct {
	before, after *rule.Book
	err           error
}

// chunk decides a few hundred lines and adds what came of them to the sum.
func (r *run) chunk(ctx context.Context, chunk []matter) error {
	t := newTally()
	var core []byte // written over by each decision
	for i := range chunk {
		if i%32 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		core = r.decide(t, &chunk[i], core)
	}
	if r.Facts == nil && len(t.moved) > 0 {
		about, err := r.abouts(ctx, t.lines())
		if err != nil {
			return err
		}
		t.attribute(about)
	}
	t.moved = nil
	r.mu.Lock()
	defer r.mu.Unlock()
	r.sum.add(t)
	r.done += len(chunk)
	if r.Progress != nil {
		r.Progress(r.done, r.total)
	}
	return nil
}

// decide decides one line by both. The line's core is written into buf, which is given back.
func (r *run) decide(t *tally, m *matter, buf []byte) []byte {
	if m.core != "" {
		m.in, m.books, m.err = r.stored(m.core)
	}
	if m.err == nil {
		m.err = m.books.err
	}
	if m.err == nil && m.in.Facts == nil {
		m.in.Facts, m.err = r.Library.Vocabulary().ParseFacts(m.facts)
	}
	if m.err != nil {
		t.skip(m, m.err)
		return buf
	}
	m.in.Calendar = r.Calendar
	before, err := m.books.before.Decide(m.in)
	if err != nil {
		t.skip(m, err)
		return buf
	}
	replayed := true
	if m.core != "" {
		buf = before.AppendCore(buf[:0])
		replayed = string(buf) == m.core
	}
	after, err := m.books.after.Brief(m.in) // nobody reads more of it than is compared
	if err != nil {
		t.skip(m, err)
		return buf
	}
	t.compare(m, before, after, replayed, r.Draft.Currency)
	return buf
}

// abouts reads what lines are known by.
func (r *run) abouts(ctx context.Context, lines []id.ID) (about map[id.ID]article, err error) {
	err = r.db.Read(ctx, func(tx *db.Tx) error {
		about, err = describe(tx, r.Shop, lines)
		return err
	})
	return about, err
}

// describe gives the examples their case numbers.
func (r *run) describe(ctx context.Context) error {
	r.sum.settleExamples()
	if r.Facts != nil || len(r.sum.examples) == 0 {
		return nil
	}
	about, err := r.abouts(ctx, linesOf(r.sum.examples))
	if err != nil {
		return err
	}
	for i := range r.sum.examples {
		x := &r.sum.examples[i]
		a := about[x.LineID]
		x.CaseNo, x.SKU, x.Title = a.caseNo, a.sku, a.title
	}
	return nil
}

// bounds are the first instant and the first one after the days asked for.
func (r *run) bounds() (from, until clock.Instant) {
	from, until = 0, clock.Instant(1<<62)
	if r.From != 0 {
		from = r.Calendar.StartOf(r.From)
	}
	if r.To != 0 {
		until = r.Calendar.StartOf(r.To.AddDays(1))
	}
	return from, until
}

// The last decisions of lines: both statements find them by indexes alone, and read only what is decided again. The plus
// keeps SQLite from looking for a later decision of the line among all of the shop.
const lastOfLines = ` from decision d where d.shop_id = $1 and d.decided_at >= $2 and d.decided_at < $3
	and not exists (select 1 from decision e where e.case_line_id = d.case_line_id and e.id > d.id and +e.shop_id = d.shop_id)`

func (r *run) count(ctx context.Context) error {
	from, until := r.bounds()
	return r.db.Read(ctx, func(tx *db.Tx) error {
		return tx.QueryRow(`select count(*)`+lastOfLines, r.Shop, from, until).Scan(&r.total)
	})
}

// chunkSize is how many lines are read at a time: some hundred kilobytes, each by a read of its own, so that a long run
// keeps no snapshot open.
const chunkSize = 128

func (r *run) fromStore(ctx context.Context, send func([]matter) error) error {
	from, until := r.bounds()
	for last := id.ID(0); ; {
		var chunk []matter
		err := r.db.Read(ctx, func(tx *db.Tx) (err error) {
			chunk, err = db.Collect(tx, func(row *db.Rows) (m matter, err error) {
				err = row.Scan(&last, &m.caseID, &m.line, &m.core, &m.facts)
				return m, err
			}, `select d.id, d.case_id, d.case_line_id, d.core, d.facts`+lastOfLines+` and d.id > $4 order by d.id limit $5`, r.Shop, from, until, last, chunkSize)
			return err
		})
		if err != nil || len(chunk) == 0 {
			return err
		}
		if err := send(chunk); err != nil {
			return err
		}
	}
}
