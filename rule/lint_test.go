package rule

import (
	"os"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/sanbao/sanbao/errs"
)

// hats is a small clean pack. Tests change a line of it and look what lint says.
var hats = map[string]string{
	"pack.yaml": `pack: hats
layer: shop
version: "1"
effective_from: 2026-01-01
currency: CNY
title: {zh-CN: 帽子店, en: Hats}
params:
  days: {type: days, value: 10, title: {zh-CN: 天数, en: Days}, cites: [H-1]}
  limit: {type: money, value: 15.00, title: {zh-CN: 额度, en: Limit}, cites: [H-2]}
grounds:
  too_small: {as: no_reason, cites: [H-1]}
  unclear: {fault: undetermined, cites: [H-1]}
alternatives: [human_review]
`,
	"claims.yaml": `- claim: hats.back
  mode: promise
  ground: [no_reason]
  window: {from: line.signed_on, days: $days, tested: application.sent_on, counts: shop, roll: none, else: too_late}
  if:
  - {id: unworn, is: "!goods.worn", else: worn}
  - {id: tag_on, is: "!goods.tag_removed", else: not_intact}
  unless:
  - {if: "line.custom_made", else: custom_made}
  gives:
    refund_return: {right: as_of_right, freight: {outbound: kept, return: customer}, refund: goods, due: {from: goods.back_on, days: $days}}
  cites: [H-1]
- table: who
  hit: first
  out: {authority: [agent, supervisor]}
  rows:
  - {when: {repair.cost: "<= $limit"}, then: {authority: agent}}
  - {then: {authority: supervisor}}
  cites: [H-2]
`,
	"texts.yaml": `grounds:
  too_small: {zh-CN: 太小, en: Too small}
  unclear: {zh-CN: 说不清, en: Unclear}
reasons:
  worn: {zh-CN: 戴过, en: it was worn}
sources:
  H: {zh-CN: "帽店规则第{n}条", en: "hat rule {n}"}
  CPL: {zh-CN: "消法第{n}条", en: "article {n}"}
  NRR: {zh-CN: "办法第{n}条", en: "measure {n}"}
claims:
  hats.back:
    customer: {zh-CN: 十天内可以退, en: "Within ten days it can go back"}
    agent: {zh-CN: 看吊牌, en: Look at the tag}
`,
}

// lintHats replaces texts in the pack's files and lists what lint says, as "place key".
func lintHats(t *testing.T, file, old, new string) []string {
	t.Helper()
	fsys := fstest.MapFS{}
	for name, text := range hats {
		if name == file {
			if !strings.Contains(text, old) {
				t.Fatalf("%s does not hold %q", file, old)
			}
			text = strings.Replace(text, old, new, 1)
		}
		fsys["hats/"+name] = &fstest.MapFile{Data: []byte(text)}
	}
	voc := testVocabulary(t)
	law, err := Load(os.DirFS("testdata"), "law", voc)
	if err != nil {
		t.Fatal(err)
	}
	found, err := Lint(fsys, "hats", voc, law)
	if err != nil {
		t.Fatal(err)
	}
	out := []string{}
	for _, f := range found {
		out = append(out, f.Place+" "+f.Key)
		for _, lang := range []errs.Lang{errs.ZhCN, errs.En} {
			if s := f.Text(lang); s == f.Key || strings.Contains(strings.ReplaceAll(s, "{no_reason_days}", ""), "{") && f.Key != "rule.lint_placeholder" {
				t.Errorf("%s %s: %q", f.Place, lang, s)
			}
		}
	}
	return out
}

func TestLint(t *testing.T) {
	for _, x := range []struct{ name, file, old, new, want string }{
		{"clean", "pack.yaml", "", "", ""},
		{"a fact nobody produces", "claims.yaml", "!goods.worn", "!goods.wron", "hats/claims.yaml:6:24 rule.fact_unknown"},
		{"types", "claims.yaml", "!goods.worn", "repair.cost < 3", "hats/claims.yaml:6:35 rule.expr_money"},
		{"a window without anchor", "claims.yaml", "from: line.signed_on, days", "days", "hats/claims.yaml:4:11 rule.key_missing"},
		{"a window without roll rule", "claims.yaml", "roll: none, ", "", "hats/claims.yaml:4:11 rule.key_missing"},
		{"a required point left open", "claims.yaml", ", refund: goods", "", "hats/claims.yaml:11:5 rule.point_missing"},
		{"a ground no pack knows", "claims.yaml", "ground: [no_reason]", "ground: [no_raeson]", "hats/claims.yaml:1:3 rule.ground_unknown"},
		{"an unused parameter", "claims.yaml", "<= $limit", "<= 0.00", "hats/pack.yaml:9:3 rule.lint_param_unused"},
		{"an uncited parameter", "pack.yaml", "en: Days}, cites: [H-1]}", "en: Days}}", "hats/pack.yaml:8:3 rule.lint_uncited"},
		{"a citation nobody can read", "claims.yaml", "cites: [H-2]", "cites: [Q-2]", "hats/claims.yaml:13:3 rule.lint_source"},
		{"an uncited ground", "pack.yaml", "{as: no_reason, cites: [H-1]}", "{as: no_reason}", "hats/pack.yaml:11:3 rule.lint_uncited"},
		{"a ground without words", "texts.yaml", "  unclear: {zh-CN: 说不清, en: Unclear}\n", "", "hats/pack.yaml:12:3 rule.lint_unworded"},
		{"an alternative without words", "pack.yaml", "[human_review]", "[ask_the_hatter]", "hats/pack.yaml rule.lint_unworded"},
		{"a reason without words", "texts.yaml", "  worn: {zh-CN: 戴过, en: it was worn}\n", "  too_late: {zh-CN: 晚了, en: late}\n", "hats/claims.yaml:6:5 rule.lint_unworded"},
		{"no words for agents", "texts.yaml", "    agent: {zh-CN: 看吊牌, en: Look at the tag}\n", "", "hats/claims.yaml:1:3 rule.lint_no_agent_text"},
		{"no words for customers", "texts.yaml", "  hats.back:", "  hats.bakc:", "hats/claims.yaml:1:3 rule.lint_no_customer_text,hats/claims.yaml:1:3 rule.lint_no_agent_text,hats/texts.yaml:11:3 rule.lint_text_unused"},
		{"the same condition twice", "claims.yaml", "!goods.tag_removed", "!goods.worn", "hats/claims.yaml:7:5 rule.lint_cond_twice"},
		{"a condition over nothing", "claims.yaml", "!goods.worn", "1 < 2", "hats/claims.yaml:6:5 rule.lint_constant,hats/claims.yaml:6:22 rule.lint_literal,hats/claims.yaml:6:22 rule.lint_literal"},
		{"two conditions in one", "claims.yaml", "!goods.worn", "!goods.worn && finding.defect", "hats/claims.yaml:6:5 rule.lint_compound"},
		{"an alternative inside one condition is fine", "claims.yaml", "!goods.worn", "!goods.worn || finding.defect && line.custom_made", ""},
		{"two exceptions in one", "claims.yaml", "line.custom_made", "line.custom_made || finding.defect", "hats/claims.yaml:9:5 rule.lint_compound"},
		{"a number in a condition", "claims.yaml", "!goods.worn", "repair.cost <= fen(1500)", "hats/claims.yaml:6:22 rule.lint_literal"},
		{"a word with digits is none", "claims.yaml", "!goods.worn", "line.category != 'jade' && line.category != 'other'", "hats/claims.yaml:6:5 rule.lint_compound"},
		{"a number in a period", "claims.yaml", "goods.back_on, days: $days", "goods.back_on, days: 3", "hats/claims.yaml:11:134 rule.lint_literal"},
		{"a number in a table", "claims.yaml", "<= $limit", "<= 20.00", "hats/claims.yaml:17:26 rule.lint_literal,hats/pack.yaml:9:3 rule.lint_param_unused"},
		{"a parameter of another unit", "claims.yaml", "goods.back_on, days: $days", "goods.back_on, workdays: $days", "hats/claims.yaml:11:138 rule.lint_unit"},
		{"the law's count in a shop's pack", "claims.yaml", "counts: shop", "counts: law", "hats/claims.yaml:4:84 rule.lint_counts"},
		{"a row that is never reached", "claims.yaml", "  - {then: {authority: supervisor}}", "  - {when: {repair.cost: \"<= $limit\", goods.worn: true}, then: {authority: agent}}\n  - {then: {authority: supervisor}}", "hats/claims.yaml:18:5 rule.lint_row_hidden"},
		{"freight on the customer in doubt", "claims.yaml", "ground: [no_reason]", "ground: [unclear]", "hats/claims.yaml:11:5 rule.lint_doubt"},
		{"a deduction the law does not allow", "claims.yaml", "refund: goods,", "refund: goods, deduct: {gift_prize: order.gift_price},", "hats/claims.yaml:11:5 rule.lint_no_permit"},
		{"a deduction the law allows", "claims.yaml", "refund: goods,", "refund: goods, deduct: {gift_price: order.gift_price},", ""},
		{"words nobody uses", "texts.yaml", "reasons:", "alternatives:\n  nothing: {zh-CN: 无, en: none}\nreasons:", "hats/texts.yaml:5:3 rule.lint_text_unused"},
		{"English where Chinese belongs", "texts.yaml", "zh-CN: 戴过", "zh-CN: worn", "hats/texts.yaml:5:17 rule.lint_language"},
		{"Chinese where English belongs", "texts.yaml", "en: it was worn", "en: 戴过", "hats/texts.yaml:5:25 rule.lint_language"},
		{"a placeholder nothing fills", "texts.yaml", "en: it was worn", "en: \"it was worn {lastday}\"", "hats/texts.yaml:5:25 rule.lint_placeholder"},
		{"a parameter in a text", "texts.yaml", "en: it was worn", "en: \"it was worn {days} days\"", ""},
		{"a text that says another number, in Chinese", "texts.yaml", "十天内", "七天内", "hats/texts.yaml:12:23 rule.lint_figure"},
		{"a text that says another number, in English", "texts.yaml", "Within ten days", "Within 7 days", "hats/texts.yaml:12:35 rule.lint_figure"},
		{"a rule that changed under its text", "pack.yaml", "value: 10", "value: 14", "hats/texts.yaml:12:23 rule.lint_figure,hats/texts.yaml:12:35 rule.lint_figure"},
		{"an amount no rule has", "texts.yaml", "看吊牌", "20元以内自己定", "hats/texts.yaml:13:20 rule.lint_figure"},
		{"an amount of the rules", "texts.yaml", "看吊牌", "十五元以内自己定，七天无理由另说", ""},
	} {
		t.Run(x.name, func(t *testing.T) {
			if got := strings.Join(lintHats(t, x.file, x.old, x.new), ","); got != x.want {
				t.Errorf("got  %s\nwant %s", got, x.want)
			}
		})
	}
}

func TestLintSaysWhatWasMeant(t *testing.T) {
	voc := testVocabulary(t)
	fsys := fstest.MapFS{}
	for name, text := range hats {
		fsys["hats/"+name] = &fstest.MapFile{Data: []byte(strings.ReplaceAll(text, "$limit", "$limti"))}
	}
	found, err := Lint(fsys, "hats", voc)
	if err != nil || len(found) != 1 {
		t.Fatal(err, found)
	}
	if got := found[0].Text(errs.En); got != "There is no parameter $limti. → $limit?" {
		t.Error(got)
	}
	if _, err := Lint(fstest.MapFS{}, "hats", voc); errs.CodeOf(err) != errs.NotFound {
		t.Errorf("a folder that is none: %v", err)
	}
}

func TestChineseNumbers(t *testing.T) {
	for s, want := range map[string]int64{"七": 7, "十": 10, "十五": 15, "三十": 30, "两": 2, "五百": 500, "一百二十": 120, "四十五": 45, "千": 1000} {
		if got := chineseNumber(s); got != want {
			t.Errorf("%s: %d, want %d", s, got, want)
		}
	}
}

func TestCitations(t *testing.T) {
	got := [][2]string{}
	for _, id := range []string{"CPL-25", "CPLR-18b", "S4-35", "G10", "SI"} {
		letters, n := cutCitation(id)
		got = append(got, [2]string{letters, n})
	}
	if diff := cmp.Diff([][2]string{{"CPL", "25"}, {"CPLR", "18"}, {"S4", "35"}, {"G", "10"}, {"SI", ""}}, got); diff != "" {
		t.Error(diff)
	}
}
