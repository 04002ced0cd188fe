package carrier

import (
	"slices"

	"github.com/sanbao/sanbao/calendar"
	"github.com/sanbao/sanbao/clock"
	"github.com/sanbao/sanbao/errs"
	"github.com/sanbao/sanbao/internal/db"
	"github.com/sanbao/sanbao/internal/id"
	"github.com/sanbao/sanbao/internal/term"
)

// Kind is what a carrier is asked about 查件原因.
type Kind string

const (
	NoScan      Kind = "no_scan"      // 发货后没有揽收记录
	Stuck       Kind = "stuck"        // 物流停滞
	NotReceived Kind = "not_received" // 显示签收，顾客没收到
	IsLost      Kind = "lost"         // 疑似丢件
	IsDamaged   Kind = "damaged"      // 运输破损
)

// Kinds lists every kind.
var Kinds = []Kind{NoScan, Stuck, NotReceived, IsLost, IsDamaged}

// Verdict is what a carrier's answer says became of the parcel.
type Verdict string

const (
	Found       Verdict = "found"     // 找到了，继续派送
	SaysLost    Verdict = "lost"      // 确认丢件
	SaysDamaged Verdict = "damaged"   // 确认破损
	SaysThere   Verdict = "delivered" // 有签收凭证
)

// Verdicts lists every verdict.
var Verdicts = []Verdict{Found, SaysLost, SaysDamaged, SaysThere}

// EnquiryState is whose move an enquiry is.
type EnquiryState string

const (
	Asked    EnquiryState = "asked"    // 等快递答复
	Answered EnquiryState = "answered" // 快递已答复
	Closed   EnquiryState = "closed"   // 已结
)

// EnquiryStates lists every state.
var EnquiryStates = []EnquiryState{Asked, Answered, Closed}

// EnquiryEvent is what happens to an enquiry.
type EnquiryEvent string

const (
	Ask    EnquiryEvent = "ask"
	Chase  EnquiryEvent = "chase"  // 催办: asked once more
	Answer EnquiryEvent = "answer" // the carrier said something
	Tell   EnquiryEvent = "tell"   // the customer was told where it stands
	Close  EnquiryEvent = "close"
)

var enquiryNext = map[EnquiryState]map[EnquiryEvent]EnquiryState{
	Asked:    {Chase: Asked, Answer: Answered, Tell: Asked, Close: Closed},
	Answered: {Chase: Asked, Answer: Answered, Tell: Answered, Close: Closed},
}

// Enquiry 查件 is a question to a carrier about one parcel. Between carrier and shop it is asked and answered; towards the
// customer each time they spoke is something he has to hear of, within the hours the shop promises (S2-20, S2-37).
type Enquiry struct {
	ID         id.ID          `json:"id"`
	ShopID     id.ID          `json:"-"`
	CaseID     id.ID          `json:"case_id"`
	Carrier    string         `json:"carrier"`
	Waybill    string         `json:"waybill"`
	Kind       Kind           `json:"kind" enum:"no_scan,stuck,not_received,lost,damaged"`
	State      EnquiryState   `json:"state" enum:"asked,answered,closed"`
	Ticket     string         `json:"ticket" doc:"the carrier's own number of the enquiry"`
	Answer     string         `json:"answer" doc:"what the carrier said last"`
	Verdict    Verdict        `json:"verdict,omitempty" enum:",found,lost,damaged,delivered" doc:"what that says became of the parcel"`
	AskedAt    clock.Instant  `json:"asked_at"`
	ContactAt  clock.Instant  `json:"contact_at" doc:"when carrier and shop spoke last"`
	ToldAt     *clock.Instant `json:"told_at,omitempty" doc:"when the customer was told last"`
	AnsweredAt *clock.Instant `json:"answered_at,omitempty"`
	ClosedAt   *clock.Instant `json:"closed_at,omitempty"`
	UpdateDue  *clock.Instant `json:"update_due,omitempty" doc:"until when the customer has to hear next"`
	SolveBy    *calendar.Date `json:"solve_by,omitempty" doc:"last day to have it solved"`
	Version    int64          `json:"version"`
}

// Owes says that the customer has not heard yet what carrier and shop spoke of last.
func (e Enquiry) Owes() bool { return e.ToldAt == nil || *e.ToldAt < e.ContactAt }

// Allowed lists the events that make sense now. Nothing is closed behind the customer's back: he hears first.
func (e Enquiry) Allowed() (out []EnquiryEvent) {
	for _, v := range []EnquiryEvent{Answer, Tell, Chase, Close} {
		if _, ok := enquiryNext[e.State][v]; ok && !(v == Close && e.Owes()) && !(v == Tell && e.State == Answered && !e.Owes()) {
			out = append(out, v)
		}
	}
	return out
}

// After is the enquiry after an event at a time, or a conflict that names what is allowed. next is when the customer is to
// hear again if nothing else is said, nil where nobody promised it. A time that he waits for already is never put off.
func (e Enquiry) After(v EnquiryEvent, now clock.Instant, next *clock.Instant) (Enquiry, error) {
	if !slices.Contains(e.Allowed(), v) {
		return e, errs.New(errs.Conflict, "carrier.enquiry_not_now", errs.Args{"event": string(v), "state": term.Code("enquiry." + e.State)})
	}
	owed := e.Owes()
	e.State = enquiryNext[e.State][v]
	switch v {
	case Chase, Answer:
		e.ContactAt = now
		if v == Answer {
			e.AnsweredAt = &now
		}
		if next != nil && (!owed || e.UpdateDue == nil || *next < *e.UpdateDue) {
			e.UpdateDue = next
		}
	case Tell:
		e.ToldAt, e.UpdateDue = &now, nil
		if e.State == Asked {
			e.UpdateDue = next
		}
	case Close:
		e.ClosedAt, e.UpdateDue = &now, nil
	}
	return e, nil
}

// Progress is one thing that was done about an enquiry; append-only.
type Progress struct {
	ID        id.ID         `json:"id"`
	EnquiryID id.ID         `json:"enquiry_id"`
	At        clock.Instant `json:"at"`
	Author    string        `json:"author"`
	Kind      EnquiryEvent  `json:"kind" enum:"ask,chase,answer,tell,close"`
	Text      string        `json:"text"`
}

const enquiryColumns = `id, shop_id, case_id, carrier, waybill, kind, state, ticket, answer, asked_at, contact_at, told_at, answered_at, closed_at, update_due, solve_by, version, verdict`

func scanEnquiry(r *db.Rows) (Enquiry, error) {
	var e Enquiry
	return e, r.Scan(&e.ID, &e.ShopID, &e.CaseID, &e.Carrier, &e.Waybill, &e.Kind, &e.State, &e.Ticket, &e.Answer, &e.AskedAt, &e.ContactAt, &e.ToldAt,
		&e.AnsweredAt, &e.ClosedAt, &e.UpdateDue, &e.SolveBy, &e.Version, &e.Verdict)
}

// InsertEnquiry adds an enquiry that was just asked, at version 1.
func InsertEnquiry(b *db.Batch, e Enquiry) {
	b.Exec(`insert into carrier_enquiry (`+enquiryColumns+`) values ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13,$14,$15,$16,1,'')`,
		e.ID, e.ShopID, e.CaseID, e.Carrier, e.Waybill, e.Kind, e.State, e.Ticket, e.Answer, e.AskedAt, e.ContactAt, e.ToldAt, e.AnsweredAt, e.ClosedAt,
		e.UpdateDue, e.SolveBy)
}

// SaveEnquiry writes what an event changed, and returns the enquiry as it now is. A version that is no longer current is a conflict.
func SaveEnquiry(b *db.Batch, e Enquiry) Enquiry {
	b.ExecN(1, `update carrier_enquiry set state = $1, ticket = $2, answer = $3, contact_at = $4, told_at = $5, answered_at = $6, closed_at = $7, update_due = $8, verdict = $9,
		version = version + 1 where id = $10 and shop_id = $11 and version = $12`,
		e.State, e.Ticket, e.Answer, e.ContactAt, e.ToldAt, e.AnsweredAt, e.ClosedAt, e.UpdateDue, e.Verdict, e.ID, e.ShopID, e.Version)
	e.Version++
	return e
}

// AddProgress appends what was done at the transaction's time.
func AddProgress(b *db.Batch, shopID, caseID id.ID, p Progress) {
	b.Exec(`insert into carrier_progress (id, shop_id, case_id, enquiry_id, at, author, kind, text) values ($1,$2,$3,$4,$5,$6,$7,$8)`,
		p.ID, shopID, caseID, p.EnquiryID, p.At, p.Author, p.Kind, p.Text)
}

// Enquiries lists those of a case, oldest first.
func Enquiries(tx *db.Tx, shopID, caseID id.ID) ([]Enquiry, error) {
	return db.Collect(tx, scanEnquiry, `select `+enquiryColumns+` from carrier_enquiry where case_id = $1 and shop_id = $2 order by id`, caseID, shopID)
}

// EnquiriesIn lists a shop's enquiries in a state, with one carrier or with all of them (""), oldest first, after the given one, at most limit.
func EnquiriesIn(tx *db.Tx, shopID id.ID, state EnquiryState, carrier string, after id.ID, limit int) ([]Enquiry, error) {
	if carrier == "" {
		return db.Collect(tx, scanEnquiry, `select `+enquiryColumns+` from carrier_enquiry where shop_id = $1 and state = $2 and id > $3 order by id limit $4`, shopID, state, after, limit)
	}
	return db.Collect(tx, scanEnquiry, `select `+enquiryColumns+` from carrier_enquiry where shop_id = $1 and carrier = $2 and state = $3 and id > $4 order by id limit $5`,
		shopID, carrier, state, after, limit)
}

// CaseOfEnquiry says which case an enquiry is of.
func CaseOfEnquiry(tx *db.Tx, shopID, enquiryID id.ID) (caseID id.ID, err error) {
	err = tx.QueryRow(`select case_id from carrier_enquiry where id = $1 and shop_id = $2`, enquiryID, shopID).Scan(&caseID)
	if err == db.ErrNoRows {
		err = NoEnquiry(enquiryID)
	}
	return caseID, err
}

// NoEnquiry says that a shop has no such enquiry.
func NoEnquiry(enquiryID id.ID) error {
	return errs.New(errs.NotFound, "carrier.enquiry_not_found", errs.Args{"enquiry": enquiryID.String()})
}

// ProgressOf lists what was done about the enquiries of a case, oldest first.
func ProgressOf(tx *db.Tx, shopID, caseID id.ID) ([]Progress, error) {
	return db.Collect(tx, func(r *db.Rows) (Progress, error) {
		var p Progress
		return p, r.Scan(&p.ID, &p.EnquiryID, &p.At, &p.Author, &p.Kind, &p.Text)
	}, `select id, enquiry_id, at, author, kind, text from carrier_progress where case_id = $1 and shop_id = $2 order by id`, caseID, shopID)
}

var _ = errs.Register(map[string]errs.Text{
	"carrier.enquiry_not_found": {ZhCN: "本店没有查件单 {enquiry}。", En: "This shop has no enquiry {enquiry}."},
	"carrier.enquiry_not_now":   {ZhCN: "查件单目前是“{state}”，这一步现在不能做。", En: "The enquiry is \"{state}\"; this step is not possible now."},
})
