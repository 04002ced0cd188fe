package policies_test

import (
	"context"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/sanbao/sanbao/calendar"
	"github.com/sanbao/sanbao/errs"
	"github.com/sanbao/sanbao/policies"
	"github.com/sanbao/sanbao/rule"
)

// shops are the packs that are proven alone, each with the law beneath it.
var shops = map[string]string{"jade": "law-cn", "jewellery-chain": "law-cn", "jewellery-workshop": "law-cn", "jewellery-generic": "law-cn",
	"snack": "law-cn", "cosmetics": "law-cn", "shoes": "law-cn", "gifts-uk": "law-uk"}

// TestShopsAreProven: every shop's pack alone gives no less than the law beneath it, but for what it lists itself, and
// lists no more than that (G3, X11, X12).
func TestShopsAreProven(t *testing.T) {
	_, packs := load(t)
	for dir, law := range shops {
		t.Run(dir, func(t *testing.T) {
			p := prove(t, packs[dir], packs[law])
			for _, f := range p.Findings {
				t.Errorf("%s: %s\n%v", f.Place, f.Text(errs.En), f.Facts)
			}
		})
	}
}

// TestOthersAreSound: a pack of the law or a marketplace has no row or condition that nothing brings about.
func TestOthersAreSound(t *testing.T) {
	_, packs := load(t)
	for dir, beside := range map[string][]*rule.Pack{"law-cn": nil, "law-cn-2021": nil, "law-uk": nil, "marketplace-commitments": {packs["law-cn"]}} {
		for _, f := range prove(t, packs[dir], beside...).Findings {
			t.Errorf("%s: %s\n%v", f.Place, f.Text(errs.En), f.Facts)
		}
	}
}

func prove(t testing.TB, shop *rule.Pack, beside ...*rule.Pack) *rule.Proof {
	t.Helper()
	p, err := rule.Verify(context.Background(), rule.VerifyInput{Shop: shop, Beside: beside, Calendar: calendarOf(t, shop)})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func calendarOf(t testing.TB, p *rule.Pack) *calendar.Calendar {
	t.Helper()
	id := "CN"
	if p.Currency != "CNY" {
		id = "GB-EAW"
	}
	cal, err := calendar.Load(id)
	if err != nil {
		t.Fatal(err)
	}
	return cal
}

// broken are shipped packs with one promise broken, and what the proof has to come to: claim, point, and claim of the law.
var broken = []struct {
	name, dir, file, old, new, want string
	n                               int // which occurrence of old, 0 the first
}{
	{name: "five days for online orders", dir: "cosmetics", file: "pack.yaml", old: "{type: days, value: 30,", new: "{type: days, value: 5,",
		want: "below_floor cosmetics.no_reason too_late law-cn.no_reason"},
	{name: "forty-five days", dir: "cosmetics", file: "pack.yaml", old: "{type: days, value: 30,", new: "{type: days, value: 45,"},
	{name: "three days after opening", dir: "cosmetics", file: "pack.yaml", old: "{type: days, value: 7, title: {zh-CN: 开封后", new: "{type: days, value: 3, title: {zh-CN: 开封后",
		want: "below_floor cosmetics.mismatch opened_too_long law-cn.mismatch_return"},
	{name: "five days for faults", dir: "shoes", file: "pack.yaml", old: "value: 7, title: {zh-CN: 质量问题", new: "value: 5, title: {zh-CN: 质量问题",
		want: "below_floor shoes.quality too_late law-cn.quality_return"},
	{name: "freight of a fault on the customer", dir: "shoes", file: "returns.yaml", old: "return: shop}", new: "return: customer}",
		want: "below_floor shoes.quality freight.return law-cn.quality_return"},
	{name: "a condition more", dir: "shoes", file: "returns.yaml", old: "- {id: defect,       is:", new: "- {id: boxed, is: \"!goods.inner_pack_missing\", else: inner_pack_missing}\n  - {id: defect,       is:",
		want: "below_floor shoes.quality inner_pack_missing law-cn.quality_return"},
	{name: "nine tenths of the price", dir: "cosmetics", file: "returns.yaml", old: "refund: goods", new: "refund: {percent: 90}", n: 4,
		want: "below_floor cosmetics.quality refund law-cn.quality_return"},
	{name: "a fee nobody allows", dir: "cosmetics", file: "returns.yaml", old: "      refund: goods\n", new: "      refund: goods\n      deduct: {handling: fen(500)}\n",
		want: "below_floor cosmetics.no_reason deduct.handling law-cn.no_reason"},
	{name: "more than the permit", dir: "cosmetics", file: "returns.yaml", old: "gift_price: \"line.gift_value\"", new: "gift_price: \"line.gift_value + fen(100)\"",
		want: "below_floor cosmetics.gift_kept deduct.gift_price law-cn.no_reason"},
	{name: "money a day later", dir: "cosmetics", file: "pack.yaml", old: "refund_days:\n    {type: days, value: 7", new: "refund_days:\n    {type: days, value: 8",
		want: "below_floor cosmetics.no_reason due law-cn.no_reason"},
	{name: "no fault without a photo", dir: "cosmetics", file: "returns.yaml", old: "exchange: {right: as_of_right, freight: {both: shop},", new: "exchange: {right: as_of_right, freight: {both: shop}, evidence: [evidence.photo],",
		want: "below_floor cosmetics.quality evidence.photo law-cn.quality_remedy"},
	{name: "repair as a favour", dir: "cosmetics", file: "returns.yaml", old: "repair: {right: as_of_right,", new: "repair: {right: offer,",
		want: "below_floor cosmetics.repair right law-cn.quality_repair"},
	{name: "a listed override left out", dir: "shoes", file: "pack.yaml", old: "in: [evidence.photo, not_resaleable, worn]", new: "in: [evidence.photo, not_resaleable]",
		want: "below_floor shoes.quality worn law-cn.quality_return"},
	{name: "one listed that never happens", dir: "shoes", file: "pack.yaml", old: "in: [roll], by: [law-cn.quality_return]", new: "in: [roll, due], by: [law-cn.quality_return]",
		want: "not_overridden shoes.quality due law-cn.quality_return"},
	{name: "a condition that is never met", dir: "shoes", file: "returns.yaml", old: "- {id: defect,       is: \"finding.defect\"", new: "- {id: defect,       is: \"finding.defect && line.category == 'food'\"",
		want: "unreachable shoes.quality defect "},
	{name: "a row behind a wider one", dir: "shoes", file: "tables.yaml", old: "\"<= $agent_limit\"", new: "\">= 0.00\"",
		want: "unreachable approval 3 "},
	{name: "two rows of a unique table", dir: "shoes", file: "tables.yaml", old: "- table: money_approval\n  hit: first", new: "- table: money_approval\n  hit: unique",
		want: "ambiguous money_approval  "},
	{name: "who comes early comes in vain", dir: "shoes", file: "returns.yaml", old: "- {id: unworn,       is: \"!goods.worn\",                   else: worn,", new: "- {id: early, is: \"application.sent_on > order.paid_on\", else: worn}\n  - {id: unworn,       is: \"!goods.worn\",                   else: worn,",
		want: "not_monotone  application.sent_on "},
}

// TestBrokenPromisesAreRefuted breaks one promise of a shipped pack at a time. The proof names it, and facts with which a
// decision comes to the same.
func TestBrokenPromisesAreRefuted(t *testing.T) {
	voc, packs := load(t)
	for _, b := range broken {
		t.Run(b.name, func(t *testing.T) {
			shop := reload(t, voc, b.dir, b.file, b.old, b.new, b.n)
			p := prove(t, shop, packs["law-cn"])
			if b.want == "" {
				for _, f := range p.Findings {
					t.Errorf("%s\n%v", f.Text(errs.En), f.Facts)
				}
				return
			}
			var got []string
			for _, f := range p.Findings {
				got = append(got, strings.Join([]string{f.Kind, f.Claim + f.Table, f.Point, strings.Join(f.By, " ")}, " "))
			}
			if !slices.Contains(got, b.want) {
				t.Fatalf("want %s, got\n%s", b.want, strings.Join(got, "\n"))
			}
			for _, f := range p.Findings {
				if f.Kind == rule.BelowFloor {
					reproduces(t, f, shop, packs["law-cn"])
				}
			}
		})
	}
}

// reload loads a shipped pack with one text of a file changed.
func reload(t *testing.T, voc *rule.Vocabulary, dir, file, old, text string, n int) *rule.Pack {
	t.Helper()
	fsys := fstest.MapFS{}
	names, err := fs.Glob(policies.FS, dir+"/*.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		data, err := fs.ReadFile(policies.FS, name)
		if err != nil {
			t.Fatal(err)
		}
		if path.Base(name) == file {
			parts := strings.SplitN(string(data), old, n+2)
			if len(parts) < n+2 {
				t.Fatalf("%s does not say %q", name, old)
			}
			data = []byte(strings.Join(parts[:n+1], old) + text + parts[n+1])
		}
		fsys[name] = &fstest.MapFile{Data: data}
	}
	p, err := rule.Load(fsys, dir, voc)
	if err != nil {
		t.Fatalf("%v %v", err, errs.As(err).Fields)
	}
	return p
}

// reproduces decides with a finding's facts: the law's claim carries what the shop's gives less of.
func reproduces(t *testing.T, f rule.ProofFinding, packs ...*rule.Pack) {
	t.Helper()
	book, err := rule.NewBook(packs)
	if err != nil {
		t.Fatal(err)
	}
	d, err := book.Decide(rule.Input{Facts: f.Facts, Stage: f.Stage, At: f.At, Ground: f.Ground, Remedy: f.Remedy, Calendar: calendarOf(t, packs[0])})
	if err != nil {
		t.Fatal(err)
	}
	b := d.Asked()
	i := slices.IndexFunc(b.Clauses, func(c rule.Clause) bool { return c.Claim == f.Claim })
	if d.Outcome != rule.Approve || i < 0 {
		t.Fatalf("%s\ndecided %s", f.Text(errs.En), d.Encode())
	}
	mine, so := b.Clauses[i], false
	lost := func(p rule.Point) bool {
		return !strings.HasPrefix(p.By, "law-") && p.By != f.Claim || slices.ContainsFunc(p.Lost, func(l rule.Lost) bool { return l.By == f.Claim })
	}
	leg, isLeg := strings.CutPrefix(f.Point, "freight.")
	switch {
	case isLeg:
		for _, l := range b.Freight {
			so = so || l.Leg == leg && lost(l.Point)
		}
	case f.Point == "refund":
		so = slices.ContainsFunc(b.Refund.Lost, func(l rule.Lost) bool { return l.By == f.Claim })
	case strings.HasPrefix(f.Point, "deduct."):
		so = slices.ContainsFunc(b.Refund.Lost, func(l rule.Lost) bool { return l.By == f.Claim }) || // nothing allows it
			slices.ContainsFunc(b.Refund.Parts, func(p rule.RefundPart) bool { return p.Part == f.Point && p.Permit != "" }) // or as much only
	case f.Point == "due":
		so = len(b.Due) == 1 && strings.HasPrefix(b.Due[0].By, "law-")
	case f.Point == "right":
		so = b.Right.Value == "as_of_right" && b.Right.By == f.By[0] && mine.State == rule.Holds
	case strings.HasPrefix(f.Point, "evidence."):
		so = mine.State == rule.Pending
	default:
		so = mine.State == rule.Failed && mine.Overridden
	}
	if !so {
		t.Errorf("%s\n%v\ndecided %s", f.Text(errs.En), f.Facts, d.Encode())
	}
}

// Five days for online orders: refuted, with the article that says seven, and facts of such an order (CPL-25, NRR-10).
func TestFiveDaysNamesTheArticle(t *testing.T) {
	voc, packs := load(t)
	shop := reload(t, voc, "cosmetics", "pack.yaml", "{type: days, value: 30,", "{type: days, value: 5,", 0)
	for _, f := range prove(t, shop, packs["law-cn"]).Findings {
		if f.Claim != "cosmetics.no_reason" || f.Point != "too_late" {
			continue
		}
		if !slices.Contains(f.Cites, "CPL-25") || !slices.Contains(f.Cites, "NRR-10") || f.Facts["order.channel"][0].Value.Word() != "distance" {
			t.Errorf("%s\n%v", f.Text(errs.En), f.Facts)
		}
		days := f.Facts["application.sent_on"][0].Value.Date().Sub(f.Facts["line.signed_on"][0].Value.Date())
		if days <= 5 || days > 7 {
			t.Errorf("shown with %d days", days)
		}
		return
	}
	t.Error("not refuted")
}

// A window that is a day too short is found whatever else the pack lists beside it: that the law's last day moves on when it
// is a holiday is one thing, that the shop's ends before the seventh day another (NRR-10).
func TestEveryDayShortOfSeven(t *testing.T) {
	voc, packs := load(t)
	for _, dir := range []string{"shoes", "snack"} {
		for days := 1; days <= 9; days++ {
			old := "{type: days, value: 7, title: {zh-CN: 七天无理由退换期限"
			shop := reload(t, voc, dir, "pack.yaml", old, strings.Replace(old, "value: 7", fmt.Sprintf("value: %d", days), 1), 0)
			short := slices.ContainsFunc(prove(t, shop, packs["law-cn"]).Findings, func(f rule.ProofFinding) bool {
				return f.Kind == rule.BelowFloor && f.Claim == dir+".no_reason" && f.Point == "too_late" && slices.Contains(f.Cites, "NRR-10")
			})
			if short != (days < 7) {
				t.Errorf("%s with %d days: refuted %v", dir, days, short)
			}
		}
	}
}

// BenchmarkVerify proves each pack that ships.
func BenchmarkVerify(b *testing.B) {
	_, packs := load(b)
	for _, dir := range slices.Sorted(maps.Keys(shops)) {
		b.Run(dir, func(b *testing.B) {
			nodes := 0
			for b.Loop() {
				nodes = prove(b, packs[dir], packs[shops[dir]]).Nodes
			}
			b.ReportMetric(float64(nodes), "nodes")
		})
	}
}
