package report

import (
	"context"
	"io"

	"github.com/sanbao/sanbao/calendar"
	"github.com/sanbao/sanbao/internal/db"
	"github.com/sanbao/sanbao/internal/id"
	"github.com/sanbao/sanbao/internal/policy"
	"github.com/sanbao/sanbao/internal/shop"
	"github.com/sanbao/sanbao/rule"
)

// Trial is a draft to try on a shop's matters.
type Trial struct {
	Draft    *rule.Pack
	From, To calendar.Date // days of the decisions, both included; 0 is no bound
	Facts    io.Reader     // these matters instead of the shop's: policy.FactsLine
	Progress func(done, total int)
}

// Backtest is policy.Backtest for a shop as it is bound today, with case numbers and articles.
func Backtest(ctx context.Context, d *db.DB, l *policy.Library, s shop.Shop, t Trial) (*policy.BacktestReport, error) {
	cal, err := calendar.Load(s.Calendar)
	if err != nil {
		return nil, err
	}
	return policy.Backtest(ctx, d, policy.BacktestInput{Library: l, Shop: s.ID, Calendar: cal, Draft: t.Draft, From: t.From, To: t.To, Facts: t.Facts, Progress: t.Progress,
		Binding: policy.Binding{Law: []string{s.Law}, Overlays: s.Overlays, Shop: s.Pack}, Describe: Describe})
}

// Describe names the cases and articles of a shop's lines; what the shop does not have is left out.
func Describe(tx *db.Tx, shopID id.ID, lines []id.ID) (map[id.ID]policy.About, error) {
	out := make(map[id.ID]policy.About, len(lines))
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
			var a policy.About
			if err := rows.Scan(&line, &a.CaseNo, &a.SKU, &a.Title); err != nil {
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
