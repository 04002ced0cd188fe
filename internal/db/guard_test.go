package db_test

import (
	"strings"
	"testing"

	"github.com/sanbao/sanbao/internal/db"
)

func TestForbiddenStatements(t *testing.T) {
	forbidden := []string{
		`begin`, `BEGIN IMMEDIATE`, `commit`, `end`, `rollback`, `savepoint x`, `release x`, `pragma synchronous = off`,
		`attach 'x.db' as x`, `vacuum`, `set constraints all deferred`, `lock table t`, `truncate t`, ``, `-- nothing`,
		`insert or rollback into t (k) values ('a')`, `INSERT/**/OR/**/ROLLBACK into t (k) values ('a')`,
		`update or rollback t set n = 1`, `insert or ignore into t (k) values ('a')`, `insert or replace into t (k) values ('a')`,
		`create table x (k text unique on conflict rollback)`,
		`create table x (k text references t(k) deferrable initially deferred)`,
		`create trigger x before insert on t begin select raise(rollback, 'no'); end`,
		`insert into t (k) values ('a'); commit`, `select 1; ; select 2`,
		`insert into t (k) values (?)`, `insert into t (k) values ('a`, `select $0`, `select $a`,
	}
	each(t, func(t *testing.T, d *db.DB) {
		for _, q := range forbidden {
			err := d.Write(t.Context(), func(tx *db.Tx) error { _, err := tx.Exec(q); return err })
			if err == nil || !strings.Contains(err.Error(), "db: ") {
				t.Errorf("%q: %v, want a refusal of ours", q, err)
			}
		}
		write(t, d, func(tx *db.Tx) error { // none of these words is meant
			if _, err := tx.Exec(`insert into t (k) values ('or rollback; ? $9') -- commit; ?`); err != nil {
				return err
			}
			_, err := tx.Exec("/* begin; */ insert into t (k) values ($1) ;\n", `deferred`)
			return err
		})
		wantKeys(t, d, "deferred,or rollback; ? $9")
	})
}

func TestArgumentsAreCounted(t *testing.T) {
	each(t, func(t *testing.T, d *db.DB) {
		for n := range 4 {
			err := d.Read(t.Context(), func(tx *db.Tx) error {
				var k string
				return tx.QueryRow(`select k from t where n = $2 and k = $1 and k <> '$3'`, []any{"a", 1, "x"}[:n]...).Scan(&k)
			})
			if ok := err == db.ErrNoRows; ok != (n == 2) {
				t.Errorf("two parameters, %d arguments: %v", n, err)
			}
		}
	})
}
