package app_test

import (
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/sanbao/sanbao/internal/app"
	"github.com/sanbao/sanbao/internal/auth"
	"github.com/sanbao/sanbao/internal/db"
	"github.com/sanbao/sanbao/internal/desk"
	"github.com/sanbao/sanbao/internal/flow"
	"github.com/sanbao/sanbao/internal/policy"
	"github.com/sanbao/sanbao/internal/web/webtest"
	"github.com/sanbao/sanbao/rule"
)

// Whoever mediates gets contract, application, clauses, facts and fingerprints on one page, and no more of the buyer than a
// stranger may see (ECL-59).
func TestRecordOfADecision(t *testing.T) {
	each(t, func(t *testing.T, a *app.App) {
		mine, other := openShop(t, a, "a-shop"), openShop(t, a, "b-shop")
		v := matter(t, a, mine, "9900000001", flow.Buyer{Key: "buyer-1", Name: "王小明", Phone: "13800138001"}, "size_mismatch", "不想要了")
		decision := v.Lines[0].DecisionID
		r := show[desk.Record](t, a, mine, "/decisions/"+decision.String()+"/record?lang=zh-CN")
		var stored policy.Stored
		if err := a.DB.Read(t.Context(), func(tx *db.Tx) (err error) {
			stored, err = policy.Get(tx, mine, decision)
			return err
		}); err != nil {
			t.Fatal(err)
		}
		sum := sha256.Sum256(stored.Core)
		if r.CoreHash != hex.EncodeToString(sum[:]) || !r.Replayed || r.At != stored.At {
			t.Errorf("%s %v %v", r.CoreHash, r.Replayed, r.At)
		}
		if r.CaseNo != v.Case.Number || r.Order.OrderNo != "9900000001" || r.Order.Buyer != "王**" || r.Goods.SKU != "SH-2401" || r.Goods.Net != 26900 || r.Goods.Quantity != 1 ||
			r.Asked.Words != "尺码不合适" || r.Asked.Remedy != rule.RefundReturn || r.Why.Audience != rule.ForMediator || r.Why.Headline == "" {
			t.Errorf("%+v", r)
		}
		clause := func(id string) (c rule.ClauseAccount) {
			for _, x := range r.Clauses {
				if x.Claim == id {
					c = x
				}
			}
			return c
		}
		if c := clause("law-cn.no_reason"); !c.Won || c.Layer != rule.Law || !strings.Contains(c.Source, "第25条") || c.Text == "" {
			t.Errorf("%+v", c)
		}
		if c := clause("law-cn.free_shipping_lost"); c.Claim != "" && (c.Won || c.State != rule.Failed || len(c.Reasons) == 0) {
			t.Errorf("%+v", c)
		}
		if !slices.ContainsFunc(r.Clauses, func(c rule.ClauseAccount) bool { return c.State == rule.Failed && !c.Won && len(c.Reasons) > 0 }) {
			t.Error("no clause that failed")
		}
		fact := func(name string) (f desk.RecordFact) {
			for _, x := range r.Facts {
				if x.Fact == name {
					f = x
				}
			}
			return f
		}
		if f := fact("goods.worn"); f.Author != xiaoman.Name || f.Stage != "application" || f.At == nil || !f.Declared || !f.Presumed || !f.Known {
			t.Errorf("%+v", f)
		}
		if f := fact("line.signed_on"); f.Author != "" || f.Value != "2026-11-19" || f.Presumed {
			t.Errorf("%+v", f)
		}
		if f := fact("goods.tag_removed"); f.Known || !f.Presumed {
			t.Errorf("%+v", f)
		}
		if len(r.Packs) != 2 || r.Packs[0].Pack != "law-cn" || len(r.Packs[1].Hash) != 64 || r.Packs[1].Title != "女鞋商城售后规则" {
			t.Errorf("%+v", r.Packs)
		}
		w := get(t, a.Server(), "/api/v1/shops/"+mine.String()+"/decisions/"+decision.String()+"/record", webtest.Token(t, a.DB, mine, auth.CasesRead))
		pageHas(t, w.Body.String(), []string{"王**"}, "王小明", "13800138001", "buyer-1")
		if w := get(t, a.Server(), "/api/v1/shops/"+other.String()+"/decisions/"+decision.String()+"/record", webtest.Token(t, a.DB, other, auth.CasesRead)); w.Code != http.StatusNotFound {
			t.Error(w.Code, w.Body)
		}
	})
}
