package desk

import (
	"slices"
	"strconv"
	"strings"

	"github.com/sanbao/sanbao/clock"
	"github.com/sanbao/sanbao/internal/cases"
	"github.com/sanbao/sanbao/internal/db"
	"github.com/sanbao/sanbao/internal/id"
)

// View is a saved view of the inbox. Closed cases are in none of them.
type View string

const (
	All             View = "all"              // 全部在办
	Mine            View = "mine"             // 我的
	Unassigned      View = "unassigned"       // 待接单
	Overdue         View = "overdue"          // 已超时
	DueToday        View = "due_today"        // 今日到期
	WaitingCustomer View = "waiting_customer" // 待顾客
	ToReceive       View = "to_receive"       // 待收货验货
	ToPay           View = "to_pay"           // 待打款
	ToApprove       View = "to_approve"       // 待审批
)

// Views lists the saved views in the order people read them.
var Views = []View{All, Mine, Unassigned, Overdue, DueToday, WaitingCustomer, ToReceive, ToPay, ToApprove}

// Filter is what a list of cases is to hold.
type Filter struct {
	View     View
	Me       string        // whose cases Mine are
	Now      clock.Instant // what is due by now is overdue
	Midnight clock.Instant // the end of the shop's day
	Status   cases.Status  // "" for any
	Assignee string        // "" for anybody
}

// Place is where a page begins: behind this case, in the order of the list.
type Place struct {
	Due clock.Instant `json:"d"`
	ID  id.ID         `json:"i"`
}

// query gathers conditions with their arguments; the first argument is the shop.
type query struct {
	conds []string
	args  []any
}

// and adds a condition behind that on the shop, in which % stands for the next argument.
func (q *query) and(cond string, arg ...any) {
	for _, a := range arg {
		q.args = append(q.args, a)
		cond = strings.Replace(cond, "%", "$"+strconv.Itoa(len(q.args)), 1)
	}
	q.conds = append(q.conds, cond)
}

func (q *query) String() string { return " and " + strings.Join(q.conds, " and ") }

// where are the conditions of a filter. Every combination of view, status and assignee is a range of an index that
// begins with the shop, those of the desks' views an index of that view alone.
func (f Filter) where(shopID id.ID) *query {
	q := &query{args: []any{shopID}}
	switch f.View {
	case Unassigned:
		q.and("status = 'unassigned'")
	case WaitingCustomer:
		q.and("status = 'customer'")
	case ToReceive:
		q.and("to_receive")
	case ToPay:
		q.and("to_pay")
	case ToApprove:
		q.and("to_approve")
	case Mine:
		q.and("assignee = %", f.Me)
		q.and("status <> 'closed'")
	default:
		q.and("status <> 'closed'")
	}
	switch f.View {
	case Overdue:
		q.and("due_at <= %", f.Now)
	case DueToday: // what is overdue is left out by the place where the list begins
		q.and("due_at <= %", f.Midnight)
	}
	if f.Status != "" {
		q.and("status = %", f.Status)
	}
	if f.Assignee != "" {
		q.and("assignee = %", f.Assignee)
	}
	return q
}

// IDs is one page of a list: the cases in the order of their deadlines, those without one last, the older first.
func (f Filter) IDs(tx *db.Tx, shopID id.ID, after Place, limit int) ([]id.ID, error) {
	text, args := f.page(shopID, after, limit)
	return db.Collect(tx, scanID, `select id from cases where shop_id = $1`+text, args...)
}

// page is what follows the condition on the shop: conditions, the place where the page begins, order and length.
func (f Filter) page(shopID id.ID, after Place, limit int) (text string, args []any) {
	if f.View == DueToday && after.Due <= f.Now { // the list begins behind what is overdue
		after = Place{Due: f.Now, ID: 1<<63 - 1}
	}
	q := f.where(shopID)
	q.and("(due_at, id) > (%, %)", after.Due, after.ID)
	q.args = append(q.args, limit)
	return q.String() + ` order by due_at, id limit $` + strconv.Itoa(len(q.args)), q.args
}

func scanID(r *db.Rows) (i id.ID, err error) { return i, r.Scan(&i) }

// Closed is one page of what is over, the newest cases first, before the given one (zero: from the newest).
func Closed(tx *db.Tx, shopID id.ID, assignee string, before id.ID, limit int) ([]id.ID, error) {
	if before == 0 {
		before = 1<<63 - 1
	}
	if assignee == "" {
		return db.Collect(tx, scanID, `select id from cases where shop_id = $1 and status = 'closed' and id < $2 order by id desc limit $3`, shopID, before, limit)
	}
	return db.Collect(tx, scanID, `select id from cases where shop_id = $1 and assignee = $2 and status = 'closed' and due_at = $3 and id < $4 order by id desc limit $5`,
		shopID, assignee, cases.Never, before, limit)
}

// Count counts a list up to a bound, in the list's order, so that it walks the list's index.
func (f Filter) Count(tx *db.Tx, shopID id.ID, most int) (n int, err error) {
	text, args := f.page(shopID, Place{}, most)
	err = tx.QueryRow(`select count(*) from (select id from cases where shop_id = $1`+text+`) counted`, args...).Scan(&n)
	return n, err
}

// most is where counting ends: 100 is shown as 99+.
const most = 100

// Counts counts every view, each up to 100.
func Counts(tx *db.Tx, shopID id.ID, f Filter) (map[View]int, error) {
	out := map[View]int{}
	for _, v := range Views {
		f.View = v
		n, err := f.Count(tx, shopID, most)
		if err != nil {
			return nil, err
		}
		out[v] = n
	}
	return out, nil
}

// chunk is the length of every list of ids that is asked for, so that each statement is prepared once.
const chunk = 64

// inChunks calls read with lists of exactly chunk ids; the last one is filled up by repeating its last id.
func inChunks(ids []id.ID, read func(ids []id.ID) error) error {
	for part := range slices.Chunk(ids, chunk) {
		full := slices.Clone(part)
		for len(full) < chunk {
			full = append(full, part[len(part)-1])
		}
		if err := read(full); err != nil {
			return err
		}
	}
	return nil
}
