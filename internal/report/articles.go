package report

import (
	"github.com/sanbao/sanbao/internal/db"
	"github.com/sanbao/sanbao/internal/id"
)

// article is what a person knows a line by.
type article struct{ caseNo, sku, title string }

// describe names the cases and articles of a shop's lines; what the shop does not have is left out.
func describe(tx *db.Tx, shopID id.ID, lines []id.ID) (map[id.ID]article, error) {
	out := make(map[id.ID]article, len(lines))
	for len(lines) > 0 {
		some := lines[:min(250, len(lines))]
		lines = lines[len(some):]
		args := make([]any, 0, len(some)+1)
		args = append(args, shopID)
		for _, l := range some {
			args = append(args, l)
		}
		rows, err := tx.Query(`select l.id, c.number, o.sku, o.title from case_line l join cases c on c.id = l.case_id and c.shop_id = l.shop_id
			join order_line o on o.id = l.order_line_id and o.shop_id = l.shop_id where +l.shop_id = $1 and l.id in `+db.In(2, len(some)), args...)
		if err != nil {
			return nil, err
		}
		for rows.Next() {
			var line id.ID
			var a article
			if err := rows.Scan(&line, &a.caseNo, &a.sku, &a.title); err != nil {
				rows.Close()
				return nil, err
			}
			out[line] = a
		}
		rows.Close()
		if err := rows.Err(); err != nil {
			return nil, err
		}
	}
	return out, nil
}
