package flow

import (
	"context"
	"errors"
	"io"
	"mime/multipart"
	"net/http"
	"os"
	"path/filepath"

	"github.com/sanbao/sanbao/errs"
	"github.com/sanbao/sanbao/internal/auth"
	"github.com/sanbao/sanbao/internal/db"
	"github.com/sanbao/sanbao/internal/id"
	"github.com/sanbao/sanbao/internal/order"
	"github.com/sanbao/sanbao/internal/order/export"
	"github.com/sanbao/sanbao/internal/web"
)

// Imports over HTTP. The files come as a form, `curl -F orders=@a.csv -F items=@b.csv`, and are imported within the
// request: it answers when all is in. How far it has come is to be read meanwhile under /imports; what stops it (cancel,
// a caller who leaves, the route's time) leaves whole orders, and the same request goes on behind them. An import asked
// for twice changes nothing the second time, so the Idempotency-Key only repeats the answer.

const (
	maxImport     = 512 << 20 // bytes of both files
	listedInReply = 1_000     // faults and skipped rows; all of a failed import's faults are under /faults
)

// Imported is the report of an import with its faults.
type Imported struct {
	ImportReport
	FaultList []ImportFault `json:"fault_list" nullable:"false" doc:"the first 1,000 of them"`
}

// ImportFault is one thing that is wrong with a file.
type ImportFault struct {
	Row    int    `json:"row" doc:"0 for the whole file"`
	Column string `json:"column"`
	Cell   string `json:"cell,omitempty" doc:"where it is, as a spreadsheet shows it: C12"`
	Text   string `json:"text,omitempty" doc:"what stands there, at most forty characters"`
	Key    string `json:"key" doc:"names the message"`
	Detail string `json:"detail" doc:"what is wrong, in the caller's language"`
}

func (f *Flow) importRoutes(s *web.Server) {
	const root = web.ShopRoot + "/imports"
	form := []string{"multipart/form-data"}
	web.Register(s, web.Op{Method: http.MethodPost, Path: root, ID: "import-orders", Tag: "imports", Scope: auth.OrdersImport, Once: true,
		Upload: form, MaxBody: maxImport, Summary: "Import orders, or an after-sale list, from an export file",
		Doc: "A form with the file `orders` and, for presets that have one, `items`. An after-sale list opens cases, which needs cases:write; refunds that it " +
			"says are done are confirmed for callers with money:pay, and are a difference for others. The whole file is checked first: if anything is wrong, nothing is imported. " +
			"Sending the same file again changes nothing, or goes on with an import that was stopped; forms differ by their boundary, so let every one have a key of its own."},
		func(ctx context.Context, in *struct {
			Preset  string `query:"preset" maxLength:"64" doc:"layout of the file, e.g. taobao; this or mapping"`
			Mapping string `query:"mapping" maxLength:"64" doc:"a saved mapping, instead of a preset"`
			Ground  string `query:"ground" maxLength:"64" doc:"after-sale lists: ground of applications whose reason names none"`
			DryRun  bool   `query:"dry_run" doc:"check and count; import nothing"`
		}) (*web.Reply[Imported], error) {
			if (in.Preset == "") == (in.Mapping == "") {
				var faults errs.Faults
				faults.Add("query:preset", "import.preset_or_mapping")
				return nil, faults.Err()
			}
			return f.importForm(ctx, Import{Preset: in.Preset, Mapping: in.Mapping, Ground: in.Ground, DryRun: in.DryRun})
		})
	web.Register(s, web.Op{Method: http.MethodPost, Path: root + "/{import}/resume", ID: "resume-import", Tag: "imports", Scope: auth.OrdersImport, Once: true,
		Upload: form, MaxBody: maxImport, Summary: "Go on with an import that was stopped", Doc: "The form holds the files the import began with."},
		func(ctx context.Context, in *struct {
			Import web.ID `path:"import"`
		}) (*web.Reply[Imported], error) {
			run, err := f.importRun(ctx, in.Import.ID)
			if err != nil {
				return nil, err
			}
			return f.importForm(ctx, Import{Preset: run.Preset, Mapping: run.Mapping, Resume: run.ID})
		})
	web.Register(s, web.Op{Method: http.MethodPost, Path: root + "/{import}/cancel", ID: "cancel-import", Tag: "imports", Scope: auth.OrdersImport, Once: true,
		Summary: "Stop an import before its next chunk", Doc: "What was imported stays, and the import can be resumed."}, f.cancelImport)
	web.Register(s, web.Op{Method: http.MethodGet, Path: root, ID: "list-imports", Tag: "imports", Scope: auth.OrdersRead, Summary: "Imports, newest first, and how far each has come"}, f.listImports)
	web.Register(s, web.Op{Method: http.MethodGet, Path: root + "/{import}", ID: "get-import", Tag: "imports", Scope: auth.OrdersRead, Summary: "One import and how far it has come"},
		func(ctx context.Context, in *struct {
			Import web.ID `path:"import"`
		}) (*web.Reply[order.Run], error) {
			run, err := f.importRun(ctx, in.Import.ID)
			return &web.Reply[order.Run]{Body: run}, err
		})
	web.Register(s, web.Op{Method: http.MethodGet, Path: root + "/{import}/fault-list", ID: "list-import-faults", Tag: "imports", Scope: auth.OrdersRead,
		Summary: "What was wrong with the file of an import, the first 1,000"}, f.faultList)
	web.Register(s, web.Op{Method: http.MethodGet, Path: root + "/{import}/faults", ID: "get-import-faults", Tag: "imports", Scope: auth.OrdersRead, Produces: csvType,
		Summary: "What was wrong with the file of an import, by row and column, as CSV"}, f.importFaults)
}

const csvType = "text/csv; charset=utf-8"

func (f *Flow) importRun(ctx context.Context, runID id.ID) (run order.Run, err error) {
	err = f.DB.Read(ctx, func(tx *db.Tx) error {
		run, err = order.GetRun(tx, web.Shop(ctx), runID)
		return err
	})
	return run, err
}

// importForm imports the files of a form. The import is the planning half of Once: it has transactions of its own and is
// safe to repeat. What is left to write at its end is the record of the answer.
func (f *Flow) importForm(ctx context.Context, in Import) (*web.Reply[Imported], error) {
	in.ShopID, in.Actor = web.Shop(ctx), actor(ctx).Name
	in.Confirm = auth.Allow(auth.From(ctx), auth.MoneyPay, in.ShopID) == nil
	out, _, err := web.Once(ctx, f.DB, web.OnceOf(ctx),
		func(ctx context.Context) (out Imported, err error) {
			if was, found, err := web.Replayed[Imported](ctx, f.DB, web.OnceOf(ctx)); found || err != nil {
				return was, err
			}
			files, err := readForm(web.UploadOf(ctx))
			defer func() { err = errors.Join(err, files.close()) }()
			if err != nil {
				return out, err
			}
			in.Orders, in.Items = files.orders.File, nil
			if files.items.Data != nil {
				in.Items = &files.items.File
			}
			r, err := f.importAs(ctx, in)
			return told(r, web.Lang(ctx)), err
		},
		func(_ *db.Tx, out Imported) (Imported, error) { return out, nil })
	return &web.Reply[Imported]{Body: out}, err
}

// told is a report as the API answers it: no longer than a reader wants.
func told(r ImportReport, lang errs.Lang) Imported {
	r.Skips = r.Skips[:min(len(r.Skips), listedInReply)]
	out := Imported{ImportReport: r, FaultList: []ImportFault{}}
	for _, x := range r.FaultList[:min(len(r.FaultList), listedInReply)] {
		cell, _ := x.Args["cell"].(string)
		text, _ := x.Args["text"].(string)
		out.FaultList = append(out.FaultList, ImportFault{x.Row, x.Column, cell, text, x.Key, errs.Render(lang, x.Key, x.Args)})
	}
	return out
}

// formFiles are the files of a form, each in a temporary file of its own beside the upload.
type formFiles struct{ orders, items formFile }

type formFile struct {
	export.File
	temp *os.File
}

func (f formFiles) close() (err error) {
	for _, x := range []formFile{f.orders, f.items} {
		if x.temp != nil {
			err = errors.Join(err, x.temp.Close(), os.Remove(x.temp.Name()))
		}
	}
	return err
}

// readForm takes a form apart. Parts other than orders and items, and parts that come twice, are refused. What it
// returns is to be closed, after an error too.
func readForm(u *web.Upload) (files formFiles, err error) {
	if u.Params["boundary"] == "" {
		return files, errs.New(errs.Invalid, "import.form_broken")
	}
	form := multipart.NewReader(u, u.Params["boundary"])
	for {
		part, err := form.NextRawPart()
		if err == io.EOF {
			break
		}
		if err != nil {
			return files, errs.Wrap(err, errs.Invalid, "import.form_broken")
		}
		into := map[string]*formFile{"orders": &files.orders, "file": &files.orders, "items": &files.items}[part.FormName()]
		if into == nil || into.temp != nil {
			return files, errs.New(errs.Invalid, "import.form_part", errs.Args{"part": errs.Clip(part.FormName())})
		}
		if err := into.keep(part, filepath.Dir(u.Name())); err != nil {
			return files, err
		}
	}
	if files.orders.temp == nil {
		return files, errs.New(errs.Invalid, "import.form_without_orders")
	}
	return files, nil
}

// keep copies a part into a temporary file.
func (f *formFile) keep(part *multipart.Part, dir string) (err error) {
	if f.temp, err = os.CreateTemp(dir, "sanbao-import-*"); err != nil {
		return errs.Wrap(err, errs.Unavailable, "import.no_room")
	}
	f.Name, f.Data = filepath.Base(part.FileName()), f.temp
	f.Size, err = io.Copy(f.temp, part)
	var disk *os.PathError
	switch {
	case errors.As(err, &disk):
		return errs.Wrap(err, errs.Unavailable, "import.no_room")
	case err != nil:
		return errs.Wrap(err, errs.Invalid, "import.form_broken")
	}
	return nil
}

var _ = errs.Register(map[string]errs.Text{
	"import.form_broken":         {ZhCN: "上传的表单不完整，请用 multipart/form-data 重新上传。", En: "The form cannot be read to its end; send it again as multipart/form-data."},
	"import.form_part":           {ZhCN: "表单里不应有“{part}”，或它出现了两次；只要 orders 和 items 两个文件。", En: "The form's part \"{part}\" is not expected, or is there twice; orders and items are the files."},
	"import.form_without_orders": {ZhCN: "表单里没有订单文件 orders。", En: "The form has no file of orders."},
	"import.preset_or_mapping":   {ZhCN: "请给出格式 preset 或已保存的列对应 mapping，两者取一。", En: "Name a preset or a saved mapping, one of the two."},
	"import.no_room":             {ZhCN: "服务器没有空间存放上传的文件，请联系管理员。", En: "There is no room for the uploaded file; tell your administrator."},
})
