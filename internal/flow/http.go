package flow

import (
	"context"
	"encoding/json"
	"net/http"

	"github.com/sanbao/sanbao/clock"
	"github.com/sanbao/sanbao/internal/audit"
	"github.com/sanbao/sanbao/internal/auth"
	"github.com/sanbao/sanbao/internal/cases"
	"github.com/sanbao/sanbao/internal/db"
	"github.com/sanbao/sanbao/internal/id"
	"github.com/sanbao/sanbao/internal/movement"
	"github.com/sanbao/sanbao/internal/policy"
	"github.com/sanbao/sanbao/internal/web"
	"github.com/sanbao/sanbao/rule"
)

// actor is the caller as the journeys know him.
func actor(ctx context.Context) Actor {
	p, in := auth.From(ctx), web.Shop(ctx)
	a := Actor{Name: p.Name, Supervisor: p.HasIn(auth.CasesApprove, in), Finance: p.HasIn(auth.MoneyApprove, in)}
	if p.HasIn(auth.CasesWrite, in) && !a.Supervisor {
		a.Login = p.Login
	}
	return a
}

// Routes adds the journeys to a server.
func (f *Flow) Routes(s *web.Server) {
	f.orderRoutes(s)
	f.dispatchRoutes(s)
	f.caseRoutes(s)
	f.bulkRoutes(s)
	f.lineRoutes(s)
	f.parcelRoutes(s)
	f.doorRoutes(s)
	f.moneyRoutes(s)
	f.exchangeRoutes(s)
	f.advanceRoutes(s)
	f.quoteRoutes(s)
	f.statementRoutes(s)
	f.invoiceRoutes(s)
	f.noticeRoutes(s)
	f.importRoutes(s)
	f.sheetRoutes(s)
	f.layoutRoutes(s)
	f.whyRoutes(s)
	f.whatIfRoutes(s)
	f.chatRoutes(s)
	f.trackingRoutes(s)
	f.carrierRoutes(s)
	f.supplierRoutes(s)
}

// Seen is the version a caller saw of the row a command changes; leaving it out takes the row as it is.
type Seen struct {
	Version int64 `json:"version,omitempty" minimum:"1" doc:"version of the row as the caller saw it; another one now is a conflict"`
}

// Because is a command that wants a reason in the caller's words; it becomes a note.
type Because struct {
	Seen
	Reason string `json:"reason" minLength:"1" maxLength:"2000"`
}

// Established is a command that brings facts.
type Established struct {
	Seen
	Facts    map[string]json.RawMessage `json:"facts" doc:"values by fact name, see sanbao policy facts"`
	Evidence string                     `json:"evidence,omitempty" maxLength:"500" doc:"ids of evidence of this case, or in words where photos and papers are"`
}

type onShop[B any] struct{ Body B }

// command registers a POST that changes one thing: the path ends in the thing's id and the verb.
func command[B any](s *web.Server, thing, verb, opID, summary string, scope auth.Scope, run func(ctx context.Context, who Actor, shop, target id.ID, b B) (View, error)) {
	type input struct {
		Target web.ID `path:"id"`
		Body   B
	}
	web.Register(s, web.Op{Method: http.MethodPost, Path: web.ShopRoot + "/" + thing + "/{id}/" + verb, ID: opID, Tag: thing, Scope: scope, Once: true, Summary: summary},
		func(ctx context.Context, in *input) (*web.Reply[View], error) {
			v, err := run(ctx, actor(ctx), web.Shop(ctx), in.Target.ID, in.Body)
			return &web.Reply[View]{Body: v}, err
		})
}

func (f *Flow) caseRoutes(s *web.Server) {
	web.Register(s, web.Op{Method: http.MethodPost, Path: web.ShopRoot + "/cases", ID: "apply", Tag: "cases", Scope: auth.CasesWrite, Once: true, Status: http.StatusCreated,
		Summary: "Open a case: what a customer asks for, decided at once",
		Doc:     "A refusal by the policy is a recorded outcome with its reason and alternatives, not an error (S2-16)."},
		func(ctx context.Context, in *onShop[Application]) (*web.Reply[View], error) {
			v, err := f.Apply(ctx, actor(ctx), web.Shop(ctx), in.Body)
			return &web.Reply[View]{Body: v}, err
		})
	web.Register(s, web.Op{Method: http.MethodPost, Path: web.ShopRoot + "/cases/preview", ID: "preview", Tag: "cases", Scope: auth.CasesRead, Preview: true,
		Summary: "What an application would be decided; writes nothing"},
		func(ctx context.Context, in *onShop[Application]) (*web.Reply[[]json.RawMessage], error) {
			ds, err := f.Preview(ctx, actor(ctx), web.Shop(ctx), in.Body)
			out := []json.RawMessage{}
			for _, d := range ds {
				out = append(out, d.Encode())
			}
			return &web.Reply[[]json.RawMessage]{Body: out}, err
		})
	web.Register(s, web.Op{Method: http.MethodGet, Path: web.ShopRoot + "/cases", ID: "list-cases", Tag: "cases", Scope: auth.CasesRead, Summary: "Cases, newest first"}, f.listCases)
	web.Register(s, web.Op{Method: http.MethodGet, Path: web.ShopRoot + "/cases/{case}", ID: "get-case", Tag: "cases", Scope: auth.CasesRead, Summary: "One case with its lines, parcels and money"},
		func(ctx context.Context, in *struct {
			Case web.ID `path:"case"`
		}) (*web.Reply[View], error) {
			v, err := f.View(ctx, web.Shop(ctx), in.Case.ID)
			return &web.Reply[View]{Body: v}, err
		})
	web.Register(s, web.Op{Method: http.MethodGet, Path: web.ShopRoot + "/cases/{case}/timeline", ID: "get-timeline", Tag: "cases", Scope: auth.CasesRead, Summary: "What happened to a case, oldest first"}, f.timeline)
	web.Register(s, web.Op{Method: http.MethodGet, Path: web.ShopRoot + "/cases/{case}/notes", ID: "list-notes", Tag: "cases", Scope: auth.CasesRead, Summary: "Notes of a case, oldest first"}, f.notes)
	command(s, "cases", "notes", "add-note", "Add a note; notes are never changed or deleted (S4-02)", auth.CasesWrite,
		func(ctx context.Context, who Actor, shop, target id.ID, b struct {
			Text     string `json:"text" minLength:"1" maxLength:"2000"`
			Progress string `json:"progress,omitempty" maxLength:"200"`
			Amends   id.ID  `json:"amends,omitempty" doc:"the note this one corrects"`
		}) (View, error) {
			return f.Note(ctx, who, shop, target, b.Text, b.Progress, b.Amends)
		})
	command(s, "cases", "flag", "flag-case", "Set the flag", auth.CasesWrite,
		func(ctx context.Context, who Actor, shop, target id.ID, b struct {
			Flag string `json:"flag" enum:",red,yellow,green,blue,purple"`
		}) (View, error) {
			return f.Flag(ctx, who, shop, target, b.Flag)
		})
	command(s, "cases", "assign", "assign-case", "Give the case to somebody who works for the shop, by login; empty puts it back", auth.CasesWrite,
		func(ctx context.Context, who Actor, shop, target id.ID, b struct {
			Assignee string `json:"assignee" maxLength:"64"`
		}) (View, error) {
			return f.Assign(ctx, who, shop, target, b.Assignee)
		})
}

func (f *Flow) listCases(ctx context.Context, in *struct {
	web.Page
	Status cases.Status `query:"status" enum:"unassigned,ours,customer,carrier,approval,money,closed"`
}) (*web.Reply[web.List[cases.Case]], error) {
	after, _, err := web.AfterKey[id.ID](ctx, in.Page)
	if err != nil {
		return nil, err
	}
	var out web.List[cases.Case]
	err = f.DB.Read(ctx, func(tx *db.Tx) error {
		rows, err := cases.List(tx, web.Shop(ctx), in.Status, after, in.Fetch())
		if err == nil {
			out, err = web.MakeList(ctx, in.Page, rows, func(c cases.Case) id.ID { return c.ID })
		}
		return err
	})
	return &web.Reply[web.List[cases.Case]]{Body: out}, err
}

func (f *Flow) timeline(ctx context.Context, in *struct {
	Case web.ID `path:"case"`
	web.Page
}) (*web.Reply[web.List[audit.Event]], error) {
	after, _, err := web.AfterKey[id.ID](ctx, in.Page)
	if err != nil {
		return nil, err
	}
	var out web.List[audit.Event]
	err = f.DB.Read(ctx, func(tx *db.Tx) error {
		if _, err := cases.Get(tx, web.Shop(ctx), in.Case.ID); err != nil {
			return err
		}
		rows, err := audit.OfCase(tx, web.Shop(ctx), in.Case.ID, after, in.Fetch())
		if err == nil {
			out, err = web.MakeList(ctx, in.Page, rows, func(e audit.Event) id.ID { return e.ID })
		}
		return err
	})
	return &web.Reply[web.List[audit.Event]]{Body: out}, err
}

func (f *Flow) notes(ctx context.Context, in *struct {
	Case web.ID `path:"case"`
	web.Page
}) (*web.Reply[web.List[cases.Note]], error) {
	after, _, err := web.AfterKey[id.ID](ctx, in.Page)
	if err != nil {
		return nil, err
	}
	var out web.List[cases.Note]
	err = f.DB.Read(ctx, func(tx *db.Tx) error {
		if _, err := cases.Get(tx, web.Shop(ctx), in.Case.ID); err != nil {
			return err
		}
		rows, err := cases.Notes(tx, web.Shop(ctx), in.Case.ID, after, in.Fetch())
		if err == nil {
			out, err = web.MakeList(ctx, in.Page, rows, func(n cases.Note) id.ID { return n.ID })
		}
		return err
	})
	return &web.Reply[web.List[cases.Note]]{Body: out}, err
}

func (f *Flow) lineRoutes(s *web.Server) {
	plain := func(verb, opID, summary string, run func(ctx context.Context, who Actor, shop, target id.ID, version int64) (View, error)) {
		command(s, "lines", verb, opID, summary, auth.CasesWrite, func(ctx context.Context, who Actor, shop, target id.ID, b Seen) (View, error) {
			return run(ctx, who, shop, target, b.Version)
		})
	}
	reasoned := func(verb, opID, summary string, scope auth.Scope, run func(ctx context.Context, who Actor, shop, target id.ID, version int64, reason string) (View, error)) {
		command(s, "lines", verb, opID, summary, scope, func(ctx context.Context, who Actor, shop, target id.ID, b Because) (View, error) {
			return run(ctx, who, shop, target, b.Version, b.Reason)
		})
	}
	plain("approve", "approve-line", "Agree 同意", f.Approve)
	plain("accept", "accept-offer", "The customer takes the offer", f.Accept)
	plain("expire", "expire-line", "Close a line the customer never came back to", f.Expire)
	plain("announce", "announce-again", "Expect a parcel again that was not taken", f.Announce)
	reasoned("decline", "decline-line", "Say no where nothing is of right 拒绝并说明", auth.CasesWrite, f.Decline)
	reasoned("turn-down", "turn-down-offer", "The customer does not take the offer", auth.CasesWrite, f.TurnDown)
	reasoned("override", "override-line", "A supervisor's goodwill against a no (S4-21)", auth.CasesApprove, f.Override)
	reasoned("settle-lost", "settle-lost", "Pay for goods that were lost on their way to us", auth.CasesApprove, f.SettleLost)
	reasoned("send-again", "send-again", "Send another article where the one given in exchange was lost", auth.CasesWrite, f.SendAgain)
	reasoned("cancel", "cancel-line", "The customer withdraws", auth.CasesWrite, f.Cancel)
	reasoned("dispute", "dispute-line", "The platform steps in", auth.CasesWrite, f.Dispute)
	reasoned("reopen", "reopen-line", "Take a closed line up again 重新打开", auth.CasesWrite, f.Reopen)
	command(s, "lines", "answer", "answer-line", "Add facts or evidence, and decide again", auth.CasesWrite,
		func(ctx context.Context, who Actor, shop, target id.ID, b struct {
			Established
			Stage  string `json:"stage,omitempty" enum:"application,evidence" default:"evidence" doc:"when it was established"`
			Ground string `json:"ground,omitempty" maxLength:"64" doc:"why, when application.ground was asked"`
		}) (View, error) {
			stage, ok := rule.ParseStage(b.Stage)
			if !ok {
				stage = rule.AtEvidence
			}
			if b.Ground != "" {
				return f.AnswerGround(ctx, who, shop, target, b.Version, b.Ground, stage, b.Facts, b.Evidence)
			}
			return f.Answer(ctx, who, shop, target, b.Version, stage, b.Facts, b.Evidence)
		})
	command(s, "lines", "ground", "change-ground", "Another reason on the way: decided anew on it, freight included", auth.CasesWrite,
		func(ctx context.Context, who Actor, shop, target id.ID, b struct {
			Established
			Ground string `json:"ground" minLength:"1" maxLength:"64" doc:"why, by the shop's policy"`
		}) (View, error) {
			return f.ChangeGround(ctx, who, shop, target, b.Version, b.Ground, b.Facts, b.Evidence)
		})
	command(s, "lines", "inspect", "inspect-line", "Record what was found, and decide at inspection 验货", auth.GoodsReceive,
		func(ctx context.Context, who Actor, shop, target id.ID, b struct {
			Established
			Serials []string `json:"serials,omitempty" maxItems:"500" doc:"where serial numbers were noted at the sale: the one scanned of each unit, empty where it cannot be read"`
		}) (View, error) {
			return f.Inspect(ctx, who, shop, target, b.Version, b.Facts, b.Evidence, b.Serials...)
		})
	reasoned("release", "release-line", "What was kept apart is what was sold after all 解除隔离", auth.CasesApprove, f.Release)
	reasoned("not-ours", "not-ours", "What was kept apart is another unit than was sold; it goes home", auth.CasesApprove, f.NotOurs)
	command(s, "lines", "split", "split-line", "Take part of the quantity out into a line of its own", auth.CasesWrite,
		func(ctx context.Context, who Actor, shop, target id.ID, b struct {
			Seen
			Quantity int64 `json:"quantity" minimum:"1" doc:"units that go into the new line"`
		}) (View, error) {
			return f.Split(ctx, who, shop, target, b.Version, b.Quantity)
		})
	command(s, "lines", "responsible", "set-responsible", "Name the party that bears the line inside", auth.CasesWrite,
		func(ctx context.Context, who Actor, shop, target id.ID, b struct {
			Seen
			Party string `json:"party" enum:"customer,shop,supplier,warehouse,carrier,agent,product,undetermined"`
		}) (View, error) {
			return f.SetResponsible(ctx, who, shop, target, b.Version, b.Party)
		})
	web.Register(s, web.Op{Method: http.MethodGet, Path: web.ShopRoot + "/lines/{id}/decisions", ID: "list-decisions", Tag: "lines", Scope: auth.CasesRead, Summary: "Every decision of a line, oldest first, with the facts it was made on"}, f.decisions)
}

func (f *Flow) decisions(ctx context.Context, in *struct {
	Line web.ID `path:"id"`
}) (*web.Reply[[]policy.Stored], error) {
	out := []policy.Stored{}
	err := f.DB.Read(ctx, func(tx *db.Tx) error {
		if _, err := ofLine(web.Shop(ctx), in.Line.ID)(tx); err != nil {
			return err
		}
		ds, err := policy.OfLine(tx, web.Shop(ctx), in.Line.ID)
		out = append(out, ds...)
		return err
	})
	return &web.Reply[[]policy.Stored]{Body: out}, err
}

func (f *Flow) parcelRoutes(s *web.Server) {
	plain := func(verb, opID, summary string, scope auth.Scope, run func(ctx context.Context, who Actor, shop, target id.ID, version int64) (View, error)) {
		command(s, "parcels", verb, opID, summary, scope, func(ctx context.Context, who Actor, shop, target id.ID, b Seen) (View, error) {
			return run(ctx, who, shop, target, b.Version)
		})
	}
	type shipped struct {
		Seen
		Waybill
	}
	command(s, "parcels", "waybill", "fill-waybill", "The customer sent the parcel 填写退货单号", auth.CasesWrite,
		func(ctx context.Context, who Actor, shop, target id.ID, b shipped) (View, error) {
			return f.FillWaybill(ctx, who, shop, target, b.Version, b.Waybill)
		})
	command(s, "parcels", "sign", "sign-parcel", "The parcel is at our door, unopened", auth.GoodsReceive,
		func(ctx context.Context, who Actor, shop, target id.ID, b struct {
			Seen
			At *clock.Instant `json:"at,omitempty" doc:"when it came, if not now"`
		}) (View, error) {
			return f.SignFor(ctx, who, shop, target, b.Version, b.At)
		})
	command(s, "parcels", "receive", "receive-parcel", "The parcel was opened and counted 确认收货", auth.GoodsReceive,
		func(ctx context.Context, who Actor, shop, target id.ID, b struct {
			Seen
			Opening
		}) (View, error) {
			return f.Receive(ctx, who, shop, target, b.Version, b.Opening)
		})
	command(s, "parcels", "refuse", "refuse-parcel", "We do not take the parcel", auth.GoodsReceive,
		func(ctx context.Context, who Actor, shop, target id.ID, b Because) (View, error) {
			return f.Refuse(ctx, who, shop, target, b.Version, b.Reason)
		})
	command(s, "parcels", "go-on", "settle-difference", "A difference was settled; inspection goes on with what arrived", auth.GoodsReceive,
		func(ctx context.Context, who Actor, shop, target id.ID, b struct {
			Because
			RestLost bool `json:"rest_lost,omitempty" doc:"units that did not come were lost on the way; otherwise the customer still has them"`
		}) (View, error) {
			return f.GoOn(ctx, who, shop, target, b.Version, b.Reason, b.RestLost)
		})
	command(s, "parcels", "forward", "forward-parcel", "A return goes on to another warehouse 转仓: what came to the wrong one", auth.GoodsReceive,
		func(ctx context.Context, who Actor, shop, target id.ID, b struct {
			Seen
			Onward
		}) (View, error) {
			return f.Forward(ctx, who, shop, target, b.Version, b.Onward)
		})
	answered := func(verb, opID, summary string, run func(ctx context.Context, who Actor, shop, target id.ID, version int64, a CarrierAnswer) (View, error)) {
		command(s, "parcels", verb, opID, summary, auth.CasesWrite, func(ctx context.Context, who Actor, shop, target id.ID, b struct {
			Seen
			CarrierAnswer
		}) (View, error) {
			return run(ctx, who, shop, target, b.Version, b.CarrierAnswer)
		})
	}
	answered("stopped", "parcel-stopped", "The carrier has stopped the parcel 拦截成功", f.Stopped)
	answered("not-stopped", "parcel-not-stopped", "The carrier could not stop the parcel 拦截失败", f.NotStopped)
	plain("lost", "report-lost", "The carrier lost the parcel", auth.GoodsReceive, f.ReportLost)
	command(s, "parcels", "ship", "ship-out", "Goods left for the customer", auth.GoodsShip,
		func(ctx context.Context, who Actor, shop, target id.ID, b shipped) (View, error) {
			return f.ShipOut(ctx, who, shop, target, b.Version, b.Waybill)
		})
	plain("delivered", "delivered", "The customer has the goods", auth.GoodsShip, f.Delivered)
	web.Register(s, web.Op{Method: http.MethodGet, Path: web.ShopRoot + "/parcels", ID: "find-parcels", Tag: "parcels", Scope: auth.CasesRead, Summary: "Parcels by waybill number, newest first"},
		func(ctx context.Context, in *struct {
			Waybill string `query:"waybill" required:"true" maxLength:"60"`
		}) (*web.Reply[[]movement.Movement], error) {
			found, err := f.ByWaybill(ctx, web.Shop(ctx), in.Waybill)
			return &web.Reply[[]movement.Movement]{Body: append([]movement.Movement{}, found...)}, err
		})
}
