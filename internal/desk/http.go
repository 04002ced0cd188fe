package desk

import (
	"cmp"
	"context"
	"net/http"
	"slices"

	"github.com/sanbao/sanbao/calendar"
	"github.com/sanbao/sanbao/errs"
	"github.com/sanbao/sanbao/internal/auth"
	"github.com/sanbao/sanbao/internal/cases"
	"github.com/sanbao/sanbao/internal/db"
	"github.com/sanbao/sanbao/internal/id"
	"github.com/sanbao/sanbao/internal/shop"
	"github.com/sanbao/sanbao/internal/term"
	"github.com/sanbao/sanbao/internal/web"
)

// Routes adds the desk to a server.
func (d *Desk) Routes(s *web.Server) {
	d.strayRoutes(s)
	d.restockRoutes(s)
	d.stockRoutes(s)
	get := func(path, opID, summary string) web.Op {
		return web.Op{Method: http.MethodGet, Path: web.ShopRoot + path, ID: opID, Tag: "desk", Scope: auth.CasesRead, Summary: summary}
	}
	list := get("/inbox", "inbox", "Cases of a saved view, most urgent first")
	list.Doc = "In the order of deadlines, those without one last. Closed cases are listed with status=closed alone, newest first."
	web.Register(s, list, d.inbox)
	web.Register(s, get("/inbox/counts", "inbox-counts", "How many cases each saved view has, counted up to 100"), d.counts)
	web.Register(s, get("/today", "today", "The first screen: the day in numbers and what to do first 今日待办"), d.today)
	web.Register(s, web.Op{Method: http.MethodGet, Path: web.APIRoot + "today", ID: "today-everywhere", Tag: "desk", Scope: auth.CasesRead, AnyShop: true,
		Summary: "The first screen of all shops in which the caller reads cases, at most fifty of them"}, d.todayEverywhere)
	web.Register(s, get("/search", "search", "Find cases, orders, people, parcels and messages"), d.search)
	web.Register(s, web.Op{Method: http.MethodGet, Path: web.ShopRoot + "/settlements", ID: "list-settlements", Tag: "settlements", Scope: auth.MoneyRead,
		Summary: "Settlements in a state, oldest first"}, d.payments)
	web.Register(s, get("/cases/{case}/page", "case-page", "One case with everything its page shows"), d.page)
	web.Register(s, get("/cases/{case}/remark", "case-remark", "The seller remark, to be copied into the platform's back end 卖家备注"), d.remark)
	web.Register(s, get("/cases/{case}/reply", "case-reply", "What one may tell the customer now; nothing is sent 建议回复"), d.reply)
	stream := get("/events", "events", "What changes in the shop, as server-sent events")
	stream.Doc = "`hello` first; `case` with {case_id, version} for a case that has another version or message; `refetch` when anything may have changed. " +
		"The stream ends after fifteen minutes at most: connect again and read again."
	web.RegisterEvents(s, stream, d.events)
	web.Register(s, get("/facts", "list-facts", "Every fact the policies may ask for, with its words"),
		func(context.Context, *struct{}) (*web.Reply[[]Fact], error) {
			return &web.Reply[[]Fact]{Body: Facts(d.Flow.Policies.Vocabulary())}, nil
		})
	web.Register(s, get("/grounds", "list-grounds", "The reasons a customer can give in this shop, with their remedies"),
		func(ctx context.Context, _ *struct{}) (*web.Reply[[]Ground], error) {
			out, err := d.Grounds(ctx, web.Shop(ctx))
			return &web.Reply[[]Ground]{Body: out}, err
		})
	web.Register(s, web.Op{Method: http.MethodGet, Path: web.APIRoot + "terms", ID: "list-terms", Tag: "desk", Scope: auth.Public,
		Summary: "The words of every screen, by code"},
		func(context.Context, *struct{}) (*web.Reply[map[string]term.Word], error) {
			return &web.Reply[map[string]term.Word]{Body: term.Words}, nil
		})
	d.publicRoutes(s)
	d.slipRoute(s)
	record := get("/decisions/{decision}/record", "decision-record", "One decision with everything an outside reader needs, to be printed 调解用")
	record.Tag, record.Doc = "decisions", "Contract, application, clauses in full, facts with who said them, versions and hashes; the buyer is masked (ECL-59). The decision is made anew first, and has to come out the same."
	web.Register(s, record, d.record)
}

// me is the name under which cases are assigned to the caller.
func me(ctx context.Context) string {
	p := auth.From(ctx)
	return cmp.Or(p.Login, p.Name)
}

// filter is the present moment in the caller's shop.
func filter(ctx context.Context, tx *db.Tx) (Filter, error) {
	s, err := shop.Get(tx, web.Shop(ctx))
	if err != nil {
		return Filter{}, err
	}
	return filterOf(tx, s, me(ctx))
}

func filterOf(tx *db.Tx, s shop.Shop, me string) (Filter, error) {
	cal, err := calendar.Load(s.Calendar)
	if err != nil {
		return Filter{}, err
	}
	return Filter{Me: me, Now: tx.Now, Midnight: cal.EndOf(cal.DateOf(tx.Now))}, nil
}

type inboxInput struct {
	web.Page
	View     View         `query:"view" enum:"all,mine,unassigned,overdue,due_today,waiting_customer,to_receive,to_pay,to_approve" default:"all"`
	Status   cases.Status `query:"status" enum:"unassigned,ours,customer,carrier,approval,money,closed"`
	Assignee string       `query:"assignee" maxLength:"64"`
}

func (d *Desk) inbox(ctx context.Context, in *inboxInput) (*web.Reply[web.List[Item]], error) {
	after, _, err := web.AfterKey[Place](ctx, in.Page)
	if err != nil {
		return nil, err
	}
	var out web.List[Item]
	err = d.DB.Read(ctx, func(tx *db.Tx) error {
		f, err := filter(ctx, tx)
		if err != nil {
			return err
		}
		f.View, f.Status, f.Assignee = in.View, in.Status, in.Assignee
		var ids []id.ID
		if in.Status == cases.Closed {
			ids, err = Closed(tx, web.Shop(ctx), in.Assignee, after.ID, in.Fetch())
		} else {
			ids, err = f.IDs(tx, web.Shop(ctx), after, in.Fetch())
		}
		if err != nil {
			return err
		}
		rows, err := Rows(tx, web.Shop(ctx), ids)
		if err == nil {
			out, err = web.MakeList(ctx, in.Page, rows, placeOf)
		}
		return err
	})
	return &web.Reply[web.List[Item]]{Body: out}, err
}

func placeOf(i Item) Place {
	p := Place{Due: cases.Never, ID: i.Case.ID}
	if i.Case.DueAt != nil {
		p.Due = *i.Case.DueAt
	}
	return p
}

func (d *Desk) counts(ctx context.Context, _ *struct{}) (*web.Reply[map[View]int], error) {
	var out map[View]int
	err := d.DB.Read(ctx, func(tx *db.Tx) error {
		f, err := filter(ctx, tx)
		if err == nil {
			out, err = Counts(tx, web.Shop(ctx), f)
		}
		return err
	})
	return &web.Reply[map[View]int]{Body: out}, err
}

func (d *Desk) today(ctx context.Context, _ *struct{}) (*web.Reply[Today], error) {
	var out Today
	err := d.DB.Read(ctx, func(tx *db.Tx) error {
		f, err := filter(ctx, tx)
		if err == nil {
			out, err = ReadToday(tx, web.Shop(ctx), f)
		}
		return err
	})
	return &web.Reply[Today]{Body: out}, err
}

// maxShops bounds the shops of one first screen.
const maxShops = 50

func (d *Desk) todayEverywhere(ctx context.Context, _ *struct{}) (*web.Reply[Today], error) {
	reached, all := auth.From(ctx).ShopsWith(auth.CasesRead)
	var out Today
	err := d.DB.Read(ctx, func(tx *db.Tx) error {
		shops, err := shop.List(tx)
		if err != nil {
			return err
		}
		shops = slices.DeleteFunc(shops, func(s shop.Shop) bool { return !all && !slices.Contains(reached, s.ID) })
		out, err = TodayOf(tx, shops[:min(len(shops), maxShops)], me(ctx))
		return err
	})
	return &web.Reply[Today]{Body: out}, err
}

// Hits is what a search found.
type Hits struct {
	Items []Hit `json:"items" nullable:"false" doc:"at most 20 of a kind, the newest of each first"`
}

func (d *Desk) search(ctx context.Context, in *struct {
	Q string `query:"q" required:"true" minLength:"1" maxLength:"64" doc:"a number, a name, a nick, pinyin, initials, the last four digits of a phone, or two Chinese characters and more"`
}) (*web.Reply[Hits], error) {
	var out Hits
	err := d.DB.Read(ctx, func(tx *db.Tx) (err error) {
		out.Items, err = Find(tx, web.Shop(ctx), in.Q)
		return err
	})
	return &web.Reply[Hits]{Body: out}, err
}

func (d *Desk) page(ctx context.Context, in *struct {
	Case web.ID `path:"case"`
}) (*web.Reply[Page], error) {
	var out Page
	err := d.DB.Read(ctx, func(tx *db.Tx) (err error) {
		out, err = d.ReadPage(tx, web.Shop(ctx), in.Case.ID)
		return err
	})
	return &web.Reply[Page]{Body: out}, err
}

// Copied is a text for the clipboard.
type Copied struct {
	Text string `json:"text"`
}

func (d *Desk) remark(ctx context.Context, in *struct {
	Case web.ID `path:"case"`
	Lang string `query:"lang" enum:"zh-CN,zh-TW,en" doc:"language; the request's without it"`
}) (*web.Reply[Copied], error) {
	lang := in.Lang
	if lang == "" {
		lang = string(web.Lang(ctx))
	}
	var out Copied
	err := d.DB.Read(ctx, func(tx *db.Tx) (err error) {
		out.Text, err = d.Remark(tx, web.Shop(ctx), in.Case.ID, lang, auth.From(ctx).Name)
		return err
	})
	return &web.Reply[Copied]{Body: out}, err
}

func (d *Desk) reply(ctx context.Context, in *struct {
	Case web.ID    `path:"case"`
	Lang errs.Lang `query:"lang" enum:"zh-CN,zh-TW,en" doc:"language; the request's without it"`
}) (*web.Reply[Copied], error) {
	lang := in.Lang
	if lang == "" {
		lang = web.Lang(ctx)
	}
	text, err := d.Reply(ctx, web.Shop(ctx), in.Case.ID, lang)
	return &web.Reply[Copied]{Body: Copied{Text: text}}, err
}
