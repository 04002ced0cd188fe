package term

// booksWords are those of the books: what a payment is, and where statements differ.
var booksWords = map[string]Word{
	"money.refund":        {"退款", "退款", "Refund"},
	"money.reimbursement": {"报销", "報銷", "Reimbursement"},
	"money.repair":        {"维修报销", "維修報銷", "Repair reimbursed"},
	"money.charge":        {"补差价", "補差額", "Price difference to pay"},

	// Where a statement says another thing than we do
	"difference.unknown":     {"对方有、我方没有", "對方有、我方沒有", "Theirs alone"},
	"difference.amount":      {"金额不一致", "金額不一致", "Another amount"},
	"difference.not_settled": {"对方已退、我方未到账", "對方已退、我方未入帳", "Paid there, not settled here"},
	"difference.twice":       {"同一笔款项出现两次", "同一筆款項出現兩次", "Twice for one payment"},
	"difference.missing":     {"我方已到账、对方没有", "我方已入帳、對方沒有", "Settled here, not in theirs"},

	// Why a payment is looked at first
	"held.duplicate": {"疑似重复打款", "疑似重複匯款", "Perhaps paid before"},
	"held.over_cap":  {"超过小额打款上限，改走银行转账", "超過小額匯款上限，改用銀行轉帳", "More than the platform transfers: by bank"},
	"held.insured":   {"有运费险，先核对赔付", "有退貨運費險，先核對理賠", "Insured: see what the insurer paid"},

	// Red letters
	"red_letter.open": {"待开红字发票", "待開折讓單", "Red letter to issue"},
	"red_letter.done": {"已红冲", "已折讓", "Reversed"},
}
