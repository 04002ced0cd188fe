package desk

import (
	"github.com/sanbao/sanbao/clock"
	"github.com/sanbao/sanbao/internal/cases"
	"github.com/sanbao/sanbao/internal/chat"
	"github.com/sanbao/sanbao/internal/customer"
	"github.com/sanbao/sanbao/internal/db"
	"github.com/sanbao/sanbao/internal/id"
	"github.com/sanbao/sanbao/money"
	"github.com/sanbao/sanbao/rule"
)

// Item is one row of a list of cases. Article, ground, remedy and status are those of the case's first line.
type Item struct {
	Case       cases.Case     `json:"case"`
	Customer   Who            `json:"customer"`
	OrderNo    string         `json:"order_no"`
	Article    string         `json:"article"`
	SKU        string         `json:"sku"`
	Quantity   int64          `json:"quantity"`
	Lines      int            `json:"lines" doc:"how many lines the case has"`
	Ground     string         `json:"ground"`
	Remedy     string         `json:"remedy"`
	LineStatus string         `json:"line_status"`
	Amount     int64          `json:"amount" doc:"minor units: what is settled or to be settled; before that, what its decision gives; else what the units cost"`
	Currency   money.Currency `json:"currency,omitempty"`
	Last       *Last          `json:"last_message,omitempty"`
}

// Who is a customer as a list shows him, perhaps masked.
type Who struct {
	Nick  string `json:"nick"`
	Name  string `json:"name"`
	Phone string `json:"phone"`
}

// Last is the newest message of a case.
type Last struct {
	At   clock.Instant `json:"at"`
	From chat.Sender   `json:"from" enum:"customer,staff,system"`
	Text string        `json:"text" doc:"its beginning"`
}

// maxLast is how much of a message a list shows, in characters.
const maxLast = 80

// Rows reads what a list shows of cases, in the order of the ids.
func Rows(tx *db.Tx, shopID id.ID, ids []id.ID) ([]Item, error) {
	out := make([]Item, len(ids))
	at := make(map[id.ID]*Item, len(ids))
	for i, c := range ids {
		at[c] = &out[i]
	}
	err := inChunks(ids, func(ids []id.ID) error {
		for _, read := range []func(*db.Tx, id.ID, []id.ID, map[id.ID]*Item) error{readCases, readLines, readAmounts, readLast} {
			if err := read(tx, shopID, ids, at); err != nil {
				return err
			}
		}
		return nil
	})
	return out, err
}

func readCases(tx *db.Tx, shopID id.ID, ids []id.ID, at map[id.ID]*Item) error {
	found, err := cases.InPage(tx, shopID, ids)
	if err != nil {
		return err
	}
	buyers, of := make([]id.ID, 0, len(found)), map[id.ID][]*Item{}
	for _, c := range found {
		at[c.ID].Case = c
		if c.CustomerID != 0 {
			if of[c.CustomerID] == nil {
				buyers = append(buyers, c.CustomerID)
			}
			of[c.CustomerID] = append(of[c.CustomerID], at[c.ID])
		}
	}
	return inChunks(buyers, func(ids []id.ID) error {
		known, err := customer.ByID(tx, shopID, ids)
		for _, k := range known {
			for _, item := range of[k.ID] {
				item.Customer = Who{Nick: k.Nick, Name: k.Name, Phone: k.Phone}
			}
		}
		return err
	})
}

func readLines(tx *db.Tx, shopID id.ID, ids []id.ID, at map[id.ID]*Item) error {
	rows, err := tx.Query(`select l.case_id, l.quantity, l.ground, l.remedy, l.status, a.sku, a.title, a.net, a.quantity, l.gives, o.order_no, o.currency
		from case_line l join order_line a on a.id = l.order_line_id join orders o on o.id = l.order_id
		where +l.shop_id = $1 and l.case_id in `+db.In(2, len(ids))+` order by l.case_id, l.id`, db.Args(ids, shopID)...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var l Item
		var caseID id.ID
		var net, sold int64
		var gives *int64
		if err := rows.Scan(&caseID, &l.Quantity, &l.Ground, &l.Remedy, &l.LineStatus, &l.SKU, &l.Article, &net, &sold, &gives, &l.OrderNo, &l.Currency); err != nil {
			return err
		}
		item := at[caseID]
		if item.Lines++; item.Lines == 1 {
			l.Case, l.Customer, l.Lines = item.Case, item.Customer, 1
			*item = l
		}
		switch {
		case gives != nil:
			item.Amount += *gives
		case !rule.Remedy(l.Remedy).IsAmount():
			item.Amount += net * l.Quantity / sold
		}
	}
	return rows.Err()
}

// readAmounts replaces what the units cost by what was settled, where something was.
func readAmounts(tx *db.Tx, shopID id.ID, ids []id.ID, at map[id.ID]*Item) error {
	rows, err := tx.Query(`select case_id, currency, cast(sum(amount) as bigint) from settlement
		where +shop_id = $1 and case_id in `+db.In(2, len(ids))+` and state <> 'voided' and kind not in ('charge', 'deposit') group by case_id, currency order by case_id, currency`, db.Args(ids, shopID)...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var caseID id.ID
		var currency money.Currency
		var amount int64
		if err := rows.Scan(&caseID, &currency, &amount); err != nil {
			return err
		}
		at[caseID].Amount, at[caseID].Currency = amount, currency
	}
	return rows.Err()
}

func readLast(tx *db.Tx, shopID id.ID, ids []id.ID, at map[id.ID]*Item) error {
	rows, err := tx.Query(`select m.case_id, m.at, m.sender, m.text from cases c
		join message m on m.id = (select x.id from message x where x.case_id = c.id order by x.id desc limit 1)
		where +c.shop_id = $1 and +m.shop_id = $1 and c.id in `+db.In(2, len(ids)), db.Args(ids, shopID)...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var caseID id.ID
		var l Last
		if err := rows.Scan(&caseID, &l.At, &l.From, &l.Text); err != nil {
			return err
		}
		l.Text = clip(l.Text, maxLast)
		at[caseID].Last = &l
	}
	return rows.Err()
}

// clip is the beginning of a text.
func clip(s string, n int) string {
	if r := []rune(s); len(r) > n {
		return string(r[:n-1]) + "…"
	}
	return s
}
