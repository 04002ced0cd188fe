package calendar

import "github.com/sanbao/sanbao/errs"

var _ = errs.Register(map[string]errs.Text{
	"calendar.date_malformed":     {ZhCN: "日期“{text}”不对，应写成 2026-11-21 这样。", En: "\"{text}\" is not a date; write it like 2026-11-21."},
	"calendar.year_missing":       {ZhCN: "日历 {calendar} 还没有 {year} 年的放假安排（用到 {date}；现有 {first} 至 {last}）。请管理员先导入该年的安排。", En: "Calendar {calendar} has no data for {year} (needed for {date}; it covers {first} to {last}). An administrator has to load that year first."},
	"calendar.unknown":            {ZhCN: "没有名为“{calendar}”的日历。现有：{known}。", En: "There is no calendar \"{calendar}\". Known: {known}."},
	"calendar.negative_duration":  {ZhCN: "工作时长不能为负。", En: "A working time must not be negative."},
	"calendar.period_malformed":   {ZhCN: "期限“{n} {unit}”不对：数量为 0 至 {max}，单位为 hours、work_hours、days、workdays、months 或 years。", En: "\"{n} {unit}\" is not a period: a number from 0 to {max} and one of hours, work_hours, days, workdays, months, years are expected."},
	"calendar.period_needs_time":  {ZhCN: "按小时计的期限要从某一时刻起算，不能只给日期。", En: "A period in hours runs from a moment, not from a date."},
	"calendar.roll_hours":         {ZhCN: "按小时计的期限不顺延。", En: "A period in hours does not roll to the next working day."},
	"calendar.pause_backwards":    {ZhCN: "暂停的结束时间早于开始时间。", En: "A pause ends before it begins."},
	"calendar.table_directive":    {ZhCN: "第 {line} 行：不认识“{word}”。可用：calendar、zone、base、covers、source、hours、off、work。", En: "Line {line}: \"{word}\" is not known. Use calendar, zone, base, covers, source, hours, off or work."},
	"calendar.table_twice":        {ZhCN: "第 {line} 行：“{word}”已在第 {first} 行写过。", En: "Line {line}: \"{word}\" was already given in line {first}."},
	"calendar.table_id":           {ZhCN: "第 {line} 行：日历编号“{text}”不对，只用字母、数字和短横，最多 40 个字符。", En: "Line {line}: \"{text}\" is not a calendar id; use up to 40 letters, digits and hyphens."},
	"calendar.table_zone":         {ZhCN: "第 {line} 行：没有时区“{text}”。例：Asia/Shanghai。", En: "Line {line}: there is no time zone \"{text}\". Example: Asia/Shanghai."},
	"calendar.table_base":         {ZhCN: "第 {line} 行：没有可作基础的日历“{text}”。现有：{known}。", En: "Line {line}: there is no calendar \"{text}\" to build on. Known: {known}."},
	"calendar.table_base_late":    {ZhCN: "第 {line} 行：base 只能紧跟在 calendar 之后。", En: "Line {line}: base must come right after calendar."},
	"calendar.table_dates":        {ZhCN: "第 {line} 行：日期“{text}”不对，应写成 2026-10-01 或 2026-10-01..2026-10-07。", En: "Line {line}: \"{text}\" is not a date or a span; write 2026-10-01 or 2026-10-01..2026-10-07."},
	"calendar.table_span":         {ZhCN: "第 {line} 行：日期范围最多 {max} 天。", En: "Line {line}: a span has at most {max} days."},
	"calendar.table_gap":          {ZhCN: "第 {line} 行：范围 {first} 至 {last} 没有接上基础日历的 {base_first} 至 {base_last}。", En: "Line {line}: {first} to {last} does not join the {base_first} to {base_last} of the calendar it builds on."},
	"calendar.table_not_covered":  {ZhCN: "第 {line} 行：{date} 不在 covers 所写的范围内。", En: "Line {line}: {date} is outside the days given by covers."},
	"calendar.table_date_twice":   {ZhCN: "第 {line} 行：{date} 已在第 {first} 行写过。", En: "Line {line}: {date} was already given in line {first}."},
	"calendar.table_weekdays":     {ZhCN: "第 {line} 行：星期“{text}”不对。例：mon-fri 或 sat。", En: "Line {line}: \"{text}\" is not a weekday. Write mon-fri or sat."},
	"calendar.table_hours":        {ZhCN: "第 {line} 行：“{text}”不是工作时段。例：09:00-12:00 13:30-18:00，依次排列，不能重叠，最晚 24:00。", En: "Line {line}: \"{text}\" are no working hours. Write 09:00-12:00 13:30-18:00, in order, without overlap, up to 24:00."},
	"calendar.table_long":         {ZhCN: "第 {line} 行：文件太大（最多 {lines} 行、{bytes} 字节，每行 {width} 字节）。", En: "Line {line}: the table is too large; it may have {lines} lines, {bytes} bytes, and {width} bytes a line."},
	"calendar.table_encoding":     {ZhCN: "第 {line} 行：不是 UTF-8 文字。", En: "Line {line}: this is not UTF-8 text."},
	"calendar.table_lacks":        {ZhCN: "缺少“{word}”这一行。", En: "The line \"{word}\" is missing."},
	"calendar.table_no_workhours": {ZhCN: "一周中没有任何工作时段。", En: "No day of the week has working hours."},
})
