package settle

import (
	"github.com/sanbao/sanbao/clock"
	"github.com/sanbao/sanbao/internal/db"
	"github.com/sanbao/sanbao/internal/id"
)

// GoodwillBy sums the goodwill that a person gave in a shop since an instant, other than a line's own: what is owed or paid, and what is offered and
// not answered yet. What was given up, turned down or never agreed to does not count. Whose it is, says who stated the amount last.
func GoodwillBy(tx *db.Tx, shopID id.ID, author string, since clock.Instant, butLine id.ID) (minor int64, err error) {
	err = tx.QueryRow(`select cast(coalesce(sum(given.amount), 0) as bigint) from (
		select s.case_line_id, s.amount from settlement s
			where s.shop_id = $1 and s.kind = 'goodwill' and s.created_at >= $2 and s.state <> 'voided'
		union all select f.case_line_id, cast(f.value as bigint) from case_line l join finding f on f.case_line_id = l.id
			where l.shop_id = $1 and l.remedy = 'goodwill' and l.state = 'offered' and f.shop_id = $1 and f.fact = 'goodwill.amount' and f.at >= $2
			and f.id = (select max(last.id) from finding last where last.case_line_id = l.id and last.shop_id = $1 and last.fact = 'goodwill.amount')
		) given where given.case_line_id <> $3
			and $4 = (select f.author from finding f where f.case_line_id = given.case_line_id and f.shop_id = $1 and f.fact = 'goodwill.amount' order by f.id desc limit 1)`,
		shopID, since, butLine, author).Scan(&minor)
	return minor, err
}
