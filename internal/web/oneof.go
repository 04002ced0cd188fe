package web

import (
	"encoding/json"

	"github.com/danielgtaylor/huma/v2"
)

// OneOf3 is JSON that was written of an A, a B or a C, in an answer: the document says which fields it may have.
type OneOf3[A, B, C any] json.RawMessage

// MarshalJSON is what was written; nothing is null.
func (o OneOf3[A, B, C]) MarshalJSON() ([]byte, error) { return json.RawMessage(o).MarshalJSON() }

// UnmarshalJSON keeps a copy of it.
func (o *OneOf3[A, B, C]) UnmarshalJSON(b []byte) error {
	return (*json.RawMessage)(o).UnmarshalJSON(b)
}

// Schema is that of either.
func (OneOf3[A, B, C]) Schema(r huma.Registry) *huma.Schema {
	return &huma.Schema{OneOf: []*huma.Schema{schemaOf[A](r), schemaOf[B](r), schemaOf[C](r)}}
}
