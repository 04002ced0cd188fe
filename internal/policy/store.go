package policy

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"

	"github.com/sanbao/sanbao/clock"
	"github.com/sanbao/sanbao/errs"
	"github.com/sanbao/sanbao/internal/db"
	"github.com/sanbao/sanbao/internal/id"
	"github.com/sanbao/sanbao/rule"
)

// Stored is a decision as it stands in the books: the core's bytes with the facts they came from. It is never changed;
// deciding anew makes a new one.
type Stored struct {
	ID       id.ID           `json:"id"`
	ShopID   id.ID           `json:"-"`
	CaseID   id.ID           `json:"case_id"`
	LineID   id.ID           `json:"line_id"`
	Stage    string          `json:"stage"`
	At       clock.Instant   `json:"at"`
	Outcome  rule.Outcome    `json:"outcome"`
	Core     json.RawMessage `json:"core" doc:"the decision; replays byte for byte from facts and packs"`
	CoreHash string          `json:"core_hash" doc:"SHA-256 of core"`
	Facts    json.RawMessage `json:"facts"`
}

// Record makes the row of a decision.
func Record(shopID, caseID, lineID id.ID, d *rule.Decision, facts rule.Facts) (Stored, error) {
	doc, err := facts.MarshalJSON()
	if err != nil {
		return Stored{}, err
	}
	core := d.Encode()
	sum := sha256.Sum256(core)
	return Stored{ID: id.New(), ShopID: shopID, CaseID: caseID, LineID: lineID, Stage: d.Stage.String(), At: d.At, Outcome: d.Outcome,
		Core: core, CoreHash: hex.EncodeToString(sum[:]), Facts: doc}, nil
}

// Decision reads the core.
func (s Stored) Decision() (*rule.Decision, error) { return rule.ParseDecision(s.Core) }

// Insert adds a decision.
func Insert(b *db.Batch, s Stored) {
	b.Exec(`insert into decision (id, shop_id, case_id, case_line_id, stage, decided_at, outcome, core, core_hash, facts) values ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10)`,
		s.ID, s.ShopID, s.CaseID, s.LineID, s.Stage, s.At, s.Outcome, string(s.Core), s.CoreHash, string(s.Facts))
}

const columns = `id, shop_id, case_id, case_line_id, stage, decided_at, outcome, core, core_hash, facts`

func scan(r interface{ Scan(...any) error }) (Stored, error) {
	var s Stored
	var core, facts string
	err := r.Scan(&s.ID, &s.ShopID, &s.CaseID, &s.LineID, &s.Stage, &s.At, &s.Outcome, &core, &s.CoreHash, &facts)
	s.Core, s.Facts = json.RawMessage(core), json.RawMessage(facts)
	return s, err
}

// Get reads one decision of a shop.
func Get(tx *db.Tx, shopID, decisionID id.ID) (Stored, error) {
	s, err := scan(tx.QueryRow(`select `+columns+` from decision where id = $1 and shop_id = $2`, decisionID, shopID))
	if err == db.ErrNoRows {
		return s, errs.New(errs.NotFound, "policy.decision_not_found")
	}
	return s, err
}

// OfLine lists a line's decisions, oldest first.
func OfLine(tx *db.Tx, shopID, lineID id.ID) ([]Stored, error) {
	return db.Collect(tx, func(r *db.Rows) (Stored, error) { return scan(r) },
		`select `+columns+` from decision where case_line_id = $1 and shop_id = $2 order by id`, lineID, shopID)
}
