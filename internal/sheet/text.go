package sheet

import "github.com/sanbao/sanbao/errs"

var _ = errs.Register(map[string]errs.Text{
	// The file as a whole.
	"sheet.empty":            {ZhCN: "文件是空的。", En: "The file is empty."},
	"sheet.not_a_file":       {ZhCN: "这不是一个文件。", En: "This is not a file."},
	"sheet.old_or_encrypted": {ZhCN: "这是旧版 .xls 或加了密码的表格，读不了。请在表格软件里去掉密码，另存为 .xlsx 或 CSV。", En: "This is an old .xls or a password-protected workbook, which cannot be read. Remove the password and save it as .xlsx or CSV."},
	"sheet.web_page":         {ZhCN: "这其实是网页，不是表格。请用表格软件打开，另存为 .xlsx 或 CSV。", En: "This is really a web page, not a table. Open it in a spreadsheet program and save it as .xlsx or CSV."},
	"sheet.not_a_workbook":   {ZhCN: "这个压缩包不是 .xlsx 表格。请另存为 .xlsx 或 CSV。", En: "This zip file is not an .xlsx workbook. Save the table as .xlsx or CSV."},
	"sheet.damaged":          {ZhCN: "表格文件已损坏（{part}）。请重新导出或另存。", En: "The workbook is damaged ({part}). Export or save it again."},
	"sheet.bomb":             {ZhCN: "表格的“{part}”解压后过大，已拒绝读取。数据真的这么多，请分成几份或改用 CSV。", En: "Part \"{part}\" of the workbook inflates to too much and was not read. If there really is that much data, split it or use CSV."},
	"sheet.too_many_parts":   {ZhCN: "表格文件内的部件太多（上限 {max}）。请只保留数据，另存一份。", En: "The workbook has too many parts (at most {max}). Save a copy that holds the data alone."},
	"sheet.too_much_text":    {ZhCN: "表格里的文字太多，请分成几份或改用 CSV。", En: "The workbook holds too much text. Split it or use CSV."},
	"sheet.no_sheet":         {ZhCN: "没有名为“{sheet}”的工作表。现有：{found}。", En: "There is no sheet \"{sheet}\". There are: {found}."},
	"sheet.encoding":         {ZhCN: "第 {row} 行的文字既不是 UTF-8，也不是 GB18030。请另存为 UTF-8 编码的 CSV。", En: "Line {row} is neither UTF-8 nor GB18030 text. Save the file as CSV in UTF-8."},
	"sheet.undecodable":      {ZhCN: "第 {row} 行有无法识别的文字。", En: "Row {row} holds text that cannot be decoded."},
	"sheet.nul":              {ZhCN: "第 {row} 行含有空字节，这不是文本表格。请另存为 UTF-8 编码的 CSV。", En: "Row {row} holds NUL bytes; this is not a text table. Save it as CSV in UTF-8."},
	"sheet.open_quote":       {ZhCN: "第 {row} 行的引号到文件末尾都没有闭合。", En: "The quotation that begins in row {row} is never closed."},
	"sheet.lone_quote":       {ZhCN: "第 {row} 行的引号不成对。含引号的内容要整格加引号，里面的引号写两次。", En: "Row {row} has a stray quotation mark. Quote the whole cell and double the marks inside it."},
	"sheet.ragged":           {ZhCN: "第 {row} 行有 {have} 列，表头有 {want} 列。", En: "Row {row} has {have} columns; the header has {want}."},
	"sheet.record_too_long":  {ZhCN: "第 {row} 行太长（上限 {max} 字节），可能有引号没有闭合。", En: "Row {row} is too long (at most {max} bytes); perhaps a quotation is not closed."},
	"sheet.cell_too_long":    {ZhCN: "第 {row} 行有一格内容太长（上限 {max} 字节）。", En: "A cell in row {row} is too long (at most {max} bytes)."},
	"sheet.too_many_rows":    {ZhCN: "行数太多（上限 {max}），请分成几份。", En: "There are too many rows (at most {max}). Split the file."},
	"sheet.too_many_columns": {ZhCN: "列数太多（上限 {max}）。", En: "There are too many columns (at most {max})."},
	"sheet.no_header":        {ZhCN: "第 {row} 行起没有找到表头。", En: "No header was found from row {row} on."},
	"sheet.merged":           {ZhCN: "有合并的单元格：{cells}。请取消合并并补全内容后再导入。", En: "There are merged cells: {cells}. Unmerge them, fill them in, and try again."},
	"sheet.order":            {ZhCN: "表格的行列顺序混乱（{cell}），文件可能已损坏。", En: "Rows or cells are out of order ({cell}); the file may be damaged."},

	// The header.
	"sheet.column_missing": {ZhCN: "缺少“{column}”列（可用的名称：{titles}）。表头有：{found}。", En: "The column \"{column}\" is missing (it may be called {titles}). The header has: {found}."},
	"sheet.column_twice":   {ZhCN: "“{column}”列出现了不止一次：{cells}。请只保留一列。", En: "The column \"{column}\" occurs more than once: {cells}. Keep one."},

	// One cell.
	"sheet.required":         {ZhCN: "{cell} 不能为空。", En: "{cell} must not be empty."},
	"sheet.formula":          {ZhCN: "{cell} 是公式。请把它粘贴为数值后再导入。", En: "{cell} is a formula. Paste it as a value and try again."},
	"sheet.error_value":      {ZhCN: "{cell} 是错误值 {text}。", En: "{cell} is the error {text}."},
	"sheet.wrong_kind":       {ZhCN: "{cell} 的“{text}”不是这里需要的内容。", En: "\"{text}\" in {cell} is not of the kind expected here."},
	"sheet.too_long":         {ZhCN: "{cell} 的内容太长（上限 {max} 个字）。", En: "{cell} is too long (at most {max} characters)."},
	"sheet.control":          {ZhCN: "{cell} 含有控制字符。", En: "{cell} holds control characters."},
	"sheet.integer":          {ZhCN: "{cell} 的“{text}”不是整数。", En: "\"{text}\" in {cell} is not a whole number."},
	"sheet.range":            {ZhCN: "{cell} 的“{text}”超出范围（{min} 至 {max}）。", En: "\"{text}\" in {cell} is out of range ({min} to {max})."},
	"sheet.digits_lost":      {ZhCN: "{cell} 的“{text}”已被表格软件改写，原来的数字找不回来。请在原系统重新导出，并把该列设为文本。", En: "\"{text}\" in {cell} was rewritten by a spreadsheet program and the original digits are lost. Export it again with that column as text."},
	"sheet.id_number":        {ZhCN: "{cell} 的“{text}”不是编号。", En: "\"{text}\" in {cell} is not an identifier."},
	"sheet.date":             {ZhCN: "{cell} 的“{text}”不是日期时间，例：{example}。", En: "\"{text}\" in {cell} is not a date or time; write it like {example}."},
	"sheet.date_number":      {ZhCN: "{cell} 的“{text}”是普通数字，不能确定是日期。请把该列设为日期格式。", En: "\"{text}\" in {cell} is a plain number, not certainly a date. Format the column as a date."},
	"sheet.date_without_day": {ZhCN: "{cell} 只有时间，没有日期。", En: "{cell} is a time without a date."},
	"sheet.time_skipped":     {ZhCN: "{cell} 的“{text}”在 {zone} 不存在（当天拨快了时钟）。", En: "\"{text}\" in {cell} does not exist in {zone}: the clocks were put forward."},
	"sheet.amount":           {ZhCN: "{cell} 的“{text}”不是 {currency} 金额。", En: "\"{text}\" in {cell} is not an amount in {currency}."},
})
