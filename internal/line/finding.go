package line

import (
	"encoding/json"

	"github.com/sanbao/sanbao/clock"
	"github.com/sanbao/sanbao/internal/db"
	"github.com/sanbao/sanbao/internal/id"
)

// Finding is what a person established about a fact of a line: what the customer declared on applying, what the
// warehouse saw on unpacking. Findings are kept side by side; of two about one fact the later stage wins, then the
// later finding (see package rule).
type Finding struct {
	ID       id.ID           `json:"id"`
	ShopID   id.ID           `json:"-"`
	LineID   id.ID           `json:"line_id"`
	Fact     string          `json:"fact"`
	Value    json.RawMessage `json:"value"`
	Stage    string          `json:"stage"`
	Author   string          `json:"author"`
	At       clock.Instant   `json:"at"`
	Evidence string          `json:"evidence,omitempty" doc:"where the proof is: ids of evidence, a link, words; may be erased"`
}

// AddFinding appends one finding at the transaction's time.
func AddFinding(b *db.Batch, now clock.Instant, f Finding) {
	b.Exec(`insert into finding (id, shop_id, case_line_id, fact, value, stage, author, at, evidence) values ($1,$2,$3,$4,$5,$6,$7,$8,$9)`,
		f.ID, f.ShopID, f.LineID, f.Fact, string(f.Value), f.Stage, f.Author, now, f.Evidence)
}

// Findings lists a line's findings, oldest first.
func Findings(tx *db.Tx, shopID, lineID id.ID) ([]Finding, error) {
	return db.Collect(tx, func(r *db.Rows) (Finding, error) {
		f := Finding{ShopID: shopID}
		var value string
		err := r.Scan(&f.ID, &f.LineID, &f.Fact, &value, &f.Stage, &f.Author, &f.At, &f.Evidence)
		f.Value = json.RawMessage(value)
		return f, err
	}, `select id, case_line_id, fact, value, stage, author, at, evidence from finding where case_line_id = $1 and shop_id = $2 order by id`,
		lineID, shopID)
}

// CopyFindings gives a split-off line what was established about the line it came from.
func CopyFindings(b *db.Batch, findings []Finding, to id.ID) {
	for _, f := range findings {
		b.Exec(`insert into finding (id, shop_id, case_line_id, fact, value, stage, author, at, evidence) values ($1,$2,$3,$4,$5,$6,$7,$8,$9)`,
			id.New(), f.ShopID, to, f.Fact, string(f.Value), f.Stage, f.Author, f.At, f.Evidence)
	}
}
