package desk

import (
	"cmp"
	"slices"
	"strings"
	"unicode"

	"github.com/sanbao/sanbao/internal/cases"
	"github.com/sanbao/sanbao/internal/chat"
	"github.com/sanbao/sanbao/internal/customer"
	"github.com/sanbao/sanbao/internal/db"
	"github.com/sanbao/sanbao/internal/id"
	"github.com/sanbao/sanbao/internal/search"
)

const (
	perKind    = 20 // hits of a kind at most
	candidates = 24 // asked of the index at a time: some hold the characters, but not beside each other
	rounds     = 3  // how often it is asked for more
	snippet    = 60 // characters of a text that are shown
)

// Hit is one thing that was found.
type Hit struct {
	Kind    string `json:"kind" enum:"case,order,customer,parcel,message"`
	CaseID  id.ID  `json:"case_id,omitzero" doc:"the case to open; the newest where there are several"`
	OrderID id.ID  `json:"order_id,omitzero"`
	Number  string `json:"number" doc:"of the case, order or parcel"`
	Title   string `json:"title"`
	Snippet string `json:"snippet"`
	Matched string `json:"matched" enum:"case_no,order_no,waybill,rma,customer,text,note" doc:"what it was found by"`
}

// finder gathers the hits of one query.
type finder struct {
	tx   *db.Tx
	shop id.ID
	q    search.Query
	hits []Hit
}

// Find searches a shop: numbers as they are, people by name, nick, pinyin, initials and phone, messages and notes by
// their words. At most 20 of each kind, the newest first.
func Find(tx *db.Tx, shopID id.ID, typed string) ([]Hit, error) {
	typed = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(typed, " "))
	f := &finder{tx: tx, shop: shopID, q: search.Parse(typed), hits: []Hit{}}
	number := strings.ToUpper(strings.Join(strings.Fields(f.q.Typed), ""))
	if number == "" {
		return f.hits, nil
	}
	for _, look := range []func() error{
		func() error { return f.byCaseNumber(number) },
		func() error { return f.byOrderNumber(number, strings.TrimSpace(typed)) },
		func() error { return f.byParcel(number) },
		f.byPeople, f.byMessages, f.byNotes,
	} {
		if err := look(); err != nil {
			return nil, err
		}
	}
	return f.hits, nil
}

// collect adds hits of a kind that are not there yet, up to the bound.
func (f *finder) collect(hits []Hit, err error) error {
	for _, h := range hits {
		n := 0
		for _, x := range f.hits {
			if x.Kind == h.Kind {
				n++
			}
		}
		same := func(x Hit) bool { return x.Kind == "case" && h.Kind == "case" && x.CaseID == h.CaseID }
		if n < perKind && !slices.ContainsFunc(f.hits, same) {
			f.hits = append(f.hits, h)
		}
	}
	return err
}

func scanHit(r *db.Rows) (Hit, error) {
	var h Hit
	var caseID, orderID *id.ID
	err := r.Scan(&h.Kind, &caseID, &orderID, &h.Number, &h.Title, &h.Snippet, &h.Matched)
	if caseID != nil {
		h.CaseID = *caseID
	}
	if orderID != nil {
		h.OrderID = *orderID
	}
	return h, err
}

func (f *finder) byCaseNumber(number string) error {
	return f.collect(db.Collect(f.tx, scanHit, `select 'case', c.id, cast(null as bigint), c.number, coalesce(b.nick, ''), c.status, 'case_no'
		from cases c left join customer b on b.id = c.customer_id where c.shop_id = $1 and c.number = $2`, f.shop, number))
}

// byOrderNumber finds orders and the newest case about each. Numbers of other systems keep the case of their letters.
func (f *finder) byOrderNumber(number, typed string) error {
	return f.collect(db.Collect(f.tx, scanHit, `select 'order', (select l.case_id from order_line a join case_line l on l.order_line_id = a.id
			where a.order_id = o.id order by l.id desc limit 1), o.id, o.order_no,
			coalesce((select a.title from order_line a where a.order_id = o.id order by a.line_no limit 1), ''), coalesce(b.nick, ''), 'order_no'
		from orders o left join customer b on b.id = o.customer_id where o.shop_id = $1 and o.order_no in ($2, $3) order by o.id desc limit $4`,
		f.shop, number, typed, perKind))
}

func (f *finder) byParcel(number string) error {
	err := f.collect(db.Collect(f.tx, scanHit, `select 'parcel', m.case_id, cast(null as bigint), m.waybill, c.number, m.state, 'waybill'
		from movement m join cases c on c.id = m.case_id where m.shop_id = $1 and m.waybill = $2 order by m.id desc limit $3`, f.shop, number, perKind))
	if err != nil {
		return err
	}
	err = f.collect(db.Collect(f.tx, scanHit, `select 'parcel', (select l.case_id from order_line a join case_line l on l.order_line_id = a.id
			where a.order_id = o.id order by l.id desc limit 1), o.id, p.waybill, o.order_no, p.carrier, 'waybill'
		from order_parcel p join orders o on o.id = p.order_id where p.shop_id = $1 and p.waybill = $2 order by p.id desc limit $3`, f.shop, number, perKind))
	if err != nil {
		return err
	}
	return f.collect(db.Collect(f.tx, scanHit, `select 'parcel', m.case_id, cast(null as bigint), m.number, c.number, m.state, 'rma'
		from movement m join cases c on c.id = m.case_id where m.shop_id = $1 and m.number = $2`, f.shop, number))
}

// byPeople finds customers in every way the query can name one, and their cases.
func (f *finder) byPeople() error {
	var ids []id.ID
	for _, words := range f.q.People {
		more, err := search.Find(f.tx, f.shop, search.Customers, words, 0, perKind)
		if err != nil {
			return err
		}
		for _, c := range more {
			if !slices.Contains(ids, c) && len(ids) < perKind {
				ids = append(ids, c)
			}
		}
	}
	if len(ids) == 0 {
		return nil
	}
	return inChunks(ids, func(ids []id.ID) error {
		if err := f.customers(ids); err != nil {
			return err
		}
		return f.collect(db.Collect(f.tx, scanHit, `select 'case', c.id, cast(null as bigint), c.number, b.nick, c.status, 'customer'
			from cases c join customer b on b.id = c.customer_id where c.shop_id = $1 and c.customer_id in `+db.In(3, len(ids))+` order by +c.id desc limit $2`,
			db.Args(ids, f.shop, perKind)...))
	})
}

func (f *finder) customers(ids []id.ID) error {
	known, err := customer.ByID(f.tx, f.shop, ids)
	if err != nil {
		return err
	}
	type newest struct {
		of          id.ID
		kase, order *id.ID
		number      *string
	}
	rows, err := db.Collect(f.tx, func(r *db.Rows) (n newest, err error) { return n, r.Scan(&n.of, &n.kase, &n.number, &n.order) },
		`select b.id, c.id, c.number, (select o.id from orders o where o.shop_id = $1 and o.customer_id = b.id order by o.ordered_at desc, o.id desc limit 1)
		from customer b left join cases c on c.id = (select x.id from cases x where x.shop_id = $1 and x.customer_id = b.id order by x.id desc limit 1)
		where +b.shop_id = $1 and b.id in `+db.In(2, len(ids))+` order by b.id desc`, db.Args(ids, f.shop)...)
	var hits []Hit
	for _, n := range rows {
		k := known[slices.IndexFunc(known, func(c customer.Customer) bool { return c.ID == n.of })]
		h := Hit{Kind: "customer", Title: k.Called(), Snippet: strings.TrimSpace(k.Name + " " + k.Phone), Matched: "customer"}
		if n.kase != nil {
			h.CaseID, h.Number = *n.kase, *n.number
		}
		if n.order != nil {
			h.OrderID = *n.order
		}
		hits = append(hits, h)
	}
	return f.collect(hits, err)
}

// found is a text that may hold what was typed.
type found struct {
	id, kase           id.ID
	number, by, text   string
	matched, saidTwice string
}

// texts asks the index for texts of a kind, newest first, and keeps those that do hold what was typed.
func (f *finder) texts(kind search.Kind, read func(ids []id.ID) ([]found, error)) error {
	var before id.ID
	kept := 0
	for range rounds {
		ids, err := search.Find(f.tx, f.shop, kind, f.q.Text, before, candidates)
		if err != nil || len(ids) == 0 {
			return err
		}
		var texts []found
		err = inChunks(ids, func(ids []id.ID) error {
			texts, err = read(ids)
			return err
		})
		if err != nil {
			return err
		}
		slices.SortFunc(texts, func(a, b found) int { return cmp.Compare(b.id, a.id) })
		for _, t := range texts {
			if kept < perKind && f.q.Holds(t.text+" "+t.saidTwice) {
				kept++
				f.hits = append(f.hits, Hit{Kind: "message", CaseID: t.kase, Number: t.number, Title: t.by, Snippet: f.q.Snippet(t.text, snippet), Matched: t.matched})
			}
		}
		if before = ids[len(ids)-1]; kept >= perKind || len(ids) < candidates {
			return nil
		}
	}
	return nil
}

func (f *finder) byMessages() error {
	return f.texts(search.Messages, func(ids []id.ID) ([]found, error) {
		ms, err := chat.ByID(f.tx, f.shop, ids)
		if err != nil {
			return nil, err
		}
		numbers, err := f.numbers(ms)
		out := make([]found, len(ms))
		for i, m := range ms {
			out[i] = found{id: m.ID, kase: m.CaseID, number: numbers[m.CaseID], by: m.Author, text: m.Text, matched: "text"}
		}
		return out, err
	})
}

func (f *finder) numbers(ms []chat.Message) (map[id.ID]string, error) {
	out := map[id.ID]string{}
	var ids []id.ID
	for _, m := range ms {
		ids = append(ids, m.CaseID)
	}
	return out, inChunks(ids, func(ids []id.ID) error {
		found, err := cases.InPage(f.tx, f.shop, ids)
		for _, c := range found {
			out[c.ID] = c.Number
		}
		return err
	})
}

func (f *finder) byNotes() error {
	return f.texts(search.Notes, func(ids []id.ID) ([]found, error) {
		return db.Collect(f.tx, func(r *db.Rows) (found, error) {
			t := found{matched: "note"}
			return t, r.Scan(&t.id, &t.kase, &t.number, &t.by, &t.text, &t.saidTwice)
		}, `select n.id, n.case_id, c.number, n.author, n.text, n.progress from note n join cases c on c.id = n.case_id
			where +n.shop_id = $1 and n.id in `+db.In(2, len(ids)), db.Args(ids, f.shop)...)
	})
}
