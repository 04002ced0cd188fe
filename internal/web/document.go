package web

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"net/http"
	"regexp"
	"time"

	"github.com/sanbao/sanbao/errs"
)

// Document is a page, or a picture, for people who have no log-in: whole, without script, and the same for everybody.
type Document struct {
	MediaType string
	Body      []byte
	Lang      errs.Lang     // "" for what has none
	Style     string        // the text of the page's only style element; nothing else may style it
	Keep      time.Duration // how long browsers and caches may keep it
	Embed     bool          // other sites may show it, as a picture
}

// documentTimeout bounds the making of a document.
const documentTimeout = 10 * time.Second

// RegisterDocument adds a page below /p/, outside of the API: GET alone, for anybody. An error that comes with a document
// becomes its status and is logged; without one it is a problem like everywhere.
func RegisterDocument(s *Server, path string, make func(ctx context.Context, r *http.Request) (*Document, error)) {
	s.documents = append(s.documents, path)
	s.mux.HandleFunc("GET "+path, func(w http.ResponseWriter, r *http.Request) {
		ctx, cancel := context.WithTimeout(r.Context(), documentTimeout)
		defer cancel()
		d, err := make(ctx, r)
		if d == nil {
			writeProblem(w, r, err)
			return
		}
		d.serve(w, r, err)
	})
}

// Documents lists the paths that anybody may read without a scope.
func (s *Server) Documents() []string { return s.documents }

func (d *Document) serve(w http.ResponseWriter, r *http.Request, err error) {
	sum := sha256.Sum256(d.Body)
	tag := `W/"` + hex.EncodeToString(sum[:12]) + `"` // weak: the same page packed and unpacked
	h := w.Header()
	h.Set("Content-Type", d.MediaType)
	h.Set("Vary", "Accept-Language, Accept-Encoding")
	h.Set("Content-Security-Policy", "default-src 'none'; style-src "+styleSource(d.Style)+"; base-uri 'none'; form-action 'none'; frame-ancestors 'none'")
	if d.Lang != "" {
		h.Set("Content-Language", string(d.Lang))
	}
	if d.Embed {
		h.Set("Cross-Origin-Resource-Policy", "cross-origin")
	}
	status := http.StatusOK
	switch {
	case err != nil:
		callOf(r.Context()).err = err
		status = statusOf(errs.As(err))
	case d.Keep > 0:
		h.Set("Cache-Control", fmt.Sprintf("public, max-age=%d", int(d.Keep.Seconds())))
		h.Set("ETag", tag)
		if r.Header.Get("If-None-Match") == tag {
			w.WriteHeader(http.StatusNotModified)
			return
		}
	}
	body := d.Body
	if accepted(r.Header.Get("Accept-Encoding"), "gzip") {
		h.Set("Content-Encoding", "gzip")
		body = packed(d.Body)
	}
	w.WriteHeader(status)
	if r.Method != http.MethodHead {
		_, _ = w.Write(body) // a caller who is gone does not read it
	}
}

// packed is a body for a slow line.
func packed(body []byte) []byte {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	_, _ = z.Write(body) // a buffer takes everything
	_ = z.Close()
	return b.Bytes()
}

func styleSource(style string) string {
	if style == "" {
		return "'none'"
	}
	sum := sha256.Sum256([]byte(style))
	return "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
}

var hostForm = regexp.MustCompile(`^([A-Za-z0-9]([A-Za-z0-9.-]{0,250}[A-Za-z0-9])?|\[[0-9A-Fa-f:.]{2,45}\])(:[0-9]{1,5})?$`)

// OriginOf is the address of this server as the caller wrote it, "https://returns.example"; "" for a Host that is no name,
// which then must not be written into a page. Behind a proxy that ends TLS an installation is told its address instead.
func OriginOf(r *http.Request) string {
	if !hostForm.MatchString(r.Host) {
		return ""
	}
	if r.TLS != nil {
		return "https://" + r.Host
	}
	return "http://" + r.Host
}

// LangOfRequest is the language a page was asked for: ?lang=, else what the browser says.
func LangOfRequest(r *http.Request) errs.Lang {
	switch l := errs.Lang(r.URL.Query().Get("lang")); l {
	case errs.ZhCN, errs.ZhTW, errs.En:
		return l
	}
	return Lang(r.Context())
}
