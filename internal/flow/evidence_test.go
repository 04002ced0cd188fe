package flow_test

import (
	"strings"
	"testing"

	"github.com/sanbao/sanbao/errs"
	"github.com/sanbao/sanbao/internal/db"
	"github.com/sanbao/sanbao/internal/evidence"
	"github.com/sanbao/sanbao/internal/flow"
	"github.com/sanbao/sanbao/internal/id"
	"github.com/sanbao/sanbao/internal/movement"
	"github.com/sanbao/sanbao/rule"
)

// photo writes the row of a photo of a case.
func (k *kit) photo(caseID id.ID) id.ID {
	k.t.Helper()
	e, hash := id.New(), strings.Repeat("0", 64)
	k.must(k.f.DB.Write(k.ctx(), func(tx *db.Tx) error {
		_, err := tx.Exec(`insert into evidence (id, shop_id, case_id, waybill, kind, name, media_type, width, height, millis, codec, bytes, sha256, view_type,
			view_sha256, thumb_sha256, sensitive, by, at) values ($1, $2, $3, '', 'image', 'a.jpg', 'image/jpeg', 1, 1, 0, '', 1, $4, 'image/jpeg', $4, $4, $5, '小满', $6)`,
			e, k.shop.ID, caseID, hash, false, tx.Now)
		return err
	}))
	return e
}

// What a finding names as its proof has to be of its own case; words and other numbers stay words.
func TestFindingsNameTheirEvidence(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		o := k.sold(4, 0, []article{{"SH-1902", 19900, 2}})
		ask := flow.Asked{OrderLineID: o.Lines[0].ID, Quantity: 1, Ground: "quality", Remedy: "refund_return", Facts: facts("goods.worn", true)}
		v, other := k.apply(ask), k.apply(ask)
		mine, theirs, l := k.photo(v.Case.ID), k.photo(other.Case.ID), v.Lines[0].ID
		answer := func(proof string) error {
			_, err := k.f.Answer(k.ctx(), agent, k.shop.ID, l, 0, rule.AtEvidence, facts("evidence.photo", true), proof)
			return err
		}
		for _, proof := range []string{"", "聊天视频 1", mine.String(), "见 " + mine.String() + "，" + mine.String(), "7312345678901"} {
			if err := answer(proof); err != nil {
				t.Errorf("%q: %v", proof, err)
			}
		}
		for _, proof := range []string{theirs.String(), mine.String() + ", " + theirs.String()} {
			err := answer(proof)
			if e := errs.As(err); err == nil || e.Code != errs.Invalid || len(e.Fields) != 1 || e.Fields[0].Path != "/evidence" || e.Fields[0].Key != "flow.evidence_elsewhere" {
				t.Errorf("%q: %v", proof, err)
			}
		}
		_, err := k.f.Inspect(k.ctx(), agent, k.shop.ID, l, 0, facts("goods.worn", true), theirs.String())
		k.refused("invalid_input", err)
		_, err = k.f.AnswerGround(k.ctx(), agent, k.shop.ID, l, 0, "quality", rule.AtEvidence, facts("evidence.photo", true), theirs.String())
		k.refused("invalid_input", err)
	})
}

// Evidence goes to a case of the shop, and to a line and a parcel of that case; the parcel's waybill goes with it.
func TestEvidenceIsLocated(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		o := k.sold(4, 0, []article{{"SH-1902", 19900, 2}})
		ask := flow.Asked{OrderLineID: o.Lines[0].ID, Quantity: 1, Ground: "quality", Remedy: "refund_return", Facts: facts("goods.worn", true, "evidence.photo", true)}
		v, other := k.apply(ask), k.apply(ask)
		v = k.ok(k.f.Approve(k.ctx(), supervisor, k.shop.ID, v.Lines[0].ID, 0))
		v = k.ok(k.f.FillWaybill(k.ctx(), agent, k.shop.ID, v.Movements[0].ID, 0, flow.Waybill{Carrier: "圆通", Waybill: "YTDEMO0003", Freight: 1000, AdvancedBy: movement.Customer}))
		locate := func(shop id.ID, p evidence.Place) (out evidence.Place, err error) {
			err = k.f.DB.Read(k.ctx(), func(tx *db.Tx) error {
				out, err = flow.LocateEvidence(tx, shop, p)
				return err
			})
			return out, err
		}
		full := evidence.Place{CaseID: v.Case.ID, LineID: v.Lines[0].ID, ParcelID: v.Movements[0].ID}
		if got, err := locate(k.shop.ID, full); err != nil || got.Waybill != "YTDEMO0003" {
			t.Errorf("%+v, %v", got, err)
		}
		if got, err := locate(k.shop.ID, evidence.Place{CaseID: v.Case.ID, ParcelID: full.ParcelID, Waybill: "SF1"}); err != nil || got.Waybill != "SF1" {
			t.Errorf("%+v, %v", got, err)
		}
		for _, c := range []struct {
			shop id.ID
			p    evidence.Place
			key  string
		}{
			{k.shop.ID, evidence.Place{CaseID: id.New()}, "case.not_found"},
			{id.New(), full, "case.not_found"},
			{k.shop.ID, evidence.Place{CaseID: other.Case.ID, LineID: full.LineID}, "line.not_found"},
			{k.shop.ID, evidence.Place{CaseID: v.Case.ID, LineID: id.New()}, "line.not_found"},
			{k.shop.ID, evidence.Place{CaseID: other.Case.ID, ParcelID: full.ParcelID}, "movement.not_found"},
			{k.shop.ID, evidence.Place{CaseID: v.Case.ID, ParcelID: id.New()}, "movement.not_found"},
		} {
			_, err := locate(c.shop, c.p)
			k.refused(c.key, err)
		}
	})
}
