package app_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sanbao/sanbao/internal/app"
	"github.com/sanbao/sanbao/internal/carrier"
	"github.com/sanbao/sanbao/internal/db"
	"github.com/sanbao/sanbao/internal/flow"
)

const pushOfReturn = `{"status":"shutdown","message":"","lastResult":{"message":"ok","state":"3","status":"200","ischeck":"1","com":"yuantong","nu":"YT8962646785389",
	"data":[{"context":"已签收，签收人：本人","time":"2026-11-20 18:02:11","ftime":"2026-11-20 18:02:11"},{"context":"已揽收","time":"2026-11-18 20:00:00","ftime":"2026-11-18 20:00:00"}]}}`

func push(h http.Handler, path string, form url.Values) *httptest.ResponseRecorder {
	r := httptest.NewRequest(http.MethodPost, path, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

// A push in the public format of 快递100 is kept once, and answered as that format wants. What is not signed with the shop's own secret is
// refused: nothing of it is kept, and a shop that takes no pushes, or is none, answers the same.
func TestPushOfKuaidi100(t *testing.T) {
	each(t, func(t *testing.T, a *app.App) {
		shopID := openShop(t, a, "a-shop")
		other := openShop(t, a, "b-shop")
		salt := carrier.NewSalt("geheim-geheim")
		a.Flow.Salts = map[string]carrier.Salt{"a-shop": salt, "gone": salt}
		s := a.Server()
		kept := func() (n int) {
			for _, in := range []struct{ shop int }{{0}, {1}} {
				err := a.DB.Read(t.Context(), func(tx *db.Tx) error {
					id := shopID
					if in.shop == 1 {
						id = other
					}
					events, err := carrier.Events(tx, id, "YT8962646785389")
					n += len(events)
					return err
				})
				if err != nil {
					t.Fatal(err)
				}
			}
			return n
		}
		signed := url.Values{"param": {pushOfReturn}, "sign": {salt.Sign(pushOfReturn)}}
		for name, c := range map[string]struct {
			path string
			form url.Values
		}{
			"no signature":       {flow.PushPath + "a-shop", url.Values{"param": {pushOfReturn}}},
			"another text":       {flow.PushPath + "a-shop", url.Values{"param": {pushOfReturn + " "}, "sign": signed["sign"]}},
			"another form":       {flow.PushPath + "a-shop", url.Values{"a": {"b"}}},
			"a form of dots":     {flow.PushPath + "a-shop", url.Values{";%": {";%zz"}}},
			"a shop without one": {flow.PushPath + "b-shop", signed},
			"no shop":            {flow.PushPath + "none", signed},
		} {
			if w := push(s, c.path, c.form); w.Code != http.StatusUnprocessableEntity || !strings.Contains(w.Body.String(), `carrier.signature`) {
				t.Errorf("%s: %d %s", name, w.Code, w.Body)
			}
		}
		if n := kept(); n != 0 {
			t.Fatalf("%d events of unsigned pushes are kept", n)
		}
		for range 2 {
			if w := push(s, flow.PushPath+"a-shop", signed); w.Code != http.StatusOK || w.Body.String() != `{"result":true,"returnCode":"200","message":"成功"}`+"\n" {
				t.Errorf("%d %s", w.Code, w.Body)
			}
			if n := kept(); n != 2 {
				t.Errorf("%d events are kept", n)
			}
		}
		if w := push(s, flow.PushPath+"gone", signed); w.Code != http.StatusNotFound {
			t.Errorf("a shop that is not there: %d", w.Code)
		}
		if w := push(s, flow.PushPath+"a-shop", nil); w.Code != http.StatusBadRequest {
			t.Errorf("nothing: %d", w.Code)
		}
		if w := push(s, flow.PushPath+"a-shop?"+signed.Encode(), nil); w.Code == http.StatusOK {
			t.Errorf("in the address: %d", w.Code)
		}
		bad := `{"lastResult":{"nu":""}}`
		if w := push(s, flow.PushPath+"a-shop", url.Values{"param": {bad}, "sign": {salt.Sign(bad)}}); w.Code != http.StatusUnprocessableEntity {
			t.Errorf("malformed: %d", w.Code)
		}
		long := strings.Repeat("9", carrier.MaxPush+1)
		if w := push(s, flow.PushPath+"a-shop", url.Values{"param": {long}, "sign": {salt.Sign(long)}}); w.Code != http.StatusUnprocessableEntity {
			t.Errorf("too long: %d", w.Code)
		}
		r := httptest.NewRequest(http.MethodPost, flow.PushPath+"a-shop", io.LimitReader(endless{}, 3*carrier.MaxPush))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		w := httptest.NewRecorder()
		if s.ServeHTTP(w, r); w.Code < 400 || w.Code >= 500 {
			t.Errorf("without an end: %d", w.Code)
		}
	})
}

type endless struct{}

func (endless) Read(b []byte) (int, error) {
	for i := range b {
		b[i] = 'a'
	}
	return len(b), nil
}

func TestReadSalts(t *testing.T) {
	file := filepath.Join(t.TempDir(), "salts")
	for text, want := range map[string]int{"": 0, "# of 2026\nshoes = geheim-geheim\n\nsnack=anders-geheim\r\n": 2, "shoes": -1, "shoes=kurz": -1, "=geheim-geheim": -1,
		"shoes=geheim-geheim\nshoes=geheim-anders": -1} {
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		got, err := app.ReadSalts(file)
		if want < 0 && (err == nil || strings.Contains(err.Error(), "geheim")) || want >= 0 && (err != nil || len(got) != want) {
			t.Errorf("%q: %v, %v", text, got, err)
		}
	}
	if got, err := app.ReadSalts(""); got != nil || err != nil {
		t.Error(got, err)
	}
	if _, err := app.ReadSalts(file + ".gone"); err == nil {
		t.Error("a file that is not there")
	}
}
