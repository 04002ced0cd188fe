package web

import (
	"fmt"
	"reflect"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"github.com/sanbao/sanbao/calendar"
	"github.com/sanbao/sanbao/clock"
	"github.com/sanbao/sanbao/internal/auth"
	"github.com/sanbao/sanbao/internal/id"
	"github.com/sanbao/sanbao/money"
	"github.com/sanbao/sanbao/rule"
)

// ID, Instant and Date are what path and query parameters of these kinds are declared as: their numeric twins would be
// read as decimal numbers.
type (
	ID      struct{ id.ID }
	Instant struct{ clock.Instant }
	// Date is a date that may be absent, which the zero calendar.Date (1970-01-01) cannot say.
	Date struct {
		calendar.Date
		Set bool
	}
)

// UnmarshalText reads RFC 3339 with an offset.
func (i *Instant) UnmarshalText(b []byte) (err error) {
	i.Instant, err = clock.Parse(string(b))
	return err
}

// UnmarshalText reads YYYY-MM-DD.
func (d *Date) UnmarshalText(b []byte) (err error) {
	d.Date, err = calendar.ParseDate(string(b))
	d.Set = err == nil
	return err
}

// The vocabulary knows nothing of HTTP, so its schemas are written here and put in its place by schemas.
type (
	idSchema      struct{}
	instantSchema struct{}
	dateSchema    struct{}
	scopeSchema   struct{}
	roleSchema    struct{}
	stageSchema   struct{}
	moneySchema   struct {
		Minor    int64  `json:"minor" doc:"whole minor units: fen, pence" example:"26800" minimum:"-9007199254740991" maximum:"9007199254740991"`
		Currency string `json:"currency" doc:"ISO 4217" example:"CNY" pattern:"^[A-Z]{3}$" patternDescription:"currency"`
	}
)

func (idSchema) Schema(huma.Registry) *huma.Schema {
	return &huma.Schema{Type: huma.TypeString, Pattern: "^[0-7][0-9A-Za-z]{12}$", PatternDescription: "id",
		Description: "id: thirteen characters, never a number", Examples: []any{"0A7SX2W5C0001"}}
}

func (instantSchema) Schema(huma.Registry) *huma.Schema {
	return &huma.Schema{Type: huma.TypeString, Format: "date-time", Nullable: true,
		Description: "RFC 3339 with an offset; null is not yet", Examples: []any{"2026-11-21T01:00:00.000000Z"}}
}

func (dateSchema) Schema(huma.Registry) *huma.Schema {
	return &huma.Schema{Type: huma.TypeString, Format: "date", Examples: []any{"2026-11-21"}}
}

func (scopeSchema) Schema(huma.Registry) *huma.Schema {
	s := &huma.Schema{Type: huma.TypeString}
	for _, scope := range auth.Scopes() {
		s.Enum = append(s.Enum, string(scope))
	}
	return s
}

func (roleSchema) Schema(huma.Registry) *huma.Schema {
	s := &huma.Schema{Type: huma.TypeString}
	for _, role := range auth.Roles() {
		s.Enum = append(s.Enum, string(role))
	}
	return s
}

func (stageSchema) Schema(huma.Registry) *huma.Schema {
	s := &huma.Schema{Type: huma.TypeString}
	for st := rule.AtOrder; st <= rule.After; st++ {
		s.Enum = append(s.Enum, st.String())
	}
	return s
}

// naming is the route being registered: it names what has no name of its own.
type naming struct{ pkg, op string }

// schemas makes the registry of a server's schemas.
func schemas(now *naming) huma.Registry {
	r := huma.NewMapRegistry("#/components/schemas/", func(t reflect.Type, hint string) string { return schemaName(t, hint, *now) })
	for t, schema := range map[reflect.Type]reflect.Type{
		reflect.TypeFor[id.ID]():         reflect.TypeFor[idSchema](),
		reflect.TypeFor[ID]():            reflect.TypeFor[idSchema](),
		reflect.TypeFor[clock.Instant](): reflect.TypeFor[instantSchema](),
		reflect.TypeFor[Instant]():       reflect.TypeFor[instantSchema](),
		reflect.TypeFor[calendar.Date](): reflect.TypeFor[dateSchema](),
		reflect.TypeFor[Date]():          reflect.TypeFor[dateSchema](),
		reflect.TypeFor[money.Money]():   reflect.TypeFor[moneySchema](),
		reflect.TypeFor[auth.Scope]():    reflect.TypeFor[scopeSchema](),
		reflect.TypeFor[auth.Role]():     reflect.TypeFor[roleSchema](),
		reflect.TypeFor[rule.Facts]():    reflect.TypeFor[map[string]map[string]any](),
		reflect.TypeFor[rule.Stage]():    reflect.TypeFor[stageSchema](),
	} {
		r.RegisterTypeAlias(t, schema)
	}
	return r
}

// schemaOf is where the schema of a type stands.
func schemaOf[T any](r huma.Registry) *huma.Schema { return r.Schema(reflect.TypeFor[T](), true, "") }

// schemaName names a schema after its type, with the package in front where that does not stutter: cases.Line is
// CasesLine, order.Order is Order, web.List[cases.Line] is ListCasesLine. Two packages may so use one word. What has
// no name, the body of a generic input for one, is named after its route: AnswerLineBody.
func schemaName(t reflect.Type, hint string, now naming) string {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if t == reflect.TypeFor[moneySchema]() {
		return "Money"
	}
	if t.Name() == "" {
		if i := strings.LastIndexByte(hint, ']'); i >= 0 {
			hint = now.op + "-" + hint[i+1:]
		}
		return joinName(now.pkg, camel(hint))
	}
	outer, args, generic := strings.Cut(t.Name(), "[")
	name := joinName(lastElem(t.PkgPath()), outer)
	if !generic {
		return name
	}
	for arg := range strings.SplitSeq(strings.TrimSuffix(args, "]"), ",") {
		arg = strings.TrimLeft(arg, "[]*")
		path, typ, _ := strings.Cut(lastElem(arg), ".")
		if typ == "" {
			path, typ = "", path
		}
		name += joinName(path, typ)
	}
	return name
}

func lastElem(path string) string { return path[strings.LastIndexByte(path, '/')+1:] }

func joinName(pkg, name string) string {
	if pkg == "web" || strings.HasPrefix(strings.ToLower(name), strings.ToLower(pkg)) {
		pkg = ""
	}
	return upperFirst(pkg) + upperFirst(name)
}

// camel turns an operation's id into a name: record-delivery is RecordDelivery. OpenAPI's names have no brackets and
// client generators want no hyphens.
func camel(s string) string {
	var b strings.Builder
	for part := range strings.SplitSeq(s, "-") {
		b.WriteString(upperFirst(part))
	}
	return b.String()
}

func upperFirst(s string) string {
	if s == "" {
		return ""
	}
	return strings.ToUpper(s[:1]) + s[1:]
}

// operation is the OpenAPI side of an Op.
func (s *Server) operation(op *Op) huma.Operation {
	h := huma.Operation{
		Method: op.Method, Path: op.Path, OperationID: op.ID, Summary: op.Summary, Description: op.Doc,
		Tags: []string{op.Tag}, DefaultStatus: op.Status,
		// huma refuses a body of exactly its limit.
		MaxBodyBytes: op.MaxBody + 1, BodyReadTimeout: bodyReadTimeout,
		RejectUnknownQueryParameters: true,
		SkipValidateBody:             op.Notice, // it is read as the bytes that were signed
		Middlewares:                  huma.Middlewares{s.guard(op)},
		Extensions:                   map[string]any{"x-idempotent": op.Once},
	}
	switch op.Scope {
	case auth.Public:
		h.Security = []map[string][]string{}
	case auth.Self:
		h.Security = []map[string][]string{{"session": {}}}
	default:
		h.Security = []map[string][]string{{"token": {string(op.Scope)}}, {"session": {string(op.Scope)}}}
		h.Description = strings.TrimSpace(fmt.Sprintf("%s\n\nNeeds the scope `%s`.", op.Doc, op.Scope))
	}
	if op.ShopBound() {
		h.Parameters = append(h.Parameters, &huma.Param{Name: "shop", In: "path", Required: true,
			Description: "the shop's id", Schema: idSchema{}.Schema(nil)})
	}
	if op.Once {
		h.Parameters = append(h.Parameters, &huma.Param{Name: onceHeader, In: "header", Required: true,
			Description: "one key per intention, kept over retries; a UUID will do",
			Schema:      &huma.Schema{Type: huma.TypeString, Pattern: onceKey.String()}})
	}
	if op.Produces != "" {
		h.Responses = map[string]*huma.Response{"200": {Description: "OK", Content: map[string]*huma.MediaType{
			op.Produces: {Schema: &huma.Schema{Type: huma.TypeString, Format: "binary"}}}}}
	}
	if op.ranges {
		h.Responses["206"] = &huma.Response{Description: "The range that was asked for", Content: h.Responses["200"].Content}
		h.Responses["304"] = &huma.Response{Description: "The caller has these bytes"}
		h.Responses["416"] = &huma.Response{Description: "There is no such range"}
	}
	if len(op.Upload) > 0 {
		h.RequestBody = &huma.RequestBody{Required: true, Content: map[string]*huma.MediaType{}}
		for _, mediaType := range op.Upload {
			h.RequestBody.Content[mediaType] = &huma.MediaType{Schema: &huma.Schema{Type: huma.TypeString, Format: "binary"}}
		}
	}
	return h
}
