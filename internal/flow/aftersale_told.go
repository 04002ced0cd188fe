package flow

import (
	"context"
	"encoding/json"
	"strings"

	"github.com/sanbao/sanbao/errs"
	"github.com/sanbao/sanbao/internal/db"
	"github.com/sanbao/sanbao/internal/id"
	"github.com/sanbao/sanbao/internal/intake"
)

// Differences lists a shop's open differences, newest first, each told in a language.
func Differences(ctx context.Context, d *db.DB, shopID, before id.ID, limit int, lang errs.Lang) (out []intake.Difference, err error) {
	err = d.Read(ctx, func(tx *db.Tx) error {
		out, err = intake.Differences(tx, shopID, before, limit)
		return err
	})
	for i := range out {
		out[i].Text = differenceText(lang, out[i])
	}
	return out, err
}

// differenceText is a difference in one sentence.
func differenceText(lang errs.Lang, d intake.Difference) string {
	args := errs.Args{"row": d.Row, "number": d.ReturnNo, "order": d.OrderNo, "theirs": d.Theirs, "ours": d.Ours}
	if d.What != intake.AboutCase {
		return errs.Render(lang, "import.differs_"+d.What, args)
	}
	reason, why, refused := strings.Cut(d.Ours, " ")
	out := errs.Render(lang, "import.unmatched_"+reason, args)
	if refused {
		key, data, _ := strings.Cut(why, " ")
		var with errs.Args
		if json.Unmarshal([]byte(data), &with) != nil {
			with = nil
		}
		out += " " + errs.Render(lang, key, with)
	}
	return out
}

// kept is a refusal as a difference keeps it: its key and arguments, so that it can be told in any language.
func kept(e *errs.Error) string {
	key, args := e.Key, e.Args
	if len(e.Fields) > 0 {
		key, args = e.Fields[0].Key, e.Fields[0].Args
	}
	data, err := json.Marshal(args)
	if err != nil || len(args) == 0 {
		return key
	}
	return key + " " + string(data)
}

var _ = errs.Register(map[string]errs.Text{
	"import.differs_amount":   {ZhCN: "售后单 {number}：平台退 {theirs}，我方核算 {ours}。", En: "{number}: the platform gives back {theirs}, we worked out {ours}."},
	"import.differs_status":   {ZhCN: "售后单 {number}：平台状态为“{theirs}”，我方为 {ours}。", En: "{number}: the platform has it as \"{theirs}\", we as {ours}."},
	"import.differs_deadline": {ZhCN: "售后单 {number}：平台要求 {theirs} 前处理，我方排在 {ours}。", En: "{number}: the platform wants an answer by {theirs}, our day is {ours}."},
	"import.differs_refund":   {ZhCN: "售后单 {number}：平台已退款（{theirs}），我方未确认，状态 {ours}。", En: "{number}: refunded on the platform ({theirs}), not confirmed here, where it is {ours}."},
})
