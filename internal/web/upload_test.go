package web_test

import (
	"errors"
	"io"
	"os"
	"testing"
	"testing/iotest"

	"github.com/sanbao/sanbao/internal/web"
)

func TestUploadIsSpooledAndRemoved(t *testing.T) {
	dir := t.TempDir()
	k := one(t, func(o *web.Options) { o.TempDir = dir })
	if got := ok(t, k.do(k.upload("0123456789")), 200); got != "\"text/csv 0123456789\"\n" {
		t.Errorf("%q", got)
	}
	problem(t, k.do(k.upload("0123456789x")), 413, "web.body_too_large")
	problem(t, k.do(k.upload("")), 400, "web.body_missing")
	r := k.upload("x")
	r.Header.Set("Content-Type", "application/zip")
	problem(t, k.do(r), 415, "web.media_type")
	r = k.upload("x")
	r.Body = io.NopCloser(iotest.ErrReader(errors.New("reset by peer")))
	problem(t, k.do(r), 400, "web.body_interrupted")
	left, err := os.ReadDir(dir)
	if err != nil || len(left) != 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

func TestUploadWithoutRoom(t *testing.T) {
	k := one(t, func(o *web.Options) { o.TempDir = "/does/not/exist" })
	problem(t, k.do(k.upload("x")), 503, "web.no_room")
}
