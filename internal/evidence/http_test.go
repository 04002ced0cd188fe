package evidence_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sanbao/sanbao/internal/auth"
	"github.com/sanbao/sanbao/internal/evidence"
	"github.com/sanbao/sanbao/internal/id"
	"github.com/sanbao/sanbao/internal/web"
	"github.com/sanbao/sanbao/internal/web/webtest"
)

// site is the routes of a kit, and tokens of an agent, of a supervisor, and of another shop.
type site struct {
	*kit
	s                          *web.Server
	agent, supervisor, strange string
	calls                      int
}

func onSite(t *testing.T, test func(s *site)) {
	each(t, func(k *kit) {
		s := &site{kit: k, s: web.New(web.Options{Tokens: auth.New(k.Ground.DB, k.clock), TempDir: k.temp, Log: slog.New(slog.DiscardHandler)})}
		k.Routes(s.s)
		s.agent = webtest.Token(k.t, k.Ground.DB, k.Shop.ID, auth.EvidenceRead, auth.EvidenceWrite)
		s.supervisor = webtest.Token(k.t, k.Ground.DB, k.Shop.ID, auth.EvidenceRead, auth.EvidenceWrite, auth.EvidenceOriginal)
		s.strange = webtest.Token(k.t, k.Ground.DB, k.Stranger.ID, auth.EvidenceRead, auth.EvidenceWrite, auth.EvidenceOriginal)
		test(s)
	})
}

func (s *site) call(token, method, path string, body []byte, header ...string) *httptest.ResponseRecorder {
	s.t.Helper()
	s.calls++
	shop := s.Shop.ID
	if token == s.strange {
		shop = s.Stranger.ID
	}
	r := httptest.NewRequest(method, "/api/v1/shops/"+shop.String()+path, bytes.NewReader(body))
	r.Header.Set("Authorization", "Bearer "+token)
	r.Header.Set("Idempotency-Key", fmt.Sprint("k", s.calls))
	r.Header.Set("Content-Type", "application/json")
	if method == http.MethodPut && !strings.HasSuffix(path, "/sensitive") {
		r.Header.Set("Content-Type", "application/octet-stream")
	}
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	s.s.ServeHTTP(w, r)
	return w
}

// ok reads the answer of a call that has to succeed.
func ok[T any](s *site, w *httptest.ResponseRecorder, status int) (out T) {
	s.t.Helper()
	if w.Code != status {
		s.t.Fatalf("%d %s, want %d", w.Code, w.Body, status)
	}
	if err := json.Unmarshal(w.Body.Bytes(), &out); err != nil {
		s.t.Fatal(err)
	}
	return out
}

func (s *site) refused(what string, w *httptest.ResponseRecorder, status int, key string) {
	s.t.Helper()
	var p web.Problem
	if err := json.Unmarshal(w.Body.Bytes(), &p); err != nil || w.Code != status || p.Key != key || p.Detail == "" {
		s.t.Errorf("%s: %d %s, want %d %s", what, w.Code, w.Body, status, key)
	}
}

func (s *site) start(body map[string]any) evidence.Upload {
	s.t.Helper()
	b, err := json.Marshal(body)
	if err != nil {
		s.t.Fatal(err)
	}
	return ok[evidence.Upload](s, s.call(s.agent, "POST", "/uploads", b), http.StatusCreated)
}

func (s *site) upload(file []byte, name string, sensitive bool) evidence.Evidence {
	s.t.Helper()
	u := s.start(map[string]any{"case_id": s.Case.ID, "name": name, "size": len(file), "media_type": "text/html", "sensitive": sensitive})
	got := ok[evidence.Upload](s, s.call(s.agent, "PUT", fmt.Sprintf("/uploads/%s?offset=0", u.ID), file), http.StatusOK)
	if got.Evidence == nil {
		s.t.Fatalf("%+v", got)
	}
	return *got.Evidence
}

func TestRoutesOfAPhoto(t *testing.T) {
	onSite(t, func(s *site) {
		photo := evidence.WithPlace(evidence.JPEGOf(s.t, evidence.Corners(900, 600)))
		e := s.upload(photo, `x"><script>.html`, false)
		if e.MediaType != "image/jpeg" || e.Name != `x"><script>.html` || e.By != "test" {
			s.t.Errorf("%+v", e)
		}
		list := ok[[]evidence.Evidence](s, s.call(s.agent, "GET", "/cases/"+s.Case.ID.String()+"/evidence", nil), http.StatusOK)
		if len(list) != 1 || list[0].ID != e.ID {
			s.t.Errorf("%+v", list)
		}
		for path, want := range map[string][3]string{
			"/thumb":    {"image/jpeg", `inline; filename="` + e.ID.String() + `.jpg"`, "private, max-age=3600"},
			"/view":     {"image/jpeg", `inline; filename="` + e.ID.String() + `.jpg"`, "private, max-age=3600"},
			"/original": {"application/octet-stream", `attachment; filename="` + e.ID.String() + `.jpg"`, "private, no-store"},
		} {
			w := s.call(s.supervisor, "GET", "/evidence/"+e.ID.String()+path, nil)
			h := w.Header()
			if got := [3]string{h.Get("Content-Type"), h.Get("Content-Disposition"), h.Get("Cache-Control")}; w.Code != 200 || got != want {
				s.t.Errorf("%s: %d %q, want %q", path, w.Code, got, want)
			}
			if h.Get("X-Content-Type-Options") != "nosniff" || !strings.HasSuffix(h.Get("Content-Security-Policy"), "; sandbox") || h.Get("Vary") != "Authorization, Cookie" {
				s.t.Errorf("%s: %v", path, h)
			}
			if (path == "/original") != bytes.Equal(w.Body.Bytes(), photo) || (path == "/original") != bytes.Contains(w.Body.Bytes(), []byte(evidence.Secret)) {
				s.t.Errorf("%s is not what it should be", path)
			}
			again := s.call(s.supervisor, "GET", "/evidence/"+e.ID.String()+path, nil, "If-None-Match", h.Get("ETag"))
			if again.Code != http.StatusNotModified || again.Body.Len() != 0 {
				s.t.Errorf("%s again: %d", path, again.Code)
			}
		}
		s.refused("the original, for an agent", s.call(s.agent, "GET", "/evidence/"+e.ID.String()+"/original", nil), http.StatusForbidden, "auth.scope")
		for _, path := range []string{"/thumb", "/view", "/original"} { // what exists looks like what does not
			s.refused("another shop", s.call(s.strange, "GET", "/evidence/"+e.ID.String()+path, nil), http.StatusNotFound, "evidence.not_found")
			s.refused("a guess", s.call(s.supervisor, "GET", "/evidence/"+id.New().String()+path, nil), http.StatusNotFound, "evidence.not_found")
		}
		s.refused("another shop's list", s.call(s.strange, "GET", "/cases/"+s.Case.ID.String()+"/evidence", nil), http.StatusNotFound, "case.not_found")
		s.refused("another shop's mark", s.call(s.strange, "PUT", "/evidence/"+e.ID.String()+"/sensitive", []byte(`{"sensitive":true}`)), http.StatusNotFound, "evidence.not_found")
	})
}

func TestRoutesOfAFilm(t *testing.T) {
	onSite(t, func(s *site) {
		film := evidence.FilmOf(9)
		e := s.upload(film, "IMG_1.MOV", false)
		at := "/evidence/" + e.ID.String()
		whole := s.call(s.agent, "GET", at+"/view", nil)
		if whole.Code != 200 || whole.Header().Get("Content-Type") != "video/quicktime" || whole.Header().Get("Accept-Ranges") != "bytes" || whole.Body.Len() != len(film) {
			s.t.Errorf("%d, %v, %d bytes", whole.Code, whole.Header(), whole.Body.Len())
		}
		part := s.call(s.agent, "GET", at+"/view", nil, "Range", "bytes=100-199", "If-Range", whole.Header().Get("ETag"))
		if part.Code != http.StatusPartialContent || !bytes.Equal(part.Body.Bytes(), whole.Body.Bytes()[100:200]) {
			s.t.Errorf("%d, %d bytes", part.Code, part.Body.Len())
		}
		if none := s.call(s.agent, "GET", at+"/view", nil, "Range", "bytes=100000000-"); none.Code != http.StatusRequestedRangeNotSatisfiable {
			s.t.Errorf("%d", none.Code)
		}
		s.refused("a film's small picture", s.call(s.agent, "GET", at+"/thumb", nil), http.StatusNotFound, "evidence.film_without_thumb")
	})
}

// S3-05: a photo of a rash is seen by few. That there is one can be seen by all who may see evidence.
func TestSensitiveEvidenceIsSeenByFew(t *testing.T) {
	onSite(t, func(s *site) {
		e := s.upload(evidence.JPEGOf(s.t, evidence.Corners(60, 40)), "过敏.jpg", true)
		at := "/evidence/" + e.ID.String()
		if e.Name != "" || !e.Sensitive {
			s.t.Errorf("%+v", e)
		}
		for _, path := range []string{"/thumb", "/view"} {
			s.refused("an agent", s.call(s.agent, "GET", at+path, nil), http.StatusForbidden, "evidence.sensitive")
			if w := s.call(s.supervisor, "GET", at+path, nil); w.Code != 200 || w.Header().Get("Cache-Control") != "private, no-store" {
				s.t.Errorf("%s: %d %v", path, w.Code, w.Header())
			}
		}
		for token, name := range map[string]string{s.agent: "", s.supervisor: "过敏.jpg"} {
			list := ok[[]evidence.Evidence](s, s.call(token, "GET", "/cases/"+s.Case.ID.String()+"/evidence", nil), http.StatusOK)
			if len(list) != 1 || list[0].Name != name || !list[0].Sensitive || list[0].SHA256 != e.SHA256 {
				s.t.Errorf("%+v", list)
			}
		}
		no, yes := []byte(`{"sensitive":false}`), []byte(`{"sensitive":true}`)
		s.refused("an agent takes the mark away", s.call(s.agent, "PUT", at+"/sensitive", no), http.StatusForbidden, "evidence.sensitive")
		if got := ok[evidence.Evidence](s, s.call(s.supervisor, "PUT", at+"/sensitive", no), 200); got.Sensitive {
			s.t.Error("still marked")
		}
		if w := s.call(s.agent, "GET", at+"/view", nil); w.Code != 200 {
			s.t.Errorf("%d", w.Code)
		}
		if got := ok[evidence.Evidence](s, s.call(s.agent, "PUT", at+"/sensitive", yes), 200); !got.Sensitive || got.Name != "" {
			s.t.Errorf("%+v", got)
		}
		s.refused("an agent", s.call(s.agent, "GET", at+"/view", nil), http.StatusForbidden, "evidence.sensitive")
	})
}

func TestUploadRoutes(t *testing.T) {
	onSite(t, func(s *site) {
		photo := large(s.t)
		u := s.start(map[string]any{"case_id": s.Case.ID, "line_id": s.Lines[0].ID, "name": "a.jpg", "size": len(photo)})
		if u.Offset != 0 || u.Chunk != evidence.Chunk {
			s.t.Errorf("%+v", u)
		}
		at := "/uploads/" + u.ID.String()
		got := ok[evidence.Upload](s, s.call(s.agent, "PUT", at+"?offset=0", photo[:evidence.MinChunk]), 200)
		if got.Offset != evidence.MinChunk || got.Evidence != nil {
			s.t.Errorf("%+v", got)
		}
		if got := ok[evidence.Upload](s, s.call(s.agent, "GET", at, nil), 200); got.Offset != evidence.MinChunk {
			s.t.Errorf("%+v", got)
		}
		s.refused("a gap", s.call(s.agent, "PUT", at+"?offset=1", photo[1:]), http.StatusConflict, "evidence.offset")
		s.refused("no offset", s.call(s.agent, "PUT", at, photo), http.StatusUnprocessableEntity, "invalid_input")
		s.refused("another type", s.call(s.agent, "PUT", at+"?offset=0", photo, "Content-Type", "image/jpeg"), http.StatusUnsupportedMediaType, "web.media_type")
		s.refused("nothing", s.call(s.agent, "PUT", at+"?offset=0", nil), http.StatusBadRequest, "web.body_missing")
		s.refused("a piece of 9 MiB", s.call(s.agent, "PUT", at+"?offset=0", make([]byte, 9<<20)), http.StatusRequestEntityTooLarge, "web.body_too_large")
		s.refused("another shop's", s.call(s.strange, "GET", at, nil), http.StatusNotFound, "evidence.upload_gone")
		s.refused("another shop's", s.call(s.strange, "PUT", at+"?offset=0", photo), http.StatusNotFound, "evidence.upload_gone")
		s.refused("a guess", s.call(s.agent, "GET", "/uploads/"+id.New().String(), nil), http.StatusNotFound, "evidence.upload_gone")
		if got = ok[evidence.Upload](s, s.call(s.agent, "PUT", fmt.Sprintf("%s?offset=%d", at, evidence.MinChunk), photo[evidence.MinChunk:]), 200); got.Evidence == nil || got.Evidence.LineID != s.Lines[0].ID {
			s.t.Errorf("%+v", got)
		}
		if left := evidence.TempFiles(s.temp); len(left) > 0 {
			s.t.Errorf("left behind: %v", left)
		}
	})
}

// What to do is said in the caller's language.
func TestRefusalsSayWhatToDo(t *testing.T) {
	onSite(t, func(s *site) {
		for lang, want := range map[string]string{"zh-CN": "解压", "en": "Unpack"} {
			u := s.start(map[string]any{"case_id": s.Case.ID, "name": "photo.jpg", "size": 40 << 20})
			w := s.call(s.agent, "PUT", "/uploads/"+u.ID.String()+"?offset=0", append(evidence.ZipOf(s.t), make([]byte, 1<<20)...), "Accept-Language", lang)
			if s.refused(lang, w, http.StatusUnprocessableEntity, "evidence.is_archive"); !strings.Contains(w.Body.String(), want) {
				s.t.Errorf("%s: %s", lang, w.Body)
			}
		}
	})
}

func TestFileThatIsGone(t *testing.T) {
	onSite(t, func(s *site) {
		e := s.upload(evidence.JPEGOf(s.t, evidence.Corners(60, 40)), "a.jpg", false)
		if err := os.RemoveAll(filepath.Join(s.dir, s.Shop.ID.String())); err != nil {
			s.t.Fatal(err)
		}
		s.refused("its view", s.call(s.agent, "GET", "/evidence/"+e.ID.String()+"/view", nil), http.StatusServiceUnavailable, "evidence.file_missing")
	})
}
