package order

import "github.com/sanbao/sanbao/errs"

var _ = errs.Register(map[string]errs.Text{
	"import.preset_unknown":      {ZhCN: "没有导入格式“{preset}”。现有：{known}。", En: "There is no preset \"{preset}\". Known: {known}."},
	"import.items_missing":       {ZhCN: "这种格式要同时给出订单报表和宝贝报表两个文件。", En: "This preset needs two files: the order list and the article list."},
	"import.items_unwanted":      {ZhCN: "这种格式只需要一个文件。", En: "This preset takes one file."},
	"import.not_found":           {ZhCN: "本店没有这次导入。", En: "This shop has no such import."},
	"import.finished":            {ZhCN: "这次导入已经结束（{state}），不能再取消或继续。", En: "This import has ended ({state}); it can be neither cancelled nor resumed."},
	"import.file_changed":        {ZhCN: "文件与这次导入开始时的不是同一份（内容变了），不能继续。", En: "This is not the file the import began with: its contents differ. It cannot be resumed."},
	"import.elsewhere":           {ZhCN: "这次导入正由另一个进程继续，这里已停下。", En: "Another process has taken over this import; this one has stopped."},
	"import.cancelled":           {ZhCN: "导入已停下（到第 {rows} 行）。已导入的保留，重新执行同一命令即可继续。", En: "The import was stopped after row {rows}. What was imported stays; the same command goes on with it."},
	"import.faults":              {ZhCN: "文件有 {count} 处错误，什么都没有导入。", En: "The file has {count} faults; nothing was imported."},
	"import.would_fail":          {ZhCN: "文件有 {count} 处错误，正式导入时什么都不会导入。", En: "The file has {count} faults; an import would bring in nothing."},
	"import.too_many_items":      {ZhCN: "宝贝报表超过 {max} 行，请按时间分段导出。", En: "The article list has more than {max} rows; export shorter periods."},
	"import.too_many_lines":      {ZhCN: "订单 {number} 的明细超过 {max} 行。", En: "Order {number} has more than {max} lines."},
	"import.required":            {ZhCN: "这一格不能为空。", En: "This cell must not be empty."},
	"import.amount_range":        {ZhCN: "金额“{text}”超出范围，或为负数。", En: "The amount \"{text}\" is negative or too large."},
	"import.quantity_sign":       {ZhCN: "{number} 的数量 {now} 不对：以 C 开头的退货单应为负数，其余应为正数。", En: "The quantity {now} of {number} has the wrong sign: it is negative on documents that start with C and positive on all others."},
	"import.order_differs":       {ZhCN: "单据 {number} 各行不一致：第 {first} 行是“{was}”，这一行是“{now}”。", En: "The rows of {number} differ: row {first} has \"{was}\", this one \"{now}\"."},
	"import.twice":               {ZhCN: "单据 {number} 在第 {first} 行已出现过，同一单据的各行应连续，且不能重复。", En: "{number} was there already in row {first}; its rows must stand together and be there once."},
	"import.contradicts":         {ZhCN: "{number} 已经导入过，{column} 当时是“{was}”，现在是“{now}”。", En: "{number} was imported before with {column} \"{was}\"; now it is \"{now}\"."},
	"import.taobao_number":       {ZhCN: "{cell} 的“{text}”不是淘宝订单编号（应为 10 到 20 位数字）。", En: "\"{text}\" in {cell} is not a Taobao order number (10 to 20 digits)."},
	"import.order_without_items": {ZhCN: "订单 {number} 在宝贝报表里没有明细。", En: "Order {number} has no articles in the article list."},
	"import.item_without_order":  {ZhCN: "宝贝报表第 {row} 行的订单 {number} 不在订单报表里。", En: "Row {row} of the article list belongs to order {number}, which is not in the order list."},
	"import.numbers_rounded":     {ZhCN: "全部 {count} 个订单编号的第 15 位以后都是 0，已被表格软件改写，原来的数字找不回来。请重新导出。", En: "All {count} order numbers have only zeros after the 15th digit: a spreadsheet program rounded them and the original digits are lost. Export the file again."},

	"import.money_column":     {ZhCN: "要有一列金额：实付金额、单价或小计。", En: "A column with money is needed: what was paid, the unit price, or price times quantity."},
	"import.currency_differs": {ZhCN: "币种是 {text}，店铺用的是 {currency}。", En: "The currency is {text}; the shop's is {currency}."},

	"import.skip_no_price":   {ZhCN: "{number} 的 {sku} 没有价格，是库存调整。", En: "{sku} of {number} has no price: a stock adjustment."},
	"import.skip_write_off":  {ZhCN: "{number} 的 {sku} 数量为负又不是退货单，是库存核销。", En: "{sku} of {number} has a negative quantity without being a return: a stock write-off."},
	"import.skip_adjustment": {ZhCN: "{number} 是账务调整，不是订单。", En: "{number} is a bookkeeping adjustment, not an order."},
	"import.skip_unpaid":     {ZhCN: "订单 {number} 没有付款（{status}），不导入。", En: "Order {number} was not paid ({status}) and is left out."},
})
