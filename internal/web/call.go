package web

import (
	"context"
	"hash"
	"net/http"
	"reflect"

	"github.com/sanbao/sanbao/errs"
	"github.com/sanbao/sanbao/internal/auth"
	"github.com/sanbao/sanbao/internal/id"
)

// call is what one request carries from layer to layer. It belongs to the request's goroutine: the outermost layer
// makes it, inner ones fill it, and the outermost logs it.
type call struct {
	id      string
	lang    errs.Lang
	op      *Op // nil until a route is found
	caller  auth.Principal
	shop    id.ID
	key     string    // Idempotency-Key
	body    hash.Hash // over the request's body as it was read; nil unless op.Once
	request *http.Request
	server  *Server
	upload  *Upload
	header  http.Header // of the answer
	err     error       // what the caller was told as a problem; for the log
	stack   []byte      // of a panic
	ranOnce bool
	replay  *replay
}

// replay is a stored answer that is to leave again byte for byte.
type replay struct {
	is   reflect.Type
	json []byte
}

// matches says whether v, an answer's body, is of the stored answer's type.
func (r *replay) matches(v any) bool {
	t := reflect.TypeOf(v)
	return t != nil && (t == r.is || t.Kind() == reflect.Pointer && t.Elem() == r.is)
}

type callKey struct{}

func callOf(ctx context.Context) *call {
	c, _ := ctx.Value(callKey{}).(*call)
	if c == nil {
		return &call{lang: errs.ZhCN}
	}
	return c
}

// Lang is the language the caller reads. Without a request it is zh-CN.
func Lang(ctx context.Context) errs.Lang { return callOf(ctx).lang }

// Origin is the address of this server as the caller wrote it; "" without a request, and for a Host that is no name.
func Origin(ctx context.Context) string {
	if r := callOf(ctx).request; r != nil {
		return OriginOf(r)
	}
	return ""
}

// RequestID names the request in logs and problems; "" without a request.
func RequestID(ctx context.Context) string { return callOf(ctx).id }

// Shop is the shop of a shop-bound route, which the caller may see; 0 elsewhere.
func Shop(ctx context.Context) id.ID { return callOf(ctx).shop }
