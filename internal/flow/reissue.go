package flow

import (
	"github.com/sanbao/sanbao/internal/line"
	"github.com/sanbao/sanbao/internal/movement"
)

// 补发 — what was broken on its way, or missing, is sent once more and nothing has to come back (S1-110). That it is sent
// at most once, and that the money goes back where it comes broken again (S1-111), is the policy's: a further application
// is decided with the earlier one known.

// reissue makes the parcel of a granted line.
func (c *change) reissue(l *line.Line, t terms) {
	if c.latest(l.ID, movement.Reissue) == nil {
		c.sendOut(l, movement.Reissue, l.Quantity, t.warehouse.ID)
	}
	c.claimFirst(l)
}
