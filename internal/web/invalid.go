package web

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/validation"

	"github.com/sanbao/sanbao/errs"
)

// huma finds what is wrong with a request's form and reports it through these two package variables. They are set once,
// before any server exists, because huma has no other hook.
func init() {
	huma.NewError = func(status int, msg string, faults ...error) huma.StatusError {
		return problemOf(context.Background(), formFault(status, msg, faults))
	}
	huma.NewErrorWithContext = func(ctx huma.Context, status int, msg string, faults ...error) huma.StatusError {
		p := problemOf(ctx.Context(), formFault(status, msg, faults))
		for k, v := range p.GetHeaders() {
			ctx.SetHeader(k, v[0])
		}
		return p
	}
	huma.DefaultArrayNullable = false // a list without members is [], see List
}

// formFault makes one error of huma's findings, with every one of them in it.
func formFault(status int, msg string, faults []error) *errs.Error {
	switch status {
	case http.StatusRequestEntityTooLarge:
		return errs.New(errs.Invalid, "web.body_too_large")
	case http.StatusRequestTimeout:
		return errs.New(errs.Unavailable, "web.body_slow")
	case http.StatusUnsupportedMediaType:
		return errs.New(errs.Invalid, "web.media_type")
	case http.StatusInternalServerError: // huma's only own 500: the body could not be read to its end
		return errs.Wrap(errors.Join(faults...), errs.Invalid, "web.body_interrupted")
	}
	var out errs.Faults
	for _, f := range faults {
		var d *huma.ErrorDetail
		switch {
		case !errors.As(f, &d):
			out.Add("", "web.field.malformed")
		case status == http.StatusBadRequest && d.Location == "body":
			out.Add("", "web.body_malformed")
		default:
			addFormFault(&out, d)
		}
	}
	if msg == noBody {
		out.Add("", "web.body_missing")
	}
	e := errs.As(out.Err())
	if e == nil {
		return errs.New(errs.Invalid, "web.body_malformed")
	}
	if status == http.StatusBadRequest { // the form itself is broken: say which way in the key
		e.Key = e.Fields[len(e.Fields)-1].Key
	}
	return e
}

// noBody is huma's sentence for a body that is not there.
const noBody = "request body is required"

func addFormFault(out *errs.Faults, d *huma.ErrorDetail) {
	path := pointer(d.Location)
	for _, m := range formMessages {
		arg, ok := strings.CutPrefix(d.Message, m.before)
		if !ok || !strings.HasSuffix(arg, m.after) || m.arg == "" && arg != "" {
			continue
		}
		arg = strings.TrimSuffix(arg, m.after)
		if m.key == "web.field.required" && m.arg != "" { // huma names the object that lacks the property
			out.Add(path+"/"+escapePointer(arg), m.key)
			return
		}
		if m.arg == "" {
			out.Add(path, m.key)
			return
		}
		out.Add(path, m.key, errs.Args{m.arg: arg})
		return
	}
	out.Add(path, "web.field.malformed")
}

// formMessage is one of huma's sentences: a fixed text with at most one argument in it.
type formMessage struct{ before, arg, after, key string }

var formMessages = []formMessage{
	{"required path parameter is missing", "", "", "web.field.required"},
	{"required query parameter is missing", "", "", "web.field.required"},
	{"required header parameter is missing", "", "", "web.field.required"},
	{"required cookie parameter is missing", "", "", "web.field.required"},
	{"expected required property ", "name", " to be present", "web.field.required"},
	{"unknown query parameter", "", "", "web.field.unknown"},
	{"invalid integer", "", "", "web.field.integer"},
	{"invalid float", "", "", "web.field.number"},
	{"invalid boolean", "", "", "web.field.boolean"},
	{validation.MsgUnexpectedProperty, "", "", "web.field.unknown"},
	{validation.MsgExpectedRFC3339DateTime, "", "", "web.field.instant"},
	{validation.MsgExpectedRFC3339Date, "", "", "web.field.date"},
	{validation.MsgExpectedBoolean, "", "", "web.field.boolean"},
	{"expected property ", "names", " is present", "web.field.together"},
	{"expected number to be a multiple of ", "n", "", "web.field.multiple"},
	{"expected number >= ", "n", "", "web.field.min"},
	{"expected number > ", "n", "", "web.field.above"},
	{"expected number <= ", "n", "", "web.field.max"},
	{"expected number < ", "n", "", "web.field.below"},
	{validation.MsgExpectedNumber, "", "", "web.field.number"},
	{validation.MsgExpectedInteger, "", "", "web.field.integer"},
	{validation.MsgExpectedString, "", "", "web.field.string"},
	{validation.MsgExpectedBase64String, "", "", "web.field.base64"},
	{validation.MsgExpectedArrayItemsUnique, "", "", "web.field.twice"},
	{"expected array length >= ", "n", "", "web.field.min_items"},
	{"expected array length <= ", "n", "", "web.field.max_items"},
	{validation.MsgExpectedArray, "", "", "web.field.array"},
	{"expected object with at least ", "n", " properties", "web.field.min_items"},
	{"expected object with at most ", "n", " properties", "web.field.max_items"},
	{validation.MsgExpectedObject, "", "", "web.field.object"},
	{`expected value to be one of "`, "allowed", `"`, "web.field.one_of"},
	{"expected length >= ", "n", "", "web.field.min_length"},
	{"expected length <= ", "n", "", "web.field.max_length"},
	{"expected string to match pattern ", "pattern", "", "web.field.pattern"},
	{"expected string to be id", "", "", "web.field.id"},
	{"expected string to be currency", "", "", "web.field.currency"},
	{"expected string to be ", "what", "", "web.field.form"},
}

// pointer turns huma's location into a Field.Path: "body.lines[3].sku" is "/lines/3/sku", "query.limit" is
// "query:limit".
func pointer(location string) string {
	where, rest, _ := strings.Cut(location, ".")
	if where != "body" {
		if rest == "" {
			return where
		}
		return where + ":" + rest
	}
	var b strings.Builder
	for part := range strings.SplitSeq(rest, ".") {
		name, index, _ := strings.Cut(part, "[")
		if name != "" {
			b.WriteString("/" + escapePointer(name))
		}
		for i := range strings.SplitSeq(strings.TrimSuffix(index, "]"), "][") {
			if _, err := strconv.Atoi(i); err == nil {
				b.WriteString("/" + i)
			}
		}
	}
	return b.String()
}

// escapePointer escapes a name for a JSON pointer (RFC 6901 §3).
func escapePointer(name string) string {
	return strings.NewReplacer("~", "~0", "/", "~1").Replace(name)
}
