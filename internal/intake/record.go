package intake

import (
	"strings"

	"github.com/sanbao/sanbao/clock"
	"github.com/sanbao/sanbao/internal/id"
	"github.com/sanbao/sanbao/money"
)

// Stage is how far the platform has come with an application.
type Stage string

const (
	Open   Stage = "open"
	Done   Stage = "done"   // the money was given back
	Closed Stage = "closed" // ended without
)

// Kind is what was asked for.
type Kind string

const (
	RefundReturn Kind = "refund_return"
	RefundOnly   Kind = "refund_only"
	Exchange     Kind = "exchange"
	Other        Kind = "other" // a repair, a part sent later, or a word that is not known
)

// Record is one application as a platform has it.
type Record struct {
	ID         id.ID          `json:"id"`
	ShopID     id.ID          `json:"-"`
	Platform   string         `json:"platform"`
	ReturnNo   string         `json:"return_no" doc:"the platform's number of the application"`
	OrderNo    string         `json:"order_no"`
	SubNo      string         `json:"sub_no,omitempty" doc:"the platform's number of the article within the order"`
	SKU        string         `json:"sku,omitempty"`
	Quantity   int64          `json:"quantity,omitempty" doc:"0 where the list does not say"`
	Kind       Kind           `json:"kind" enum:"refund_return,refund_only,exchange,other"`
	Stage      Stage          `json:"stage" enum:"open,done,closed"`
	Status     string         `json:"status" doc:"the platform's own word, as seen"`
	Why        string         `json:"why,omitempty" doc:"the buyer's reason, as seen"`
	Minor      int64          `json:"minor" doc:"what is given back, freight included, minor units"`
	Freight    int64          `json:"freight,omitempty" doc:"of it: freight"`
	Currency   money.Currency `json:"currency"`
	At         clock.Instant  `json:"at" doc:"when it was applied for"`
	DeadlineAt *clock.Instant `json:"deadline_at,omitempty" doc:"until when the platform wants an answer"`
	DoneAt     *clock.Instant `json:"done_at,omitempty" doc:"when the platform gave the money back"`
	State      State          `json:"state" enum:"new,opened,unmatched"`
	Reason     string         `json:"reason,omitempty" doc:"why no case stands for it"`
	CaseID     id.ID          `json:"case_id,omitzero"`
	LineID     id.ID          `json:"line_id,omitzero"`
	ImportID   id.ID          `json:"import_id,omitzero" doc:"the import that brought it"`
	Raw        string         `json:"-"`
	Version    int64          `json:"version"`

	Row int `json:"-"` // in the file
}

// State is what became of a record here.
type State string

const (
	New       State = "new"
	Opened    State = "opened" // a case stands for it
	Unmatched State = "unmatched"
)

// Amount is what the platform gives back.
func (r Record) Amount() money.Money { return money.Of(r.Minor, r.Currency) }

// Advance is the record as it is after a list said now of it, and whether that is anything new. What an application is
// about does not change; its amount, status and deadline may. A stage never goes back: a list that is older than what is
// known changes nothing.
func (r Record) Advance(now Record) (Record, bool) {
	if rank[now.Stage] < rank[r.Stage] {
		return r, false
	}
	next := r
	next.Kind, next.Stage, next.Status, next.Why, next.Minor, next.Freight = now.Kind, now.Stage, now.Status, now.Why, now.Minor, now.Freight
	next.DeadlineAt, next.DoneAt = now.DeadlineAt, now.DoneAt
	if now.DoneAt == nil {
		next.DoneAt = r.DoneAt
	}
	same := next.Kind == r.Kind && next.Stage == r.Stage && next.Status == r.Status && next.Why == r.Why && next.Minor == r.Minor &&
		next.Freight == r.Freight && sameTime(next.DeadlineAt, r.DeadlineAt) && sameTime(next.DoneAt, r.DoneAt)
	return next, !same
}

var rank = map[Stage]int{Open: 0, Closed: 1, Done: 2}

func sameTime(a, b *clock.Instant) bool {
	return a == nil && b == nil || a != nil && b != nil && *a == *b
}

// stageOf reads a status. Refused and closed are over; a refund that is under way is not done.
func stageOf(status string) Stage {
	s := strings.ToLower(strings.NewReplacer("，", "", ",", "", " ", "").Replace(status))
	switch {
	case containsAny(s, "关闭", "撤销", "已取消", "买家逾期", "closed", "cancel", "declined"):
		return Closed
	case containsAny(s, "退款成功", "已退款", "退款完成", "换货成功", "补寄成功", "refunded", "success"):
		return Done
	}
	return Open
}

// kindOf reads what is asked for, from the list's word for it and from whether goods have to come back.
func kindOf(word, sendBack string) Kind {
	switch {
	case containsAny(word, "换货"):
		return Exchange
	case containsAny(word, "补寄", "补发", "维修"):
		return Other
	case containsAny(word, "退货"):
		return RefundReturn
	case containsAny(word, "退款"):
		return RefundOnly
	case word == "" && containsAny(sendBack, "不", "否", "无需"):
		return RefundOnly
	case word == "" && sendBack != "":
		return RefundReturn
	}
	return Other
}

// grounds lead from the words in which platforms let buyers say why to the grounds of the policies. The first that fits
// counts; what fits none has no ground, and is never taken for one that costs the buyer freight.
var grounds = []struct {
	ground string
	words  []string
}{
	{"not_received", []string{"未收到", "没收到", "没有收到", "丢件", "物流停滞", "快递一直未"}},
	{"late_dispatch", []string{"未按约定时间发货", "发货慢", "未发货", "缺货", "超时发货"}},
	{"wrong_item", []string{"发错", "错发", "卖家发错"}},
	{"short_item", []string{"少件", "漏发", "少发", "缺件"}},
	{"transport_damage", []string{"破损", "运输损坏", "压坏", "碎了"}},
	{"counterfeit", []string{"假冒", "假货", "非正品"}},
	{"allergy", []string{"过敏"}},
	{"description_mismatch", []string{"描述不符", "与描述", "不一致", "图片不符", "颜色/款式"}},
	{"quality", []string{"质量", "做工", "开胶", "瑕疵", "掉色", "破洞", "故障", "污渍"}},
	{"size_mismatch", []string{"尺码", "尺寸", "大小不合", "不合脚", "不合身"}},
	{"dislike_style", []string{"款式不喜欢", "不喜欢", "效果不好"}},
	{"no_reason", []string{"无理由", "不想要", "拍错", "拍多", "多拍", "信息填错", "地址错", "降价", "不好看"}},
}

// Ground is the policies' ground that the buyer's reason names, "" when it names none.
func (r Record) Ground() string {
	for _, g := range grounds {
		if containsAny(r.Why, g.words...) {
			return g.ground
		}
	}
	return ""
}

func containsAny(s string, words ...string) bool {
	for _, w := range words {
		if strings.Contains(s, w) {
			return true
		}
	}
	return false
}
