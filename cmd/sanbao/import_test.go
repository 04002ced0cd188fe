package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/sanbao/sanbao/clock"
	"github.com/sanbao/sanbao/errs"
	"github.com/sanbao/sanbao/internal/flow"
	"github.com/sanbao/sanbao/internal/order"
	"github.com/sanbao/sanbao/internal/sheet"
)

func TestReport(t *testing.T) {
	r := flow.ImportReport{Created: flow.ImportCounts{Orders: 2, Lines: 31, Payments: 2, Returns: 1, Customers: 2},
		Unchanged: flow.ImportCounts{Orders: 12}, Advanced: 3, SkippedBy: map[string]int64{"import.skip_unpaid": 4}, Run: &order.Run{State: order.RunFailed}, Faults: 25}
	for range 25 {
		r.FaultList = append(r.FaultList, sheet.Fault{Row: 3, Column: "Quantity", Key: "import.required"})
	}
	var out bytes.Buffer
	if err := printReport(&out, errs.En, r, ""); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"   created   unchanged\n", "orders         2          12\n", "return lines         1           0\n", "3 known orders", "skipped 4 rows: unpaid\n",
		"import 0000000000000: failed\n", "row 3, Quantity: This cell must not be empty.\n", "… and 5 more; --faults FILE.csv writes them all\n"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("%q is not in\n%s", want, &out)
		}
	}
	out.Reset()
	if err := printJSON(&out, errs.ZhCN, r); err != nil {
		t.Fatal(err)
	}
	var got struct {
		Created struct{ Orders int64 }
		List    []struct{ Row, Message any } `json:"fault_list"`
	}
	if err := json.Unmarshal(out.Bytes(), &got); err != nil || got.Created.Orders != 2 || len(got.List) != 25 || got.List[0].Message != "这一格不能为空。" {
		t.Errorf("%v %+v", err, got)
	}
}

func TestListsAreFilesForSpreadsheets(t *testing.T) {
	path := filepath.Join(t.TempDir(), "faults.csv")
	if err := writeList(path, errs.En, []sheet.Fault{{Row: 3, Column: "=x", Key: "import.required"}}); err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(path)
	if err != nil || string(b) != "\ufeffrow,column,key,message\n3,'=x,import.required,This cell must not be empty.\n" {
		t.Errorf("%v %q", err, b)
	}
}

func TestMeter(t *testing.T) {
	at := clock.NewFake(clock.Of(time.Date(2026, 11, 21, 9, 0, 0, 0, time.UTC)))
	show := func(terminal bool, every time.Duration) string {
		var out bytes.Buffer
		m := &meter{out: &out, terminal: terminal, every: every, clock: at}
		for i := range int64(4) {
			m.show(flow.ImportProgress{Phase: flow.ImportWrites, Rows: 100 * i, Bytes: 1_000_000 * i, Total: 3_000_000})
			at.Advance(time.Second)
		}
		m.show(flow.ImportProgress{Phase: flow.ImportWrites, Rows: 300, Bytes: 3_000_000, Total: 3_000_000}) // the end, told again
		m.done()
		return out.String()
	}
	if got := show(false, time.Hour); got != "importing: row 0, 0.0 of 3.0 MB\nimporting: row 300, 3.0 of 3.0 MB, 100 rows/s\n" {
		t.Errorf("elsewhere: %q", got)
	}
	got := show(true, time.Millisecond)
	if strings.Count(got, "\n") != 1 || strings.Count(got, "\r\x1b[K") < 4 || !strings.HasSuffix(got, "100 rows/s\n") && !strings.HasSuffix(got, "75 rows/s\n") {
		t.Errorf("on a terminal: %q", got)
	}
}
