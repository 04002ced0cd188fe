package settle

import (
	"github.com/sanbao/sanbao/clock"
	"github.com/sanbao/sanbao/internal/db"
	"github.com/sanbao/sanbao/internal/id"
)

// GoodwillBy sums the goodwill of a shop since an instant, other than a line's own, whose amount a person stated last.
func GoodwillBy(tx *db.Tx, shopID id.ID, author string, since clock.Instant, butLine id.ID) (minor int64, err error) {
	err = tx.QueryRow(`select cast(coalesce(sum(s.amount), 0) as bigint) from settlement s
		where s.shop_id = $1 and s.kind = 'goodwill' and s.created_at >= $2 and s.state <> 'voided' and s.case_line_id <> $3
			and $4 = (select f.author from finding f where f.case_line_id = s.case_line_id and f.shop_id = $1 and f.fact = 'goodwill.amount' order by f.id desc limit 1)`,
		shopID, since, butLine, author).Scan(&minor)
	return minor, err
}
