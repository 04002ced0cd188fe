package flow

import "github.com/sanbao/sanbao/internal/errs"

var _ = errs.Register(map[string]errs.Text{
	"flow.not_now":               {ZhCN: "目前是“{status}”，不能执行“{command}”；现在可以：{allowed}。", En: "This is \"{status}\" now, so \"{command}\" is not possible; possible now: {allowed}."},
	"flow.supervisor_needed":     {ZhCN: "这一步要主管来定，请转交主管。", En: "A supervisor has to decide this; please hand it over."},
	"flow.finance_needed":        {ZhCN: "这笔款项要财务审核。", En: "Finance has to approve this."},
	"flow.of_right":              {ZhCN: "按 {clause}，顾客有权得到这项处理，不能拒绝。", En: "Clause {clause} gives the customer a right to this; it cannot be declined."},
	"flow.no_goodwill_clause":    {ZhCN: "本店规则没有可以放宽的条款，仍为：{reason}。", En: "The shop's policy has no clause for goodwill here; it stays: {reason}."},
	"flow.no_warehouse":          {ZhCN: "规则指定退回“{warehouse}”，但本店还没有登记这个仓库。", En: "The policy sends returns to \"{warehouse}\", but the shop has no such warehouse yet."},
	"flow.other_buyer":           {ZhCN: "订单 {order} 是另一位买家的，请另开一张售后单。", En: "Order {order} is another buyer's; please open a case of its own."},
	"flow.applied_in_future":     {ZhCN: "申请日期 {date} 还没到。", En: "The application's date {date} lies in the future."},
	"flow.system_fact":           {ZhCN: "“{fact}”由系统记录得出，不能填写。", En: "\"{fact}\" comes from our own records and cannot be stated."},
	"flow.fact_missing":          {ZhCN: "还缺：{fact}。", En: "Still missing: {fact}."},
	"flow.inspection_incomplete": {ZhCN: "验货单还没填完，尚不能判定。", En: "The inspection sheet is not complete; nothing can be decided yet."},
	"flow.table_open":            {ZhCN: "规则表 {table} 还要知道“{fact}”才能给出答案，请规则管理员修正。", En: "Table {table} needs \"{fact}\" before it can answer; the policy administrator has to mend it."},
	"flow.nothing_decided":       {ZhCN: "这条明细还没有可退的判定。", En: "There is no decision yet that says what to refund."},
	"flow.freight_payer_missing": {ZhCN: "填了运费，请同时注明由谁垫付。", En: "Freight is stated; please say who paid it."},
	"flow.not_in_parcel":         {ZhCN: "这条明细不在这件包裹里。", En: "That line is not in this parcel."},
	"flow.more_than_announced":   {ZhCN: "登记退回 {announced} 件，实收不能是 {arrived} 件；多出来的请另行登记。", En: "{announced} were announced, so {arrived} cannot be counted; note what is too much separately."},
	"flow.count_missing":         {ZhCN: "请清点明细 {line}。", En: "Please count line {line}."},
	"flow.split_quantity":        {ZhCN: "拆出的件数应在 1 和 {quantity} 之间（不含 {quantity}）。", En: "Between one and fewer than {quantity} units can be split off."},
	"flow.still_time":            {ZhCN: "顾客在 {until} 24:00 前都可以寄回。", En: "The customer may send the goods until the end of {until}."},
	"flow.note_empty":            {ZhCN: "备注不能为空。", En: "A note needs words."},
	"flow.route_impossible":      {ZhCN: "这笔款项不能走“{route}”。", En: "This settlement cannot go by \"{route}\"."},
	"flow.paid_differs":          {ZhCN: "应付 {due}，实付 {paid}，两者不符。", En: "The lines and freight cost {due}, but {paid} was paid."},
	"flow.before_order":          {ZhCN: "付款时间早于下单时间。", En: "The payment is earlier than the order."},
})
