package policies_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/sanbao/sanbao/calendar"
	"github.com/sanbao/sanbao/errs"
	"github.com/sanbao/sanbao/rule"
)

// notice is the public page of a shop's packs, of one product where words of facts are given.
func notice(t *testing.T, lang errs.Lang, facts map[string]string, names ...string) *rule.Notice {
	t.Helper()
	_, packs := load(t)
	var bound []*rule.Pack
	for _, n := range append([]string{"law-cn"}, names...) {
		bound = append(bound, packs[n])
	}
	book, err := rule.NewBook(bound)
	if err != nil {
		t.Fatal(err)
	}
	cal, err := calendar.Load("CN")
	if err != nil {
		t.Fatal(err)
	}
	day, err := calendar.ParseDate("2026-11-21")
	if err != nil {
		t.Fatal(err)
	}
	in := rule.NoticeInput{Lang: lang, Facts: rule.Facts{}, Calendar: cal, At: cal.StartOf(day)}
	for name, word := range facts {
		in.Facts.Put(name, rule.AtOrder, rule.EnumValue(word))
	}
	n, err := book.Notice(in)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func chapter(t *testing.T, n *rule.Notice, ground string) rule.Chapter {
	t.Helper()
	i := slices.IndexFunc(n.Chapters, func(c rule.Chapter) bool { return c.Ground == ground })
	if i < 0 {
		t.Fatalf("no chapter %s", ground)
	}
	return n.Chapters[i]
}

// What the law has for food alone is nothing to a shoe shop's customer, and the snack shop's sees it (S1-08).
func TestNoticeIsOfWhatTheShopSells(t *testing.T) {
	shoes, snack := notice(t, errs.ZhCN, nil, "shoes"), notice(t, errs.ZhCN, nil, "snack")
	if text := shoes.Markdown(); strings.Contains(text, "食品安全") || strings.Contains(text, "十倍") || !strings.Contains(text, "仅适用于商品类目：鞋靴") {
		t.Error(text)
	}
	if law := strings.Join(chapter(t, snack, "food_safety").Law, "\n"); !strings.Contains(law, "十倍") {
		t.Error(law)
	}
}

// Of an article only what concerns it is said, and what does not is named with the reason (S2-04).
func TestNoticeOfAnArticle(t *testing.T) {
	because := func(n *rule.Notice, what string) string {
		for _, x := range n.NotHere {
			if slices.ContainsFunc(x.What, func(w string) bool { return strings.Contains(w, what) }) {
				return x.Because
			}
		}
		return ""
	}
	for _, c := range []struct {
		pack          string
		facts         map[string]string
		has, hasNot   string
		what, because string
	}{
		{"cosmetics", map[string]string{"line.category": "cosmetics", "line.kind": "ordinary"}, "三十天内", "仪器类商品有质量问题", "仪器类商品有质量问题", "仅适用于商品类目：电子电器"},
		{"cosmetics", map[string]string{"line.category": "electronics", "line.kind": "ordinary"}, "仪器类商品有质量问题", "仅适用于商品类目：电子电器", "", ""},
		{"jade", map[string]string{"line.category": "jade", "line.kind": "custom_made"}, "质量问题可以换货或维修", "保持完好可以无理由退货", "保持完好可以无理由退货", "定作"},
		{"jade", map[string]string{"line.category": "jade", "line.kind": "ordinary"}, "保持完好可以无理由退货", "本商品不适用", "", ""},
		{"shoes", map[string]string{"line.category": "gift", "line.kind": "ordinary"}, "保持完好可以无理由退货", "全新未穿", "女鞋商城售后规则的全部条款", "仅适用于商品类目：鞋靴"},
		{"shoes", map[string]string{"line.category": "food", "line.kind": "ordinary"}, "十倍", "全新未穿", "女鞋商城售后规则的全部条款", "仅适用于商品类目：鞋靴"},
	} {
		n := notice(t, errs.ZhCN, c.facts, c.pack)
		said, _, _ := strings.Cut(n.Markdown(), "## "+n.NotHereTitle)
		if !strings.Contains(said, c.has) || strings.Contains(said, c.hasNot) {
			t.Errorf("%s %v: has %q: %v, has %q: %v\n%s", c.pack, c.facts, c.has, strings.Contains(said, c.has), c.hasNot, strings.Contains(said, c.hasNot), said)
		}
		if c.what != "" && !strings.Contains(because(n, c.what), c.because) {
			t.Errorf("%s %v: %q because of %q, want %q", c.pack, c.facts, c.what, because(n, c.what), c.because)
		}
	}
}

// A condition that only tells one promise from its neighbour refuses nobody, and what has no force against the law is
// said of the law of the same chapter alone (X11).
func TestNoticeConditions(t *testing.T) {
	points := func(n *rule.Notice, ground, claim string, remedy rule.Remedy, kind rule.PointKind) (out string) {
		for _, p := range chapter(t, n, ground).Promises {
			for _, w := range p.Ways {
				for _, x := range w.Points {
					if p.Claim == claim && w.Remedy == remedy && x.Kind == kind {
						out += x.Text + "\n"
					}
				}
			}
		}
		return out
	}
	cosmetics, shoes := notice(t, errs.ZhCN, nil, "cosmetics"), notice(t, errs.ZhCN, nil, "shoes")
	if got := points(cosmetics, "no_reason", "cosmetics.no_reason", rule.RefundReturn, rule.PointOther); !strings.Contains(got, "赠品没有一并退回") {
		t.Error(got)
	}
	if got := points(cosmetics, "no_reason", "cosmetics.no_reason", rule.RefundReturn, rule.PointVoid); got != "" {
		t.Error(got)
	}
	if got := points(shoes, "no_reason", "shoes.no_reason", rule.RefundReturn, rule.PointVoid); !strings.Contains(got, "有穿着痕迹") || !strings.Contains(got, "第25条") {
		t.Error(got)
	}
	if got := points(shoes, "no_reason", "shoes.unshipped", rule.RefundOnly, rule.PointVoid); got != "" {
		t.Error(got)
	}
}

// Marketplace commitments stand beside the shop's own promises, and say whose they are (S1-114, CPLR-12).
func TestNoticeOfSeveralPacks(t *testing.T) {
	n := notice(t, errs.En, nil, "marketplace-commitments", "shoes")
	if n.Title != "Women's shoes after-sales policy" || len(n.Packs) != 3 || n.Packs[0].Pack != "shoes" || n.Packs[2].Layer != rule.Law || n.Packs[2].Hash == "" {
		t.Errorf("%s %+v", n.Title, n.Packs)
	}
	layers := map[rule.Layer]bool{}
	for _, p := range chapter(t, n, "no_reason").Promises {
		layers[p.Layer] = true
	}
	if !layers[rule.Shop] || !layers[rule.Marketplace] || layers[rule.Law] {
		t.Error(layers)
	}
}
