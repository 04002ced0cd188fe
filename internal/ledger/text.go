package ledger

import "github.com/sanbao/sanbao/errs"

var _ = errs.Register(map[string]errs.Text{
	"ledger.unbalanced": {ZhCN: "分录借贷不平，未记账。", En: "The entry does not balance and was not posted."},
})
