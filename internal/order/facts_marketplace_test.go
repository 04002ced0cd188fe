package order

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/sanbao/sanbao/calendar"
	"github.com/sanbao/sanbao/internal/id"
)

// S1-114, S3-14: what was promised is what the order's snapshot says. Without one nothing was, and nothing is asked.
func TestPromisesAreTheSnapshots(t *testing.T) {
	lines := []Line{{ID: id.New(), Quantity: 1, Net: 100}}
	none := factsOf(t, Order{Channel: Distance}, lines, 0, 1)
	if said, known := FactPromises.Get(none); said || !known {
		t.Errorf("without a snapshot: promised %v, known %v", said, known)
	}
	if said, known := FactCampaign.Get(none); said || !known {
		t.Errorf("without a record: campaign %v, known %v", said, known)
	}
	if _, known := FactPromiseGenuine.Get(none); known {
		t.Error("a promise is known without a snapshot")
	}

	from, to := calendar.DateOf(2026, time.October, 7), calendar.DateOf(2026, time.October, 10)
	a := Attrs{Promises: &Promises{Genuine: true, Returns: true, ReturnDays: 15, ReturnFreight: "shop", Compensation: 1000, Escrow: true},
		Campaign: &Campaign{From: from, To: to, NoReasonDays: 45}}
	stored, err := json.Marshal(a)
	if err != nil {
		t.Fatal(err)
	}
	var read Attrs
	if err := json.Unmarshal(stored, &read); err != nil {
		t.Fatal(err)
	}
	fs := factsOf(t, Order{Channel: Distance, Attrs: read}, lines, 0, 1)
	got, err := json.Marshal(fs)
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]any{"order.promises": true, "promise.genuine": true, "promise.quality": false, "promise.returns": true, "promise.return_days": 15.0,
		"promise.return_freight": "shop", "promise.outbound_freight": "unset", "promise.reissue_freight": "unset", "promise.compensation": 1000.0, "order.escrow": true,
		"campaign.recorded": true, "campaign.from": "2026-10-07", "campaign.to": "2026-10-10", "campaign.days": 45.0} {
		var all map[string]map[string]any
		if err := json.Unmarshal(got, &all); err != nil {
			t.Fatal(err)
		}
		if v := all[name]["order"]; v != want {
			t.Errorf("%s: want %v, got %v", name, want, all[name])
		}
	}
	for _, open := range []string{"order.receipt_confirmed", "order.closed_on"} {
		if _, known := fs[open]; known {
			t.Errorf("%s is nowhere on record", open)
		}
	}
}
