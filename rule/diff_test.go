package rule

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/sanbao/sanbao/errs"
)

// edited is the footwear pack with texts of its files replaced; every replacement must find its text.
func edited(t *testing.T, voc *Vocabulary, changes ...string) *Pack {
	t.Helper()
	fsys := fstest.MapFS{}
	all := ""
	for _, name := range []string{"pack.yaml", "claims.yaml", "texts.yaml"} {
		data, err := fs.ReadFile(os.DirFS("testdata"), "footwear/"+name)
		if err != nil {
			t.Fatal(err)
		}
		all += string(data)
		fsys["footwear/"+name] = &fstest.MapFile{Data: []byte(strings.NewReplacer(changes...).Replace(string(data)))}
	}
	for i := 0; i < len(changes); i += 2 {
		if !strings.Contains(all, changes[i]) {
			t.Fatalf("nothing to change: %q", changes[i])
		}
	}
	p, err := Load(fsys, "footwear", voc)
	if err != nil {
		t.Fatal(sentences(err))
	}
	return p
}

func diffTexts(t *testing.T, a, b *Pack, lang errs.Lang, beside ...*Pack) string {
	t.Helper()
	changes, err := Diff(a, b, lang, beside...)
	if err != nil {
		t.Fatal(err)
	}
	out := ""
	for _, c := range changes {
		if c.Text == "" || c.ID == "" || c.Before == "" && c.After == "" && c.What != "pack" {
			t.Errorf("a change without words: %+v", c)
		}
		out += c.Text + "\n"
	}
	return out
}

// A version in which something of everything is otherwise, in the three languages. Whoever changes a sentence reads these
// again (-update).
func TestDiffReadsWell(t *testing.T) {
	voc := testVocabulary(t)
	law := loadTest(t, voc, "law")
	a, b := loadTest(t, voc, "footwear"), edited(t, voc,
		"version: \"1\"", "version: \"2\"", "effective_from: 2026-01-01", "effective_from: 2026-07-01", "[shoes]", "[shoes, jade]",
		"no_reason_days: {type: days, value: 7", "no_reason_days: {type: days, value: 10", "value: 15.00", "value: 20.00",
		"  refund_days: {type: days, value: 1", "  refund_days: {type: workdays, value: 1",
		"  other: {fault: undetermined", "  too_heavy: {fault: customer, cites: [S4-20]}\n  other: {fault: undetermined",
		"\"!goods.tag_removed\", else: incomplete}", "\"!goods.tag_removed\", else: worn, presume: met}", "  - {id: inner_pack, is: goods.inner_pack, else: incomplete}\n", "",
		"return: customer}", "return: shop}", "threshold_freight: order.list_freight, gift_price: order.gift_price", "gift_price: \"order.gift_price - fen(500)\"",
		"    exchange: {right: as_of_right, freight: {both: customer}}\n", "", "evidence: [evidence.photo]", "evidence: []",
		"ground: [quality, wrong_item]", "ground: [quality]", "[S4-15, S4-16, S4-17]", "[S4-15, S4-16]",
		"amount: repair.cost", "amount: \"percent(repair.cost, 80)\"", "{table: repair_authority}", "supervisor",
		"  rows:\n  - {when: {repair.cost: \"<= $repair_limit\"}, then: {authority: agent}", "  rows:\n  - {when: {goods.worn: true}, then: {authority: supervisor}, cites: [S4-15]}\n  - {when: {repair.cost: \"<= $repair_limit\"}, then: {authority: agent}",
		"七天内全新可退换", "\"{no_reason_days} 天内全新可退换\"", "it has been worn", "it has been worn outside")
	for _, lang := range []errs.Lang{errs.ZhCN, errs.ZhTW, errs.En} {
		got := diffTexts(t, a, b, lang, law)
		file := filepath.Join("testdata", "diff", string(lang)+".txt")
		if *update {
			if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if got != string(want) {
			t.Errorf("%s: got\n%s\nwant\n%s", lang, got, want)
		}
	}
}

func TestDiffSays(t *testing.T) {
	voc := testVocabulary(t)
	a := loadTest(t, voc, "footwear")
	for _, c := range []struct {
		name    string
		changes []string
		want    string
	}{
		{"nothing", nil, ""},
		{"a parameter, and where it bites", []string{"value: 7", "value: 15"}, "No-reason days 7 days → 15 days\nClaim footwear.no_reason · time: 7 days → 15 days\n"},
		{"a claim that goes is one change", []string{"- claim: footwear.local_repair\n  mode: offer\n  ground: [quality]\n  gives:\n    local_repair: {amount: repair.cost, authority: {table: repair_authority}}\n  cites: [S4-26]\n", ""},
			"Claim footwear.local_repair, gone: A repair near home is reimbursed\n"},
		{"a comment is no rule", []string{"source: S4\n", "source: S4 # the shop's handbook\n"}, "The files of the rules were edited, but no rule says anything else (comments, or the way it is written).\n"},
		{"one language of a text", []string{"已穿过", "穿过"}, "Words of reason \"worn\" · words (zh-CN): 已穿过 → 穿过\n"},
		{"a text that names its parameter now, and reads the same", []string{"Within seven days", "Within {no_reason_days} days"},
			"Customer's text of \"footwear.no_reason\" · words: Within seven days, brand new, it can be returned or exchanged → Within 7 days, brand new, it can be returned or exchanged\n"},
		{"conditions in another order", []string{"  - {id: unworn, is: \"!goods.worn\", else: worn, cites: [S4-15]}\n  - {id: tag_on, is: \"!goods.tag_removed\", else: incomplete}\n",
			"  - {id: tag_on, is: \"!goods.tag_removed\", else: incomplete}\n  - {id: unworn, is: \"!goods.worn\", else: worn, cites: [S4-15]}\n"},
			"Claim footwear.no_reason: its conditions stand in another order (the first that fails is the reason given)\n"},
		{"a row between rows", []string{"  - {then: {authority: supervisor}", "  - {when: {goods.worn: true}, then: {authority: agent}, cites: [S4-26]}\n  - {then: {authority: supervisor}"},
			"Table repair_authority, row 2, new: \"Worn outside\" = yes ⇒ authority = agent (S4-26)\n"},
	} {
		if got := diffTexts(t, a, edited(t, voc, c.changes...), errs.En); got != c.want {
			t.Errorf("%s: got\n%swant\n%s", c.name, got, c.want)
		}
	}
	if _, err := Diff(a, loadTest(t, voc, "law"), errs.En); err == nil || errs.As(err).Key != "rule.diff_others" {
		t.Errorf("two packs: %v", err)
	}
}
