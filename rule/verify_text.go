package rule

import (
	"regexp"
	"slices"
	"strings"

	"github.com/sanbao/sanbao/errs"
)

// unproven notes what was not compared.
func (p *prover) unproven(claim, why string) {
	p.proof.Unproven = appendNew(p.proof.Unproven, Unproven{claim, why})
}

// Text is a finding as a sentence. Claims keep their names: those are where they stand in the files.
func (f ProofFinding) Text(lang errs.Lang) string {
	w := wordsOf(f.book, lang)
	about, key := f.Claim, f.key(w)
	switch {
	case f.Table != "":
		about = f.Table
	case about == "":
		about = key
	}
	sentence := "rule.proof_" + f.Kind
	if f.Kind == Unreachable && f.Claim != "" && f.Point == "" {
		sentence = "rule.proof_never_holds"
	} else if f.Kind == Unreachable && f.Table != "" {
		sentence = "rule.proof_row"
	}
	return errs.Render(lang, sentence, errs.Args{"what": about, "key": key, "point": f.point(w), "by": strings.Join(f.By, ", "),
		"cites": strings.Join(f.Cites, ", "), "got": f.answer(w, f.Got), "floor": f.answer(w, f.Floor)})
}

// wordsOf are the words of the packs that were proven; codes stay as they are where a finding was read from a file.
func wordsOf(b *Book, lang errs.Lang) *explainer {
	if b == nil {
		b = &Book{voc: &Vocabulary{}}
	}
	return &explainer{b: b, lang: lang, to: ForAgent, asked: &Bundle{}}
}

// key is the ground and remedy a finding is about, in words where there are any.
func (f ProofFinding) key(w *explainer) string {
	if f.Ground == "" {
		return ""
	}
	return w.ground(f.Ground) + " · " + w.remedy(f.Remedy)
}

// point is what is less than the law's: a point, a proof, or the reason for which the shop refuses.
func (f ProofFinding) point(w *explainer) string {
	if f.Kind == Unreachable || f.Kind == Ambiguous {
		return f.Point
	}
	if _, x := w.fact(f.Point); x != nil {
		return w.label(f.Point)
	}
	leg, isLeg := strings.CutPrefix(f.Point, "freight.")
	switch {
	case isLeg:
		return w.say("rule.leg."+leg, nil)
	case slices.Contains([]string{"right", "refund", "amount", "due", "send_by", "roll"}, f.Point):
		return w.say("rule.proof_point."+f.Point, nil)
	}
	if text := w.undated(f.Claim, f.Point); text != f.Point { // the code too: it is what overridden_by_law lists
		return text + w.aside(f.Point)
	}
	return f.Point
}

// dayAside is where a reason names the last day, which a proof has none of.
var dayAside = regexp.MustCompile(`（[^（）]*\{last_day\}[^（）]*）| on \{last_day\}`)

// undated is a reason without the day.
func (w *explainer) undated(claim, code string) string {
	t, _ := w.text(w.claim(claim), func(t *Texts) map[string]Text { return t.Reasons }, code)
	return strings.ReplaceAll(dayAside.ReplaceAllString(t, ""), "{last_day}", w.say("rule.proof_last_day", nil))
}

// answer is what one side gives, in words where it is a code.
func (f ProofFinding) answer(w *explainer, code string) string {
	leg, isLeg := strings.CutPrefix(f.Point, "freight.")
	switch {
	case isLeg && (code == "customer" || code == "shop" || code == "kept" || code == "refunded"):
		return w.bearer(leg, code)
	case slices.Contains(rightNames[1:], code):
		return w.say("rule.right."+code, nil)
	case slices.Contains(outcomes, Outcome(code)) || Outcome(code) == NeedFacts:
		return w.outcome(Outcome(code))
	}
	return code
}

// Text says at how many values amounts were compared.
func (b Breakpoint) Text(lang errs.Lang) string {
	w := wordsOf(b.book, lang)
	where := b.Table
	if b.Ground != "" {
		where = w.ground(b.Ground) + " · " + w.remedy(b.Remedy)
	}
	return errs.Render(lang, "rule.verify_breakpoints", errs.Args{"what": where, "fact": w.label(b.Fact), "n": len(b.Values)})
}

var _ = errs.Register(map[string]errs.Text{
	"rule.diff.overridden":    {ZhCN: "{claim} 中敌不过法律的部分", En: "of no force against the law in {claim}"},
	"rule.verify_input":       {ZhCN: "证明需要一个规则包和一部日历。", En: "A proof needs a pack and a calendar."},
	"rule.verify_breakpoints": {ZhCN: "{what}：金额只在 {fact} 的 {n} 个取值上算过、比过。", En: "{what}: amounts were worked out and compared at {n} values of {fact} only."},
	"rule.verify_length":      {ZhCN: "{what}：天数来自事实，没有比较。", En: "{what}: the length of its deadline is a fact and was not compared."},
	"rule.verify_anchor":      {ZhCN: "{what}：期限的起算点与法律不同，按同一天起算比较。", En: "{what}: its deadline counts from another fact than the law's; both were compared as if from the same day."},
	"rule.verify_check":       {ZhCN: "{what}：出处待核实，不作为底线。", En: "{what}: its source is unconfirmed, so it is no floor."},
	"rule.overridden_law":     {ZhCN: "只有商家的规则包写 overridden_by_law。", En: "Only a shop's pack has overridden_by_law."},
	"rule.overridden_claim":   {ZhCN: "overridden_by_law 里的条款 {id} 不在本规则包。{hint}", En: "overridden_by_law names {id}, which is no claim of this pack. {hint}"},
	"rule.overridden_point": {ZhCN: "条款 {id} 没有“{point}”：这里写不成立的原因代码、roll、所需凭证，或 freight.return 这样的项目。{hint}",
		En: "{id} has no \"{point}\": write a reason code of its conditions, roll, a proof it asks for, or a point like freight.return. {hint}"},

	"rule.proof_last_day":      {ZhCN: "最后一天", En: "its last day"},
	"rule.proof_point.right":   {ZhCN: "顾客的权利", En: "the right"},
	"rule.proof_point.refund":  {ZhCN: "退款金额", En: "the refund"},
	"rule.proof_point.amount":  {ZhCN: "赔付金额", En: "the amount"},
	"rule.proof_point.due":     {ZhCN: "店铺办理的期限", En: "the shop's deadline"},
	"rule.proof_point.send_by": {ZhCN: "顾客寄回的期限", En: "the customer's deadline to send"},
	"rule.proof_point.roll":    {ZhCN: "最后一天遇休息日顺延", En: "a last day that moves to the next working day"},

	"rule.proof_below_floor": {ZhCN: "{key}：只按 {what}，顾客得到 {got}，法律给 {floor}（{point}；{by}，{cites}）。改到不低于法律，或在 overridden_by_law 里写明。",
		En: "{key}: {what} alone comes to {got} where the law gives {floor} ({point}; {by}, {cites}). Give no less, or list it in overridden_by_law."},
	"rule.proof_not_overridden": {ZhCN: "{what} 的“{point}”从未被 {by} 取代：从 overridden_by_law 里删掉。", En: "{by} never overrides \"{point}\" of {what}: take it out of overridden_by_law."},
	"rule.proof_no_answer":      {ZhCN: "{what}（{point}）在这些事实下算不出结果：{got}。", En: "{what} ({point}) has no answer for these facts: {got}."},
	"rule.proof_ambiguous":      {ZhCN: "表 {what} 的第 {got} 行同时符合。", En: "Rows {got} of table {what} fit at once."},
	"rule.proof_unreachable":    {ZhCN: "{what} 的条件 {point} 永远不会是 {got}。", En: "Condition {point} of {what} is never {got}."},
	"rule.proof_never_holds":    {ZhCN: "{what} 永远不会成立。", En: "{what} never holds."},
	"rule.proof_row":            {ZhCN: "表 {what} 的第 {point} 行永远轮不到。", En: "Row {point} of table {what} is never reached."},
	"rule.proof_not_monotone":   {ZhCN: "{key}：{point} 对顾客更有利，结果却从 {floor} 变成 {got}。", En: "{key}: {point} is better for the customer, and the answer goes from {floor} to {got}."},
	"rule.proof_over_budget":    {ZhCN: "{what} 太大，在限额内证明不完：把条款拆开，或提高限额。", En: "{what} is too large to be proven within the budget: split its claims, or allow more."},
})
