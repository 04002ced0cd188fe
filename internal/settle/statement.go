package settle

import (
	"github.com/sanbao/sanbao/clock"
	"github.com/sanbao/sanbao/internal/id"
	"github.com/sanbao/sanbao/money"
)

// Statement is a file of what a provider or a platform says it gave back.
type Statement struct {
	ID         id.ID         `json:"id"`
	ShopID     id.ID         `json:"-"`
	Provider   string        `json:"provider"`
	FileName   string        `json:"file_name"`
	FileHash   string        `json:"-"`
	Refunds    int64         `json:"refunds" doc:"refunds it tells of"`
	Fresh      int64         `json:"fresh" doc:"of them: not known from an earlier file"`
	From       clock.Instant `json:"from"`
	To         clock.Instant `json:"to"`
	ImportedBy string        `json:"imported_by"`
	ImportedAt clock.Instant `json:"imported_at"`
	Version    int64         `json:"version"`
}

// StatementLine is one refund of a statement.
type StatementLine struct {
	ID           id.ID
	ShopID       id.ID
	StatementID  id.ID
	Provider     string
	Key          string // the same for the same refund, from whatever file
	Row          int64
	ExternalNo   string
	OurNo        string
	OrderNo      string
	Minor        int64
	Currency     money.Currency
	At           clock.Instant
	SettlementID id.ID // what it is of ours, where it agrees to the fen
}

// What a difference is.
type What string

const (
	UnknownToUs What = "unknown"     // we know of no such refund
	OtherAmount What = "amount"      // of another amount than ours
	NotSettled  What = "not_settled" // made, and not booked as arrived here
	Twice       What = "twice"       // of a settlement that another line is of already
	Missing     What = "missing"     // booked here as arrived, and not in the statement
)

// MoneyDifference is where a statement says another thing than we do.
type MoneyDifference struct {
	ID           id.ID          `json:"id"`
	ShopID       id.ID          `json:"-"`
	Provider     string         `json:"provider"`
	StatementID  id.ID          `json:"statement_id"`
	LineID       id.ID          `json:"-"`
	SettlementID id.ID          `json:"settlement_id,omitzero"`
	What         What           `json:"what" enum:"unknown,amount,not_settled,twice,missing"`
	Theirs       int64          `json:"theirs" doc:"minor units; 0 where they have nothing"`
	Ours         int64          `json:"ours" doc:"minor units; 0 where we have nothing"`
	Currency     money.Currency `json:"currency"`
	FoundAt      clock.Instant  `json:"found_at"`
	ResolvedAt   *clock.Instant `json:"resolved_at,omitempty"`
	ResolvedBy   string         `json:"resolved_by,omitempty"`
	Reason       string         `json:"reason,omitempty"`
	Version      int64          `json:"version"`
}

// Candidate is a settlement that a line may be of, with the order it pays back.
type Candidate struct {
	ID         id.ID
	PayoutNo   string
	ExternalNo string
	OrderNo    string
	Minor      int64
	State      State
	Arrived    *clock.Instant
	Taken      bool // another line is of it
}

// Match says which of the candidates a line is of, 0 for none, and what is wrong, "" for nothing. The number we asked under decides; then the
// provider's number; where neither is there, the order and the amount, if exactly one settlement of the order fits that no other line is of.
func Match(l StatementLine, of []Candidate) (id.ID, What) {
	if l.OurNo != "" {
		for _, c := range of {
			if c.PayoutNo == l.OurNo {
				return c.ID, c.against(l)
			}
		}
	}
	var byNumber, byOrder []Candidate
	for _, c := range of {
		if l.ExternalNo != "" && c.ExternalNo == l.ExternalNo {
			byNumber = append(byNumber, c)
		}
		if l.OrderNo != "" && c.OrderNo == l.OrderNo && c.Minor == l.Minor && c.State != Voided && !c.Taken && (c.ExternalNo == "" || l.ExternalNo == "") {
			byOrder = append(byOrder, c)
		}
	}
	for _, c := range byNumber { // a trade may have several refunds under its number
		if c.Minor == l.Minor && !c.Taken {
			return c.ID, c.against(l)
		}
	}
	switch {
	case len(byNumber) > 0:
		return byNumber[0].ID, byNumber[0].against(l)
	case len(byOrder) == 1:
		return byOrder[0].ID, byOrder[0].against(l)
	}
	return 0, UnknownToUs
}

// against holds a candidate against the line.
func (c Candidate) against(l StatementLine) What {
	switch {
	case c.Taken:
		return Twice
	case c.Minor != l.Minor:
		return OtherAmount
	case c.State != Settled:
		return NotSettled
	}
	return ""
}
