package carrier

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/sanbao/sanbao/clock"
)

// Status is what a carrier says of a parcel, in one of few words.
type Status string

const (
	Collected      Status = "collected"        // 已揽收
	InTransit      Status = "in_transit"       // 运输中
	OutForDelivery Status = "out_for_delivery" // 派送中, or laid down at a station or in a locker and not yet taken
	Signed         Status = "signed"           // 已签收
	Problem        Status = "problem"          // 异常
	Returned       Status = "returned"         // 退回: on its way back to the sender, or refused
)

// Statuses lists every status.
var Statuses = []Status{Collected, InTransit, OutForDelivery, Signed, Problem, Returned}

// Who took a parcel at the door 签收人.
const (
	Self    = "self"    // 本人签收
	Family  = "family"  // 家人代收
	Station = "station" // 驿站代收
	Locker  = "locker"  // 快递柜
	Unknown = "unknown" // anybody else, and whenever the carrier's words leave a doubt
)

// Source is how an event came to us.
type Source string

const (
	Push   Source = "push" // the carrier's, or a tracking service's, own
	Hand   Source = "hand" // a person read it somewhere
	Import Source = "import"
)

// Event is one thing a carrier said of a parcel.
type Event struct {
	Carrier  string        `json:"carrier"`
	Waybill  string        `json:"waybill"`
	At       clock.Instant `json:"at"`
	Status   Status        `json:"status" enum:"collected,in_transit,out_for_delivery,signed,problem,returned"`
	SignedBy string        `json:"signed_by,omitempty" enum:",self,family,station,locker,unknown" doc:"who took it, when signed"`
	Text     string        `json:"text" doc:"the carrier's words"`
	Place    string        `json:"place,omitempty"`
	Source   Source        `json:"source" enum:"push,hand,import"`
	Actor    string        `json:"actor,omitempty" doc:"who noted it by hand"`

	// Stated says that the status is the carrier's own word. A push names the status of its newest event alone; of the
	// others it is read from the text, and must not stand beside what was stated of them before.
	Stated bool `json:"-"`
}

// hash is what makes an event itself: parcel, time and words.
func (e Event) hash() string {
	sum := sha256.Sum256(fmt.Appendf(nil, "%s\x00%d\x00%s", e.Waybill, e.At, e.Text))
	return hex.EncodeToString(sum[:])
}

// Bounds of what is kept of an event.
const (
	maxText  = 500
	maxPlace = 100
)

// clip shortens a text to so many characters and drops what is no text.
func clip(s string, most int) string {
	s = strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(s, ""))
	if r := []rune(strings.TrimSpace(s)); len(r) > most {
		return string(r[:most])
	} else {
		return string(r)
	}
}

// asides begin what a carrier adds to every text: whom to call, thanks, advertisements. They name stations and lockers that have
// nothing to do with the parcel.
var asides = regexp.MustCompile(`如有|如您|如需|若有|疑问|投诉|感谢|欢迎|温馨提示`)

// deny turns a word that follows into its opposite.
var deny = regexp.MustCompile(`(非|不是|并非|没有|未经|未由|不在|联系不上)[^，,。；;]{0,6}$`)

var takers = []struct {
	who  string
	said *regexp.Regexp
}{
	{Self, regexp.MustCompile(`本人`)},
	{Family, regexp.MustCompile(`家人|家属|父母|父亲|母亲|爸爸|妈妈|配偶|丈夫|妻子|老公|老婆|儿子|女儿|亲属`)},
	{Locker, regexp.MustCompile(`快递柜|丰巢|智能柜|自提柜|速递易|快件箱|智能箱|格格货栈`)},
	{Station, regexp.MustCompile(`驿站|代收点|自提点|代办点|快递超市|代收站|服务站|合作点`)},
}

// SignedBy reads from a carrier's words who took a parcel: only where they name exactly one of the kinds we know, and do not deny it.
// 妈妈驿站 is a station, not a mother.
func SignedBy(text string) string {
	if at := asides.FindStringIndex(text); at != nil {
		text = text[:at[0]]
	}
	text = strings.ReplaceAll(text, "妈妈驿站", "驿站")
	var said []string
	for _, t := range takers {
		for _, at := range t.said.FindAllStringIndex(text, -1) {
			if deny.MatchString(text[:at[0]]) {
				return Unknown
			}
			if !slices.Contains(said, t.who) {
				said = append(said, t.who)
			}
		}
	}
	if len(said) == 1 {
		return said[0]
	}
	return Unknown
}

// statusOfText reads a status from words where the carrier states none: what is not plain is in transit.
func statusOfText(text string) Status {
	if at := asides.FindStringIndex(text); at != nil {
		text = text[:at[0]]
	}
	switch {
	case strings.Contains(text, "已揽收"), strings.Contains(text, "已揽件"), strings.Contains(text, "已收寄"), strings.Contains(text, "已取件") && !strings.Contains(text, "签收"):
		return Collected
	case strings.Contains(text, "派件中"), strings.Contains(text, "正在派件"), strings.Contains(text, "派送中"), strings.Contains(text, "正在派送"):
		return OutForDelivery
	}
	return InTransit
}
