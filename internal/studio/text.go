package studio

import "github.com/sanbao/sanbao/errs"

var _ = errs.Register(map[string]errs.Text{
	"policy.not_bound":       {ZhCN: "本店没有使用规则包“{pack}”。", En: "This shop is not bound to a pack \"{pack}\"."},
	"policy.no_such_file":    {ZhCN: "没有文件“{file}”。", En: "There is no file \"{file}\"."},
	"policy.paid_later":      {ZhCN: "付款日 {on} 晚于判定日 {at}；付款日不能在判定之后。", En: "Paid on {on}, decided on {at}: an order cannot be paid after the decision about it. Give an earlier day of payment or a later time."},
	"policy.draft_not_found": {ZhCN: "没有这份规则草稿。", En: "There is no such draft."},
	"policy.case_mismatch":   {ZhCN: "{what}：应为“{want}”，结果是“{got}”", En: "{what}: want \"{want}\", got \"{got}\""},

	"policy.case_green": {ZhCN: "案例“{name}”已经通过，没有新结果可接受；请重新检查。", En: "The case \"{name}\" comes out as expected: there is nothing to accept. Check again."},

	"policy.law_stays":       {ZhCN: "法律规则包“{pack}”随程序更新，店铺不能修改。", En: "Pack \"{pack}\" is the law; it comes with the program and no shop changes it."},
	"policy.too_many_drafts": {ZhCN: "还没发布或作废的草稿已有 {limit} 份；请先作废不用的。", En: "There are {limit} drafts already that are neither published nor given up; give up those nobody needs."},
	"policy.too_many_files":  {ZhCN: "一份草稿最多 {limit} 个文件。", En: "A draft has at most {limit} files."},
	"policy.file_name":       {ZhCN: "文件名“{file}”不行：用小写字母、数字、下划线和连字符，以 .yaml 结尾；案例放在 cases/ 下。", En: "A file cannot be called \"{file}\": use lower-case letters, digits, underscores and hyphens, ending in .yaml; cases stand below cases/."},
	"policy.file_too_large":  {ZhCN: "一个文件最多 {limit} KiB；请拆成几个文件。", En: "A file has at most {limit} KiB; make it several."},
	"policy.file_binary":     {ZhCN: "内容不是文本。", En: "This is not text."},
	"policy.file_stays":      {ZhCN: "{file} 说明这是哪个规则包，不能删除。", En: "{file} says which pack this is; it stays."},
	"policy.draft_draft":     {ZhCN: "草稿“{title}”还没有提交发布。", En: "The draft \"{title}\" has not been proposed."},
	"policy.draft_proposed":  {ZhCN: "草稿“{title}”已提交发布，不能再改；要改请先退回。", En: "The draft \"{title}\" is proposed and stays as it is; have it returned to change it."},
	"policy.draft_published": {ZhCN: "草稿“{title}”已经发布，不能再改；请从这个版本新建草稿。", En: "The draft \"{title}\" is published and stays as it is; begin a new one from that version."},
	"policy.draft_discarded": {ZhCN: "草稿“{title}”已作废。", En: "The draft \"{title}\" was given up."},
	"policy.not_yours":       {ZhCN: "只有可以发布规则的人和这份草稿的作者能退回。", En: "Only who may publish policies, and those who worked on the draft, can return it."},
	"policy.second_person":   {ZhCN: "您改过或提交过这份草稿，须由另一个人来发布。", En: "You worked on this draft or proposed it; another person has to publish it."},
	"policy.version_name":    {ZhCN: "版本名“{version}”不行：用字母、数字、点和连字符，例：2027-01。", En: "A version cannot be called \"{version}\": use letters, digits, dots and hyphens, like 2027-01."},
	"policy.version_taken":   {ZhCN: "已有版本“{version}”；请换一个名字。", En: "There is a version \"{version}\" already; choose another name."},
	"policy.day_taken":       {ZhCN: "版本“{version}”也从 {from} 生效；同一天只能有一个版本，请换一天。", En: "Version \"{version}\" begins on {from} too, and a day has one version; choose another day."},
	"policy.from_passed":     {ZhCN: "生效日 {from} 不晚于今天（{today}）；规则不能追溯，最早明天生效。", En: "{from} is not after today ({today}): policies are never retroactive. Tomorrow is the earliest."},
	"policy.head_changed":    {ZhCN: "pack.yaml 里的 pack、layer、currency 要保持为 {pack}、{layer}、{currency}。", En: "In pack.yaml pack, layer and currency stay {pack}, {layer} and {currency}."},
	"policy.head_form":       {ZhCN: "pack.yaml 里 version 和 effective_from 要各占一行，程序才能写入版本名和生效日。", En: "In pack.yaml version and effective_from each need a line of their own, so that name and day can be written there."},
	"policy.cases_not_green": {ZhCN: "案例没有全部通过：共 {cases} 个，{failed} 个不符，{gaps} 处没有覆盖；详见检查。", En: "The golden cases are not green: of {cases}, {failed} came out otherwise, and {gaps} gaps are in their coverage. The check has them all."},

	"policy.not_proven":       {ZhCN: "还没有证明这份提案不低于法律；请先运行“证明”。", En: "It has not been proven that this proposal gives no less than the law; run the proof first."},
	"policy.proof_running":    {ZhCN: "证明还在进行，完成后才能发布。", En: "The proof is still running; publish when it is done."},
	"policy.refuted":          {ZhCN: "证明发现 {n} 处问题（例如低于法律规定）；请退回修改。", En: "The proof found {n} faults, such as less than the law gives; have the draft returned and mended."},
	"policy.run_not_found":    {ZhCN: "没有这次运行。", En: "There is no such run."},
	"policy.run_what":         {ZhCN: "请指明一份草稿，或一个规则包的版本，二者取一。", En: "Name a draft, or a version of a pack: one of the two."},
	"policy.run_law":          {ZhCN: "法律本身就是底线，没有可证明的。", En: "The law is the floor itself; there is nothing to prove about it."},
	"policy.run_dates":        {ZhCN: "结束日期早于开始日期。", En: "The last day is before the first."},
	"policy.run_dates_only":   {ZhCN: "只有回测才按日期选判定。", En: "Only a backtest takes decisions of certain days."},
	"policy.too_many_runs":    {ZhCN: "本店已有 {limit} 次运行在排队或进行；请等它们完成，或取消不用的。", En: "{limit} runs of this shop wait or run; let them end, or cancel those nobody needs."},
	"policy.run_lost":         {ZhCN: "运行中断了（程序停止或内存不足），请重新运行。", En: "The run was cut off because its process ended; run it again."},
	"policy.run_over":         {ZhCN: "这次运行已经结束。", En: "This run is over."},
	"policy.result_too_large": {ZhCN: "结果超过 {limit} KiB，无法保存；请缩小范围。", En: "The result has more than {limit} KiB and cannot be kept; choose a narrower range."},
})
