package db

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// checkStatement refuses what would break a transaction that neighbours share, or would run on one engine only in
// part: anything but one SELECT, INSERT, UPDATE, DELETE, WITH, VALUES or DDL statement; OR ROLLBACK and its relatives
// and deferred constraints, which take the whole group down; and a wrong number of arguments, which SQLite would
// ignore. So BEGIN, COMMIT, SAVEPOINT, PRAGMA, ATTACH, VACUUM and SET cannot be sent at all.
func checkStatement(q string, args int) error {
	c := checked(q)
	if c.err != nil {
		return c.err
	}
	if args != c.params {
		return fmt.Errorf("db: the statement has %d parameters, %d arguments were given", c.params, args)
	}
	return nil
}

// verdict is what checking one text found.
type verdict struct {
	params int
	err    error
}

// verdicts remembers texts already checked; it is emptied when full, which only costs checking again.
var verdicts struct {
	sync.RWMutex
	m map[string]verdict
}

const maxVerdicts = 4096

func checked(q string) verdict {
	verdicts.RLock()
	v, ok := verdicts.m[q]
	verdicts.RUnlock()
	if ok {
		return v
	}
	v = check(q)
	verdicts.Lock()
	defer verdicts.Unlock()
	if verdicts.m == nil || len(verdicts.m) >= maxVerdicts {
		verdicts.m = map[string]verdict{}
	}
	verdicts.m[q] = v
	return v
}

var allowed = map[string]bool{"select": true, "insert": true, "update": true, "delete": true, "with": true, "values": true,
	"create": true, "alter": true, "drop": true}

// fatal are word sequences that can end a transaction others share: no statement and no migration may hold them.
var fatal = [][]string{{"or", "rollback"}, {"conflict", "rollback"}, {"raise", "rollback"}, {"deferrable"}, {"deferred"}}

// local are conflict clauses only SQLite knows; ON CONFLICT is understood by both.
var local = [][]string{{"or", "fail"}, {"or", "abort"}, {"or", "ignore"}, {"or", "replace"}}

// check reads a statement's words.
func check(q string) (v verdict) {
	words, rest, err := cut(q)
	if err != nil {
		return verdict{err: fmt.Errorf("db: %w", err)}
	}
	for rest != "" {
		var more []string
		if more, rest, err = cut(rest); err != nil || len(more) > 0 {
			return verdict{err: fmt.Errorf("db: more than one statement in %q", clip(q))}
		}
	}
	if len(words) == 0 || !allowed[words[0]] {
		return verdict{err: fmt.Errorf("db: %q is not a statement that may be run here", clip(q))}
	}
	for _, w := range words {
		if n, ok := strings.CutPrefix(w, "$"); ok {
			p, err := strconv.Atoi(n)
			if err != nil || p < 1 {
				return verdict{err: fmt.Errorf("db: parameter %q: only $1, $2 … are portable", w)}
			}
			v.params = max(v.params, p)
		}
	}
	if v.err = checkFatal(words); v.err == nil && holds(words, local) != "" {
		v.err = fmt.Errorf("db: %q is not portable: use ON CONFLICT", holds(words, local))
	}
	return v
}

func checkFatal(words []string) error {
	if f := holds(words, fatal); f != "" {
		return fmt.Errorf("db: %q is forbidden: it can end a transaction that others share", f)
	}
	return nil
}

// holds is the first of the sequences found among words, or "".
func holds(words []string, sequences [][]string) string {
	for i := range words {
		for _, s := range sequences {
			if len(words)-i >= len(s) && slices.Equal(words[i:i+len(s)], s) {
				return strings.Join(s, " ")
			}
		}
	}
	return ""
}

// cut is the first statement's lower-case words and $-parameters, outside strings, quoted names and comments, and the
// text after its semicolon. A ? parameter is an error.
func cut(q string) (words []string, rest string, err error) {
	for i := 0; i < len(q); {
		switch c := q[i]; {
		case c == '\'' || c == '"':
			end := strings.IndexByte(q[i+1:], c)
			if end < 0 {
				return nil, "", fmt.Errorf("unterminated %c", c)
			}
			i += end + 2
		case strings.HasPrefix(q[i:], "--"):
			i = skip(q, i, "\n")
		case strings.HasPrefix(q[i:], "/*"):
			i = skip(q, i, "*/")
		case c == ';':
			return words, q[i+1:], nil
		case c == '?':
			return nil, "", fmt.Errorf("parameters are $1, $2 …, not ?")
		case wordByte(c):
			j := i + 1
			for j < len(q) && wordByte(q[j]) {
				j++
			}
			words = append(words, strings.ToLower(q[i:j]))
			i = j
		default:
			i++
		}
	}
	return words, "", nil
}

// skip is the position after the next end at or after i, or the end of q.
func skip(q string, i int, end string) int {
	if n := strings.Index(q[i:], end); n >= 0 {
		return i + n + len(end)
	}
	return len(q)
}

func wordByte(c byte) bool {
	return c == '_' || c == '$' || c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= 0x80
}

// clip shortens a statement for a message.
func clip(q string) string {
	q = strings.Join(strings.Fields(q), " ")
	if len(q) > 80 {
		return q[:80] + "…"
	}
	return q
}

// checkDDL holds migrations to the same rules: no constraint, conflict clause or trigger of the schema may end a
// transaction that others share.
func checkDDL(text string) error {
	for text != "" {
		words, rest, err := cut(text)
		if err != nil {
			return err
		}
		if err := checkFatal(words); err != nil {
			return err
		}
		text = rest
	}
	return nil
}
