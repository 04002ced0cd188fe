package web

import (
	"context"
	"encoding/base64"
	"encoding/json"

	"github.com/danielgtaylor/huma/v2"

	"github.com/sanbao/sanbao/errs"
)

// cursorVersion changes when the form of cursors does; older ones are then refused.
const cursorVersion = 1

// Page is the part of a list's input that says which page; embed it.
type Page struct {
	Limit int    `query:"limit" minimum:"1" maximum:"200" default:"50" doc:"members of a page"`
	After string `query:"after" maxLength:"1000" doc:"where the page begins; part of the address in next"`
}

// Fetch is how many rows to ask the store for: one more than the page shows, which says whether there is another.
func (p Page) Fetch() int { return p.Limit + 1 }

// List is the body of a list: its members and the address of the next page.
type List[T any] struct {
	Items []T    `json:"items"`
	Next  string `json:"next,omitempty" format:"uri-reference" doc:"address of the next page; absent on the last"`
}

// cursor is what After holds: the key of the last member shown, in base64url. It is bound to the operation that made
// it, because a key of one list means nothing in another.
type cursor[K any] struct {
	Version int    `json:"v"`
	Op      string `json:"op"`
	Key     K      `json:"k"`
}

// AfterKey is the key the page begins behind, and false for the first page. K is what MakeList's key returns.
//
// Errors: Invalid invalid_input with the field query:after for a text that is not a cursor of this operation.
func AfterKey[K any](ctx context.Context, p Page) (key K, ok bool, err error) {
	if p.After == "" {
		return key, false, nil
	}
	var c cursor[K]
	b, err := base64.RawURLEncoding.DecodeString(p.After)
	if err == nil {
		err = json.Unmarshal(b, &c)
	}
	if err != nil || c.Version != cursorVersion || c.Op != opIDOf(ctx) {
		var f errs.Faults
		f.Add("query:after", "web.cursor")
		return key, false, f.Err()
	}
	return c.Key, true, nil
}

// MakeList makes the answer of rows, of which there may be p.Fetch(), with key naming a row's place in the order.
func MakeList[T, K any](ctx context.Context, p Page, rows []T, key func(T) K) (List[T], error) {
	out := List[T]{Items: append([]T{}, rows[:min(len(rows), p.Limit)]...)}
	if len(rows) <= p.Limit {
		return out, nil
	}
	b, err := json.Marshal(cursor[K]{cursorVersion, opIDOf(ctx), key(rows[p.Limit-1])})
	if err != nil {
		return List[T]{}, err
	}
	after := base64.RawURLEncoding.EncodeToString(b)
	if r := callOf(ctx).request; r != nil {
		q := r.URL.Query()
		q.Set("after", after)
		out.Next = r.URL.EscapedPath() + "?" + q.Encode()
	}
	return out, nil
}

func opIDOf(ctx context.Context) string {
	if op := callOf(ctx).op; op != nil {
		return op.ID
	}
	return ""
}

// replayStored lets a stored answer leave as the bytes it was, where the handler returns it as its body.
func replayStored(hc huma.Context, _ string, v any) (any, error) {
	if r := callOf(hc.Context()).replay; r != nil && r.matches(v) {
		return json.RawMessage(r.json), nil
	}
	return v, nil
}
