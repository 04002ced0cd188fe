// Package db is the store: one SQLite file by default, PostgreSQL when several nodes share the work. The rest of
// Sanbao writes one text of SQL ($1, $2 … and the portable subset of docs/sql.md) and never asks which it runs on.
//
// # Reading and writing
//
//	err := d.Read(ctx, func(tx *db.Tx) error { … })   // one consistent snapshot; honours cancellation
//	err := d.Write(ctx, func(tx *db.Tx) error { … })  // nil means: durable
//
// A write that has begun runs to its end whatever becomes of its caller's context; a request whose context is dead
// before its turn is not run. Nothing slow belongs inside a write: policies, hashing, images and network calls come
// before it (a verb is Plan, then Apply), because on SQLite every writer of the process waits behind it. A write that
// holds the writer longer than Options.HoldLimit is reported to Options.OnHold.
//
// # Errors stick
//
// After the first error every call on the Tx returns that error, and the transaction rolls back even if the function
// returns nil. A swallowed error therefore cannot half-commit on SQLite what PostgreSQL would have refused. Two things
// are not errors in this sense: ErrNoRows, and whatever happens inside Try. Expected conflicts use ON CONFLICT …
// RETURNING or Try; expected losers of a race use Batch.ExecN or the version-taking UPDATE of docs/sql.md.
//
// # Group commit
//
// SQLite has one writer. Requests queue for it and share a COMMIT, and so an fsync: each request but the first runs
// inside a savepoint, the group closes after 64 requests or 5 ms or as soon as nobody is waiting, and nobody is answered before
// the COMMIT is durable. A request that fails, or panics, is undone alone. If SQLite gives up the whole transaction
// (disk full, I/O error), every request of the group is told so: nobody is ever told yes falsely.
//
// # Files
//
//	db.go       opening, Read, Write          sqlite.go    connections, statement cache, readers
//	tx.go       Tx, rows, Try                 writer.go    the grouped writer
//	batch.go    many statements, one trip     postgres.go  pool, isolation, retries
//	bind.go     what may be bound, In         migrate.go   schema versions; backup.go before them
//	guard.go    what a statement may be       errors.go    what engines report, in our terms
package db
