package db_test

import (
	"testing"

	"github.com/sanbao/sanbao/internal/db"
	"github.com/sanbao/sanbao/internal/db/dbtest"
)

func TestMain(m *testing.M) { dbtest.Main(m) }

func TestSmoke(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		err := d.Write(t.Context(), func(tx *db.Tx) error {
			if _, err := tx.Exec("create table zz(id bigint primary key, v text)"); err != nil {
				return err
			}
			_, err := tx.Exec("insert into zz(id, v) values($1,$2)", 1, "x")
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		var v string
		if err := d.Read(t.Context(), func(tx *db.Tx) error { return tx.QueryRow("select v from zz where id=$1", 1).Scan(&v) }); err != nil || v != "x" {
			t.Fatal(v, err)
		}
	})
}
