package flow

import (
	"context"
	"net/http"
	"strings"

	"github.com/sanbao/sanbao/internal/auth"
	"github.com/sanbao/sanbao/internal/cases"
	"github.com/sanbao/sanbao/internal/chat"
	"github.com/sanbao/sanbao/internal/customer"
	"github.com/sanbao/sanbao/internal/db"
	"github.com/sanbao/sanbao/internal/id"
	"github.com/sanbao/sanbao/internal/web"
)

// Said is a message that is to be added to a case's conversation.
type Said struct {
	From    chat.Sender `json:"from" enum:"customer,staff" doc:"customer: what she wrote or said elsewhere, noted down here"`
	Text    string      `json:"text" minLength:"1" maxLength:"4000"`
	Author  string      `json:"author,omitempty" maxLength:"128" doc:"who of the customer's side spoke; her nick or name without it"`
	Channel string      `json:"channel,omitempty" enum:"chat,phone,web,store,email,social,platform" doc:"the case's own without it"`
}

// Say adds a message. It leaves the case and its version alone: an answer to a customer never collides with a command.
func (f *Flow) Say(ctx context.Context, who Actor, shopID, caseID id.ID, s Said) (chat.Message, error) {
	m, _, err := web.Once(ctx, f.DB, web.OnceOf(ctx), func(ctx context.Context) (m spoken, err error) {
		err = f.DB.Read(ctx, func(tx *db.Tx) error {
			m, err = speak(tx, who, shopID, caseID, s)
			return err
		})
		return m, err
	}, func(tx *db.Tx, m spoken) (chat.Message, error) {
		m.At = tx.Now
		f.changed(tx, shopID, caseID, m.version)
		return m.Message, tx.Batch(func(b *db.Batch) { chat.Insert(b, m.Message) })
	})
	return m, err
}

// spoken is a planned message, and the version of the case it was written on.
type spoken struct {
	chat.Message
	version int64
}

func speak(tx *db.Tx, who Actor, shopID, caseID id.ID, s Said) (spoken, error) {
	c, err := cases.Get(tx, shopID, caseID)
	if err != nil {
		return spoken{}, err
	}
	m := chat.Message{ID: id.New(), ShopID: shopID, CaseID: caseID, From: s.From, Author: who.Name, Text: s.Text, Channel: s.Channel}
	if m.Channel == "" {
		m.Channel = c.Channel
	}
	if s.From == chat.Customer {
		if m.Author = strings.TrimSpace(s.Author); m.Author == "" && c.CustomerID != 0 {
			buyer, err := customer.Get(tx, shopID, c.CustomerID)
			if err != nil {
				return spoken{}, err
			}
			m.Author = buyer.Called()
		}
	}
	return spoken{m, c.Version}, m.Check()
}

func (f *Flow) chatRoutes(s *web.Server) {
	web.Register(s, web.Op{Method: http.MethodGet, Path: web.ShopRoot + "/cases/{case}/messages", ID: "list-messages", Tag: "messages", Scope: auth.CasesRead, Summary: "A case's conversation, oldest first"}, f.messages)
	web.Register(s, web.Op{Method: http.MethodPost, Path: web.ShopRoot + "/cases/{case}/messages", ID: "add-message", Tag: "messages", Scope: auth.CasesWrite, Once: true, Status: http.StatusCreated,
		Summary: "Add a message to a case's conversation; messages are never changed or deleted"},
		func(ctx context.Context, in *struct {
			Case web.ID `path:"case"`
			Body Said
		}) (*web.Reply[chat.Message], error) {
			m, err := f.Say(ctx, actor(ctx), web.Shop(ctx), in.Case.ID, in.Body)
			return &web.Reply[chat.Message]{Body: m}, err
		})
}

func (f *Flow) messages(ctx context.Context, in *struct {
	Case web.ID `path:"case"`
	web.Page
}) (*web.Reply[web.List[chat.Message]], error) {
	after, _, err := web.AfterKey[id.ID](ctx, in.Page)
	if err != nil {
		return nil, err
	}
	var out web.List[chat.Message]
	err = f.DB.Read(ctx, func(tx *db.Tx) error {
		if _, err := cases.Get(tx, web.Shop(ctx), in.Case.ID); err != nil {
			return err
		}
		rows, err := chat.OfCase(tx, web.Shop(ctx), in.Case.ID, after, in.Fetch())
		if err == nil {
			out, err = web.MakeList(ctx, in.Page, rows, func(m chat.Message) id.ID { return m.ID })
		}
		return err
	})
	return &web.Reply[web.List[chat.Message]]{Body: out}, err
}
