package db

import (
	"context"
	"io/fs"
)

// What the tests of the package may see beyond its API.

func (d *DB) MigrateSteps(ctx context.Context, steps fs.FS) error { return d.migrate(ctx, steps) }

// WriterCache is the number of statements the SQLite writer keeps, and whether it keeps q.
func (d *DB) WriterCache(q string) (n int, kept bool) {
	c := d.engine.(*sqliteEngine).writer.c
	_, kept = c.cache[q]
	return len(c.cache), kept
}

// WriterPragma asks the writing connection for a setting. Nothing may be writing.
func (d *DB) WriterPragma(name string) (v string, err error) {
	err = d.engine.(*sqliteEngine).writer.c.c.QueryRowContext(context.Background(), "PRAGMA "+name).Scan(&v)
	return v, err
}

const MaxStatements = maxStatements

// WriterFile is the SQLite file.
func (d *DB) WriterFile() string { return d.engine.(*sqliteEngine).file }

// URL is what the database was opened with.
func (d *DB) URL() string { return d.opt.URL }
