package flow

import (
	"github.com/sanbao/sanbao/errs"
	"github.com/sanbao/sanbao/internal/db"
	"github.com/sanbao/sanbao/internal/id"
	"github.com/sanbao/sanbao/internal/line"
	"github.com/sanbao/sanbao/internal/policy"
	"github.com/sanbao/sanbao/internal/shop"
	"github.com/sanbao/sanbao/rule"
)

// What becomes of goods that are back → to: restock, sell_marked, to_supplier, destroy. A pack that has a table of grades sorts goods by
// it where the warehouse said a grade 成色; the other one says it by what the inspection found.
const (
	dispositionTable = "disposition"
	gradesTable      = "grades"
)

// Destination is what becomes of goods that are back.
type Destination struct {
	To    string // "" before inspection, where the pack has no such table, and where it turns on something nobody has established
	Grade string // as the warehouse said it; "" where it did not
}

// Becomes is what the shop's policy says becomes of goods by what an inspection found (NRR-25: sold again only as what they
// are; returned food and opened cosmetics never): a word of the tables of the versions that decided.
//
// Errors: policy.version_unknown when a version that decided is not loaded any more.
func (f *Flow) Becomes(tx *db.Tx, s shop.Shop, decisionID id.ID) (d Destination, err error) {
	stored, err := policy.Get(tx, s.ID, decisionID)
	if err != nil {
		return d, err
	}
	core, err := stored.Decision()
	if err != nil || core.Stage < inspectionStage {
		return d, err
	}
	lib, err := f.Policies.Of(tx, s.ID)
	if err != nil {
		return d, err
	}
	book, err := lib.ByVersion(core.Packs)
	if err != nil {
		return d, err
	}
	facts, err := f.Policies.Vocabulary().ParseFacts(stored.Facts)
	if err != nil {
		return d, err
	}
	cal, err := f.calendar(s)
	if err != nil {
		return d, err
	}
	in := rule.Input{Facts: facts, Stage: core.Stage, At: core.At, Calendar: cal}
	table := dispositionTable
	if said := facts[line.FactGrade.Name()]; len(said) > 0 {
		d.Grade = said[len(said)-1].Value.Word()
		if sortsByGrade(book, in) {
			table = gradesTable
		}
	}
	row, err := book.Lookup(table, in)
	switch {
	case errs.CodeOf(err) == errs.NotFound:
		return d, nil
	case err != nil:
		return d, err
	case len(row.Open) > 0:
		return d, nil
	}
	d.To = row.Values["to"].Word()
	return d, nil
}

// sortsByGrade says that a pack has a table of grades.
func sortsByGrade(book *rule.Book, in rule.Input) bool {
	_, err := book.Lookup(gradesTable, in)
	return errs.CodeOf(err) != errs.NotFound
}

// sheet lists what an inspection may say besides what the decision asks for.
func (d *Dossier) sheet(l line.Line, allowed []Command) []string {
	if !in(Inspect, allowed...) {
		return nil
	}
	book, err := d.book(l)
	if err != nil || !sortsByGrade(book, rule.Input{Facts: rule.Facts{}, Stage: inspectionStage, At: d.Now, Calendar: d.Calendar}) {
		return nil // a policy that cannot be read is told by the command itself
	}
	return []string{line.FactGrade.Name()}
}
