package customer

import (
	"github.com/sanbao/sanbao/internal/db"
	"github.com/sanbao/sanbao/internal/id"
)

// askWith is the length of every list KnownKeys asks with, so that the statement is prepared once.
const askWith = 64

// KnownKeys finds the customers of a shop on a platform by the platform's keys.
func KnownKeys(tx *db.Tx, shopID id.ID, platform string, keys []string) (map[string]id.ID, error) {
	out := make(map[string]id.ID, len(keys))
	for len(keys) > 0 {
		some := keys[:min(askWith, len(keys))]
		keys = keys[len(some):]
		args := []any{shopID, platform}
		for i := range askWith {
			args = append(args, some[min(i, len(some)-1)])
		}
		if err := ask(tx, out, args); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func ask(tx *db.Tx, out map[string]id.ID, args []any) error {
	rows, err := tx.Query(`select buyer_key, id from customer where shop_id = $1 and platform = $2 and buyer_key in `+db.In(3, askWith), args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var key string
		var customer id.ID
		if err := rows.Scan(&key, &customer); err != nil {
			return err
		}
		out[key] = customer
	}
	return rows.Err()
}
