package desk

import (
	"context"
	"time"

	"github.com/sanbao/sanbao/internal/id"
	"github.com/sanbao/sanbao/internal/live"
	"github.com/sanbao/sanbao/internal/web"
)

// beat is how often a silent stream says that it is alive.
const beat = 20 * time.Second

// changed is the data of an event "case".
type changed struct {
	CaseID  id.ID `json:"case_id"`
	Version int64 `json:"version"`
}

// events is a stream of what changes in the caller's shop. It begins with "hello"; a browser that had been away reads
// again then. "shelf" says that parcels nobody announced came or went. "refetch" says that something may have been missed: anything may have changed.
func (d *Desk) events(ctx context.Context, _ *struct{}) (func(ctx context.Context, out *web.Events), error) {
	l, err := d.Live.Listen(web.Shop(ctx))
	if err != nil {
		return nil, err
	}
	return func(ctx context.Context, out *web.Events) {
		defer l.Close()
		tick := time.NewTicker(beat)
		defer tick.Stop()
		err := out.Send("hello", struct{}{})
		for err == nil {
			select {
			case <-l.Ready():
				err = send(out, l.Take())
			case <-tick.C:
				err = out.Beat()
			case <-ctx.Done():
				return
			}
		}
	}, nil
}

func send(out *web.Events, n live.News) error {
	if n.Everything {
		return out.Send("refetch", struct{}{})
	}
	for _, c := range n.Changes {
		if c.Case == live.Shelf {
			if err := out.Send("shelf", struct{}{}); err != nil {
				return err
			}
			continue
		}
		if err := out.Send("case", changed{c.Case, c.Version}); err != nil {
			return err
		}
	}
	return nil
}
