package flow

import (
	"github.com/sanbao/sanbao/errs"
	"github.com/sanbao/sanbao/internal/db"
	"github.com/sanbao/sanbao/internal/id"
	"github.com/sanbao/sanbao/internal/policy"
	"github.com/sanbao/sanbao/internal/shop"
	"github.com/sanbao/sanbao/rule"
)

// dispositionTable says what becomes of goods that are back → to: restock, sell_marked, destroy.
const dispositionTable = "disposition"

// Becomes is what the shop's policy says becomes of goods by what an inspection found (NRR-25: sold again only as what they
// are; returned food and opened cosmetics never): a word of the table disposition of the versions that decided. "" before
// inspection, where the pack has no such table, and where it turns on something nobody has established.
//
// Errors: policy.version_unknown when a version that decided is not loaded any more.
func (f *Flow) Becomes(tx *db.Tx, s shop.Shop, decisionID id.ID) (string, error) {
	stored, err := policy.Get(tx, s.ID, decisionID)
	if err != nil {
		return "", err
	}
	core, err := stored.Decision()
	if err != nil || core.Stage < inspectionStage {
		return "", err
	}
	lib, err := f.Policies.Of(tx, s.ID)
	if err != nil {
		return "", err
	}
	book, err := lib.ByVersion(core.Packs)
	if err != nil {
		return "", err
	}
	facts, err := f.Policies.Vocabulary().ParseFacts(stored.Facts)
	if err != nil {
		return "", err
	}
	cal, err := f.calendar(s)
	if err != nil {
		return "", err
	}
	row, err := book.Lookup(dispositionTable, rule.Input{Facts: facts, Stage: core.Stage, At: core.At, Calendar: cal})
	switch {
	case errs.CodeOf(err) == errs.NotFound:
		return "", nil
	case err != nil:
		return "", err
	case len(row.Open) > 0:
		return "", nil
	}
	return row.Values["to"].Word(), nil
}
