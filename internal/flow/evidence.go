package flow

import (
	"context"
	"strings"

	"github.com/sanbao/sanbao/errs"
	"github.com/sanbao/sanbao/internal/cases"
	"github.com/sanbao/sanbao/internal/db"
	"github.com/sanbao/sanbao/internal/evidence"
	"github.com/sanbao/sanbao/internal/id"
	"github.com/sanbao/sanbao/internal/line"
	"github.com/sanbao/sanbao/internal/movement"
)

// LocateEvidence wants a case of the shop, and a line and a parcel of that case where they are named. Evidence of a parcel
// bears its waybill unless another one was read off the picture.
func LocateEvidence(tx *db.Tx, shopID id.ID, p evidence.Place) (evidence.Place, error) {
	if _, err := cases.Get(tx, shopID, p.CaseID); err != nil {
		return p, err
	}
	if p.LineID != 0 {
		l, err := line.Get(tx, shopID, p.LineID)
		if err != nil {
			return p, err
		}
		if l.CaseID != p.CaseID {
			return p, errs.New(errs.NotFound, "line.not_found", errs.Args{"line": p.LineID.String()})
		}
	}
	if p.ParcelID != 0 {
		m, err := movement.Get(tx, shopID, p.ParcelID)
		if err != nil {
			return p, err
		}
		if m.CaseID != p.CaseID {
			return p, errs.New(errs.NotFound, "movement.not_found", errs.Args{"movement": p.ParcelID.String()})
		}
		if p.Waybill == "" {
			p.Waybill = m.Waybill
		}
	}
	return p, nil
}

// EvidenceChanged gives the case another version, as every command does: who looks at it looks again.
func (f *Flow) EvidenceChanged(tx *db.Tx, shopID, caseID id.ID) error {
	version, err := cases.Touch(tx, shopID, caseID)
	if err == nil {
		f.changed(tx, shopID, caseID, version)
	}
	return err
}

// checkEvidence reads what a finding says of its proof. It is free text, and ids of evidence may stand in it; those have
// to be of the line's own case.
func (f *Flow) checkEvidence(ctx context.Context, shopID, lineID id.ID, proof string) error {
	var ids []id.ID
	for word := range strings.FieldsFuncSeq(proof, func(r rune) bool { return strings.ContainsRune(" ,;，；、\n\t", r) }) {
		if i, err := id.Parse(word); err == nil {
			ids = append(ids, i)
		}
	}
	if len(ids) == 0 {
		return nil
	}
	var other []id.ID
	err := f.DB.Read(ctx, func(tx *db.Tx) error {
		l, err := line.Get(tx, shopID, lineID)
		if err != nil {
			return err
		}
		other, err = evidence.Elsewhere(tx, shopID, l.CaseID, ids)
		return err
	})
	if err != nil {
		return err
	}
	var faults errs.Faults
	for _, i := range other {
		faults.Add("/evidence", "flow.evidence_elsewhere", errs.Args{"id": i.String()})
	}
	return faults.Err()
}

var _ = errs.Register(map[string]errs.Text{
	"flow.evidence_elsewhere": {ZhCN: "凭证 {id} 属于另一张售后单，请把它上传到本单。", En: "Evidence {id} belongs to another case; upload it to this one."},
})
