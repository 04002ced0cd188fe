package web_test

import (
	"bytes"
	"testing"

	"github.com/sanbao/sanbao/internal/web"
)

// TestOpenAPIIsDeterministic: the document is committed, so the same routes must give the same bytes.
func TestOpenAPIIsDeterministic(t *testing.T) {
	document := func() []byte {
		s := web.New(web.Options{Version: "1"})
		web.RegisterTokens(s, nil)
		b, err := s.OpenAPI()
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	first := document()
	for range 10 {
		if !bytes.Equal(first, document()) {
			t.Fatal("two documents of the same routes differ")
		}
	}
}
