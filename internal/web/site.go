package web

import (
	"bytes"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"strings"
	"time"
)

// sitePolicy lets a page of ours load what it was built with and talk to this server, nothing else. Styles may stand in
// the page: the component library writes them while it runs. Scripts may not.
const sitePolicy = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' blob: data:; media-src 'self' blob:; " +
	"connect-src 'self'; font-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"

// entry is the page every address without a file of its own gets: the router in the browser reads the address.
const entry = "index.html"

// site serves built browser code. A file may stand there beside its compressed forms, .br and .gz.
type site struct{ files fs.FS }

// takes says whether a request that no route wants is for the site. The API answers for its own addresses.
func (s *site) takes(r *http.Request) bool {
	if s.files == nil || r.Method != http.MethodGet && r.Method != http.MethodHead {
		return false
	}
	return r.URL.Path != "/api" && !strings.HasPrefix(r.URL.Path, "/api/")
}

// ServeHTTP answers with the file of the address, or with the entry for an address without an extension.
func (s *site) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	name := strings.TrimPrefix(path.Clean(r.URL.Path), "/")
	if name == "" || path.Ext(name) == "" {
		name = entry
	}
	encoding, b, err := s.read(name, r.Header.Get("Accept-Encoding"))
	status := http.StatusOK
	if err != nil && name == entry {
		name, status = "unbuilt.html", http.StatusServiceUnavailable
		b, err = fs.ReadFile(s.files, name)
	}
	if err != nil {
		http.NotFound(w, r)
		return
	}
	h := w.Header()
	h.Set("Content-Security-Policy", sitePolicy)
	h.Set("Vary", "Accept-Encoding")
	if mediaType := mime.TypeByExtension(path.Ext(name)); mediaType != "" {
		h.Set("Content-Type", mediaType)
	}
	if encoding != "" {
		h.Set("Content-Encoding", encoding)
	}
	h.Set("Cache-Control", "no-cache")
	if strings.HasPrefix(name, "assets/") { // their names change with their content
		h.Set("Cache-Control", "public, max-age=31536000, immutable")
	}
	if status != http.StatusOK {
		w.WriteHeader(status)
		_, _ = w.Write(b) // a caller who is gone does not read it
		return
	}
	http.ServeContent(w, r, name, time.Time{}, bytes.NewReader(b))
}

// read is a file in the best form the caller takes.
func (s *site) read(name, accepts string) (encoding string, b []byte, err error) {
	for _, form := range [][2]string{{"br", ".br"}, {"gzip", ".gz"}} {
		if !accepted(accepts, form[0]) {
			continue
		}
		if b, err := fs.ReadFile(s.files, name+form[1]); err == nil {
			return form[0], b, nil
		}
	}
	b, err = fs.ReadFile(s.files, name)
	return "", b, err
}

// accepted says whether an Accept-Encoding names a coding without forbidding it (RFC 9110 §12.5.3).
func accepted(header, coding string) bool {
	for part := range strings.SplitSeq(header, ",") {
		name, q, _ := strings.Cut(strings.TrimSpace(part), ";")
		if strings.EqualFold(strings.TrimSpace(name), coding) {
			q = strings.ReplaceAll(q, " ", "")
			return q != "q=0" && !strings.HasPrefix(q, "q=0.000")
		}
	}
	return false
}
