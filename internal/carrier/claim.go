package carrier

import (
	"slices"

	"github.com/sanbao/sanbao/clock"
	"github.com/sanbao/sanbao/errs"
	"github.com/sanbao/sanbao/internal/db"
	"github.com/sanbao/sanbao/internal/id"
	"github.com/sanbao/sanbao/internal/term"
	"github.com/sanbao/sanbao/money"
)

// Reason is why a carrier has to pay.
type Reason string

const (
	ForLost    Reason = "lost"    // 丢件
	ForDamaged Reason = "damaged" // 破损
	ForShort   Reason = "short"   // 短少: opened on the way
)

// Reasons lists every reason.
var Reasons = []Reason{ForLost, ForDamaged, ForShort}

// ClaimState is how far a claim has come.
type ClaimState string

const (
	ToFile   ClaimState = "to_file"  // 待索赔
	Filed    ClaimState = "filed"    // 已提交，等快递答复
	Granted  ClaimState = "granted"  // 快递同意赔付
	Refused  ClaimState = "refused"  // 快递拒赔
	Received ClaimState = "received" // 赔款已到账
	Dropped  ClaimState = "dropped"  // 不再索赔
)

// ClaimStates lists every state.
var ClaimStates = []ClaimState{ToFile, Filed, Granted, Refused, Received, Dropped}

// ClaimEvent is what happens to a claim.
type ClaimEvent string

const (
	File   ClaimEvent = "file"   // handed in at the carrier, or once more after a no
	Grant  ClaimEvent = "grant"  // the carrier pays, at least a part
	Refuse ClaimEvent = "refuse" // the carrier pays nothing
	Take   ClaimEvent = "take"   // money came in
	Drop   ClaimEvent = "drop"   // nothing more is asked for
)

var claimNext = map[ClaimState]map[ClaimEvent]ClaimState{
	ToFile:  {File: Filed, Drop: Dropped},
	Filed:   {Grant: Granted, Refuse: Refused, Drop: Dropped},
	Granted: {Take: Received, Drop: Dropped},
	Refused: {File: Filed, Drop: Dropped},
}

// Claim 向快递索赔 is what the shop wants back from a carrier for a parcel that was lost, damaged or robbed. The customer has
// nothing to do with it: the shop has settled with him, or does so without waiting for the carrier (ECL-20, X20).
type Claim struct {
	ID         id.ID          `json:"id"`
	ShopID     id.ID          `json:"-"`
	CaseID     id.ID          `json:"case_id"`
	MovementID id.ID          `json:"movement_id,omitzero" doc:"the parcel of the case; none for one an order went out in"`
	Carrier    string         `json:"carrier"`
	Waybill    string         `json:"waybill"`
	Reason     Reason         `json:"reason" enum:"lost,damaged,short"`
	State      ClaimState     `json:"state" enum:"to_file,filed,granted,refused,received,dropped"`
	Currency   money.Currency `json:"currency"`
	Asked      int64          `json:"asked" doc:"minor units; before it is filed, what the goods were sold for"`
	Granted    int64          `json:"granted" doc:"what the carrier agreed to pay"`
	Received   int64          `json:"received"`
	Ticket     string         `json:"ticket" doc:"the carrier's own number of the claim"`
	Answer     string         `json:"answer" doc:"what the carrier said"`
	OpenedAt   clock.Instant  `json:"opened_at"`
	FiledAt    *clock.Instant `json:"filed_at,omitempty"`
	AnsweredAt *clock.Instant `json:"answered_at,omitempty"`
	ClosedAt   *clock.Instant `json:"closed_at,omitempty"`
	Version    int64          `json:"version"`
}

// Open says that something is still to be done, by us or by the carrier.
func (c Claim) Open() bool { return c.State != Received && c.State != Dropped }

// Due is what the carrier agreed to and has not paid.
func (c Claim) Due() int64 {
	if c.State != Granted {
		return 0
	}
	return c.Granted - c.Received
}

// Allowed lists the events that make sense now.
func (c Claim) Allowed() (out []ClaimEvent) {
	for _, v := range []ClaimEvent{File, Grant, Refuse, Take, Drop} {
		if _, ok := claimNext[c.State][v]; ok {
			out = append(out, v)
		}
	}
	return out
}

// After is the claim after an event at a time with its amount: asked for, granted or received. What makes no sense now is a
// conflict that names what is allowed; a carrier does not pay more than was asked, nor more than it agreed to. A part that
// comes in leaves the claim open for the rest.
func (c Claim) After(v ClaimEvent, now clock.Instant, minor int64) (Claim, error) {
	if !slices.Contains(c.Allowed(), v) {
		return c, errs.New(errs.Conflict, "carrier.claim_not_now", errs.Args{"event": string(v), "state": term.Code("claim." + c.State)})
	}
	limit, bounded := map[ClaimEvent]int64{Grant: c.Asked, Take: c.Due()}[v]
	switch {
	case minor <= 0 && (bounded || v == File):
		return c, errs.New(errs.Invalid, "carrier.claim_nothing")
	case bounded && minor > limit:
		return c, errs.New(errs.Invalid, "carrier.claim_amount", errs.Args{"most": money.Of(limit, c.Currency).String()})
	}
	c.State = claimNext[c.State][v]
	switch v {
	case File:
		c.Asked, c.FiledAt, c.AnsweredAt = minor, &now, nil
	case Grant:
		c.Granted, c.AnsweredAt = minor, &now
	case Refuse:
		c.AnsweredAt = &now
	case Take:
		if c.Received += minor; c.Received < c.Granted {
			c.State = Granted
		} else {
			c.ClosedAt = &now
		}
	case Drop:
		c.ClosedAt = &now
	}
	return c, nil
}

const claimColumns = `id, shop_id, case_id, movement_id, carrier, waybill, reason, state, currency, asked, granted, received, ticket, answer, opened_at, filed_at,
	answered_at, closed_at, version`

func scanClaim(r *db.Rows) (Claim, error) {
	var c Claim
	var movement *id.ID
	err := r.Scan(&c.ID, &c.ShopID, &c.CaseID, &movement, &c.Carrier, &c.Waybill, &c.Reason, &c.State, &c.Currency, &c.Asked, &c.Granted, &c.Received,
		&c.Ticket, &c.Answer, &c.OpenedAt, &c.FiledAt, &c.AnsweredAt, &c.ClosedAt, &c.Version)
	if movement != nil {
		c.MovementID = *movement
	}
	return c, err
}

// InsertClaim adds a claim at version 1.
func InsertClaim(b *db.Batch, c Claim) {
	var movement *id.ID
	if c.MovementID != 0 {
		movement = &c.MovementID
	}
	b.Exec(`insert into carrier_claim (`+claimColumns+`) values ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13,$14,$15,$16,$17,$18,1)`,
		c.ID, c.ShopID, c.CaseID, movement, c.Carrier, c.Waybill, c.Reason, c.State, c.Currency, c.Asked, c.Granted, c.Received, c.Ticket, c.Answer,
		c.OpenedAt, c.FiledAt, c.AnsweredAt, c.ClosedAt)
}

// SaveClaim writes what an event changed, and returns the claim as it now is. A version that is no longer current is a conflict.
func SaveClaim(b *db.Batch, c Claim) Claim {
	b.ExecN(1, `update carrier_claim set state = $1, carrier = $2, waybill = $3, asked = $4, granted = $5, received = $6, ticket = $7, answer = $8, filed_at = $9,
		answered_at = $10, closed_at = $11, version = version + 1 where id = $12 and shop_id = $13 and version = $14`,
		c.State, c.Carrier, c.Waybill, c.Asked, c.Granted, c.Received, c.Ticket, c.Answer, c.FiledAt, c.AnsweredAt, c.ClosedAt, c.ID, c.ShopID, c.Version)
	c.Version++
	return c
}

// Claims lists those of a case, oldest first.
func Claims(tx *db.Tx, shopID, caseID id.ID) ([]Claim, error) {
	return db.Collect(tx, scanClaim, `select `+claimColumns+` from carrier_claim where case_id = $1 and shop_id = $2 order by id`, caseID, shopID)
}

// ClaimsIn lists a shop's claims in a state, on one carrier or on all of them (""), oldest first, after the given one, at most limit.
func ClaimsIn(tx *db.Tx, shopID id.ID, state ClaimState, carrier string, after id.ID, limit int) ([]Claim, error) {
	if carrier == "" {
		return db.Collect(tx, scanClaim, `select `+claimColumns+` from carrier_claim where shop_id = $1 and state = $2 and id > $3 order by id limit $4`, shopID, state, after, limit)
	}
	return db.Collect(tx, scanClaim, `select `+claimColumns+` from carrier_claim where shop_id = $1 and carrier = $2 and state = $3 and id > $4 order by id limit $5`,
		shopID, carrier, state, after, limit)
}

// Sum is what is open with one carrier in one state.
type Sum struct {
	Carrier  string         `json:"carrier" doc:"empty where nobody knows yet whose parcel it was"`
	State    ClaimState     `json:"state" enum:"to_file,filed,granted,refused"`
	Currency money.Currency `json:"currency"`
	Count    int64          `json:"count"`
	Asked    int64          `json:"asked" doc:"minor units; before it is filed, what the goods were sold for"`
	Granted  int64          `json:"granted"`
	Received int64          `json:"received"`
}

// Open sums a shop's claims of which something is still to be done, by carrier and state.
func Open(tx *db.Tx, shopID id.ID) ([]Sum, error) {
	return db.Collect(tx, func(r *db.Rows) (s Sum, err error) {
		return s, r.Scan(&s.Carrier, &s.State, &s.Currency, &s.Count, &s.Asked, &s.Granted, &s.Received)
	}, `select carrier, state, currency, count(*), cast(sum(asked) as bigint), cast(sum(granted) as bigint), cast(sum(received) as bigint)
		from carrier_claim where shop_id = $1 and state in ('to_file', 'filed', 'granted', 'refused') group by carrier, state, currency order by carrier, state, currency`, shopID)
}

// CaseOfClaim says which case a claim is of.
func CaseOfClaim(tx *db.Tx, shopID, claimID id.ID) (caseID id.ID, err error) {
	err = tx.QueryRow(`select case_id from carrier_claim where id = $1 and shop_id = $2`, claimID, shopID).Scan(&caseID)
	if err == db.ErrNoRows {
		err = NoClaim(claimID)
	}
	return caseID, err
}

// NoClaim says that a shop has no such claim.
func NoClaim(claimID id.ID) error {
	return errs.New(errs.NotFound, "carrier.claim_not_found", errs.Args{"claim": claimID.String()})
}

var _ = errs.Register(map[string]errs.Text{
	"carrier.claim_not_found": {ZhCN: "本店没有快递索赔 {claim}。", En: "This shop has no claim {claim} on a carrier."},
	"carrier.claim_not_now":   {ZhCN: "这笔索赔目前是“{state}”，这一步现在不能做。", En: "The claim is \"{state}\"; this step is not possible now."},
	"carrier.claim_nothing":   {ZhCN: "金额要大于零。", En: "The amount has to be above zero."},
	"carrier.claim_amount":    {ZhCN: "最多 {most}：快递赔付不超过索赔金额，到账不超过同意赔付的金额。", En: "At most {most}: a carrier pays no more than was asked, and no more comes in than it agreed to."},
})
