package blob_test

import (
	"bufio"
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// s3 is an S3 service with one bucket, of what the store needs: it checks every signature (version 4, and those of the
// pieces of a body) and stores a body only when all of it came as it was signed.
type s3 struct {
	*httptest.Server
	bucket, key, secret, region string

	mu      sync.Mutex
	objects map[string][]byte
	ranges  []string // that were asked for
	down    bool     // answers 503
	cut     int      // answers a GET with so many bytes fewer than it promised
	faults  []string // requests it did not believe
}

func newS3(t *testing.T) *s3 {
	t.Helper()
	s := &s3{bucket: "evidence", key: "AKTEST", secret: "not a secret", region: "cn-north-1", objects: map[string][]byte{}}
	s.Server = httptest.NewServer(s)
	t.Cleanup(s.Close)
	return s
}

func (s *s3) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.down {
		s.fail(w, http.StatusServiceUnavailable, "SlowDown")
		return
	}
	body, err := s.believe(r)
	if errors.Is(err, io.ErrUnexpectedEOF) { // who sends stopped in the middle
		panic(http.ErrAbortHandler)
	}
	if err != nil {
		s.faults = append(s.faults, r.Method+" "+r.URL.String()+": "+err.Error())
		s.fail(w, http.StatusForbidden, "SignatureDoesNotMatch")
		return
	}
	bucket, name, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	if bucket != s.bucket {
		s.fail(w, http.StatusNotFound, "NoSuchBucket")
		return
	}
	object, there := s.objects[name]
	switch {
	case r.Method == http.MethodGet && name == "":
		s.list(w, r.URL.Query())
	case r.Method == http.MethodPut:
		s.objects[name] = body
		w.Header().Set("ETag", `"`+sum(body)[:32]+`"`)
	case r.Method == http.MethodDelete:
		delete(s.objects, name)
		w.WriteHeader(http.StatusNoContent)
	case !there:
		s.fail(w, http.StatusNotFound, "NoSuchKey")
	default:
		if v := r.Header.Get("Range"); v != "" {
			s.ranges = append(s.ranges, v)
		}
		w.Header().Set("ETag", `"`+sum(object)[:32]+`"`)
		if s.cut > 0 && r.Method == http.MethodGet {
			w.Header().Set("Content-Length", strconv.Itoa(len(object)))
			w.Header().Set("Last-Modified", time.Unix(1, 0).UTC().Format(http.TimeFormat))
			_, _ = w.Write(object[:len(object)-s.cut])
			return
		}
		http.ServeContent(w, r, "", time.Unix(1, 0), bytes.NewReader(object))
	}
}

func (s *s3) fail(w http.ResponseWriter, status int, code string) {
	w.Header().Set("Content-Type", "application/xml")
	w.WriteHeader(status)
	fmt.Fprintf(w, `<?xml version="1.0"?><Error><Code>%s</Code><Message>%s</Message></Error>`, code, code)
}

func (s *s3) list(w http.ResponseWriter, q url.Values) {
	type contents struct {
		Key          string
		Size         int
		LastModified string
	}
	out := struct {
		XMLName  xml.Name `xml:"ListBucketResult"`
		Name     string
		Prefix   string
		Contents []contents
	}{Name: s.bucket, Prefix: q.Get("prefix")}
	for name, o := range s.objects {
		rest, in := strings.CutPrefix(name, q.Get("prefix"))
		if in && (q.Get("delimiter") == "" || !strings.Contains(rest, q.Get("delimiter"))) {
			out.Contents = append(out.Contents, contents{name, len(o), "1970-01-01T00:00:00.000Z"})
		}
	}
	w.Header().Set("Content-Type", "application/xml")
	_ = xml.NewEncoder(w).Encode(out)
}

func sum(b []byte) string { h := sha256.Sum256(b); return hex.EncodeToString(h[:]) }

func mac(key []byte, text string) []byte {
	m := hmac.New(sha256.New, key)
	m.Write([]byte(text))
	return m.Sum(nil)
}

// believe checks who signed a request and returns its body (AWS Signature Version 4).
func (s *s3) believe(r *http.Request) ([]byte, error) {
	raw, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	var credential, signed, signature string
	for field := range strings.SplitSeq(strings.TrimPrefix(r.Header.Get("Authorization"), "AWS4-HMAC-SHA256 "), ",") {
		k, v, _ := strings.Cut(strings.TrimSpace(field), "=")
		switch k {
		case "Credential":
			credential = v
		case "SignedHeaders":
			signed = v
		case "Signature":
			signature = v
		}
	}
	at := r.Header.Get("X-Amz-Date")
	scope := at[:min(8, len(at))] + "/" + s.region + "/s3/aws4_request"
	if credential != s.key+"/"+scope {
		return nil, fmt.Errorf("credential %q", credential)
	}
	var headers strings.Builder
	for name := range strings.SplitSeq(signed, ";") {
		v := strings.Join(r.Header.Values(name), ",")
		switch name {
		case "host":
			v = r.Host
		case "content-length":
			v = strconv.FormatInt(r.ContentLength, 10)
		}
		headers.WriteString(name + ":" + strings.TrimSpace(v) + "\n")
	}
	content := r.Header.Get("X-Amz-Content-Sha256")
	canonical := strings.Join([]string{r.Method, r.URL.EscapedPath(), canonicalQuery(r.URL.Query()), headers.String(), signed, content}, "\n")
	key := []byte("AWS4" + s.secret)
	for part := range strings.SplitSeq(scope, "/") {
		key = mac(key, part)
	}
	if want := hex.EncodeToString(mac(key, "AWS4-HMAC-SHA256\n"+at+"\n"+scope+"\n"+sum([]byte(canonical)))); signature != want {
		return nil, fmt.Errorf("signature of\n%s", canonical)
	}
	switch {
	case content == "STREAMING-AWS4-HMAC-SHA256-PAYLOAD":
		return pieces(raw, key, at, scope, signature)
	case content != sum(raw) && content != "UNSIGNED-PAYLOAD":
		return nil, fmt.Errorf("body of %d bytes is not %s", len(raw), content)
	}
	return raw, nil
}

func canonicalQuery(q url.Values) string {
	var out []string
	for k, vs := range q {
		for _, v := range vs {
			out = append(out, strings.ReplaceAll(url.QueryEscape(k)+"="+url.QueryEscape(v), "+", "%20"))
		}
	}
	slices.Sort(out)
	return strings.Join(out, "&")
}

// pieces puts a body together that came in pieces, each signed with the signature before it.
func pieces(raw, key []byte, at, scope, before string) ([]byte, error) {
	in := bufio.NewReader(bytes.NewReader(raw))
	var out []byte
	for {
		head, err := in.ReadString('\n')
		if err != nil {
			return nil, err
		}
		length, signature, _ := strings.Cut(strings.TrimSpace(head), ";chunk-signature=")
		n, err := strconv.ParseInt(length, 16, 64)
		if err != nil {
			return nil, err
		}
		piece := make([]byte, n+2)
		if _, err := io.ReadFull(in, piece); err != nil {
			return nil, err
		}
		want := hex.EncodeToString(mac(key, strings.Join([]string{"AWS4-HMAC-SHA256-PAYLOAD", at, scope, before, sum(nil), sum(piece[:n])}, "\n")))
		if signature != want {
			return nil, fmt.Errorf("signature of a piece of %d bytes", n)
		}
		if before = signature; n == 0 {
			return out, nil
		}
		out = append(out, piece[:n]...)
	}
}
