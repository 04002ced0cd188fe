package flow_test

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"github.com/sanbao/sanbao/errs"
	"github.com/sanbao/sanbao/internal/db"
	"github.com/sanbao/sanbao/internal/flow"
	"github.com/sanbao/sanbao/internal/id"
	"github.com/sanbao/sanbao/internal/policy"
	"github.com/sanbao/sanbao/rule"
)

// A stored decision is told in sentences from its own facts and versions, to whoever asks (SH-03).
func TestWhy(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		o := k.sold(4, 0, []article{{"SH-1902", 19900, 1}})
		v := k.apply(flow.Asked{OrderLineID: o.Lines[0].ID, Quantity: 1, Ground: "quality", Remedy: "refund_return", Facts: facts("goods.worn", true, "evidence.photo", true)})
		decision := v.Lines[0].DecisionID
		why, err := k.f.Why(k.ctx(), k.shop.ID, decision, errs.ZhCN, rule.ForMediator)
		k.must(err)
		text := why.Text()
		for _, want := range []string{"可以退货退款，退 199.00 元", "law-cn.quality_return", "鞋子有穿着痕迹", "shoes.quality", "S4-15", "店规不能减少法定权利", "退回运费：由商家承担"} {
			if !strings.Contains(text, want) {
				t.Errorf("no %s in\n%s", want, text)
			}
		}
		if why.DecisionID != decision || why.Outcome != rule.Approve || why.Stage != "application" || why.Lang != errs.ZhCN || why.Audience != rule.ForMediator {
			t.Errorf("%+v", why)
		}
		if to, err := k.f.Why(k.ctx(), k.shop.ID, decision, errs.En, rule.ForCustomer); err != nil || strings.Contains(to.Text(), "shoes.") || !strings.Contains(to.Text(), "as told by you") {
			t.Errorf("%v\n%s", err, to.Text())
		}
		_, err = k.f.Why(k.ctx(), id.New(), decision, errs.En, rule.ForAgent) // another shop's
		k.refused("policy.decision_not_found", err)
		_, err = k.f.Why(k.ctx(), k.shop.ID, id.New(), errs.En, rule.ForAgent)
		k.refused("policy.decision_not_found", err)
	})
}

// What does not replay byte for byte, or was made by a version we do not hold, is said to be so and never explained.
func TestWhyNeverExplainsWhatWasNotDecided(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		o := k.sold(4, 0, []article{{"SH-1902", 19900, 1}})
		v := k.apply(flow.Asked{OrderLineID: o.Lines[0].ID, Quantity: 1, Ground: "quality", Remedy: "refund_return", Facts: facts("goods.worn", true)})
		decision := v.Lines[0].DecisionID
		r, err := k.f.Replay(k.ctx(), k.shop.ID, decision)
		k.must(err)
		if len(r.Decision.Trace) == 0 || r.Book == nil || r.Calendar == nil {
			t.Errorf("%+v", r)
		}
		explain := func(change func(*policy.Stored)) error { // of a decision that stands in the books otherwise
			s := r.Stored
			s.ID = id.New()
			change(&s)
			k.must(k.f.DB.Write(k.ctx(), func(tx *db.Tx) error {
				return tx.Batch(func(b *db.Batch) { policy.Insert(b, s) })
			}))
			_, err := k.f.Why(k.ctx(), k.shop.ID, s.ID, errs.En, rule.ForAgent)
			return err
		}
		replace := func(in *json.RawMessage, old, new string) {
			if !bytes.Contains(*in, []byte(old)) {
				t.Fatalf("no %s in %s", old, *in)
			}
			*in = bytes.ReplaceAll(*in, []byte(old), []byte(new))
		}
		k.must(explain(func(*policy.Stored) {}))
		k.refused("flow.replay_differs", explain(func(s *policy.Stored) {
			replace(&s.Facts, `"goods.worn":{"application":true}`, `"goods.worn":{"application":false}`)
		}))
		k.refused("policy.version_unknown", explain(func(s *policy.Stored) { replace(&s.Core, `"version":"2024-07"`, `"version":"1999-01"`) }))
		k.refused("rule.core_format", explain(func(s *policy.Stored) { replace(&s.Core, `"format":1`, `"format":99`) }))
	})
}
