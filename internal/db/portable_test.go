package db_test

import (
	"strconv"
	"testing"

	"github.com/sanbao/sanbao/internal/db"
)

// TestPortableForms runs what docs/sql.md calls the same on both engines.
func TestPortableForms(t *testing.T) {
	forms := []struct {
		q    string
		args []any
		want string
	}{
		{`select k from t where (n, k) < ($1, $2) order by n desc, k desc limit $3`, []any{3, "c", 1}, "b"},
		{`select cast(coalesce(sum(n), 0) as bigint) from t where k <> $1`, []any{"a"}, "5"},
		{`select cast(coalesce(sum(n), 0) as bigint) from t where k = $1`, []any{"none"}, "0"},
		{`select coalesce(cast($1 as bigint), 0) + 1`, []any{41}, "42"},
		{`select case when n > $1 then 'many' else 'few' end from t where k = $2`, []any{2, "c"}, "many"},
		{`insert into t (k) values ($1) on conflict (k) do update set n = t.n + excluded.n + 10 returning n`, []any{"a"}, "11"},
		{`update t set n = n + 1 where k = $1 and n = $2 returning n`, []any{"b", 2}, "3"},
		{`delete from t where k = $1 returning n`, []any{"a"}, "11"},
		{`with recursive s(i) as (select 1 union all select i + 1 from s where i < $1) select count(*) from s`, []any{5}, "5"},
		{`select row_number() over (partition by n order by k) from t where k = $1`, []any{"c"}, "1"},
		{`select count(*) filter (where n > $1) from t`, []any{2}, "2"},
		{`select k || '-' || substr(k || 'xyz', 2, 2) || length(k) from t where lower('ABC') = 'abc' and k = $1`, []any{"c"}, "c-xy1"},
		{`select nullif(k, $1) is null from t where k = $1`, []any{"c"}, "true"},
		{`select exists (select 1 from t where k like $1 escape '\')`, []any{`\%`}, "false"},
		{`select k from t order by nullif(k, 'b') is null, k limit 1`, nil, "c"},
	}
	each(t, func(t *testing.T, d *db.DB) {
		write(t, d, func(tx *db.Tx) error {
			if _, err := tx.Exec(`insert into t (k, n) values ('a', 1), ('b', 2), ('c', 3)`); err != nil {
				return err
			}
			for _, f := range forms {
				if got := one(t, tx, f.q, f.want, f.args); got != f.want {
					t.Errorf("%s gave %q, want %q", f.q, got, f.want)
				}
			}
			return nil
		})
		write(t, d, func(tx *db.Tx) error {
			_, err := tx.Exec(`create unique index t_open on t (n) where n > 100`)
			return err
		})
	})
}

// one reads a value as the type its wanted text has.
func one(t *testing.T, tx *db.Tx, q, want string, args []any) string {
	t.Helper()
	row := tx.QueryRow(q, args...)
	switch {
	case want == "true" || want == "false":
		var b bool
		if err := row.Scan(&b); err != nil {
			t.Fatal(q, err)
		}
		return map[bool]string{true: "true", false: "false"}[b]
	case want[0] >= '0' && want[0] <= '9':
		var n int64
		if err := row.Scan(&n); err != nil {
			t.Fatal(q, err)
		}
		return strconv.FormatInt(n, 10)
	}
	var s string
	if err := row.Scan(&s); err != nil {
		t.Fatal(q, err)
	}
	return s
}
