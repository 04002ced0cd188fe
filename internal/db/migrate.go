package db

import (
	"cmp"
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"

	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/rivermigrate"

	"github.com/sanbao/sanbao/internal/errs"
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
	sub, err := fs.Sub(migrations, "migrations/"+d.Dialect().String())
	if err != nil {
		return err
	}
	return d.migrate(ctx, sub)
}

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
	p, err := d.provider(conns, steps)
	if err != nil {
		return err
	}
	// A second process may pass the same check and lose the race for a step; it then looks again.
	for try := 0; ; try++ {
		have, want, err := p.GetVersions(ctx)
		if err != nil {
			return explain("read the schema version", err)
		}
		if have > want {
			return errs.New(errs.Unavailable, "db.schema_newer", errs.Args{"have": have, "want": want})
		}
		if have == want {
			break
		}
		if have > 0 && !d.opt.BackupDone {
			if err := d.backup(ctx, have); err != nil {
				return err
			}
		}
		if _, err = p.Up(ctx); err == nil {
			break
		}
		now, _, verr := p.GetVersions(ctx)
		if verr != nil || now == have || try == 3 {
			return errs.Wrap(errors.Join(err, verr), errs.Unavailable, "db.migration", errs.Args{"version": now + 1})
		}
	}
	return d.afterSteps(ctx, conns)
}

// Version is the schema version of the database, 0 for an empty one.
func (d *DB) Version(ctx context.Context) (int64, error) {
	conns, err := d.migrationPool()
	if err != nil {
		return 0, err
	}
	defer conns.Close()
	var v int64
	err = conns.QueryRowContext(ctx, "SELECT max(version_id) FROM goose_db_version WHERE is_applied").Scan(&v)
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

func (d *DB) provider(conns *sql.DB, steps fs.FS) (*goose.Provider, error) {
	if d.Dialect() == SQLite {
		return goose.NewProvider(goose.DialectSQLite3, conns, steps, goose.WithDisableGlobalRegistry(true))
	}
	locker, err := lock.NewPostgresSessionLocker()
	if err != nil {
		return nil, err
	}
	return goose.NewProvider(goose.DialectPostgres, conns, steps, goose.WithDisableGlobalRegistry(true), goose.WithSessionLocker(locker))
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

// afterSteps is what follows the numbered steps: on SQLite the foreign keys that were off are checked; on PostgreSQL
// River brings its own tables.
func (d *DB) afterSteps(ctx context.Context, conns *sql.DB) error {
	if e, ok := d.engine.(*pgEngine); ok {
		m, err := rivermigrate.New(riverpgxv5.New(e.pool), &rivermigrate.Config{Logger: d.opt.Log})
		if err != nil {
			return err
		}
		if _, err := m.Migrate(ctx, rivermigrate.DirectionUp, nil); err != nil {
			return errs.Wrap(err, errs.Unavailable, "db.migration", errs.Args{"version": "River"})
		}
		return nil
	}
	var table, parent string
	var row sql.NullInt64
	var key int
	err := conns.QueryRowContext(ctx, "PRAGMA foreign_key_check").Scan(&table, &row, &parent, &key)
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	return cmp.Or(err, fmt.Errorf("db: after migrating, row %d of %s names a %s that does not exist", row.Int64, table, parent))
}
