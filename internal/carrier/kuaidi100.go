package carrier

import (
	"crypto/md5"
	"crypto/subtle"
	"encoding/hex"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"github.com/sanbao/sanbao/clock"
	"github.com/sanbao/sanbao/errs"
)

// The subscription push 订阅推送 of 快递100, as its public documentation describes it (api.kuaidi100.com, 快递信息推送服务, 推送接口): a form
// with the fields param, a JSON text, and sign, the MD5 of param followed by the salt that was given at subscription, in capitals.
// The last result is complete with every push, newest first.

// MaxPush bounds the body of a push, and MaxEvents the events in it.
const (
	MaxPush   = 256 << 10
	MaxEvents = 500
)

// Salt is the secret both sides sign with. However it is printed or logged, nothing of it comes out.
type Salt struct{ text string }

// NewSalt keeps a secret.
func NewSalt(text string) Salt { return Salt{text} }

func (Salt) String() string   { return "(salt)" }
func (Salt) GoString() string { return "(salt)" }

// MarshalText keeps it out of every encoding, too.
func (Salt) MarshalText() ([]byte, error) { return []byte("(salt)"), nil }

// Sign is the signature of a push. MD5 is the format's; it keeps out whoever does not know the salt, no more.
func (s Salt) Sign(param string) string {
	sum := md5.Sum([]byte(param + s.text))
	return strings.ToUpper(hex.EncodeToString(sum[:]))
}

// Signed says whether a push was signed with this salt. An empty salt signs nothing.
func (s Salt) Signed(param, sign string) bool {
	return s.text != "" && subtle.ConstantTimeCompare([]byte(s.Sign(param)), []byte(strings.ToUpper(sign))) == 1
}

// push is what of a push is read.
type push struct {
	LastResult struct {
		State word   `json:"state"`
		Com   string `json:"com"`
		Nu    string `json:"nu"`
		Data  []seen `json:"data"`
	} `json:"lastResult"`
}

type seen struct {
	Context    string `json:"context"`
	Time       string `json:"time"`
	FTime      string `json:"ftime"`
	Status     string `json:"status"`
	StatusCode word   `json:"statusCode"`
	AreaName   string `json:"areaName"`
	Location   string `json:"location"`
}

// word is a code that is written as a text or as a number.
type word string

// UnmarshalJSON takes both.
func (w *word) UnmarshalJSON(raw []byte) error {
	*w = word(strings.Trim(string(raw), `"`))
	return nil
}

// states are the words for the basic state and for the finer one of the first digits (resultv2).
var states = map[string]Status{
	"0": InTransit, "1": Collected, "2": Problem, "3": Signed, "4": Returned, "5": OutForDelivery, "6": Returned, "7": InTransit,
	"8": InTransit, "10": InTransit, "11": InTransit, "12": InTransit, "13": Problem, "14": Returned,
	"101": InTransit, "102": InTransit, "103": Collected,
	"1001": InTransit, "1002": InTransit, "1003": InTransit,
	"301": Signed, "302": Signed, "303": Signed, "304": Signed,
	"401": Returned, "501": OutForDelivery,
}

var named = map[string]Status{"在途": InTransit, "揽收": Collected, "疑难": Problem, "签收": Signed, "退签": Returned, "派件": OutForDelivery,
	"退回": Returned, "转单": InTransit, "转投": InTransit, "拒签": Returned, "干线": InTransit, "到达派件城市": InTransit, "投柜或驿站": OutForDelivery,
	"本人签收": Signed, "派件异常后签收": Signed, "代签": Signed, "投柜或站签收": Signed}

func stateOf(code string) (Status, bool) {
	if s, ok := states[code]; ok {
		return s, true
	}
	if len(code) >= 2 { // a finer word that is newer than this program
		s, ok := states[code[:1]]
		return s, ok && (code[0] == '2' || code[0] == '3')
	}
	return "", false
}

// china is the zone in which carriers write times.
var china = time.FixedZone("CST", 8*3600)

// ReadPush reads the events of a push, oldest first, with the status of each.
func ReadPush(param string) (waybill string, events []Event, err error) {
	var p push
	if err := json.Unmarshal([]byte(param), &p); err != nil {
		return "", nil, errs.New(errs.Invalid, "carrier.push_malformed", errs.Args{"why": "JSON"})
	}
	r := p.LastResult
	if r.Nu == "" || len(r.Nu) > 40 || len(r.Com) > 40 || len(r.Data) > MaxEvents {
		return "", nil, errs.New(errs.Invalid, "carrier.push_malformed", errs.Args{"why": "nu"})
	}
	for i, d := range r.Data {
		at, err := readTime(d)
		if err != nil {
			return "", nil, err
		}
		e := Event{Carrier: clip(r.Com, 40), Waybill: r.Nu, At: at, Text: clip(d.Context, maxText), Place: clip(d.AreaName, maxPlace), Source: Push}
		if e.Place == "" {
			e.Place = clip(d.Location, maxPlace)
		}
		if e.Status, e.Stated = stateOf(string(d.StatusCode)); !e.Stated {
			e.Status, e.Stated = named[d.Status]
		}
		if !e.Stated && i == 0 {
			e.Status, e.Stated = stateOf(string(r.State))
		}
		if !e.Stated {
			e.Status = statusOfText(e.Text)
		}
		if e.Status == Signed {
			e.SignedBy = SignedBy(e.Text) // 301 is the usual word for every signature: it does not say who
		}
		events = append(events, e)
	}
	slices.Reverse(events)
	return r.Nu, events, nil
}

func readTime(d seen) (clock.Instant, error) {
	text := d.FTime
	if text == "" {
		text = d.Time
	}
	at, err := time.ParseInLocation("2006-01-02 15:04:05", text, china)
	if err != nil || at.Year() < 2000 || at.Year() > 2100 {
		return 0, errs.New(errs.Invalid, "carrier.push_malformed", errs.Args{"why": "time"})
	}
	return clock.Of(at), nil
}
