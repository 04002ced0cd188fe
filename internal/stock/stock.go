package stock

import (
	"github.com/sanbao/sanbao/clock"
	"github.com/sanbao/sanbao/errs"
	"github.com/sanbao/sanbao/internal/id"
)

// Article is what there is of one SKU.
type Article struct {
	ID     id.ID `json:"-"`
	ShopID id.ID `json:"-"`
	Told
	Held      int64         `json:"held" doc:"units kept for exchanges"`
	Free      int64         `json:"free" doc:"units that can still be promised"`
	UpdatedAt clock.Instant `json:"updated_at" doc:"when the stock system last said so"`
	Version   int64         `json:"version"`
}

// Told is what a stock system says of an article.
type Told struct {
	SKU    string `json:"sku" minLength:"1" maxLength:"64"`
	Style  string `json:"style,omitempty" maxLength:"64" doc:"articles of one style differ in size or colour alone: swapping them costs nothing"`
	Title  string `json:"title,omitempty" maxLength:"300"`
	Price  *int64 `json:"price,omitempty" minimum:"0" maximum:"1000000000000" doc:"today's price of one, minor units"`
	OnHand int64  `json:"on_hand" minimum:"0" maximum:"1000000000" doc:"units on the shelf, those held included"`
}

// free is what can still be promised; never below zero, whatever the stock system says.
func (a Article) free() int64 { return max(0, a.OnHand-a.Held) }

// SameStyle says that two articles differ in size or colour alone. Without a style nobody knows.
func (a Article) SameStyle(b Article) (same, known bool) {
	return a.Style == b.Style, a.Style != "" && b.Style != ""
}

// HoldState is what became of held units.
type HoldState string

const (
	Held HoldState = "held" // kept for the line
	Gone HoldState = "gone" // sent; or looked for, and not there
	Free HoldState = "free" // given up, or out of time: anybody may have them
)

// Hold is units kept for one case line.
type Hold struct {
	ID       id.ID          `json:"-"`
	ShopID   id.ID          `json:"-"`
	StockID  id.ID          `json:"-"`
	LineID   id.ID          `json:"line_id"`
	SKU      string         `json:"sku"`
	Quantity int64          `json:"quantity"`
	State    HoldState      `json:"state" enum:"held,gone,free"`
	Until    *clock.Instant `json:"until,omitempty" doc:"then they are free again; without it they are kept as long as the line wants them"`
	HeldAt   clock.Instant  `json:"held_at"`
	EndedAt  *clock.Instant `json:"ended_at,omitempty"`
	Version  int64          `json:"-"`
}

// CanHold says whether that many units can still be promised.
func (a Article) CanHold(units int64) error {
	if left := a.free(); units > left {
		return errs.New(errs.Conflict, "stock.none_left", errs.Args{"sku": a.SKU, "left": left, "asked": units})
	}
	return nil
}
