package rule

import (
	"regexp"
	"strconv"
	"strings"

	"github.com/sanbao/sanbao/calendar"
	"github.com/sanbao/sanbao/errs"
)

// words are those of the policy page, and a few more: expressions as people read them.
type words struct{ page }

// quantity is a parameter's value with its unit: "30 days", "500.00 CNY", "80 %".
func (w *words) quantity(q *Param) string {
	switch q.Unit {
	case "money":
		return w.money(q.Value.n)
	case "bool":
		return w.say("rule.value."+q.Value.String(), nil)
	case "percent":
		return q.Value.String() + " %"
	case "count":
		return q.Value.String()
	}
	return w.period(q.Value.n, q.Unit)
}

// until is a pack's last day in force.
func (w *words) until(p *Pack) string {
	if p.To == calendar.MaxDate {
		return w.say("rule.diff_open_end", nil)
	}
	return p.To.String()
}

func (w *words) alternative(code string) string {
	t, _ := w.text(nil, func(t *Texts) map[string]Text { return t.Alternatives }, code)
	return t
}

func (w *words) citations(ids []string) string {
	return strings.Join(ids, w.say("rule.why_comma", nil))
}

// tested is a condition as people read it: “Worn” = no.
func (w *words) tested(x *expr) string {
	if x.logic == nil {
		return w.formula(x, false)
	}
	return w.logic(x.logic, x)
}

var symbols = map[string]string{"==": "=", "in": "=", "!=": "≠", "!in": "≠", "<": "<", "<=": "≤", ">": ">", ">=": "≥"}

func (w *words) logic(l *logic, whole *expr) string {
	switch l.op {
	case "and", "or":
		parts := names(l.kids, func(k *logic) string {
			if k.op == "and" || k.op == "or" {
				return "(" + w.logic(k, whole) + ")"
			}
			return w.logic(k, whole)
		})
		return strings.Join(parts, w.say("rule.diff_"+l.op, nil))
	case "test":
		name := w.b.voc.facts[l.test.fact].name
		op, vals := l.test.op, l.test.vals
		if op == "!=" && len(vals) == 1 && vals[0].typ == TypeBool {
			op, vals = "==", []Value{BoolValue(!vals[0].Bool())}
		}
		values := names(vals, func(v Value) string { return w.value(name, v.String()) })
		return w.quoted(name) + " " + symbols[op] + " " + strings.Join(values, w.say("rule.why_or", nil))
	}
	return w.formula(whole, l.not)
}

func (w *words) quoted(fact string) string {
	return w.say("rule.diff_quoted", errs.Args{"what": w.label(fact)})
}

var formulaWord = regexp.MustCompile(`(money|fen|int|bool)\((\w+)\)|[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)+`)

// formula is an expression with the facts' labels for their names and amounts as people write them.
func (w *words) formula(x *expr, not bool) string {
	return formulaWord.ReplaceAllStringFunc(x.source(not), func(s string) string {
		kind, arg, call := strings.Cut(strings.TrimSuffix(s, ")"), "(")
		n, err := strconv.ParseInt(arg, 10, 64)
		switch {
		case !call:
			if _, f := w.fact(s); f == nil {
				return s
			}
			return w.quoted(s)
		case kind == "bool":
			return w.say("rule.value."+arg, nil)
		case err != nil:
			return s
		case kind == "int":
			return arg
		}
		return w.money(n)
	})
}

// cell is an answer of a table's row.
func (w *words) cell(c cell) string {
	switch {
	case c.ex != nil:
		return w.formula(c.ex, false)
	case c.val.typ == TypeMoney:
		return w.money(c.val.n)
	case c.val.typ == TypeBool:
		return w.say("rule.value."+c.val.String(), nil)
	}
	return c.val.String()
}

// What Diff says.
var _ = errs.Register(map[string]errs.Text{
	"rule.diff_others":           {ZhCN: "“{a}”和“{b}”不是同一个规则包的两个版本，不能比较。", En: "\"{a}\" and \"{b}\" are not two versions of one pack and cannot be compared."},
	"rule.diff_changed":          {ZhCN: "{what}：{before} → {after}", En: "{what}: {before} → {after}"},
	"rule.diff_param":            {ZhCN: "{what} {before} → {after}", En: "{what} {before} → {after}"},
	"rule.diff_new":              {ZhCN: "{what}，新增：{after}", En: "{what}, new: {after}"},
	"rule.diff_gone":             {ZhCN: "{what}，取消：{before}", En: "{what}, gone: {before}"},
	"rule.diff_rewritten":        {ZhCN: "规则文件有改动，但没有一条规则因此不同（注释或写法）。", En: "The files of the rules were edited, but no rule says anything else (comments, or the way it is written)."},
	"rule.diff_order_claims":     {ZhCN: "条款的先后次序变了（给得一样多时，以排在前面的为准）", En: "The claims stand in another order (where two give the same, the first is named)"},
	"rule.diff_order_conditions": {ZhCN: "条款 {claim}：条件的先后次序变了（不成立时先说排在前面的原因）", En: "Claim {claim}: its conditions stand in another order (the first that fails is the reason given)"},
	"rule.diff_point":            {ZhCN: "{of} · {point}", En: "{of} · {point}"},
	"rule.diff_tongue":           {ZhCN: "{what}（{lang}）", En: "{what} ({lang})"},
	"rule.diff_ground":           {ZhCN: "原因“{ground}”", En: "Ground \"{ground}\""},
	"rule.diff_claim":            {ZhCN: "条款 {claim}", En: "Claim {claim}"},
	"rule.diff_table":            {ZhCN: "表 {table}", En: "Table {table}"},
	"rule.diff_row":              {ZhCN: "表 {table} 第 {n} 行", En: "Table {table}, row {n}"},
	"rule.diff_text":             {ZhCN: "{list}“{code}”", En: "{list} \"{code}\""},
	"rule.diff_else":             {ZhCN: "不成立时：{reason}", En: "otherwise: {reason}"},
	"rule.diff_presume_met":      {ZhCN: "核实前当作成立", En: "taken as met until it is established"},
	"rule.diff_presume_unmet":    {ZhCN: "核实前当作不成立", En: "taken as not met until it is established"},
	"rule.diff_by_table":         {ZhCN: "按表 {table}", En: "as table {table} says"},
	"rule.diff_hit_first":        {ZhCN: "第一个符合的行", En: "the first row that fits"},
	"rule.diff_hit_unique":       {ZhCN: "只能有一行符合", En: "exactly one row may fit"},
	"rule.diff_rest":             {ZhCN: "其余情况", En: "in all other cases"},
	"rule.diff_open_end":         {ZhCN: "长期", En: "no end"},
	"rule.diff_and":              {ZhCN: " 且 ", En: " and "},
	"rule.diff_or":               {ZhCN: " 或 ", En: " or "},
	"rule.diff_quoted":           {ZhCN: "“{what}”", En: "\"{what}\""},

	"rule.diff.version":            {ZhCN: "版本", En: "version"},
	"rule.diff.layer":              {ZhCN: "层级", En: "layer"},
	"rule.diff.from":               {ZhCN: "生效日期", En: "first day in force"},
	"rule.diff.to":                 {ZhCN: "失效日期", En: "last day in force"},
	"rule.diff.currency":           {ZhCN: "币种", En: "currency"},
	"rule.diff.source":             {ZhCN: "来源文件", En: "source document"},
	"rule.diff.alternatives":       {ZhCN: "拒绝时总会提出的办法", En: "offered beside every refusal"},
	"rule.diff.title":              {ZhCN: "名称", En: "title"},
	"rule.diff.cites":              {ZhCN: "出处", En: "source"},
	"rule.diff.as":                 {ZhCN: "归入", En: "counts as"},
	"rule.diff.fault":              {ZhCN: "责任", En: "fault"},
	"rule.diff.fallback":           {ZhCN: "不用说明理由也能申请", En: "needs no cause"},
	"rule.diff.mode":               {ZhCN: "性质", En: "kind"},
	"rule.diff.grounds":            {ZhCN: "适用原因", En: "grounds"},
	"rule.diff.unverified":         {ZhCN: "出处待核实", En: "source still to be verified"},
	"rule.diff.otherwise":          {ZhCN: "不成立时提出的办法", En: "named when it fails"},
	"rule.diff.guard":              {ZhCN: "适用范围（{id}）", En: "concerns only ({id})"},
	"rule.diff.condition":          {ZhCN: "条件 {id}", En: "condition {id}"},
	"rule.diff.exception":          {ZhCN: "例外 {id}", En: "exception {id}"},
	"rule.diff.window":             {ZhCN: "期限", En: "time"},
	"rule.diff.runs_from":          {ZhCN: "从哪一天起算", En: "runs from"},
	"rule.diff.tested":             {ZhCN: "看哪一天", En: "what counts"},
	"rule.diff.rolls":              {ZhCN: "遇休息日顺延", En: "moves past days off"},
	"rule.diff.else":               {ZhCN: "不成立时的原因", En: "reason given otherwise"},
	"rule.diff.provisos":           {ZhCN: "说明", En: "provisos"},
	"rule.diff.right":              {ZhCN: "权利", En: "right"},
	"rule.diff.deduct":             {ZhCN: "扣除 {name}", En: "deducted, {name}"},
	"rule.diff.columns":            {ZhCN: "列", En: "columns"},
	"rule.diff.hit":                {ZhCN: "取哪一行", En: "which row answers"},
	"rule.diff.words":              {ZhCN: "文字", En: "words"},
	"rule.diff.texts.grounds":      {ZhCN: "原因的名称", En: "Name of ground"},
	"rule.diff.texts.reasons":      {ZhCN: "理由的说法", En: "Words of reason"},
	"rule.diff.texts.alternatives": {ZhCN: "其他办法的说法", En: "Words of alternative"},
	"rule.diff.texts.customer":     {ZhCN: "给顾客看的文字", En: "Customer's text of"},
	"rule.diff.texts.agent":        {ZhCN: "给客服的提示", En: "Agent's note on"},
	"rule.diff.texts.sources":      {ZhCN: "出处的全称", En: "Full name of source"},

	"rule.layer.law":          {ZhCN: "法律", En: "law"},
	"rule.layer.marketplace":  {ZhCN: "平台", En: "marketplace"},
	"rule.layer.shop":         {ZhCN: "店铺", En: "shop"},
	"rule.mode.floor":         {ZhCN: "法定最低", En: "the least the law gives"},
	"rule.mode.permit":        {ZhCN: "法律允许的扣减", En: "a deduction the law allows"},
	"rule.mode.promise":       {ZhCN: "承诺", En: "promise"},
	"rule.mode.offer":         {ZhCN: "提议，顾客同意才算", En: "offer, by agreement only"},
	"rule.right.as_of_right":  {ZhCN: "有权要求", En: "as of right"},
	"rule.right.offer":        {ZhCN: "双方同意", En: "by agreement"},
	"rule.right.review":       {ZhCN: "由人来判断", En: "a person decides"},
	"rule.fault.customer":     {ZhCN: "顾客原因", En: "customer's reason"},
	"rule.fault.shop":         {ZhCN: "我方责任", En: "our fault"},
	"rule.fault.carrier":      {ZhCN: "快递责任", En: "carrier's fault"},
	"rule.fault.supplier":     {ZhCN: "供应商责任", En: "supplier's fault"},
	"rule.fault.undetermined": {ZhCN: "责任待定", En: "fault not settled"},
})
