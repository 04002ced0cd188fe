package web

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"github.com/sanbao/sanbao/errs"
)

// StreamTime is how long one stream of events goes on at most. A browser then connects again and is asked again who it
// is: a right that was taken away does not outlive it.
const StreamTime = 15 * time.Minute

// Events is an answer that goes on: server-sent events (HTML Standard, section 9.2). It belongs to the handler's goroutine.
type Events struct {
	w  http.ResponseWriter
	rc *http.ResponseController
}

// Send sends one event with its data as JSON. An error means that nobody is there any more.
func (e *Events) Send(event string, data any) error {
	var b bytes.Buffer
	b.WriteString("event: " + event + "\ndata: ")
	if err := encodeJSON(&b, data); err != nil {
		return err
	}
	return e.write(append(bytes.TrimRight(b.Bytes(), "\n"), "\n\n"...))
}

// Beat sends a comment, which keeps proxies from closing a silent connection and finds out that a caller has gone.
func (e *Events) Beat() error { return e.write([]byte(": beat\n\n")) }

func (e *Events) write(b []byte) error {
	if err := e.rc.SetWriteDeadline(time.Now().Add(writeGrace)); err != nil && !errors.Is(err, http.ErrNotSupported) {
		return err
	}
	if _, err := e.w.Write(b); err != nil {
		return err
	}
	return e.rc.Flush()
}

// RegisterEvents adds a route whose answer is a stream of events. open runs before anything is sent, so that its error
// leaves as a problem; what it returns sends until its context ends: when the caller leaves, after StreamTime, or
// because the server stops.
func RegisterEvents[I any](s *Server, op Op, open func(ctx context.Context, in *I) (func(ctx context.Context, out *Events), error)) {
	op.Stream, op.Produces, op.Timeout = true, "text/event-stream", StreamTime
	Register(s, op, func(ctx context.Context, in *I) (*huma.StreamResponse, error) {
		if s.life.Err() != nil {
			return nil, errs.New(errs.Unavailable, "web.stopping")
		}
		play, err := open(ctx, in)
		if err != nil {
			return nil, err
		}
		return &huma.StreamResponse{Body: func(hc huma.Context) {
			_, w := humago.Unwrap(hc)
			w.Header().Set("Content-Type", "text/event-stream")
			w.Header().Set("X-Accel-Buffering", "no") // nginx would gather events until its buffer is full
			w.WriteHeader(http.StatusOK)
			out := &Events{w: w, rc: http.NewResponseController(w)}
			if out.rc.Flush() == nil { // the caller knows that it has begun before anything happens
				play(hc.Context(), out)
			}
		}}, nil
	})
}
