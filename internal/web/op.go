package web

import (
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"time"

	"github.com/sanbao/sanbao/internal/auth"
)

const (
	// APIRoot is where every route of the API lives.
	APIRoot = "/api/v1/"
	// ShopRoot is where every shop-bound route lives.
	ShopRoot = APIRoot + "shops/{shop}"
)

// Defaults of an Op.
const (
	DefaultMaxBody       = 1 << 20 // bytes
	DefaultTimeout       = 30 * time.Second
	DefaultUploadTimeout = 15 * time.Minute
)

// Op states what a route is, apart from its input and output types.
type Op struct {
	Method  string // GET, POST, PUT, PATCH, DELETE
	Path    string // "/api/v1/shops/{shop}/cases/{case}/approve"
	ID      string // operation id in kebab case, unique: "approve-case"; client methods are named after it
	Summary string // one line, English
	Doc     string // what the summary leaves out: states, reasons for refusal, requirement ids
	Tag     string // the group it is listed under; the slice's name

	Scope auth.Scope // the one scope it needs; auth.Public for none, auth.Self for any person who is logged in

	// AnyShop lets a caller of single shops call a route that is not below ShopRoot. The handler then shows and changes
	// only what auth.From(ctx).HasIn allows. Without it such a route is for callers of all shops.
	AnyShop bool

	// Every POST is one of the four. Once: it creates, moves or pays, needs an Idempotency-Key and runs through Once.
	// Preview: it only computes an answer and writes nothing. Session: it opens or ends the caller's own session or
	// changes his password; sent twice it does no more than once, and nothing of it may be kept for a replay. Notice: another
	// system tells that something happened and proves itself by a signature; sent twice it does no more than once.
	Once, Preview, Session, Notice bool

	Status  int           // of success; 0 is 200, or 204 without a body
	MaxBody int64         // bytes; 0 is DefaultMaxBody
	Timeout time.Duration // of the whole call; 0 is DefaultTimeout, with Upload DefaultUploadTimeout

	// Produces is the media type of an answer that is no JSON; the output is then a File, or a Content.
	Produces string

	// Stream is set by RegisterEvents.
	Stream bool

	// Upload lists the media types of a raw body, which is put into a temporary file before the handler runs and read
	// with UploadOf. The input type then has no Body.
	Upload []string

	ranges bool // answers with Content
}

// ShopBound says whether the route lives below a shop.
func (o Op) ShopBound() bool { return o.Path == ShopRoot || strings.HasPrefix(o.Path, ShopRoot+"/") }

// Pattern is how logs and metrics name the route: "POST /api/v1/shops/{shop}/cases".
func (o Op) Pattern() string { return o.Method + " " + o.Path }

var opID = regexp.MustCompile(`^[a-z][a-z0-9]*(-[a-z0-9]+)*$`)

// fault is what is wrong with a declaration, or "".
func (o Op) fault() string {
	switch {
	case !strings.HasPrefix(o.Path, APIRoot) || strings.HasSuffix(o.Path, "/"):
		return "its path must begin with " + APIRoot + " and not end in a slash"
	case !opID.MatchString(o.ID):
		return "its ID must be kebab case"
	case o.Summary == "" || o.Tag == "":
		return "it needs a Summary and a Tag"
	case o.Scope != auth.Public && o.Scope != auth.Self && !o.Scope.Known():
		return fmt.Sprintf("scope %q does not exist", o.Scope)
	case o.AnyShop && o.ShopBound():
		return "AnyShop is for routes outside of a shop"
	case strings.HasPrefix(o.Path, APIRoot+"shops/{") && !o.ShopBound():
		return "the shop's path parameter is named {shop}"
	case o.ShopBound() && !o.Scope.Known():
		return "a shop-bound route needs a scope"
	case o.Method == http.MethodPost && o.kinds() != 1:
		return "a POST is either Once or Preview or Session or Notice"
	case o.Method != http.MethodPost && o.kinds() != 0:
		return "only a POST is Once, Preview, Session or Notice"
	case o.Session && o.Scope.Known():
		return "a session is the caller's own: Public or Self"
	case o.Notice && (o.Scope != auth.Public || o.MaxBody == 0 || o.MaxBody > DefaultMaxBody):
		return "a notice is Public, and says how long its body may be"
	case o.Method == http.MethodGet && len(o.Upload) > 0:
		return "a GET has no body"
	}
	switch o.Method {
	case http.MethodGet, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete:
		return ""
	}
	return "its method is not one of GET, POST, PUT, PATCH, DELETE"
}

// kinds counts which kinds of POST it says to be.
func (o Op) kinds() (n int) {
	for _, is := range []bool{o.Once, o.Preview, o.Session, o.Notice} {
		if is {
			n++
		}
	}
	return n
}

func (o *Op) fillDefaults() {
	if o.MaxBody == 0 {
		o.MaxBody = DefaultMaxBody
	}
	if o.Timeout == 0 {
		o.Timeout = DefaultTimeout
		if len(o.Upload) > 0 {
			o.Timeout = DefaultUploadTimeout
		}
	}
}

// File is the output of a route with Op.Produces: a file to be kept under a name.
type File struct {
	ContentType string `header:"Content-Type"`
	Disposition string `header:"Content-Disposition"`
	Policy      string `header:"Content-Security-Policy"` // "" is that of every answer
	Body        []byte
}

// NewPage is a whole page of HTML that is shown, without script; style is the text of its only style element.
func NewPage(body []byte, style string) *File {
	return &File{ContentType: "text/html; charset=utf-8", Disposition: "inline", Body: body,
		Policy: "default-src 'none'; style-src " + styleSource(style) + "; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"}
}

// NewFile makes a File of a media type. The name is ours, of letters, digits, dots and hyphens.
func NewFile(mediaType, name string, body []byte) *File {
	return &File{ContentType: mediaType, Disposition: `attachment; filename="` + name + `"`, Body: body}
}
