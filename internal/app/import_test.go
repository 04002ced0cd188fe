package app_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"

	"github.com/sanbao/sanbao/internal/app"
	"github.com/sanbao/sanbao/internal/auth"
	"github.com/sanbao/sanbao/internal/flow"
	"github.com/sanbao/sanbao/internal/order"
	"github.com/sanbao/sanbao/internal/shop"
	"github.com/sanbao/sanbao/internal/web"
	"github.com/sanbao/sanbao/internal/web/webtest"
)

// importer is a gift shop's imports over HTTP.
type importer struct {
	t     *testing.T
	h     http.Handler
	root  string
	token string
	keys  int
}

func newImporter(t *testing.T, a *app.App) *importer {
	t.Helper()
	s, err := a.OpenShop(t.Context(), shop.NewShop{Code: "gifts", Name: "gifts", Pack: "gifts-uk", Law: "law-uk", Currency: "GBP", Calendar: "GB-EAW"})
	if err != nil {
		t.Fatal(err)
	}
	return &importer{t: t, h: a.Server(), root: "/api/v1/shops/" + s.ID.String() + "/imports",
		token: webtest.Token(t, a.DB, s.ID, auth.OrdersImport, auth.OrdersRead)}
}

// form is a form of files: name and content in turn.
func form(t *testing.T, files ...string) (body []byte, contentType string) {
	t.Helper()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	for i := 0; i < len(files); i += 2 {
		p, err := w.CreateFormFile(files[i], files[i]+".csv")
		if err == nil {
			_, err = p.Write([]byte(files[i+1]))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes(), w.FormDataContentType()
}

func (im *importer) ask(method, path, key, contentType string, body []byte) *httptest.ResponseRecorder {
	r := httptest.NewRequestWithContext(im.t.Context(), method, im.root+path, bytes.NewReader(body))
	r.Header.Set("Authorization", "Bearer "+im.token)
	r.Header.Set("Accept-Language", "en")
	r.Header.Set("Idempotency-Key", key)
	if contentType != "" {
		r.Header.Set("Content-Type", contentType)
	}
	w := httptest.NewRecorder()
	im.h.ServeHTTP(w, r)
	return w
}

// send posts files.
func (im *importer) send(path string, files ...string) *httptest.ResponseRecorder {
	im.t.Helper()
	im.keys++
	body, contentType := form(im.t, files...)
	return im.ask(http.MethodPost, path, fmt.Sprintf("send-%d", im.keys), contentType, body)
}

func (im *importer) get(path string) *httptest.ResponseRecorder {
	return im.ask(http.MethodGet, path, "", "", nil)
}

func read[T any](t *testing.T, w *httptest.ResponseRecorder) T {
	t.Helper()
	var v T
	if err := json.Unmarshal(w.Body.Bytes(), &v); err != nil || w.Code != http.StatusOK {
		t.Fatalf("%d %s: %v", w.Code, w.Body, err)
	}
	return v
}

func wantProblem(t *testing.T, w *httptest.ResponseRecorder, status int, key string) web.Problem {
	t.Helper()
	var p web.Problem
	if err := json.Unmarshal(w.Body.Bytes(), &p); err != nil || w.Code != status || p.Key != key {
		t.Fatalf("got %d %s (%v), want %d %s", w.Code, w.Body, err, status, key)
	}
	return p
}

const uci = "?preset=uci-online-retail"

// The slice of real orders comes in over HTTP: tried, imported, asked for again, sent again.
func TestImportOverHTTP(t *testing.T) {
	slice, err := os.ReadFile("../../examples/real-orders/data/online_retail_2010-12_slice.csv")
	if err != nil {
		t.Fatal(err)
	}
	each(t, func(t *testing.T, a *app.App) {
		im := newImporter(t, a)
		dry := read[flow.Imported](t, im.send(uci+"&dry_run=true", "orders", string(slice)))
		if !dry.DryRun || dry.Run != nil || dry.Created.Returns != 367 || dry.Faults != 0 || dry.Skipped == 0 {
			t.Errorf("dry run: %+v", dry)
		}
		if runs := read[web.List[order.Run]](t, im.get("")); len(runs.Items) != 0 {
			t.Errorf("a dry run left %+v", runs.Items)
		}

		body, contentType := form(t, "orders", string(slice))
		first := im.ask(http.MethodPost, uci, "k", contentType, body)
		done := read[flow.Imported](t, first)
		if done.Created != dry.Created || done.Run == nil || done.Run.State != order.RunDone {
			t.Errorf("%+v, the dry run foretold %+v", done, dry.Created)
		}
		again := im.ask(http.MethodPost, uci, "k", contentType, body)
		if again.Body.String() != first.Body.String() || again.Header().Get("Idempotency-Replayed") != "true" {
			t.Errorf("the same key was answered %d %s", again.Code, again.Body)
		}
		more := read[flow.Imported](t, im.send(uci, "orders", string(slice)))
		if more.Created != (flow.ImportCounts{}) || more.Unchanged.Lines != done.Created.Lines {
			t.Errorf("the same file again: %+v", more)
		}

		runs := read[web.List[order.Run]](t, im.get(""))
		if len(runs.Items) != 2 || runs.Items[1].ID != done.Run.ID || runs.Items[1].FileName != "orders.csv" {
			t.Fatalf("%+v", runs)
		}
		if one := read[order.Run](t, im.get("/"+done.Run.ID.String())); one.RowsDone != done.Rows || one.BytesDone != one.BytesTotal {
			t.Errorf("%+v", one)
		}
		wantProblem(t, im.ask(http.MethodPost, "/"+done.Run.ID.String()+"/cancel", "c", "application/json", []byte("{}")), 409, "import.finished")
		wantProblem(t, im.send("/"+done.Run.ID.String()+"/resume", "orders", string(slice)), 409, "import.finished")
	})
}

// A file with faults brings nothing in; the faults are told, and kept as a file for a spreadsheet.
func TestImportFaultsOverHTTP(t *testing.T) {
	const bad = "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n" +
		"536370,22728,CLOCK,24,2010-12-01 08:45:00,3.75,12583,France\n" +
		"1.23E+17,22728,CLOCK,24,11/1/2010,3.75,12583,France\n"
	each(t, func(t *testing.T, a *app.App) {
		im := newImporter(t, a)
		dry := read[flow.Imported](t, im.send(uci+"&dry_run=true", "orders", bad))
		if dry.Faults != 2 || len(dry.FaultList) != 2 || dry.FaultList[0].Row != 3 || !strings.Contains(dry.FaultList[0].Detail, "1.23E+17") {
			t.Errorf("%+v", dry.FaultList)
		}
		p := wantProblem(t, im.send(uci, "orders", bad), 422, "import.faults")
		if len(p.Fields) != 2 || p.Fields[0].Path != "row 3/InvoiceNo" {
			t.Errorf("%+v", p.Fields)
		}
		runs := read[web.List[order.Run]](t, im.get(""))
		if len(runs.Items) != 1 || runs.Items[0].State != order.RunFailed || runs.Items[0].Created != 0 {
			t.Fatalf("%+v", runs.Items)
		}
		w := im.get("/" + runs.Items[0].ID.String() + "/faults")
		lines := strings.Split(strings.TrimSpace(w.Body.String()), "\n")
		if w.Code != http.StatusOK || w.Header().Get("Content-Type") != "text/csv; charset=utf-8" || len(lines) != 3 ||
			lines[0] != "\ufeffrow,column,key,message" || !strings.HasPrefix(lines[1], "3,InvoiceNo,") {
			t.Errorf("%d %v\n%s", w.Code, w.Header(), w.Body)
		}
		if !strings.HasPrefix(w.Header().Get("Content-Disposition"), `attachment; filename="faults-`) {
			t.Errorf("%q", w.Header().Get("Content-Disposition"))
		}
	})
}

func TestImportRefusesOtherForms(t *testing.T) {
	const head = "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n"
	each(t, func(t *testing.T, a *app.App) {
		im := newImporter(t, a)
		wantProblem(t, im.send(uci), 422, "import.form_without_orders")
		wantProblem(t, im.send(uci, "items", head), 422, "import.form_without_orders")
		wantProblem(t, im.send(uci, "orders", head, "letter", "x"), 422, "import.form_part")
		wantProblem(t, im.send(uci, "orders", head, "orders", head), 422, "import.form_part")
		wantProblem(t, im.send(uci, "orders", head, "items", head), 422, "import.items_unwanted")
		wantProblem(t, im.send("?preset=taobao", "orders", head), 422, "import.items_missing")
		wantProblem(t, im.send("?preset=x", "orders", head), 422, "import.preset_unknown")
		wantProblem(t, im.send("", "orders", head), 422, "invalid_input")
		body, contentType := form(t, "orders", head)
		wantProblem(t, im.ask(http.MethodPost, uci, "a", contentType, body[:len(body)-20]), 422, "import.form_broken")
		wantProblem(t, im.ask(http.MethodPost, uci, "b", "multipart/form-data", body), 422, "import.form_broken")
		wantProblem(t, im.ask(http.MethodPost, uci, "c", "application/zip", body), 415, "web.media_type")
		none := "/0A7SX2W5C0001"
		wantProblem(t, im.get(none), 404, "import.not_found")
		wantProblem(t, im.get(none+"/faults"), 404, "import.not_found")
		wantProblem(t, im.send(none+"/resume", "orders", head), 404, "import.not_found")
		wantProblem(t, im.ask(http.MethodPost, none+"/cancel", "d", "application/json", []byte("{}")), 404, "import.not_found")
	})
}

// An import is seen on its way, stopped by another request, and resumed with the same file.
func TestImportStoppedAndResumed(t *testing.T) {
	var big strings.Builder
	big.WriteString("InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n")
	const lines = 20_000
	for i := range lines {
		fmt.Fprintf(&big, "%d,22728,CLOCK,1,2010-12-01 08:45:00,3.75,12583,France\n", 600_000+i/4)
	}
	each(t, func(t *testing.T, a *app.App) {
		im := newImporter(t, a)
		body, contentType := form(t, "orders", big.String())
		answer := make(chan *httptest.ResponseRecorder, 1)
		go func() { answer <- im.ask(http.MethodPost, uci, "big", contentType, body) }()
		var run order.Run
		for run.RowsDone == 0 {
			select {
			case w := <-answer:
				t.Fatalf("the import was over before it was seen: %d %s", w.Code, w.Body)
			default:
			}
			if runs := read[web.List[order.Run]](t, im.get("")); len(runs.Items) == 1 {
				run = runs.Items[0]
			}
		}
		if run.State != order.RunRunning || run.BytesDone == 0 || run.BytesDone >= run.BytesTotal {
			t.Errorf("on its way: %+v", run)
		}
		at := "/" + run.ID.String()
		stopped := read[order.Run](t, im.ask(http.MethodPost, at+"/cancel", "stop", "application/json", []byte("{}")))
		wantProblem(t, <-answer, 409, "import.cancelled")
		if stopped.State != order.RunCancelled || stopped.RowsDone >= lines {
			t.Errorf("stopped: %+v", stopped)
		}
		wantProblem(t, im.send(at+"/resume", "orders", "InvoiceNo\n"), 422, "import.file_changed")
		done := read[flow.Imported](t, im.send(at+"/resume", "orders", big.String()))
		again := read[order.Run](t, im.ask(http.MethodPost, at+"/cancel", "stop", "application/json", []byte("{}")))
		if again.State != order.RunCancelled || again.Version != stopped.Version {
			t.Errorf("the repeated stop was answered %+v", again)
		}
		if done.Run == nil || done.Run.ID != run.ID || done.Run.State != order.RunDone || done.Run.Created != lines {
			t.Errorf("%+v", done.Run)
		}
	})
}
