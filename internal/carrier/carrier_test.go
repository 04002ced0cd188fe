package carrier_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sanbao/sanbao/clock"
	"github.com/sanbao/sanbao/errs"
	"github.com/sanbao/sanbao/internal/carrier"
	"github.com/sanbao/sanbao/internal/cases/casetest"
	"github.com/sanbao/sanbao/internal/db"
	"github.com/sanbao/sanbao/internal/db/dbtest"
	"github.com/sanbao/sanbao/internal/id"
)

func TestMain(m *testing.M) { dbtest.Main(m) }

func codes(no string) (out []string) {
	for _, c := range carrier.Recognise(no, errs.ZhCN) {
		if c.Certain {
			out = append(out, c.Code+"!")
		} else {
			out = append(out, c.Code)
		}
	}
	return out
}

// Samples of public collections, and numbers that several carriers have used: all of those are named (S4-10).
func TestRecognise(t *testing.T) {
	for no, want := range map[string][]string{
		"YT8962646785389":     {"yuantong!"},
		" yt 8962 6467 85389": {"yuantong!"},
		"73610555582883":      {"zhongtong"},
		"SF1385628716739":     {"shunfeng!"},
		"773277027280336":     {"shentong"},
		"DPK202252612836":     {"debangkuaidi!"},
		"463431409940372":     {"yunda"},
		"432277027280336":     {"yunda", "shentong"},
		"1207119765021":       {"yunda", "youzhengguonei"},
		"1136281381675":       {"yunda", "ems", "youzhengguonei"},
		"JDX024407261700":     {"jd!"},
		"JT5261988016578":     {"jtexpress!"},
		"268123456789":        {"yuantong", "shentong", "shunfeng"},
		"EA473124829CN":       {"ems!"},
		"EA473124828CN":       nil, // the check digit does not fit
		"5685685685685685":    nil,
		"":                    nil,
		"YTDEMO0006":          nil,
	} {
		if d := cmp.Diff(want, codes(no)); d != "" {
			t.Errorf("%q (-want +got):\n%s", no, d)
		}
	}
}

// Every number made after a known form is recognised as its carrier's, however it is typed; one changed digit of a postal number
// makes it another's or nobody's.
func TestRecogniseProperty(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 11))
	digits := func(n int) string {
		var b strings.Builder
		for range n {
			b.WriteByte(byte('0' + r.IntN(10)))
		}
		return b.String()
	}
	for range 2000 {
		serial := digits(8)
		sum := 0
		for i, w := range []int{8, 6, 4, 2, 3, 5, 9, 7} {
			sum += w * int(serial[i]-'0')
		}
		check := (11 - sum%11) % 11
		switch 11 - sum%11 {
		case 10:
			check = 0
		case 11:
			check = 5
		}
		post := fmt.Sprintf("E%c%s%dCN", 'A'+r.IntN(26), serial, check)
		for no, code := range map[string]string{"YT" + digits(13): "yuantong!", "SF" + digits(13): "shunfeng!", "JT" + digits(13): "jtexpress!",
			"JDV" + digits(12): "jd!", "DPK" + digits(12): "debangkuaidi!", "77" + digits(13): "shentong", "73" + digits(12): "zhongtong",
			"31" + digits(13): "yunda", post: "ems!"} {
			typed := strings.ToLower(no[:3]) + " " + no[3:]
			if got := codes(typed); len(got) == 0 || got[0] != code {
				t.Fatalf("%q: %v, want %s", typed, got, code)
			}
		}
		at := 2 + r.IntN(9)
		wrong := post[:at] + string('0'+(post[at]-'0'+1+byte(r.IntN(9)))%10) + post[at+1:]
		if got := codes(wrong); len(got) != 0 && check != 5 { // two remainders give a 5: such a number may take another's digit
			t.Fatalf("%s for %s: %v", wrong, post, got)
		}
	}
}

func FuzzRecognise(f *testing.F) {
	for _, s := range []string{"YT8962646785389", "EA473124829CN", "٣٤", "\xff\x00", strings.Repeat("9", 99)} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		for _, c := range carrier.Recognise(s, errs.En) {
			if c.Code == "" || c.Name == "" {
				t.Errorf("%q: %v", s, c)
			}
		}
		carrier.SignedBy(s)
		if no, events, err := carrier.ReadPush(s); err == nil && (no == "" || len(events) > carrier.MaxEvents) {
			t.Errorf("%q: %s, %d events", s, no, len(events))
		}
	})
}

func TestByName(t *testing.T) {
	for name, want := range map[string]string{"圆通": "yuantong", "圆通快递": "yuantong", " YTO ": "yuantong", "中通快递": "zhongtong", "韵达速递": "yunda",
		"EMS": "ems", "sf": "shunfeng", "jd": "jd", "邮政小包": "youzhengguonei", "顺风": "", "": "", "s": ""} {
		if got, _ := carrier.ByName(name); got.Code != want {
			t.Errorf("%q: %q, want %q", name, got.Code, want)
		}
	}
}

// Who signed is named only where the carrier's words leave no doubt (NRR-10, 他人代签).
func TestSignedBy(t *testing.T) {
	for text, want := range map[string]string{
		"已签收，签收人：本人，感谢使用圆通速递":                carrier.Self,
		"您的快件已签收,签收人凭取货码签收。如有疑问请联系菜鸟驿站":      carrier.Unknown,
		"快件已由【丰巢快递柜】签收":                      carrier.Locker,
		"【代收点】您的快件已在【某某妈妈驿站】签收，感谢使用，期待为本人服务": carrier.Station,
		"家人代收":           carrier.Family,
		"本人或家人签收":        carrier.Unknown,
		"非本人签收，门卫代收":     carrier.Unknown,
		"联系不上收件人本人，已放驿站": carrier.Unknown,
		"已签收，签收人：门卫":     carrier.Unknown,
		"已签收，签收人：草签":     carrier.Unknown,
		"":               carrier.Unknown,
	} {
		if got := carrier.SignedBy(text); got != want {
			t.Errorf("%q: %s, want %s", text, got, want)
		}
	}
}

const pushed = `{"status":"shutdown","billstatus":"check","message":"","autoCheck":"0","comOld":"","comNew":"","lastResult":{"message":"ok","state":"3","status":"200",
	"condition":"F00","ischeck":"1","com":"yuantong","nu":"YT8962646785389","data":[
	{"context":"已签收，签收人：本人","time":"2026-11-20 18:02:11","ftime":"2026-11-20 18:02:11"},
	{"context":"广州某某网点正在派件","time":"2026-11-20 09:00:00","ftime":"2026-11-20 09:00:00","areaName":"广东,广州市"},
	{"context":"上海转运中心已发出","time":"2026-11-19 01:00:00","ftime":"2026-11-19 01:00:00","status":"在途"},
	{"context":"上海某某网点已揽收","time":"2026-11-18 20:00:00","ftime":"2026-11-18 20:00:00"}]}}`

func TestReadPush(t *testing.T) {
	no, events, err := carrier.ReadPush(pushed)
	if err != nil || no != "YT8962646785389" || len(events) != 4 {
		t.Fatal(no, len(events), err)
	}
	var got []string
	for _, e := range events {
		got = append(got, string(e.Status)+"/"+e.SignedBy)
	}
	if d := cmp.Diff([]string{"collected/", "in_transit/", "out_for_delivery/", "signed/self"}, got); d != "" {
		t.Error(d)
	}
	if want := "2026-11-20T10:02:11.000000Z"; events[3].At.String() != want || events[2].Place != "广东,广州市" {
		t.Error(events[3].At, events[2].Place)
	}
	for _, bad := range []string{"", "null", "[]", `{"lastResult":{}}`, `{"lastResult":{"nu":"x","data":[{"context":"a","time":"gestern"}]}}`,
		`{"lastResult":{"nu":"` + strings.Repeat("9", 41) + `"}}`, `{"lastResult":{"nu":"x","data":[` + strings.Repeat(`{},`, carrier.MaxEvents) + `{}]}}`} {
		if _, _, err := carrier.ReadPush(bad); errs.CodeOf(err) != errs.Invalid {
			t.Errorf("%.60s: %v", bad, err)
		}
	}
}

// The signature is MD5 of text and salt in capitals; a shop without a salt takes nothing; the salt never leaves in any form.
func TestSignature(t *testing.T) {
	salt := carrier.NewSalt("XXXXXXXXXX")
	if got := salt.Sign("{}"); got != "FBD287D33CE7ECBA42BF346ACA6BA5FA" {
		t.Error(got)
	}
	if !salt.Signed("{}", salt.Sign("{}")) || !salt.Signed("{}", strings.ToLower(salt.Sign("{}"))) {
		t.Error("its own signature is refused")
	}
	for _, sign := range []string{"", salt.Sign("{ }"), carrier.NewSalt("YYYYYYYYYY").Sign("{}"), salt.Sign("{}")[:31]} {
		if salt.Signed("{}", sign) {
			t.Errorf("%q is taken", sign)
		}
	}
	if none := (carrier.Salt{}); none.Signed("{}", none.Sign("{}")) {
		t.Error("without a salt anybody can sign")
	}
	raw, err := json.Marshal(map[string]carrier.Salt{"shoes": salt})
	if printed := fmt.Sprintf("%v %+v %#v %s %s", salt, salt, salt, salt, raw); err != nil || strings.Contains(printed, "XXX") {
		t.Error(printed, err)
	}
}

func event(at clock.Instant, s carrier.Status, text string, stated bool) carrier.Event {
	e := carrier.Event{Carrier: "yuantong", Waybill: "YT8962646785389", At: at, Status: s, Text: text, Source: carrier.Push, Stated: stated}
	if s == carrier.Signed {
		e.SignedBy = carrier.Self
	}
	return e
}

func TestArrived(t *testing.T) {
	signed := event(5, carrier.Signed, "签", true)
	for name, c := range map[string]struct {
		events []carrier.Event
		want   bool
	}{
		"nothing":             {nil, false},
		"on its way":          {[]carrier.Event{event(1, carrier.InTransit, "", false)}, false},
		"signed":              {[]carrier.Event{event(1, carrier.InTransit, "", false), signed}, true},
		"signed, then more":   {[]carrier.Event{signed, event(6, carrier.InTransit, "", false)}, true},
		"signed, then doubt":  {[]carrier.Event{signed, event(6, carrier.Problem, "", true)}, false},
		"it went back first":  {[]carrier.Event{event(1, carrier.Returned, "", true), signed}, false},
		"it went back after":  {[]carrier.Event{signed, event(9, carrier.Returned, "", true)}, false},
		"a problem before it": {[]carrier.Event{event(1, carrier.Problem, "", true), signed}, true},
	} {
		if _, got := carrier.Arrived(c.events); got != c.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}

// The same event twice changes nothing; a status the carrier states comes beside one that was guessed; nothing is changed or deleted.
func TestEventsAreAppendOnly(t *testing.T) {
	casetest.Each(t, func(t *testing.T, g *casetest.Ground) {
		report := func(shop id.ID, events ...carrier.Event) (fresh int) {
			t.Helper()
			g.Do(t, func(tx *db.Tx) error {
				known, err := carrier.Events(tx, shop, "YT8962646785389")
				if err != nil {
					return err
				}
				add := carrier.New(known, events)
				fresh = len(add)
				return tx.Batch(func(b *db.Batch) { carrier.Append(b, tx.Now, shop, add) })
			})
			return fresh
		}
		first := []carrier.Event{event(1, carrier.Collected, "已揽收", false), event(2, carrier.InTransit, "到了", true)}
		for _, c := range []struct {
			events []carrier.Event
			want   int
		}{
			{first, 2},
			{first, 0},
			{append(first, event(2, carrier.InTransit, "到了", false)), 0},
			{[]carrier.Event{event(2, carrier.Signed, "到了", false)}, 0}, // guessed, against a stated one
			{[]carrier.Event{event(2, carrier.Signed, "到了", true)}, 1},
		} {
			if got := report(g.Shop.ID, c.events...); got != c.want {
				t.Errorf("%v: %d new, want %d", c.events, got, c.want)
			}
		}
		g.Batch(t, func(tx *db.Tx, b *db.Batch) { carrier.Append(b, tx.Now, g.Shop.ID, first) }) // two at once: the later one is not told what the other wrote
		got := casetest.See(t, g, func(tx *db.Tx) ([]carrier.Event, error) { return carrier.Events(tx, g.Shop.ID, "YT8962646785389") })
		want := append(first, event(2, carrier.Signed, "到了", true))
		for i := range want {
			want[i].Stated = false
		}
		if d := cmp.Diff(want, got); d != "" {
			t.Error(d)
		}
		if n := report(g.Stranger.ID, first...); n != 2 {
			t.Errorf("another shop's parcel of that number: %d", n)
		}
		for _, q := range []string{`update tracking_event set text = '' where shop_id = $1`, `delete from tracking_event where shop_id = $1`} {
			if err := g.TryBatch(t, func(_ *db.Tx, b *db.Batch) { b.Exec(q, g.Shop.ID) }); err == nil {
				t.Errorf("%s: done", q)
			}
		}
	})
}

func TestParcels(t *testing.T) {
	casetest.Each(t, func(t *testing.T, g *casetest.Ground) {
		p := carrier.Parcel{ID: id.New(), ShopID: g.Shop.ID, OrderID: g.Order.ID, Carrier: "圆通", Waybill: "YT8962646785389"}
		q := carrier.Parcel{ID: id.New(), ShopID: g.Shop.ID, OrderID: g.Order.ID, Carrier: "EMS", Waybill: "EA473124829CN"}
		again := p
		again.ID = id.New()
		g.Batch(t, func(tx *db.Tx, b *db.Batch) {
			for _, x := range []carrier.Parcel{p, q, again} {
				carrier.InsertParcel(b, tx.Now, x)
			}
		})
		got := casetest.See(t, g, func(tx *db.Tx) ([]carrier.Parcel, error) { return carrier.OfOrder(tx, g.Shop.ID, g.Order.ID) })
		if d := cmp.Diff([]carrier.Parcel{p, q}, got); d != "" {
			t.Error(d)
		}
		got = casetest.See(t, g, func(tx *db.Tx) ([]carrier.Parcel, error) { return carrier.ByWaybill(tx, g.Shop.ID, p.Waybill) })
		if d := cmp.Diff([]carrier.Parcel{p}, got); d != "" {
			t.Error(d)
		}
		none := casetest.See(t, g, func(tx *db.Tx) ([]carrier.Parcel, error) { return carrier.ByWaybill(tx, g.Stranger.ID, p.Waybill) })
		none = append(none, casetest.See(t, g, func(tx *db.Tx) ([]carrier.Parcel, error) { return carrier.OfOrder(tx, g.Stranger.ID, g.Order.ID) })...)
		if len(none) != 0 {
			t.Errorf("another shop sees %v", none)
		}
	})
}
