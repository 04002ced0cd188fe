package flow

import (
	"context"
	"errors"
	"net/http"

	"github.com/sanbao/sanbao/errs"
	"github.com/sanbao/sanbao/internal/auth"
	"github.com/sanbao/sanbao/internal/db"
	"github.com/sanbao/sanbao/internal/id"
	"github.com/sanbao/sanbao/internal/intake"
	"github.com/sanbao/sanbao/internal/layout"
	"github.com/sanbao/sanbao/internal/order/export"
	"github.com/sanbao/sanbao/internal/web"
)

// What an import page asks before and after: which layouts there are, what a file looks like, the mappings of a shop,
// and where a platform says another thing than we do.

// ImportField is something a mapping can name a column for.
type ImportField struct {
	Name     string `json:"name"`
	Label    string `json:"label" doc:"in the caller's language"`
	Type     string `json:"type" enum:"id,text,count,amount,time"`
	Required bool   `json:"required"`
}

// ImportLayouts are the presets and the fields of mappings.
type ImportLayouts struct {
	Presets []Preset                 `json:"presets" nullable:"false"`
	Fields  map[string][]ImportField `json:"fields" doc:"of a mapping, by kind"`
}

type mappingName struct {
	Name string `path:"name" minLength:"1" maxLength:"64" doc:"as its maker called it"`
}

func (f *Flow) layoutRoutes(s *web.Server) {
	const root, mappings = web.ShopRoot + "/imports", web.ShopRoot + "/import-mappings" // below imports they would be mistaken for runs
	web.Register(s, web.Op{Method: http.MethodGet, Path: root + "/presets", ID: "list-import-presets", Tag: "imports", Scope: auth.OrdersRead,
		Summary: "Layouts that can be read, and the fields a mapping may name"},
		func(ctx context.Context, _ *struct{}) (*web.Reply[ImportLayouts], error) {
			return &web.Reply[ImportLayouts]{Body: importLayouts(web.Lang(ctx))}, nil
		})
	web.Register(s, web.Op{Method: http.MethodPost, Path: root + "/sniff", ID: "sniff-import", Tag: "imports", Scope: auth.OrdersImport, Preview: true,
		Upload: []string{"multipart/form-data"}, MaxBody: maxImport, Summary: "Look at a file: its columns, first rows, preset and likely mapping",
		Doc: "A form with the file `orders`. Nothing is kept."}, f.sniffForm)
	web.Register(s, web.Op{Method: http.MethodGet, Path: mappings, ID: "list-import-mappings", Tag: "imports", Scope: auth.OrdersRead, Summary: "A shop's saved mappings, by name"},
		func(ctx context.Context, _ *struct{}) (*web.Reply[web.List[intake.Mapping]], error) {
			var out web.List[intake.Mapping]
			err := f.DB.Read(ctx, func(tx *db.Tx) (err error) {
				out.Items, err = intake.Mappings(tx, web.Shop(ctx))
				return err
			})
			return &web.Reply[web.List[intake.Mapping]]{Body: out}, err
		})
	web.Register(s, web.Op{Method: http.MethodGet, Path: mappings + "/{name}", ID: "get-import-mapping", Tag: "imports", Scope: auth.OrdersRead, Summary: "One saved mapping"},
		func(ctx context.Context, in *mappingName) (*web.Reply[intake.Mapping], error) {
			var m intake.Mapping
			err := f.DB.Read(ctx, func(tx *db.Tx) (err error) {
				m, err = intake.GetMapping(tx, web.Shop(ctx), in.Name)
				return err
			})
			return &web.Reply[intake.Mapping]{Body: m}, err
		})
	web.Register(s, web.Op{Method: http.MethodPut, Path: mappings + "/{name}", ID: "put-import-mapping", Tag: "imports", Scope: auth.OrdersImport, Summary: "Save a mapping under a name",
		Doc: "It is used like a preset. Every field that does not exist, is needed and left out, or names no column is told."}, f.putMapping)
	web.Register(s, web.Op{Method: http.MethodDelete, Path: mappings + "/{name}", ID: "delete-import-mapping", Tag: "imports", Scope: auth.OrdersImport,
		Summary: "Remove a mapping", Doc: "What was imported by it stays."},
		func(ctx context.Context, in *mappingName) (*struct{}, error) {
			return nil, f.DB.Write(ctx, func(tx *db.Tx) error { return intake.DeleteMapping(tx, web.Shop(ctx), in.Name) })
		})
	f.differenceRoutes(s)
}

func (f *Flow) differenceRoutes(s *web.Server) {
	const root = web.ShopRoot + "/imports"
	web.Register(s, web.Op{Method: http.MethodGet, Path: root + "/differences", ID: "list-platform-differences", Tag: "imports", Scope: auth.CasesRead,
		Summary: "Where a platform says another thing than we do, newest first", Doc: "Open ones. A difference goes when an import finds both sides agreeing."},
		func(ctx context.Context, in *struct{ web.Page }) (*web.Reply[web.List[intake.Difference]], error) {
			read := func(before id.ID, limit int) ([]intake.Difference, error) {
				return Differences(ctx, f.DB, web.Shop(ctx), before, limit, web.Lang(ctx))
			}
			return pageOf(ctx, in.Page, read, func(d intake.Difference) id.ID { return d.ID })
		})
	web.Register(s, web.Op{Method: http.MethodGet, Path: root + "/applications", ID: "list-platform-applications", Tag: "imports", Scope: auth.CasesRead,
		Summary: "Applications as the platforms have them, newest first"},
		func(ctx context.Context, in *struct{ web.Page }) (*web.Reply[web.List[intake.Record]], error) {
			read := func(before id.ID, limit int) (out []intake.Record, err error) {
				err = f.DB.Read(ctx, func(tx *db.Tx) error {
					out, err = intake.Recent(tx, web.Shop(ctx), before, limit)
					return err
				})
				return out, err
			}
			return pageOf(ctx, in.Page, read, func(r intake.Record) id.ID { return r.ID })
		})
	web.Register(s, web.Op{Method: http.MethodGet, Path: web.ShopRoot + "/cases/{case}/platform", ID: "get-case-platform", Tag: "cases", Scope: auth.CasesRead,
		Summary: "What the platform says of a case: status, deadline, amount"},
		func(ctx context.Context, in *struct {
			Case web.ID `path:"case"`
		}) (*web.Reply[[]intake.Record], error) {
			out := []intake.Record{}
			err := f.DB.Read(ctx, func(tx *db.Tx) error {
				records, err := intake.OfCase(tx, web.Shop(ctx), in.Case.ID)
				out = append(out, records...)
				return err
			})
			return &web.Reply[[]intake.Record]{Body: out}, err
		})
}

// pageOf answers a list that is read newest first.
func pageOf[T any](ctx context.Context, p web.Page, read func(before id.ID, limit int) ([]T, error), key func(T) id.ID) (*web.Reply[web.List[T]], error) {
	before, _, err := web.AfterKey[id.ID](ctx, p)
	if err != nil {
		return nil, err
	}
	rows, err := read(before, p.Fetch())
	if err != nil {
		return nil, err
	}
	out, err := web.MakeList(ctx, p, rows, key)
	return &web.Reply[web.List[T]]{Body: out}, err
}

func importLayouts(lang errs.Lang) ImportLayouts {
	out := ImportLayouts{Presets: ImportPresets(lang), Fields: map[string][]ImportField{}}
	for kind, fields := range map[string][]layout.Field{intake.Orders: export.Fields, intake.AfterSale: intake.Fields} {
		for _, x := range fields {
			label := x.Label.In(lang)
			out.Fields[kind] = append(out.Fields[kind], ImportField{x.Name, label, string(x.Kind), x.Required})
		}
	}
	return out
}

func (f *Flow) sniffForm(ctx context.Context, in *struct {
	Header int `query:"header_row" minimum:"0" maximum:"100" doc:"row of the titles; 0: the first that holds anything"`
}) (reply *web.Reply[Sniffed], err error) {
	files, err := readForm(web.UploadOf(ctx))
	defer func() { err = errors.Join(err, files.close()) }()
	if err != nil {
		return nil, err
	}
	s, err := Sniff(ctx, files.orders.File, in.Header)
	return &web.Reply[Sniffed]{Body: s}, err
}

func (f *Flow) putMapping(ctx context.Context, in *struct {
	Name string `path:"name" minLength:"1" maxLength:"64" doc:"as its maker called it"`
	Body intake.Mapping
}) (*web.Reply[intake.Mapping], error) {
	m := in.Body
	m.Name, m.MadeBy = in.Name, actor(ctx).Name
	m, err := SaveMapping(ctx, f.DB, web.Shop(ctx), m)
	return &web.Reply[intake.Mapping]{Body: m}, err
}

// importAs imports for the caller. What opens cases needs the right to.
func (f *Flow) importAs(ctx context.Context, in Import) (ImportReport, error) {
	kind, err := f.importKind(ctx, in)
	if err != nil {
		return ImportReport{}, err
	}
	if kind == intake.Orders {
		return ImportOrders(ctx, f.DB, in)
	}
	if err := auth.Allow(auth.From(ctx), auth.CasesWrite, in.ShopID); err != nil {
		return ImportReport{}, err
	}
	return f.ImportAfterSale(ctx, actor(ctx), in)
}
