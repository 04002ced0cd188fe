package rule

import (
	"strings"

	"github.com/sanbao/sanbao/errs"
)

// unproven notes what was not compared.
func (p *prover) unproven(claim, why string) {
	p.proof.Unproven = appendNew(p.proof.Unproven, Unproven{claim, why})
}

// Text is a finding as a sentence.
func (f ProofFinding) Text(lang errs.Lang) string {
	about := f.Claim
	switch {
	case f.Table != "":
		about = f.Table
	case about == "":
		about = f.Ground + "/" + string(f.Remedy)
	}
	key := "rule.proof_" + f.Kind
	if f.Kind == Unreachable && f.Claim != "" && f.Point == "" {
		key = "rule.proof_never_holds"
	} else if f.Kind == Unreachable && f.Table != "" {
		key = "rule.proof_row"
	}
	return errs.Render(lang, key, errs.Args{"what": about, "key": f.Ground + "/" + string(f.Remedy), "point": f.Point, "by": strings.Join(f.By, ", "),
		"cites": strings.Join(f.Cites, ", "), "got": f.Got, "floor": f.Floor})
}

// Text says at how many values amounts were compared.
func (b Breakpoint) Text(lang errs.Lang) string {
	where := b.Ground + "/" + string(b.Remedy)
	if b.Ground == "" {
		where = b.Table
	}
	return errs.Render(lang, "rule.verify_breakpoints", errs.Args{"what": where, "fact": b.Fact, "n": len(b.Values)})
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
