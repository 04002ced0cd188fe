package rule

import (
	"strings"
	"testing"
	"testing/fstest"

	"github.com/sanbao/sanbao/errs"
)

func hatPage(t *testing.T, lang errs.Lang, changes ...string) string {
	t.Helper()
	fsys := fstest.MapFS{}
	for name, text := range hats {
		fsys["hats/"+name] = &fstest.MapFile{Data: []byte(strings.NewReplacer(changes...).Replace(text))}
	}
	voc := testVocabulary(t)
	p, err := Load(fsys, "hats", voc)
	if err != nil {
		t.Fatal(sentences(err))
	}
	page, err := Page(p, lang, loadTest(t, voc, "law"))
	if err != nil {
		t.Fatal(err)
	}
	return page
}

func TestPage(t *testing.T) {
	holds(t, hatPage(t, errs.En), "# Hats\n", "Version 1, for orders paid from 2026-01-01.", "## No reason\n", "Also: Too small.", "### Return and refund\n",
		"Within ten days it can go back", "- Time: within 10 days after the day \"Signed for on\" (what counts is \"Applied on\"; the last day counts in full)",
		"- Not possible if: it was worn; the goods are not intact; made to order", "- First delivery: not given back", "- Return leg: paid by you", "- We refund: within 10 days after the day \"Goods back on\"",
		"- These take nothing from what the law gives you: it was worn (Statutory floor)", "### What the law gives\n")
	holds(t, hatPage(t, errs.ZhCN), "# 帽子店\n", "## 七天无理由\n", "- 期限：签收日期次日起 10 天内", "- 以下情况不能办理：戴过；商品不完好；定做商品", "- 这些不影响法律给您的权利：戴过（法定底线）")
}

// The page says what decides: another parameter is another number, another clause another sentence.
func TestPageFollowsTheRules(t *testing.T) {
	page := hatPage(t, errs.En, "value: 10", "value: 14", "return: customer}, refund: goods", "return: shop}, refund: {percent: 80}, evidence: [evidence.photo]")
	holds(t, page, "within 14 days after the day \"Signed for on\"", "- Return leg: paid by the shop", "- Refund: 80 % of what was paid for the goods", "- Please show: Photo")
	if offered := hatPage(t, errs.En, "mode: promise", "mode: offer", "right: as_of_right", "right: offer"); !strings.Contains(offered, "- This is a proposal;") {
		t.Error(offered)
	}
	if agents := hatPage(t, errs.En); strings.Contains(agents, "15.00") {
		t.Error("what an agent may agree to is nobody else's business")
	}
}

// A ground that counts as another has a chapter where the pack promises something for it alone.
func TestPageOfASubGround(t *testing.T) {
	if page := hatPage(t, errs.En, "ground: [no_reason]", "ground: [too_small]"); !strings.Contains(page, "## Too small\n\n### Return and refund\n") {
		t.Error(page)
	}
	if page := hatPage(t, errs.En); strings.Contains(page, "## Too small") {
		t.Error(page)
	}
}

// A right of the law that waits for a finding of its own is no measure of the shop's conditions.
func TestPageMeasuresByRightsThatNeedNoFinding(t *testing.T) {
	voc := testVocabulary(t)
	law := func(conds string) *Pack {
		return pack(t, voc, Law, clause("law.a", "floor", "no_reason", "  if:\n  - {id: tag_on, is: \"!goods.tag_removed\", else: not_intact}\n"+conds, plain))
	}
	fsys := fstest.MapFS{}
	for name, text := range hats {
		fsys["hats/"+name] = &fstest.MapFile{Data: []byte(text)}
	}
	p, err := Load(fsys, "hats", voc)
	if err != nil {
		t.Fatal(sentences(err))
	}
	for conds, void := range map[string]bool{"": true, "  - {id: found, is: \"finding.defect\", else: not_found, presume: unmet}\n": false} {
		page, err := Page(p, errs.En, law(conds))
		if err != nil {
			t.Fatal(sentences(err))
		}
		if got := strings.Contains(page, "These take nothing from what the law gives you"); got != void {
			t.Errorf("%q: says so %v, want %v", conds, got, void)
		}
	}
}
