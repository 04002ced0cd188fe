package db_test

import (
	"testing"

	"github.com/sanbao/sanbao/errs"
	"github.com/sanbao/sanbao/internal/db"
)

// Text that one engine would refuse and the other keep is the caller's fault on both.
func TestTextThatCannotBeStored(t *testing.T) {
	type named string
	each(t, func(t *testing.T, d *db.DB) {
		bad := "a\x00b"
		for _, arg := range []any{bad, "\xff", named(bad), &bad} {
			err := d.Write(t.Context(), func(tx *db.Tx) error {
				_, err := tx.Exec(`insert into t (k) values ($1)`, arg)
				return err
			})
			if e := errs.As(err); e == nil || e.Code != errs.Invalid || e.Key != "db.text" {
				t.Errorf("%q: %v", arg, err)
			}
		}
		write(t, d, func(tx *db.Tx) error {
			_, err := tx.Exec(`insert into t (k) values ($1)`, "😀 שלום\n")
			return err
		})
	})
}
