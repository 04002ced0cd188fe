// Package cases is the case 售后单: one customer matter, with its notes. What is asked for stands in its lines; the
// case's status is a projection of them (whose move it is), written by flow in the transaction that changes a line, a
// movement or a settlement, and never set by hand.
//
// Notes are append-only (S4-02): an author, a time, a text, a progress; a mistake is amended by a further note. A new
// case has the red flag at once (S4-22).
//
// Every command takes the case's row first, under the version it planned on (Take): two commands on one case run one
// after the other, and the projection they write is never stale. Lock order: case, then order lines by id, then payments by id.
//
// Errors: case.not_found, and db.stale (conflict): somebody else changed the case first, or the number is taken.
package cases

import (
	"github.com/sanbao/sanbao/calendar"
	"github.com/sanbao/sanbao/clock"
	"github.com/sanbao/sanbao/errs"
	"github.com/sanbao/sanbao/internal/db"
	"github.com/sanbao/sanbao/internal/id"
	"github.com/sanbao/sanbao/internal/search"
)

// Status says whose move it is 谁在动.
type Status string

const (
	Unassigned Status = "unassigned" // 待接单
	Ours       Status = "ours"       // 待我方处理
	Customer   Status = "customer"   // 待顾客
	Carrier    Status = "carrier"    // 待快递
	Approval   Status = "approval"   // 待审批
	Money      Status = "money"      // 待打款
	Closed     Status = "closed"     // 已完结
)

// Statuses lists every status a case may show.
var Statuses = []Status{Unassigned, Ours, Customer, Carrier, Approval, Money, Closed}

// Case is one customer matter.
type Case struct {
	ID          id.ID          `json:"id"`
	ShopID      id.ID          `json:"-"`
	Number      string         `json:"number" doc:"what people read out, e.g. A261121-7K3M9Q"`
	Platform    string         `json:"platform"`
	CustomerID  id.ID          `json:"customer_id,omitzero"`
	Channel     string         `json:"channel" doc:"how the customer reached us: chat, phone, web, store, platform …"`
	Class       string         `json:"class" enum:"consultation,return_exchange,quality,logistics,complaint"`
	Status      Status         `json:"status" doc:"whose move it is; computed"`
	Flag        string         `json:"flag" enum:",red,yellow,green,blue,purple" doc:"red from the start (S4-22)"`
	Assignee    string         `json:"assignee,omitempty"`
	DueAt       *clock.Instant `json:"due_at,omitempty" doc:"the earliest deadline that is ours or the customer's; computed"`
	DueKind     DueKind        `json:"due_kind,omitempty" enum:"pay,answer,send,platform,update,solve,tell" doc:"what is due then"`
	Work        Work           `json:"-"`
	WithCarrier bool           `json:"-"` // a carrier was asked, or claimed from
	OpenedAt    clock.Instant  `json:"opened_at"`
	ClosedAt    *clock.Instant `json:"closed_at,omitempty"`
	Reopened    int64          `json:"reopened"`
	Version     int64          `json:"version"`
}

// DueKind says what a deadline is about.
type DueKind string

const (
	DuePay    DueKind = "pay"    // our last day to pay
	DueAnswer DueKind = "answer" // the customer's last day to answer
	DueSend   DueKind = "send"   // the customer's last day to send the goods

	DuePlatform DueKind = "platform" // 平台倒计时: the platform decides then, if nobody did (S4-35)

	DueUpdate DueKind = "update" // 反馈物流进度: the customer hears what the carrier said (S2-37)
	DueSolve  DueKind = "solve"  // 物流问题解决: it is solved then (S2-38)
	DueTell   DueKind = "tell"   // our last day to tell the customer what goes out to him, or cannot (S4-23, S4-24)
)

// DueKinds lists every kind of deadline.
var DueKinds = []DueKind{DuePay, DueAnswer, DueSend, DuePlatform, DueUpdate, DueSolve, DueTell}

// Never stands in the column due_at of a case without a deadline: after every instant.
const Never clock.Instant = 1<<63 - 1

// Work says which desks have something to do on a case; a projection like the status.
type Work struct {
	Receive bool // a parcel is on its way to us, or here and not dealt with
	Pay     bool // money is approved and has not arrived
	Approve bool // a supervisor or finance has to agree
}

// Due names a case's deadline; nil is none.
func (c *Case) Due(at *clock.Instant, kind DueKind) {
	if at == nil {
		kind = ""
	}
	c.DueAt, c.DueKind = at, kind
}

// Differs says whether what a projection writes differs between two readings of a case.
func (c Case) Differs(was Case) bool {
	if dueOf(c) != dueOf(was) {
		return true
	}
	c.DueAt, was.DueAt = nil, nil
	return c != was
}

func dueOf(c Case) clock.Instant {
	if c.DueAt == nil {
		return Never
	}
	return *c.DueAt
}

// Note is one remark on a case.
type Note struct {
	ID       id.ID         `json:"id"`
	At       clock.Instant `json:"at"`
	Author   string        `json:"author"`
	Text     string        `json:"text"`
	Progress string        `json:"progress,omitempty" doc:"where the matter stands, in the author's words"`
	Amends   id.ID         `json:"amends,omitzero" doc:"the note this one corrects"`
}

// NewNumber makes a case or RMA number: a letter, the day, six random characters. A number that is taken is found by
// the unique key; among ten thousand a day that happens once in twenty days, and the command is tried again.
func NewNumber(letter string, day calendar.Date) string {
	s := day.String() // YYYY-MM-DD
	return letter + s[2:4] + s[5:7] + s[8:10] + "-" + id.Code(6)
}

const columns = `id, shop_id, number, platform, customer_id, channel, class, status, flag, assignee, due_at, due_kind, to_receive, to_pay, to_approve,
	opened_at, closed_at, reopened, version, with_carrier`

func scan(r interface{ Scan(...any) error }) (Case, error) {
	var c Case
	var customer *id.ID
	var due clock.Instant
	err := r.Scan(&c.ID, &c.ShopID, &c.Number, &c.Platform, &customer, &c.Channel, &c.Class, &c.Status, &c.Flag, &c.Assignee,
		&due, &c.DueKind, &c.Work.Receive, &c.Work.Pay, &c.Work.Approve, &c.OpenedAt, &c.ClosedAt, &c.Reopened, &c.Version, &c.WithCarrier)
	if customer != nil {
		c.CustomerID = *customer
	}
	if due != Never {
		c.DueAt = &due
	}
	return c, err
}

// Insert adds a case at version 1.
func Insert(b *db.Batch, c Case) {
	b.ExecN(1, `insert into cases (`+columns+`) values ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13,$14,$15,$16,$17,$18,1,$19) on conflict (shop_id, number) do nothing`,
		c.ID, c.ShopID, c.Number, c.Platform, c.CustomerID.OrNull(), c.Channel, c.Class, c.Status, c.Flag, c.Assignee, dueOf(c), c.DueKind,
		c.Work.Receive, c.Work.Pay, c.Work.Approve, c.OpenedAt, c.ClosedAt, c.Reopened, c.WithCarrier)
}

// Get reads a case of a shop.
func Get(tx *db.Tx, shopID, caseID id.ID) (Case, error) {
	return found(scan(tx.QueryRow(`select `+columns+` from cases where id = $1 and shop_id = $2`, caseID, shopID)))
}

// ByNumber reads a case by the number people read out.
func ByNumber(tx *db.Tx, shopID id.ID, number string) (Case, error) {
	return found(scan(tx.QueryRow(`select `+columns+` from cases where shop_id = $1 and number = $2`, shopID, number)))
}

// Take takes the case for the rest of the transaction, under the version that was read: the first statement of every
// command. Whoever holds the case already finishes first; then the version is another one, and this command is stale.
func Take(b *db.Batch, c Case) {
	b.ExecN(1, `update cases set version = version + 1 where id = $1 and shop_id = $2 and version = $3`, c.ID, c.ShopID, c.Version)
}

// Touch gives the case another version where something was added to it that no command plans on.
func Touch(tx *db.Tx, shopID, caseID id.ID) (version int64, err error) {
	err = tx.QueryRow(`update cases set version = version + 1 where id = $1 and shop_id = $2 returning version`, caseID, shopID).Scan(&version)
	if err == db.ErrNoRows {
		err = errs.New(errs.NotFound, "case.not_found")
	}
	return version, err
}

func found(c Case, err error) (Case, error) {
	if err == db.ErrNoRows {
		return c, errs.New(errs.NotFound, "case.not_found")
	}
	return c, err
}

// InPage reads cases by id, at most 64 of them; an id of another shop is left out. The order is not the ids'.
func InPage(tx *db.Tx, shopID id.ID, ids []id.ID) ([]Case, error) {
	return db.Collect(tx, func(r *db.Rows) (Case, error) { return scan(r) },
		`select `+columns+` from cases where +shop_id = $1 and id in `+db.In(2, len(ids)), db.Args(ids, shopID)...)
}

// Project writes what people see of a case that was taken in this transaction.
func Project(b *db.Batch, c Case) {
	b.ExecN(1, `update cases set status = $1, closed_at = $2, flag = $3, assignee = $4, reopened = $5, due_at = $6, due_kind = $7,
		to_receive = $8, to_pay = $9, to_approve = $10, with_carrier = $11 where id = $12 and shop_id = $13`,
		c.Status, c.ClosedAt, c.Flag, c.Assignee, c.Reopened, dueOf(c), c.DueKind, c.Work.Receive, c.Work.Pay, c.Work.Approve, c.WithCarrier, c.ID, c.ShopID)
}

// Place writes a case's deadline and work as computed on the version that was read; another version is left alone.
func Place(b *db.Batch, c Case) {
	b.Exec(`update cases set due_at = $1, due_kind = $2, to_receive = $3, to_pay = $4, to_approve = $5 where id = $6 and shop_id = $7 and version = $8`,
		dueOf(c), c.DueKind, c.Work.Receive, c.Work.Pay, c.Work.Approve, c.ID, c.ShopID, c.Version)
}

// OpenAfter lists a shop's open cases in the order they were made, after the given one, at most limit.
func OpenAfter(tx *db.Tx, shopID, after id.ID, limit int) ([]id.ID, error) {
	return db.Collect(tx, func(r *db.Rows) (i id.ID, err error) { return i, r.Scan(&i) },
		`select id from cases where shop_id = $1 and id > $2 and status <> 'closed' order by id limit $3`, shopID, after, limit)
}

// List lists a shop's cases, newest first, optionally of one status; before is the last id of the page before (zero: start).
func List(tx *db.Tx, shopID id.ID, status Status, before id.ID, limit int) ([]Case, error) {
	if before == 0 {
		before = 1<<63 - 1
	}
	read := func(r *db.Rows) (Case, error) { return scan(r) }
	if status == "" {
		return db.Collect(tx, read, `select `+columns+` from cases where shop_id = $1 and id < $2 order by id desc limit $3`, shopID, before, limit)
	}
	return db.Collect(tx, read, `select `+columns+` from cases where shop_id = $1 and status = $2 and id < $3 order by id desc limit $4`, shopID, status, before, limit)
}

// AddNote appends a note at the transaction's time.
func AddNote(b *db.Batch, now clock.Instant, shopID, caseID id.ID, n Note) {
	b.Exec(`insert into note (id, shop_id, case_id, at, author, text, progress, amends) values ($1,$2,$3,$4,$5,$6,$7,$8)`,
		n.ID, shopID, caseID, now, n.Author, n.Text, n.Progress, n.Amends.OrNull())
	search.Put(b, shopID, search.Notes, n.ID, n.terms())
}

func (n Note) terms() *search.Terms {
	var t search.Terms
	t.Text(n.Text)
	t.Text(n.Progress)
	return &t
}

// IndexAgain makes a note findable that may be so already.
func IndexAgain(b *db.Batch, shopID id.ID, n Note) {
	search.Replace(b, shopID, search.Notes, n.ID, n.terms())
}

// NoteAuthor says who wrote a note of a case.
func NoteAuthor(tx *db.Tx, shopID, caseID, noteID id.ID) (author string, err error) {
	err = tx.QueryRow(`select author from note where id = $1 and case_id = $2 and shop_id = $3`, noteID, caseID, shopID).Scan(&author)
	if err == db.ErrNoRows {
		err = errs.New(errs.NotFound, "case.note_not_found")
	}
	return author, err
}

// Notes lists a case's notes, oldest first, after the given one (zero: from the start), at most limit.
func Notes(tx *db.Tx, shopID, caseID, after id.ID, limit int) ([]Note, error) {
	return db.Collect(tx, scanNote, `select id, at, author, text, progress, amends from note where case_id = $1 and shop_id = $2 and id > $3 order by id limit $4`, caseID, shopID, after, limit)
}

// NotesAfter lists a shop's notes in the order they were made, after the given one, at most limit.
func NotesAfter(tx *db.Tx, shopID, after id.ID, limit int) ([]Note, error) {
	return db.Collect(tx, scanNote, `select id, at, author, text, progress, amends from note where shop_id = $1 and id > $2 order by id limit $3`, shopID, after, limit)
}

func scanNote(r *db.Rows) (Note, error) {
	var n Note
	var amends *id.ID
	err := r.Scan(&n.ID, &n.At, &n.Author, &n.Text, &n.Progress, &amends)
	if amends != nil {
		n.Amends = *amends
	}
	return n, err
}

var _ = errs.Register(map[string]errs.Text{
	"case.note_not_found": {ZhCN: "这张售后单上没有那条备注。", En: "The case has no such note."},
	"case.not_found":      {ZhCN: "本店没有这张售后单。", En: "This shop has no such case."},
})
