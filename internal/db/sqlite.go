package db

import (
	"context"
	"database/sql"
	"errors"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"github.com/jackc/pgx/v5"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"github.com/sanbao/sanbao/errs"
)

// sqliteEngine is one file: the grouped writer and a small pool of read-only connections.
type sqliteEngine struct {
	d       *DB
	file    string
	pool    *sql.DB // only opens connections; each is kept and never given back
	writer  *writer
	readers chan *conn // every slot of the pool is in here or in use; nil: not opened yet
}

// sqlitePath is the file a URL names: sqlite:/a/b.db, sqlite:b.db, sqlite:///a/b.db.
func sqlitePath(raw string) string {
	p := strings.TrimPrefix(raw, "sqlite:")
	if strings.HasPrefix(p, "//") {
		p = strings.TrimPrefix(p, "//")
	}
	return filepath.Clean(p)
}

// sqliteDSN names a file with the settings every connection has. WAL lets readers go on beside the writer;
// synchronous=FULL makes a commit survive a power cut; busy_timeout lets processes share the file, a CLI beside the
// server; _dqs=0 stops a misspelt "name" from being read as a string.
func sqliteDSN(file string, pragmas ...string) string {
	q := url.Values{"_dqs": {"0"}, "_busy_timeout": {"5000"}, "_pragma": append([]string{
		"journal_mode(WAL)", "synchronous(FULL)", "trusted_schema(0)", "cache_size(-8000)"}, pragmas...)}
	return "file:" + (&url.URL{Path: file}).EscapedPath() + "?" + q.Encode()
}

func openSQLite(ctx context.Context, d *DB) (engine, error) {
	e := &sqliteEngine{d: d, file: sqlitePath(d.opt.URL)}
	if err := os.MkdirAll(filepath.Dir(e.file), 0o750); err != nil {
		return nil, errs.Wrap(err, errs.Unavailable, "db.unwritable", errs.Args{"file": e.file})
	}
	var err error
	if e.pool, err = sql.Open("sqlite", sqliteDSN(e.file, "foreign_keys(1)")); err != nil {
		return nil, err
	}
	c, err := e.connect(ctx)
	if err == nil {
		_, err = c.exec(ctx, "BEGIN IMMEDIATE", nil)
	}
	if err == nil {
		_, err = c.exec(ctx, "ROLLBACK", nil)
	}
	if err != nil {
		return nil, errors.Join(openFault(e.file, err), e.pool.Close())
	}
	readers := d.opt.MaxConns
	if readers <= 0 {
		readers = 4
	}
	e.readers = make(chan *conn, readers)
	for range readers {
		e.readers <- nil
	}
	e.writer = newWriter(d, c)
	return e, nil
}

// openFault says in one sentence why a file cannot be opened.
func openFault(file string, err error) error {
	args := errs.Args{"file": file}
	if e, ok := errors.AsType[*sqlite.Error](err); ok {
		switch e.Code() & 0xff {
		case sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT:
			return errs.Wrap(err, errs.Unavailable, "db.not_a_database", args)
		case sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM, sqlite3.SQLITE_IOERR:
			return errs.Wrap(err, errs.Unavailable, "db.unwritable", args)
		}
	}
	return explain("open "+file, err)
}

func (e *sqliteEngine) dialect() Dialect { return SQLite }

// connect opens one connection.
func (e *sqliteEngine) connect(ctx context.Context) (*conn, error) {
	c, err := e.pool.Conn(ctx)
	if err != nil {
		return nil, err
	}
	return &conn{c: c, cache: map[string]prepared{}}, nil
}

// read lends a reader. BEGIN takes no lock; the snapshot is that of the first statement.
func (e *sqliteEngine) read(ctx context.Context, body func(session) error) (err error) {
	c, err := e.reader(ctx)
	if err != nil {
		return err
	}
	defer func() {
		if _, end := c.exec(context.Background(), "ROLLBACK", nil); end != nil {
			c.close()
			c = nil
		}
		e.readers <- c
	}()
	if _, err := c.exec(context.Background(), "BEGIN", nil); err != nil {
		return explain("BEGIN", err)
	}
	return body(c)
}

func (e *sqliteEngine) reader(ctx context.Context) (*conn, error) {
	var c *conn
	select {
	case c = <-e.readers:
	case <-ctx.Done():
		return nil, ctx.Err()
	case <-e.writer.quit:
		return nil, errClosed()
	}
	if c != nil {
		return c, nil
	}
	c, err := e.connect(context.WithoutCancel(ctx))
	if err == nil {
		_, err = c.c.ExecContext(context.Background(), "PRAGMA query_only(1)")
	}
	if err != nil {
		e.readers <- nil
		return nil, openFault(e.file, err)
	}
	return c, nil
}

func (e *sqliteEngine) write(ctx context.Context, body func(session) error) error {
	return e.writer.do(ctx, body)
}

func (e *sqliteEngine) ping(ctx context.Context) error {
	return e.read(ctx, func(s session) error {
		c, err := s.query(ctx, "SELECT count(*) FROM sqlite_schema", nil)
		if err != nil {
			return explain("ping", err)
		}
		c.Close()
		return c.Err()
	})
}

// close stops the writer, waits for the readers at work, and folds the log into the file.
func (e *sqliteEngine) close() error {
	if !e.writer.stop() {
		return nil // closed before
	}
	for range cap(e.readers) {
		if c := <-e.readers; c != nil {
			c.close()
		}
	}
	e.writer.c.close()
	return e.pool.Close()
}

// conn is one SQLite connection with its prepared statements. One goroutine uses it at a time.
type conn struct {
	c     *sql.Conn
	cache map[string]prepared
}

// maxStatements bounds a connection's cache; preparing costs more than running most statements.
const maxStatements = 256

func (c *conn) prepare(q string) (prepared, error) {
	if p, ok := c.cache[q]; ok {
		return p, nil
	}
	text, order := positional(q)
	s, err := c.c.PrepareContext(context.Background(), text)
	if err != nil {
		return prepared{}, err
	}
	if len(c.cache) >= maxStatements {
		for old, x := range c.cache { // any one: the map's order is random
			delete(c.cache, old)
			if err := x.Close(); err != nil {
				return prepared{}, errors.Join(err, s.Close())
			}
			break
		}
	}
	p := prepared{s, order}
	c.cache[q] = p
	return p, nil
}

func (c *conn) exec(ctx context.Context, q string, args []any) (int64, error) {
	p, err := c.prepare(q)
	if err != nil {
		return 0, err
	}
	r, err := p.ExecContext(ctx, p.arrange(args)...)
	if err != nil {
		return 0, err
	}
	return r.RowsAffected()
}

func (c *conn) query(ctx context.Context, q string, args []any) (cursor, error) {
	p, err := c.prepare(q)
	if err != nil {
		return nil, err
	}
	rows, err := p.QueryContext(ctx, p.arrange(args)...)
	if err != nil {
		return nil, err
	}
	return &sqlRows{Rows: rows}, nil
}

func (c *conn) batch(ctx context.Context, stmts []statement) ([]int64, error) {
	affected := make([]int64, 0, len(stmts))
	for _, s := range stmts {
		n, err := c.exec(ctx, s.q, s.args)
		if err != nil {
			return affected, err
		}
		if affected = append(affected, n); s.want >= 0 && n != s.want {
			return affected, nil
		}
	}
	return affected, nil
}

func (c *conn) pgx() pgx.Tx { return nil }

// close gives up the connection; what was not committed is lost, which is what closing one means.
func (c *conn) close() {
	for _, s := range c.cache {
		_ = s.Close()
	}
	_ = c.c.Close()
}

// sqlRows gives sql.Rows the cursor's Close, keeping its error.
type sqlRows struct {
	*sql.Rows
	closeErr error
}

func (r *sqlRows) Close() { r.closeErr = r.Rows.Close() }

func (r *sqlRows) Err() error {
	if err := r.Rows.Err(); err != nil {
		return err
	}
	return r.closeErr
}

func errClosed() error { return errs.New(errs.Unavailable, "db.closed") }
