package web

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"
)

// Content is a stored file as a route answers it: streamed, in the ranges that are asked for.
type Content struct {
	io.ReadSeekCloser
	MediaType string        // ours, never the sender's word
	Name      string        // under which it is saved: letters, digits, dots and hyphens
	Save      bool          // it is saved, never shown in the browser
	Tag       string        // names these bytes; the same name, the same bytes
	Keep      time.Duration // how long the caller's own browser may keep it; 0 is not at all
}

// RegisterContent adds a route that answers with a file. Op.Produces names its media type in the document, and
// Op.Timeout, by default that of uploads, is also how long a slow caller may take to read it.
//
// Whatever the file holds, a browser must not run it: its type is fixed and not guessed, and its page is a sandbox.
func RegisterContent[I any](s *Server, op Op, open func(ctx context.Context, in *I) (*Content, error)) {
	if op.Timeout == 0 {
		op.Timeout = DefaultUploadTimeout
	}
	op.ranges = true
	Register(s, op, func(ctx context.Context, in *I) (*huma.StreamResponse, error) {
		c, err := open(ctx, in)
		if err != nil {
			return nil, err
		}
		return &huma.StreamResponse{Body: func(hc huma.Context) {
			r, w := humago.Unwrap(hc)
			if err := c.serve(w, r); err != nil {
				callOf(ctx).err = err
			}
		}}, nil
	})
}

func (c *Content) serve(w http.ResponseWriter, r *http.Request) error {
	disposition, cache := "inline", "private, no-store"
	if c.Save {
		disposition = "attachment"
	}
	if c.Keep > 0 {
		cache = fmt.Sprintf("private, max-age=%d", int(c.Keep.Seconds()))
	}
	for k, v := range map[string]string{
		"Content-Type":            c.MediaType,
		"Content-Disposition":     disposition + `; filename="` + c.Name + `"`,
		"Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'; sandbox",
		"Cache-Control":           cache,
		"ETag":                    `"` + c.Tag + `"`,
		"Vary":                    "Authorization, Cookie",
	} {
		w.Header().Set(k, v)
	}
	read := &noting{ReadSeeker: c.ReadSeekCloser}
	http.ServeContent(w, r, "", time.Time{}, read)
	return errors.Join(read.err, c.Close())
}

// noting remembers what went wrong while reading. The caller sees an answer that is cut off: its length is known.
type noting struct {
	io.ReadSeeker
	err error
}

func (n *noting) Read(p []byte) (int, error) {
	got, err := n.ReadSeeker.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		n.err = fmt.Errorf("read stored file: %w", err)
	}
	return got, err
}
