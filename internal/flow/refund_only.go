package flow

import "github.com/sanbao/sanbao/internal/line"

// 仅退款 — money back without goods: for what was not sent yet (S4-07), never arrived, or by agreement (S2-06, S2-16).
//
// It is applied for, answered, agreed to and declined by the commands of return.go; the policy decides under the remedy
// refund_only. An unshipped order needs nobody's approval where the shop's policy says so. There is no parcel and
// nothing to inspect: a granted line owes its money at once.

// refundOnly owes the money of a granted line and gives up a parcel that was expected: the goods stay where they are.
func (c *change) refundOnly(l *line.Line, t terms) {
	c.dropParcel(l)
	c.owe(l, t)
}
