// Package books holds what a shop's tables keep against what happened: entries, payments, shares, holdings, stock, invoices and statements, to the
// fen and the unit. It reads and changes nothing. Every check is one sum that has to be zero: what is kept, less what it was made of.
// Journeys keep these sums in their transactions; who finds one of them off has found a fault of the software or a hand in the database.
package books

import (
	"fmt"

	"github.com/sanbao/sanbao/internal/db"
	"github.com/sanbao/sanbao/internal/id"
	"github.com/sanbao/sanbao/internal/ledger"
)

// Fault is one sum that is not zero.
type Fault struct {
	Check string `json:"check"`
	ID    id.ID  `json:"id"`             // of the row that keeps the sum, or that the sum is of
	Part  string `json:"part,omitempty"` // account and currency, or holder
	Off   int64  `json:"off"`            // what is kept, less what happened: minor units, units or points
}

func (f Fault) String() string {
	return fmt.Sprintf("%s of %s %s is off by %d", f.Check, f.ID, f.Part, f.Off)
}

// Most is how many faults of one check are told.
const Most = 100

// Account is what a shop's books say at a moment.
type Account struct {
	Faults      []Fault          `json:"faults" nullable:"false"`
	Balances    []ledger.Balance `json:"balances" nullable:"false"`
	Differences int64            `json:"differences"` // with providers' statements that nobody has explained: no fault of the books, but work
}

// Check adds a shop's books up. It takes time in proportion to all that ever happened: some seconds for a hundred
// thousand cases.
func Check(tx *db.Tx, shopID id.ID) (a Account, err error) {
	a.Faults = []Fault{}
	for _, c := range checks {
		found, err := db.Collect(tx, func(r *db.Rows) (Fault, error) {
			f := Fault{Check: c.name}
			return f, r.Scan(&f.ID, &f.Part, &f.Off)
		}, `select about, part, off from (select about, part, cast(coalesce(sum(n), 0) as bigint) as off from (`+c.sum+`) x group by about, part) y
			where off <> 0 order by about, part limit $2`, shopID, Most)
		if err != nil {
			return a, fmt.Errorf("%s: %w", c.name, err)
		}
		a.Faults = append(a.Faults, found...)
	}
	if a.Balances, err = ledger.Balances(tx, shopID); err != nil {
		return a, err
	}
	return a, tx.QueryRow(`select count(*) from money_difference where shop_id = $1 and resolved_at is null`, shopID).Scan(&a.Differences)
}
