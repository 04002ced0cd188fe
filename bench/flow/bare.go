package main

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	_ "modernc.org/sqlite"

	"github.com/sanbao/sanbao/internal/db/dbtest/cluster"
)

// lite is a SQLite file. Bare is one connection, since the file has one writer: prepared statements, a transaction a command, synced. A second
// copy is written as ours is, as many commands in a commit as there are clients, since grouping is ours and not the engine's.
type lite struct {
	dir    string
	copies [2]*bareFile
}

func (g *lite) url() string { return "" }

func (g *lite) copy(ctx context.Context) error {
	for i := range g.copies {
		to := filepath.Join(g.dir, fmt.Sprintf("bare%d.db", i))
		if err := copyFile(filepath.Join(g.dir, "data", "sanbao.db"), to); err != nil {
			return err
		}
		var err error
		if g.copies[i], err = openBare(ctx, to); err != nil {
			return err
		}
	}
	return nil
}

func copyFile(from, to string) error {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.Create(to)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, in)
	return errors.Join(err, out.Sync(), out.Close())
}

type bareFile struct {
	conn  *sql.Conn
	ready map[string]*sql.Stmt
}

func openBare(ctx context.Context, file string) (*bareFile, error) {
	d, err := sql.Open("sqlite", "file:"+file+"?_pragma=journal_mode(wal)&_pragma=synchronous(full)&_pragma=cache_size(-8000)&_pragma=foreign_keys(1)")
	if err != nil {
		return nil, err
	}
	c, err := d.Conn(ctx)
	return &bareFile{c, map[string]*sql.Stmt{}}, err
}

func (g *lite) replay(ctx context.Context, written [][]write) ([]rate, error) {
	all := slices.Concat(written...)
	slices.SortFunc(all, func(a, b write) int { return cmp.Compare(a.no, b.no) })
	one, err := g.copies[0].play(ctx, all, 1)
	if err != nil {
		return nil, err
	}
	grouped, err := g.copies[1].play(ctx, all, len(written))
	return []rate{{"the same statements bare and prepared, a commit each", one}, {fmt.Sprintf("the same, %d commands in a commit", len(written)), grouped}}, err
}

// play plays commands, so many in a commit.
func (f *bareFile) play(ctx context.Context, all []write, group int) (float64, error) {
	begin := time.Now()
	for some := range slices.Chunk(all, group) {
		if _, err := f.conn.ExecContext(ctx, "begin immediate"); err != nil {
			return 0, err
		}
		for _, w := range some {
			for _, st := range w.statements {
				if err := f.exec(ctx, st); err != nil {
					return 0, fmt.Errorf("%s: %w", st.q, err)
				}
			}
		}
		if _, err := f.conn.ExecContext(ctx, "commit"); err != nil {
			return 0, err
		}
	}
	return float64(len(all)) / time.Since(begin).Seconds(), nil
}

func (f *bareFile) exec(ctx context.Context, st statement) (err error) {
	ready := f.ready[st.q]
	if ready == nil {
		if ready, err = f.conn.PrepareContext(ctx, st.q); err != nil {
			return err
		}
		f.ready[st.q] = ready
	}
	r, err := ready.ExecContext(ctx, st.args...)
	if err != nil {
		return err
	}
	if n, err := r.RowsAffected(); err != nil || n == 0 && strings.HasPrefix(st.q, "update") {
		return fmt.Errorf("it changed nothing: the copy is not as the database was; %w", err)
	}
	return nil
}

// pg is a server with two copies: one for pgbench, one for bare prepared statements in a batch a command.
type pg struct {
	cluster *cluster.Cluster
	dir     string
	conns   []*pgx.Conn
}

func (g *pg) named(name string) string {
	u, err := url.Parse(g.cluster.DSN)
	if err != nil {
		panic(err) // the cluster made it
	}
	u.Path = "/" + name
	return u.String()
}

func (g *pg) url() string { return g.named("postgres") }

func (g *pg) copy(ctx context.Context) error {
	c, err := pgx.Connect(ctx, g.named("template1"))
	if err != nil {
		return err
	}
	defer c.Close(ctx)
	for _, name := range []string{"bare", "pgbench"} {
		if _, err := c.Exec(ctx, "create database "+name+" template postgres"); err != nil {
			return err
		}
	}
	return nil
}

func (g *pg) replay(ctx context.Context, written [][]write) ([]rate, error) {
	bench, err := g.pgbench(ctx, written)
	if err != nil {
		return nil, err
	}
	bare, err := g.bare(ctx, written)
	return []rate{{"pgbench, the same statements, as many clients", bench}, {"the same bare and prepared, a batch a command", bare}}, err
}

func (g *pg) bare(ctx context.Context, written [][]write) (float64, error) {
	for len(g.conns) < len(written) {
		c, err := pgx.Connect(ctx, g.named("bare"))
		if err != nil {
			return 0, err
		}
		g.conns = append(g.conns, c)
	}
	return sideBySide(written, func(n int, all []write) error {
		for _, w := range all {
			if err := pgx.BeginFunc(ctx, g.conns[n], func(tx pgx.Tx) error {
				b := &pgx.Batch{}
				for _, st := range w.statements {
					b.Queue(st.q, st.args...)
				}
				return tx.SendBatch(ctx, b).Close()
			}); err != nil {
				return err
			}
		}
		return nil
	})
}

// sideBySide runs f for every client and is how many commands a second that makes.
func sideBySide(written [][]write, f func(n int, all []write) error) (float64, error) {
	failed, n := make([]error, len(written)), 0
	var wg sync.WaitGroup
	begin := time.Now()
	for i, all := range written {
		n += len(all)
		wg.Go(func() { failed[i] = f(i, all) })
	}
	wg.Wait()
	return float64(n) / time.Since(begin).Seconds(), errors.Join(failed...)
}

var took = regexp.MustCompile(`latency average = ([0-9.]+) ms`)

// pgbench runs a script for each client, which is what the client wrote. A client's time is what pgbench says its script took, without
// reading it and connecting.
func (g *pg) pgbench(ctx context.Context, written [][]write) (float64, error) {
	rates := make([]float64, len(written))
	for i, all := range written {
		if err := os.WriteFile(g.script(i), []byte(script(all)), 0o600); err != nil {
			return 0, err
		}
	}
	_, err := sideBySide(written, func(n int, all []write) error {
		cmd := exec.CommandContext(ctx, g.cluster.Program("pgbench"), "--no-vacuum", "--client=1", "--transactions=1", "--file="+g.script(n), g.named("pgbench"))
		said, err := cmd.CombinedOutput()
		ms := took.FindSubmatch(said)
		if err != nil || ms == nil || strings.Contains(string(said), "ERROR") {
			return fmt.Errorf("pgbench: %w\n%s", err, said[:min(len(said), 2_000)])
		}
		each, err := strconv.ParseFloat(string(ms[1]), 64)
		rates[n] = float64(len(all)) / each * 1_000
		return err
	})
	sum := 0.0
	for _, r := range rates {
		sum += r
	}
	return sum, err
}

func (g *pg) script(n int) string { return filepath.Join(g.dir, fmt.Sprintf("client%d.sql", n)) }

var mark = regexp.MustCompile(`\$(\d+)`)

// script writes commands out for pgbench, the values in their places.
func script(all []write) string {
	var b strings.Builder
	for _, w := range all {
		b.WriteString("begin;\n")
		for _, st := range w.statements {
			b.WriteString(mark.ReplaceAllStringFunc(st.q, func(m string) string {
				n, err := strconv.Atoi(m[1:])
				if err != nil {
					panic(err) // digits
				}
				return literal(st.args[n-1])
			}))
			b.WriteString(";\n")
		}
		b.WriteString("commit;\n")
	}
	return b.String()
}

func literal(v any) string {
	switch v := v.(type) {
	case nil:
		return "null"
	case string:
		return "'" + strings.ReplaceAll(v, "'", "''") + "'"
	case []byte:
		return `'\x` + hex.EncodeToString(v) + `'`
	}
	return fmt.Sprint(v)
}
