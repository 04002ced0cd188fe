package db

import (
	"cmp"
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/rivermigrate"

	"github.com/sanbao/sanbao/errs"
)

// migrations/{sqlite,postgres}/NNNNN_name.sql: one number per step, in both dialects.
//
//go:embed migrations
var migrations embed.FS

// Migrate brings the schema to this program's version. Before it changes a database that already has a version it
// writes a backup. Several processes may call it at once: one migrates, the others wait and find it done.
//
// Errors: Unavailable db.schema_newer (the program is too old), db.no_backup, db.backup_failed, db.migration.
func (d *DB) Migrate(ctx context.Context) error {
	steps, err := d.steps()
	if err != nil {
		return err
	}
	return d.migrate(ctx, steps)
}

// steps are this program's migrations for the database's dialect.
func (d *DB) steps() (fs.FS, error) { return fs.Sub(migrations, "migrations/"+d.Dialect().String()) }

// migrate is Migrate with any set of steps.
func (d *DB) migrate(ctx context.Context, steps fs.FS) error {
	if err := checkSteps(steps); err != nil {
		return err
	}
	conns, err := d.migrationPool()
	if err != nil {
		return err
	}
	err = d.migrateOn(ctx, conns, steps)
	return errors.Join(err, conns.Close())
}

func (d *DB) migrateOn(ctx context.Context, conns *sql.DB, steps fs.FS) error {
	unlock, err := d.lockSchema(ctx)
	if err != nil {
		return err
	}
	defer unlock()
	dialect := goose.DialectSQLite3
	if d.Dialect() == Postgres {
		dialect = goose.DialectPostgres
	}
	p, err := goose.NewProvider(dialect, conns, steps, goose.WithDisableGlobalRegistry(true))
	if err != nil {
		return err
	}
	changed, err := d.up(ctx, p)
	if err != nil {
		return err
	}
	if e, ok := d.engine.(*pgEngine); ok {
		return e.migrateRiver(ctx)
	}
	if !changed {
		return nil // the check reads every row: seven seconds on a million cases
	}
	return checkForeignKeys(ctx, conns)
}

// up runs the steps that are missing and says whether there were any. SQLite has no lock to hold over several steps: a second process may pass the
// same check and lose the race for a step; it then looks again.
func (d *DB) up(ctx context.Context, p *goose.Provider) (changed bool, err error) {
	for ; ; changed = true {
		have, want, err := p.GetVersions(ctx)
		switch {
		case err != nil:
			return changed, explain("read the schema version", err)
		case have > want:
			return changed, errs.New(errs.Unavailable, "db.schema_newer", errs.Args{"have": have, "want": want})
		case have == want:
			return changed, nil
		}
		if have > 0 && !d.opt.BackupDone {
			if err := d.backup(ctx, have); err != nil {
				return changed, err
			}
		}
		if _, err = p.Up(ctx); err == nil {
			return true, nil
		}
		if partial, ok := errors.AsType[*goose.PartialError](err); ok {
			if now, _, verr := p.GetVersions(ctx); verr == nil && now >= partial.Failed.Source.Version {
				continue // another process has done it
			}
			return true, errs.Wrap(err, errs.Unavailable, "db.migration", errs.Args{"version": partial.Failed.Source.Version})
		}
		return true, explain("migrate", err)
	}
}

// lockSchema makes processes that migrate the same PostgreSQL database take turns. The lock lives as long as its
// connection, which is none of the pool's, since those do not wait for locks for long.
func (d *DB) lockSchema(ctx context.Context) (unlock func(), err error) {
	e, ok := d.engine.(*pgEngine)
	if !ok {
		return func() {}, nil
	}
	cfg := e.pool.Config().ConnConfig.Copy()
	cfg.RuntimeParams["lock_timeout"] = "0"
	c, err := pgx.ConnectConfig(ctx, cfg)
	if err != nil {
		return nil, explain("connect to migrate", err)
	}
	const key = 0x73616e62616f // "sanbao"
	if _, err = c.Exec(ctx, "SELECT pg_advisory_lock($1)", key); err != nil {
		return nil, errors.Join(explain("wait to migrate", err), c.Close(ctx))
	}
	return func() { _ = c.Close(context.WithoutCancel(ctx)) }, nil
}

// Version is the schema version of the database, 0 for an empty one.
func (d *DB) Version(ctx context.Context) (v int64, err error) {
	table := `SELECT count(*) FROM sqlite_schema WHERE name = 'goose_db_version'`
	if d.Dialect() == Postgres {
		table = `SELECT count(*) FROM pg_tables WHERE schemaname = current_schema() AND tablename = 'goose_db_version'`
	}
	err = d.Read(ctx, func(tx *Tx) error {
		var n int
		if err := tx.QueryRow(table).Scan(&n); err != nil || n == 0 {
			return err
		}
		return tx.QueryRow(`SELECT coalesce(max(version_id), 0) FROM goose_db_version WHERE is_applied`).Scan(&v)
	})
	return v, err
}

// Ready checks, for /readyz and for commands that do not migrate, that the database answers and has this program's
// schema. Errors: Unavailable db.schema_newer, db.schema_older, and those of Read.
func (d *DB) Ready(ctx context.Context) error {
	steps, err := d.steps()
	if err != nil {
		return err
	}
	have, err := d.Version(ctx)
	if err != nil {
		return err
	}
	want, err := newest(steps)
	if err != nil {
		return err
	}
	args := errs.Args{"have": have, "want": want}
	switch {
	case have > want:
		return errs.New(errs.Unavailable, "db.schema_newer", args)
	case have < want:
		return errs.New(errs.Unavailable, "db.schema_older", args)
	}
	return nil
}

// newest is the number of the last step.
func newest(steps fs.FS) (v int64, err error) {
	files, err := fs.Glob(steps, "*.sql")
	for _, f := range files {
		n, nerr := goose.NumericComponent(f)
		err = errors.Join(err, nerr)
		v = max(v, n)
	}
	return v, err
}

// migrationPool opens connections for migrating: on SQLite without foreign keys, so that a table can be rebuilt.
func (d *DB) migrationPool() (*sql.DB, error) {
	switch e := d.engine.(type) {
	case *sqliteEngine:
		return sql.Open("sqlite", sqliteDSN(e.file, "foreign_keys(0)")+"&_txlock=immediate")
	case *pgEngine:
		return stdlib.OpenDBFromPool(e.pool), nil
	}
	return nil, fmt.Errorf("db: no migrations for %T", d.engine)
}

// checkSteps refuses migrations that would make a shared transaction unsafe.
func checkSteps(steps fs.FS) error {
	files, err := fs.Glob(steps, "*.sql")
	if err != nil {
		return err
	}
	for _, f := range files {
		text, err := fs.ReadFile(steps, f)
		if err != nil {
			return err
		}
		if err := checkDDL(string(text)); err != nil {
			return fmt.Errorf("migration %s: %w", f, err)
		}
	}
	return nil
}

// migrateRiver brings the tables of package job's engine, which River versions itself.
func (e *pgEngine) migrateRiver(ctx context.Context) error {
	m, err := rivermigrate.New(riverpgxv5.New(e.pool), &rivermigrate.Config{Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		return err
	}
	if _, err := m.Migrate(ctx, rivermigrate.DirectionUp, nil); err != nil {
		return errs.Wrap(err, errs.Unavailable, "db.migration", errs.Args{"version": "River"})
	}
	return nil
}

// checkForeignKeys checks what SQLite did not while the steps ran.
func checkForeignKeys(ctx context.Context, conns *sql.DB) error {
	var table, parent string
	var row sql.NullInt64
	var key int
	err := conns.QueryRowContext(ctx, "PRAGMA foreign_key_check").Scan(&table, &row, &parent, &key)
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	return cmp.Or(err, fmt.Errorf("db: after migrating, row %d of %s names a %s that does not exist", row.Int64, table, parent))
}
