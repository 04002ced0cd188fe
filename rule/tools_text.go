package rule

import "github.com/sanbao/sanbao/errs"

// What the golden cases and lint say.
var _ = errs.Register(map[string]errs.Text{
	"rule.case_expects_nothing": {ZhCN: "案例没有写预期结果，永远不会失败。", En: "The case expects nothing, so it could never fail."},

	"rule.lint_param_unused":     {ZhCN: "参数 {name} 没有用到：删掉它，或在条款里写 ${name}。", En: "Parameter {name} is used nowhere: remove it, or write ${name} in a claim."},
	"rule.lint_uncited":          {ZhCN: "{what} 没有注明出处（cites）。", En: "{what} names no source; say in cites where it comes from."},
	"rule.lint_source":           {ZhCN: "出处 {id} 没有全称：请在 texts.yaml 的 sources 里写明 {code} 是什么。", En: "Nobody can read the citation {id}: say under sources in texts.yaml what {code} is."},
	"rule.lint_unworded":         {ZhCN: "“{code}”没有文字：请写进 texts.yaml 的 {list}（中英文）。", En: "\"{code}\" has no words: write them under {list} in texts.yaml, in both languages."},
	"rule.lint_no_customer_text": {ZhCN: "{id} 没有给顾客看的文字：请写进 texts.yaml 的 claims。", En: "{id} has no words for customers: write them under claims in texts.yaml."},
	"rule.lint_no_agent_text":    {ZhCN: "{id} 没有给客服的提示：请写进 texts.yaml 的 claims。", En: "{id} has no note for agents: write it under claims in texts.yaml."},
	"rule.lint_cond_twice":       {ZhCN: "条件 {id} 与 {first} 测的是同一件事，去掉一个。", En: "Condition {id} tests the same as {first}; remove one."},
	"rule.lint_constant":         {ZhCN: "条件 {id} 没有用到任何事实，结果永远一样。", En: "Condition {id} looks at no fact, so it is always the same."},
	"rule.lint_compound":         {ZhCN: "条件 {id} 用 {op} 合并了几件事：拆成几条，每条才有自己的原因。", En: "Condition {id} joins several with {op}: write one each, so that each has its own reason."},
	"rule.lint_doubt":            {ZhCN: "原因“{ground}”责任未定，{id} 不能让顾客承担 {leg} 运费（S4-20）。", En: "Under \"{ground}\" the fault is open, so {id} cannot put the {leg} freight on the customer (S4-20)."},
	"rule.lint_no_permit":        {ZhCN: "{id} 的扣除“{name}”没有法律许可（permit），法定退款不会因此减少。{hint}", En: "{id} deducts \"{name}\", which no permit of the law allows: what the law refunds will not be less. {hint}"},
	"rule.lint_row_hidden":       {ZhCN: "表 {id} 的第 {row} 行永远轮不到：第 {by} 行总是先符合。", En: "Row {row} of table {id} is never reached: wherever it fits, row {by} fits before."},
	"rule.lint_literal":          {ZhCN: "数字 {code} 应写成参数（pack.yaml 的 params），商家才能改、页面才会跟着变。", En: "The number {code} should be a parameter (params in pack.yaml), so that it can be changed in one place and shows on the policy page."},
	"rule.lint_unit":             {ZhCN: "{name} 的单位是 {unit}，这里需要 {want}。", En: "{name} is in {unit}; {want} is needed here."},
	"rule.lint_counts":           {ZhCN: "{layer} 规则包里的期限不能写 counts: {counts}；法定期限写在法律包里。", En: "A pack of layer {layer} does not count by {counts}; periods of the law stand in the law's pack."},
	"rule.lint_text_unused":      {ZhCN: "{list} 里的“{code}”没有用到。{hint}", En: "Nothing uses \"{code}\" under {list}. {hint}"},
	"rule.lint_language":         {ZhCN: "“{code}”的 {lang} 文字不是这种语言。", En: "The {lang} text of \"{code}\" is not in that language."},
	"rule.lint_placeholder":      {ZhCN: "没有东西会填进 {{code}}。{hint}", En: "Nothing fills in {{code}}. {hint}"},
	"rule.lint_figure":           {ZhCN: "文字写的是“{code}”，规则里是 {rules}：改成一致，或写参数占位符，例如 {no_reason_days}。", En: "The text says \"{code}\", the rules say {rules}: make them agree, or name the parameter, as in {no_reason_days}."},
})
