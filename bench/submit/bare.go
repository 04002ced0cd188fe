package main

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"path/filepath"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	_ "github.com/jackc/pgx/v5/stdlib"
	_ "modernc.org/sqlite"

	"github.com/sanbao/sanbao/internal/db"
	"github.com/sanbao/sanbao/internal/flow"
	"github.com/sanbao/sanbao/internal/id"
)

// written is what one application leaves in a table.
type written struct{ table, where string }

// applied lists the tables an application writes, and which of their rows are a case's.
var applied = []written{
	{"cases", "id = $1"},
	{"note", "case_id = $1"},
	{"decision", "case_id = $1"},
	{"case_line", "case_id = $1"},
	{"finding", "case_line_id in (select id from case_line where case_id = $1)"},
	{"timeline", "case_id = $1"},
	{"movement", "case_id = $1"},
	{"movement_line", "movement_id in (select id from movement where case_id = $1)"},
}

// statement is one bare insert with the values of a real row; the columns in fresh get new ids each time.
type statement struct {
	text  string
	args  []any
	fresh []int
	code  []int // unique texts
}

// bare writes the rows of one real application over and over, each time with new ids, in one durable transaction with
// prepared statements, through the engine's own driver: what the machine and the engine can do at best.
func (s *server) bare(ctx context.Context, length time.Duration) (rate float64, err error) {
	c, err := s.dial(0)
	if err != nil {
		return 0, err
	}
	defer c.conn.Close()
	answer, err := c.submit()
	if err != nil {
		return 0, err
	}
	var v flow.View
	if err := json.Unmarshal(answer, &v); err != nil {
		return 0, err
	}
	stmts, err := s.rowsOf(ctx, v.Case.ID)
	if err != nil {
		return 0, err
	}
	if s.app.DB.Dialect() == db.SQLite {
		return bareSQLite(ctx, filepath.Join(s.app.Data, "sanbao.db"), stmts, length, s.sync)
	}
	return barePostgres(ctx, s.app.Config.DB, stmts, length, s.sync)
}

// rowsOf reads the rows back and makes the inserts that would write them again.
func (s *server) rowsOf(ctx context.Context, caseID id.ID) (stmts []statement, err error) {
	conn, err := sql.Open(driver(s.app.DB.Dialect()), dsn(s))
	if err != nil {
		return nil, err
	}
	defer conn.Close()
	add := func(table, where string, arg any) error {
		rows, err := conn.QueryContext(ctx, `select * from `+table+` where `+where, arg)
		if err != nil {
			return err
		}
		defer rows.Close()
		cols, err := rows.Columns()
		if err != nil {
			return err
		}
		for rows.Next() {
			st := statement{args: make([]any, len(cols))}
			into := make([]any, len(cols))
			for i := range st.args {
				into[i] = &st.args[i]
			}
			if err := rows.Scan(into...); err != nil {
				return err
			}
			marks := make([]string, len(cols))
			for i, c := range cols {
				marks[i] = fmt.Sprintf("$%d", i+1)
				switch {
				case c == "id":
					st.fresh = append(st.fresh, i)
				case c == "number" || c == "key":
					st.code = append(st.code, i)
				}
			}
			st.text = `insert into ` + table + ` (` + strings.Join(cols, ", ") + `) values (` + strings.Join(marks, ", ") + `)`
			stmts = append(stmts, st)
		}
		return rows.Err()
	}
	for _, w := range applied {
		if err := add(w.table, w.where, int64(caseID)); err != nil {
			return nil, err
		}
	}
	if err := add("web_once", "caller_id > $1 and expires_at = (select max(expires_at) from web_once)", int64(0)); err != nil {
		return nil, err
	}
	stmts = append(stmts, statement{text: `update order_line set claimed = claimed + 0, version = version + 1 where id = $1`, args: []any{int64(s.lines[0])}})
	return stmts, nil
}

// next are the values of a statement with new ids and unique texts.
func (st statement) next(n int) []any {
	args := append([]any{}, st.args...)
	for _, i := range st.fresh {
		args[i] = int64(id.New())
	}
	for _, i := range st.code {
		args[i] = fmt.Sprintf("bare-%d-%s", n, id.Code(6))
	}
	return args
}

func bareSQLite(ctx context.Context, file string, stmts []statement, length, sync time.Duration) (float64, error) {
	d, err := sql.Open("sqlite", "file:"+file+"?_pragma=journal_mode(wal)&_pragma=synchronous(full)&_pragma=busy_timeout(5000)&_pragma=foreign_keys(1)")
	if err != nil {
		return 0, err
	}
	defer d.Close()
	c, err := d.Conn(ctx)
	if err != nil {
		return 0, err
	}
	defer c.Close()
	ready := make([]*sql.Stmt, len(stmts))
	for i, st := range stmts {
		if ready[i], err = c.PrepareContext(ctx, st.text); err != nil {
			return 0, fmt.Errorf("%s: %w", st.text, err)
		}
	}
	begin, n := time.Now(), 0
	for ; time.Since(begin) < length; n++ {
		if _, err := c.ExecContext(ctx, "begin immediate"); err != nil {
			return 0, err
		}
		for i, st := range stmts {
			if _, err := ready[i].ExecContext(ctx, st.next(n)...); err != nil {
				return 0, fmt.Errorf("%s: %w", st.text, err)
			}
		}
		time.Sleep(sync)
		if _, err := c.ExecContext(ctx, "commit"); err != nil {
			return 0, err
		}
	}
	return float64(n) / time.Since(begin).Seconds(), nil
}

func barePostgres(ctx context.Context, url string, stmts []statement, length, sync time.Duration) (float64, error) {
	c, err := pgx.Connect(ctx, url)
	if err != nil {
		return 0, err
	}
	defer c.Close(ctx)
	begin, n := time.Now(), 0
	for ; time.Since(begin) < length; n++ {
		err := pgx.BeginFunc(ctx, c, func(tx pgx.Tx) error {
			b := &pgx.Batch{}
			for _, st := range stmts {
				b.Queue(st.text, st.next(n)...)
			}
			err := tx.SendBatch(ctx, b).Close()
			time.Sleep(sync)
			return err
		})
		if err != nil {
			return 0, err
		}
	}
	return float64(n) / time.Since(begin).Seconds(), nil
}

func driver(d db.Dialect) string {
	if d == db.SQLite {
		return "sqlite"
	}
	return "pgx"
}

func dsn(s *server) string {
	if s.app.DB.Dialect() == db.SQLite {
		return "file:" + filepath.Join(s.app.Data, "sanbao.db")
	}
	return s.app.Config.DB
}
