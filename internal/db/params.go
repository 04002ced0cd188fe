package db

import (
	"database/sql"
	"strconv"
	"strings"
)

// prepared is a statement of a SQLite connection with the order its parameters want the arguments in; nil is as given.
type prepared struct {
	*sql.Stmt
	order []int
}

// positional rewrites $1, $2 … to plain ? and says which argument each ? stands for. SQLite keeps the names of $n in a
// list that the driver walks once per parameter: the cost grows with the square of their number, and was 44 % of the
// processor time of wide inserts. Plain ? have no names.
func positional(q string) (text string, order []int) {
	var b strings.Builder
	inOrder := true
	for i := 0; i < len(q); {
		j := i + 1
		switch c := q[i]; {
		case c == '\'' || c == '"':
			j = skip(q, i+1, string(c))
		case strings.HasPrefix(q[i:], "--"):
			j = skip(q, i, "\n")
		case strings.HasPrefix(q[i:], "/*"):
			j = skip(q, i, "*/")
		case c == '$':
			for j < len(q) && q[j] >= '0' && q[j] <= '9' {
				j++
			}
			if n, err := strconv.Atoi(q[i+1 : j]); err == nil {
				inOrder = inOrder && n == len(order)+1
				order = append(order, n-1)
				b.WriteByte('?')
				i = j
				continue
			}
		}
		b.WriteString(q[i:j])
		i = j
	}
	if inOrder {
		order = nil
	}
	return b.String(), order
}

// arrange puts arguments into the order of a statement's parameters.
func (p prepared) arrange(args []any) []any {
	if p.order == nil {
		return args
	}
	out := make([]any, len(p.order))
	for i, n := range p.order {
		out[i] = args[n]
	}
	return out
}
