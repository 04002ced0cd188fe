package db_test

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/sanbao/sanbao/errs"
	"github.com/sanbao/sanbao/internal/db"
	"github.com/sanbao/sanbao/internal/db/dbtest"
)

var created = []string{
	`create table one (id bigint primary key, v text)`,
	`create table two (id bigint primary key, one_id bigint references one(id))`,
	`alter table one add column extra text`,
}

// steps are the first n migrations.
func steps(n int, more ...string) fs.FS {
	m := fstest.MapFS{}
	for i, q := range append(append([]string{}, created[:n]...), more...) {
		m[fmt.Sprintf("%05d_step.sql", i+1)] = &fstest.MapFile{Data: []byte("-- +goose Up\n" + q + ";\n")}
	}
	return m
}

// empty runs a test on an empty database of each engine, with backups going to dir.
func empty(t *testing.T, test func(t *testing.T, d *db.DB, dir string)) {
	t.Helper()
	for _, dialect := range []db.Dialect{db.SQLite, db.Postgres} {
		t.Run(dialect.String(), func(t *testing.T) {
			url, dir := dbtest.Empty(t, dialect), t.TempDir()
			if dialect == db.SQLite {
				dir = filepath.Dir(strings.TrimPrefix(url, "sqlite:"))
			}
			d := lite(t, url, func(o *db.Options) { o.Clock, o.BackupDir = dbtest.Clock(), dir })
			test(t, d, dir)
		})
	}
}

func backups(t *testing.T, dir string) []string {
	t.Helper()
	found, err := filepath.Glob(filepath.Join(dir, "*.backup-*"))
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func TestMigrateStepByStep(t *testing.T) {
	empty(t, func(t *testing.T, d *db.DB, dir string) {
		for range 2 { // the second time there is nothing to do
			if err := d.MigrateSteps(t.Context(), steps(1)); err != nil {
				t.Fatal(err)
			}
		}
		if b := backups(t, dir); len(b) != 0 {
			t.Errorf("a new database was backed up: %v", b)
		}
		write(t, d, func(tx *db.Tx) error { _, err := tx.Exec(`insert into one (id, v) values (1, 'kept')`); return err })
		if err := d.MigrateSteps(t.Context(), steps(3)); err != nil {
			t.Fatal(err)
		}
		if v, err := d.Version(t.Context()); v != 3 || err != nil {
			t.Errorf("version %d, %v", v, err)
		}
		b := backups(t, dir)
		if len(b) != 1 || !strings.Contains(b[0], ".backup-1-20261121T010000.000000Z") {
			t.Fatalf("backups %v, want one of version 1", b)
		}
		checkBackup(t, d, b[0])
	})
}

// checkBackup looks for the row of version 1 in a backup.
func checkBackup(t *testing.T, d *db.DB, file string) {
	t.Helper()
	if d.Dialect() == db.Postgres {
		head := make([]byte, 5)
		f, err := os.Open(file)
		if err == nil {
			_, err = f.Read(head)
			err = errors.Join(err, f.Close())
		}
		if string(head) != "PGDMP" {
			t.Errorf("%s is no dump: %q %v", file, head, err)
		}
		return
	}
	old := lite(t, "sqlite:"+file)
	if v, err := old.Version(t.Context()); v != 1 || err != nil {
		t.Errorf("the backup has version %d, %v", v, err)
	}
	err := old.Read(t.Context(), func(tx *db.Tx) error {
		var v string
		return tx.QueryRow(`select v from one where id = 1 and v = 'kept'`).Scan(&v)
	})
	if err != nil {
		t.Errorf("the backup lacks its row: %v", err)
	}
}

func TestNewerSchemaIsRefused(t *testing.T) {
	empty(t, func(t *testing.T, d *db.DB, _ string) {
		if err := d.MigrateSteps(t.Context(), steps(3)); err != nil {
			t.Fatal(err)
		}
		err := d.MigrateSteps(t.Context(), steps(2))
		wantKey(t, err, errs.Unavailable, "db.schema_newer")
		if text := errs.As(err).Text(errs.En); !strings.Contains(text, "version 3") || !strings.Contains(text, "version 2") {
			t.Errorf("the text names not both versions: %s", text)
		}
	})
}

func TestReady(t *testing.T) {
	empty(t, func(t *testing.T, d *db.DB, _ string) {
		if v, err := d.Version(t.Context()); v != 0 || err != nil {
			t.Errorf("an empty database has version %d, %v", v, err)
		}
		wantKey(t, d.Ready(t.Context()), errs.Unavailable, "db.schema_older")
		if err := d.Migrate(t.Context()); err != nil {
			t.Fatal(err)
		}
		if err := d.Ready(t.Context()); err != nil {
			t.Errorf("after migrating: %v", err)
		}
		write(t, d, func(tx *db.Tx) error {
			_, err := tx.Exec(`insert into goose_db_version (version_id, is_applied) select 99999, is_applied from goose_db_version where version_id = 1`)
			return err
		})
		wantKey(t, d.Ready(t.Context()), errs.Unavailable, "db.schema_newer")
	})
}

func TestFailedStepChangesNothing(t *testing.T) {
	empty(t, func(t *testing.T, d *db.DB, _ string) {
		err := d.MigrateSteps(t.Context(), steps(1, "create table extra (id bigint);\ncreate table one (id bigint)"))
		wantKey(t, err, errs.Unavailable, "db.migration")
		if v, err := d.Version(t.Context()); v != 1 || err != nil {
			t.Errorf("version %d, %v; want 1", v, err)
		}
		err = d.Write(t.Context(), func(tx *db.Tx) error { _, err := tx.Exec(`create table extra (id bigint)`); return err })
		if err != nil {
			t.Errorf("half of the failed step stayed: %v", err)
		}
	})
}

func TestMigratingTwiceAtOnce(t *testing.T) {
	for _, dialect := range []db.Dialect{db.SQLite, db.Postgres} {
		t.Run(dialect.String(), func(t *testing.T) {
			url, dir := dbtest.Empty(t, dialect), t.TempDir()
			for _, upTo := range []int{1, 3} { // an empty database, then one that is backed up
				errc := make(chan error)
				const n = 4
				for range n {
					d := lite(t, url, func(o *db.Options) { o.BackupDir = dir })
					go func() { errc <- d.MigrateSteps(t.Context(), steps(upTo)) }()
				}
				for range n {
					if err := <-errc; err != nil {
						t.Error(err)
					}
				}
			}
		})
	}
}

func TestUnsafeSchemaIsRefused(t *testing.T) {
	empty(t, func(t *testing.T, d *db.DB, _ string) {
		for _, q := range []string{
			`create table x (id bigint references one(id) deferrable initially deferred)`,
			`create table x (id bigint unique on conflict rollback)`,
			`create trigger x before insert on one begin select raise(rollback, 'no'); end`,
		} {
			if err := d.MigrateSteps(t.Context(), steps(1, q)); err == nil || !strings.Contains(err.Error(), "forbidden") {
				t.Errorf("%s: %v", q, err)
			}
		}
	})
}

func TestBackupNeedsPgDump(t *testing.T) {
	url := dbtest.Empty(t, db.Postgres)
	d := lite(t, url)
	if err := d.MigrateSteps(t.Context(), steps(1)); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", t.TempDir())
	wantKey(t, d.MigrateSteps(t.Context(), steps(2)), errs.Unavailable, "db.no_backup")
	if v, err := d.Version(t.Context()); v != 1 || err != nil {
		t.Errorf("version %d, %v; want 1", v, err)
	}
	vouched := lite(t, url, func(o *db.Options) { o.BackupDone = true })
	if err := vouched.MigrateSteps(t.Context(), steps(2)); err != nil {
		t.Error(err)
	}
}

func TestDanglingForeignKeyIsFound(t *testing.T) {
	d := lite(t, dbtest.Empty(t, db.SQLite))
	err := d.MigrateSteps(t.Context(), steps(2, `insert into two (id, one_id) values (1, 99)`))
	if err == nil || !strings.Contains(err.Error(), "row 1 of two names a one that does not exist") {
		t.Errorf("migrate: %v", err)
	}
}

func TestOpenFaults(t *testing.T) {
	dir := t.TempDir()
	text := filepath.Join(dir, "text.db")
	if err := os.WriteFile(text, []byte(strings.Repeat("not a database ", 100)), 0o600); err != nil {
		t.Fatal(err)
	}
	for url, key := range map[string]string{
		"sqlite:" + text:               "db.not_a_database",
		"sqlite:" + text + "/under.db": "db.unwritable",
		"sqlite:" + dir:                "db.unwritable",
		"postgres://127.0.0.1:1/x":     "db.unreachable",
	} {
		d, err := db.Open(t.Context(), db.Options{URL: url})
		if err == nil {
			t.Errorf("%s opened: %v", url, d.Close())
			continue
		}
		wantKey(t, err, errs.Unavailable, key)
		for _, l := range []errs.Lang{errs.En, errs.ZhCN} {
			if s := errs.As(err).Text(l); strings.ContainsAny(s, "{}") {
				t.Errorf("%s: %s", url, s)
			}
		}
	}
	for _, url := range []string{"", "mysql://x", "sqlite", "sqlite:", "sqlite:///", "file.db"} {
		_, err := db.Open(t.Context(), db.Options{URL: url})
		wantKey(t, err, errs.Invalid, "db.url")
	}
}
