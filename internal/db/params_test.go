package db

import (
	"slices"
	"testing"
)

func TestPositionalParameters(t *testing.T) {
	for _, c := range []struct {
		q, text string
		order   []int
	}{
		{`select 1`, `select 1`, nil},
		{`insert into a values ($1,$2,$3)`, `insert into a values (?,?,?)`, nil},
		{`update a set n = n + $1, m = m - $1 where id = $2`, `update a set n = n + ?, m = m - ? where id = ?`, []int{0, 0, 1}},
		{`select '$1', "$2" -- $3
			, /* $4 */ $2 || '''$5' from a where b = $1`, `select '$1', "$2" -- $3
			, /* $4 */ ? || '''$5' from a where b = ?`, []int{1, 0}},
		{`select $12, $1`, `select ?, ?`, []int{11, 0}},
	} {
		text, order := positional(c.q)
		if text != c.text || !slices.Equal(order, c.order) {
			t.Errorf("%s\n got %s %v", c.q, text, order)
		}
	}
}
