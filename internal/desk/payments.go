package desk

import (
	"context"

	"github.com/sanbao/sanbao/internal/db"
	"github.com/sanbao/sanbao/internal/id"
	"github.com/sanbao/sanbao/internal/settle"
	"github.com/sanbao/sanbao/internal/web"
)

// Payment is a settlement as the cashier sees it in a list: with the order number it is looked up by on the platform.
type Payment struct {
	settle.Settlement
	OrderNo  string `json:"order_no"`
	Customer string `json:"customer" doc:"nick or name, as seen"`
}

// Payments lists a shop's settlements in a state, oldest first: after the given id, at most limit.
func Payments(tx *db.Tx, shopID id.ID, state settle.State, after id.ID, limit int) ([]Payment, error) {
	found, err := settle.InState(tx, shopID, state, after, limit)
	if err != nil || len(found) == 0 {
		return []Payment{}, err
	}
	out, lines, of := make([]Payment, len(found)), make([]id.ID, 0, len(found)), map[id.ID][]int{}
	for i, s := range found {
		out[i].Settlement = s
		if of[s.LineID] == nil {
			lines = append(lines, s.LineID)
		}
		of[s.LineID] = append(of[s.LineID], i)
	}
	return out, inChunks(lines, func(ids []id.ID) error {
		rows, err := tx.Query(`select l.id, o.order_no, coalesce(c.nick, ''), coalesce(c.name, '') from case_line l join orders o on o.id = l.order_id
			left join customer c on c.id = o.customer_id where +l.shop_id = $1 and l.id in `+db.In(2, len(ids)), db.Args(ids, shopID)...)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var line id.ID
			var order string
			var who Who
			if err := rows.Scan(&line, &order, &who.Nick, &who.Name); err != nil {
				return err
			}
			for _, i := range of[line] {
				out[i].OrderNo, out[i].Customer = order, who.Called()
			}
		}
		return rows.Err()
	})
}

func (d *Desk) payments(ctx context.Context, in *struct {
	web.Page
	State settle.State `query:"state" required:"true" enum:"awaiting_approval,to_pay,processing,failed,settled,voided,awaiting_payment,awaiting_hold,on_hold,waived,to_capture,to_release,captured,released"`
}) (*web.Reply[web.List[Payment]], error) {
	after, _, err := web.AfterKey[id.ID](ctx, in.Page)
	if err != nil {
		return nil, err
	}
	var out web.List[Payment]
	err = d.DB.Read(ctx, func(tx *db.Tx) error {
		rows, err := Payments(tx, web.Shop(ctx), in.State, after, in.Fetch())
		if err == nil {
			out, err = web.MakeList(ctx, in.Page, rows, func(p Payment) id.ID { return p.ID })
		}
		return err
	})
	return &web.Reply[web.List[Payment]]{Body: out}, err
}
