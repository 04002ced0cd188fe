package db

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"net"

	"github.com/jackc/pgx/v5/pgconn"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"github.com/sanbao/sanbao/errs"
)

// IsUnique says whether err is a violation of a primary key or unique constraint.
func IsUnique(err error) bool {
	return violates(err, "23505", sqlite3.SQLITE_CONSTRAINT_UNIQUE, sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY, sqlite3.SQLITE_CONSTRAINT_ROWID)
}

// IsCheck says whether err is a violation of a CHECK constraint.
func IsCheck(err error) bool { return violates(err, "23514", sqlite3.SQLITE_CONSTRAINT_CHECK) }

// IsForeignKey says whether err is a violation of a foreign key.
func IsForeignKey(err error) bool {
	return violates(err, "23503", sqlite3.SQLITE_CONSTRAINT_FOREIGNKEY)
}

// IsNotNull says whether err is a NULL in a column that forbids it.
func IsNotNull(err error) bool { return violates(err, "23502", sqlite3.SQLITE_CONSTRAINT_NOTNULL) }

func violates(err error, pg string, lite ...int) bool {
	if e, ok := errors.AsType[*pgconn.PgError](err); ok {
		return e.Code == pg
	}
	if e, ok := errors.AsType[*sqlite.Error](err); ok {
		for _, c := range lite {
			if e.Code() == c {
				return true
			}
		}
	}
	return false
}

// explain adds the statement to an engine's error and gives the failures of the outside world their code and key:
// Unavailable db.busy, db.full, db.io, db.away. A constraint violation stays what it is, for the Is functions.
func explain(q string, err error) error {
	if q != "" {
		err = fmt.Errorf("%s: %w", clip(q), err)
	}
	if key := outside(err); key != "" {
		return errs.Wrap(err, errs.Unavailable, key)
	}
	return err
}

// outside is the message key of a failure that is nobody's programming error, or "".
func outside(err error) string {
	if e, ok := errors.AsType[*sqlite.Error](err); ok {
		switch e.Code() & 0xff {
		case sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED:
			return "db.busy"
		case sqlite3.SQLITE_FULL:
			return "db.full"
		case sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CORRUPT:
			return "db.io"
		}
		return ""
	}
	if e, ok := errors.AsType[*pgconn.PgError](err); ok {
		switch e.Code {
		case "55P03": // lock_not_available
			return "db.busy"
		case "53100": // disk_full
			return "db.full"
		case "57P01", "57P02", "57P03", "53300": // shutting down, crashed, starting, too many connections
			return "db.away"
		}
		return ""
	}
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return ""
	}
	_, isNet := errors.AsType[net.Error](err)
	_, isConn := errors.AsType[*pgconn.ConnectError](err)
	if isNet || isConn || errors.Is(err, driver.ErrBadConn) {
		return "db.away"
	}
	return ""
}
