// Package desk is what people look at all day: the inbox with its saved views, today's list, search, the page of one
// case, and the news that something changed. It only reads.
//
//	views.go    the saved views: each is one range of one index; counts are capped
//	rows.go     what a row of a list shows, read for the ids of a page
//	today.go    今日待办: what is due, in one sentence and a list
//	find.go     search over numbers, people, messages and notes
//	page.go     one case with its customer, orders, conversation and notes, as one snapshot
//	events.go   server-sent events
//	words.go    facts, grounds and terms: what forms and buttons are made of
//	remark.go   卖家备注, the line that is copied into the platform's back end
//	record.go   one decision with everything an outside reader needs
//	notice.go   the policy page of a shop and of an article, for anybody, with its QR code
//
// It stands above flow because a page shows what flow allows; flow knows nothing of it.
package desk

import (
	"github.com/sanbao/sanbao/internal/db"
	"github.com/sanbao/sanbao/internal/flow"
	"github.com/sanbao/sanbao/internal/live"
)

// Desk is what its pages need.
type Desk struct {
	DB   *db.DB
	Flow *flow.Flow
	Live *live.Hub
	// Public is the address of this installation as customers reach it, "https://returns.example"; "" is whatever address
	// a page was asked under.
	Public string
}
