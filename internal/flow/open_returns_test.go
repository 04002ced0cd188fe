package flow_test

import (
	"encoding/csv"
	"io"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/sanbao/sanbao/internal/db"
	"github.com/sanbao/sanbao/internal/flow"
	"github.com/sanbao/sanbao/internal/id"
	"github.com/sanbao/sanbao/internal/order/export"
	"github.com/sanbao/sanbao/internal/shop"
	"github.com/sanbao/sanbao/money"
)

const realOrders = "../../examples/real-orders/data/online_retail_2010-12_slice.csv"

// The real slice, from the file to the last penny: what is refunded and what is left over, each with its reason, sum to
// the file's return lines, which this test adds up by itself. Running it again changes nothing.
func TestRealReturnsToThePenny(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		gifts := shop.Shop{ID: id.New(), Code: "gifts", Name: "Gifts", Pack: "gifts-uk", Law: "law-uk", Currency: "GBP", Calendar: "GB-EAW", Overlays: []string{}}
		k.must(k.f.DB.Write(t.Context(), func(tx *db.Tx) error {
			if err := shop.Insert(tx, gifts); err != nil {
				return err
			}
			return shop.InsertWarehouse(tx, shop.Warehouse{ID: id.New(), ShopID: gifts.ID, Code: "main", Name: "main"})
		}))
		k.shop = gifts
		file, err := os.Open(realOrders)
		k.must(err)
		defer file.Close()
		info, err := file.Stat()
		k.must(err)
		imported, err := flow.ImportOrders(t.Context(), k.f.DB, flow.Import{ShopID: gifts.ID, Preset: "uci-online-retail", Actor: "test",
			Orders: export.File{Name: file.Name(), Data: file, Size: info.Size()}})
		k.must(err)
		if len(imported.FaultList) > 0 {
			t.Fatalf("faults: %v", imported.FaultList)
		}
		lines, want := returnLines(t)
		// Broken off after the cases were opened: the next run takes them to their end.
		if _, err := k.f.OpenReturns(t.Context(), agent, gifts.ID, flow.OpenReturns{Ground: "not_stated"}); err != nil {
			t.Fatal(err)
		}
		r, err := k.f.OpenReturns(t.Context(), agent, gifts.ID, flow.OpenReturns{Ground: "not_stated", Complete: true})
		k.must(err)
		sum := r.Refunded.Minor
		reasons := map[string]int{}
		for _, u := range r.Unmatched {
			sum += u.Minor
			reasons[u.Reason]++
		}
		t.Logf("%d opened, %v refunded, left %v", r.Opened, r.Refunded, reasons)
		if sum != want || r.Opened+len(r.Unmatched) != lines {
			t.Errorf("%d lines sum to %d; the file has %d lines of %d", r.Opened+len(r.Unmatched), sum, lines, want)
		}
		if r.Opened < 140 || reasons[flow.Declined] > 0 {
			t.Errorf("opened %d, left %v", r.Opened, reasons)
		}
		books := k.balances()
		if books["paid:bank"] != -r.Refunded.Minor || books["owed:customers"] != 0 {
			t.Errorf("books %v", books)
		}
		again, err := k.f.OpenReturns(t.Context(), agent, gifts.ID, flow.OpenReturns{Ground: "not_stated", Complete: true})
		k.must(err)
		if again.Opened != r.Opened || again.Refunded != r.Refunded || len(again.Unmatched) != len(r.Unmatched) || k.balances()["paid:bank"] != books["paid:bank"] {
			t.Errorf("a second run did %+v", again)
		}
	})
}

// returnLines counts and adds up the file's return lines, with nothing of the importer.
func returnLines(t *testing.T) (lines int, pence int64) {
	t.Helper()
	file, err := os.Open(realOrders)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	rows := csv.NewReader(file)
	for {
		row, err := rows.Read()
		if err == io.EOF {
			return lines, pence
		}
		if err != nil {
			t.Fatal(err)
		}
		if !strings.HasPrefix(row[0], "C") {
			continue
		}
		n, err := strconv.ParseInt(row[3], 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		price, err := money.Parse(row[5], "GBP")
		if err != nil {
			t.Fatal(err)
		}
		lines, pence = lines+1, pence-n*price.Minor
	}
}
