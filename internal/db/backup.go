package db

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/sanbao/sanbao/errs"
)

// Backup writes a consistent copy of the database to file, which must not exist, while others go on working: an
// SQLite database, or a pg_dump in custom format.
func (d *DB) Backup(ctx context.Context, file string) error {
	if _, err := os.Stat(file); err == nil {
		return errs.New(errs.Unavailable, "db.backup_failed", errs.Args{"file": file})
	}
	var err error
	switch e := d.engine.(type) {
	case *sqliteEngine:
		err = e.vacuumInto(ctx, file)
	case *pgEngine:
		err = e.dump(ctx, file)
	}
	if err == nil {
		return nil
	}
	if _, ok := errors.AsType[*errs.Error](err); ok {
		return err
	}
	_ = os.Remove(file) // half a backup is none
	return errs.Wrap(err, errs.Unavailable, "db.backup_failed", errs.Args{"file": file})
}

// backup is Backup under a name that tells the version it is of and when: <file>.backup-3-20261121T091500.000000Z. Two
// processes that start together make two.
func (d *DB) backup(ctx context.Context, version int64) error {
	name := fmt.Sprintf("backup-%d-%s", version, d.opt.Clock.Now().Time().Format("20060102T150405.000000Z"))
	var file string
	switch e := d.engine.(type) {
	case *sqliteEngine:
		file = e.file + "." + name
	case *pgEngine:
		file = filepath.Join(d.opt.BackupDir, e.pool.Config().ConnConfig.Database+"."+name+".dump")
	}
	if err := d.Backup(ctx, file); err != nil {
		return err
	}
	d.opt.Log.Info("wrote a backup before migrating", "file", file)
	return nil
}

// vacuumInto works on a connection of its own, since VACUUM cannot run inside a transaction.
func (e *sqliteEngine) vacuumInto(ctx context.Context, file string) error {
	c, err := e.pool.Conn(ctx)
	if err != nil {
		return err
	}
	_, err = c.ExecContext(ctx, "VACUUM INTO ?", file)
	return errors.Join(err, c.Close())
}

// dump runs pg_dump with the password in its environment, not among its arguments, where every user could read it.
func (e *pgEngine) dump(ctx context.Context, file string) error {
	bin, err := exec.LookPath("pg_dump")
	if err != nil {
		return errs.Wrap(err, errs.Unavailable, "db.no_backup")
	}
	c := e.pool.Config().ConnConfig
	cmd := exec.CommandContext(ctx, bin, "--format=custom", "--file="+file, "--no-password", "--host="+c.Host,
		fmt.Sprintf("--port=%d", c.Port), "--username="+c.User, "--dbname="+c.Database)
	cmd.Env = append(os.Environ(), "PGPASSWORD="+c.Password)
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%s: %w: %s", bin, err, strings.TrimSpace(string(out)))
	}
	return nil
}
