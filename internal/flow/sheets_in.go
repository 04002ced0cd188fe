package flow

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"

	"github.com/sanbao/sanbao/errs"
	"github.com/sanbao/sanbao/internal/audit"
	"github.com/sanbao/sanbao/internal/auth"
	"github.com/sanbao/sanbao/internal/carrier"
	"github.com/sanbao/sanbao/internal/db"
	"github.com/sanbao/sanbao/internal/id"
	"github.com/sanbao/sanbao/internal/layout"
	"github.com/sanbao/sanbao/internal/movement"
	"github.com/sanbao/sanbao/internal/order"
	"github.com/sanbao/sanbao/internal/order/export"
	"github.com/sanbao/sanbao/internal/sheet"
	"github.com/sanbao/sanbao/internal/stock"
	"github.com/sanbao/sanbao/internal/web"
)

// Tables of a stock system or another customer-service program: the parcels orders went out in, and what there is on the shelf. Each row
// stands for itself: what is wrong with one keeps no other back, and a table given twice changes nothing the second time.

const (
	maxSheet  = 16 << 20 // bytes
	sheetRows = 5_000
	sheetStep = 200 // rows written in one transaction
)

// RowResult says what became of a row.
type RowResult string

const (
	RowNew   RowResult = "new"   // taken over; of a preview: would be
	RowKnown RowResult = "known" // says what was known already
	RowWrong RowResult = "wrong" // left out, with why
)

// SheetRow is one row of a table and what became of it.
type SheetRow struct {
	Row    int       `json:"row" doc:"in the file"`
	What   string    `json:"what" doc:"order number and waybill, or SKU and units"`
	Result RowResult `json:"result" enum:"new,known,wrong"`
	Detail string    `json:"detail,omitempty" doc:"what is wrong, in the caller's language"`
}

// SheetIn is what became of a table.
type SheetIn struct {
	New   int        `json:"new"`
	Known int        `json:"known"`
	Wrong int        `json:"wrong"`
	Rows  []SheetRow `json:"rows" nullable:"false"`
}

var waybillColumns = []layout.Column{
	{Field: "order_no", Titles: []string{"订单号", "订单编号", "主订单编号", "Order number", "Order ID", "order_no"}, Must: true},
	{Field: "waybill", Titles: []string{"快递单号", "物流单号", "运单号", "运单号码", "Waybill", "Tracking number", "waybill"}, Must: true},
	{Field: "carrier", Titles: []string{"快递公司", "物流公司", "承运商", "Carrier", "carrier"}, Must: true},
	{Field: "platform", Titles: []string{"平台", "Platform", "platform"}},
}

var stockColumns = []layout.Column{
	{Field: "sku", Titles: []string{"商家编码", "SKU", "规格编码", "货号", "sku"}, Must: true},
	{Field: "on_hand", Titles: []string{"库存", "库存数量", "可用库存", "数量", "On hand", "Quantity", "on_hand"}, Must: true},
	{Field: "style", Titles: []string{"款号", "款式编码", "Style", "style"}},
	{Field: "title", Titles: []string{"商品名称", "商品", "标题", "Title", "title"}},
	{Field: "price", Titles: []string{"售价", "价格", "单价", "Price", "price"}},
}

// sheetRow is a row that was read: what to write, or why not.
type sheetRow struct {
	SheetRow
	order, platform, waybill, carrier string
	told                              stock.Told
	has                               map[string]bool // fields the row fills
}

// readSheet reads a table by its columns.
func readSheet(ctx context.Context, file export.File, columns []layout.Column, read func(r *layout.Row) sheetRow) (out []sheetRow, err error) {
	table, err := layout.Open(ctx, layout.Source{Data: file.Data, Size: file.Size}, columns)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, table.Close()) }()
	for {
		r, err := table.Read(ctx)
		if err == io.EOF {
			return out, nil
		}
		if fault, ok := errors.AsType[*sheet.Fault](err); ok {
			out = append(out, sheetRow{SheetRow: SheetRow{Row: fault.Row, Result: RowWrong, Detail: errs.Render(web.Lang(ctx), fault.Key, fault.Args)}})
			continue
		}
		if err != nil {
			return nil, err
		}
		if len(out) == sheetRows {
			return nil, errs.New(errs.Invalid, "flow.sheet_long", errs.Args{"most": sheetRows})
		}
		x := read(r)
		x.Row, x.Result = r.Number, RowNew
		for _, f := range r.Faults {
			x.Result, x.Detail = RowWrong, errs.Render(web.Lang(ctx), f.Key, f.Args)
		}
		out = append(out, x)
	}
}

func readWaybill(r *layout.Row) (x sheetRow) {
	if r.Need("order_no") {
		x.order = r.ID("order_no")
	}
	if r.Need("waybill") {
		if no := r.ID("waybill"); no != "" { // what a spreadsheet has spoilt is refused already
			var err error
			if x.waybill, err = movement.CleanWaybill(no); err != nil {
				r.Refuse("waybill", err)
			}
		}
	}
	if r.Need("carrier") {
		x.carrier = r.Text("carrier", 40)
	}
	x.platform = r.Text("platform", 40)
	x.What = strings.TrimSpace(x.order + " " + x.waybill)
	return x
}

// WaybillsIn notes the parcels that orders went out in, row by row. platform is whose orders they are where a row does not say.
func (f *Flow) WaybillsIn(ctx context.Context, who Actor, shopID id.ID, file export.File, platform string, dry bool) (SheetIn, error) {
	rows, err := readSheet(ctx, file, waybillColumns, readWaybill)
	if err != nil {
		return SheetIn{}, err
	}
	return f.takeRows(ctx, rows, dry, func(tx *db.Tx, x *sheetRow) error {
		if x.platform == "" {
			x.platform = platform
		}
		o, err := order.ByNumber(tx, shopID, x.platform, x.order)
		if errs.CodeOf(err) == errs.NotFound {
			x.Result, x.Detail = RowWrong, errs.Render(web.Lang(ctx), "flow.sheet_no_order", errs.Args{"order": x.order})
			return nil
		}
		if err != nil {
			return err
		}
		added, err := f.addParcel(tx, who, shopID, o.ID, NewParcel{Carrier: x.carrier, Waybill: x.waybill}, dry)
		if err == nil && !added {
			x.Result = RowKnown
		}
		return err
	}, nil)
}

// StockIn says what there is on the shelf, article by article. What a table has no column for stays as it is.
func (f *Flow) StockIn(ctx context.Context, who Actor, shopID id.ID, file export.File, dry bool) (SheetIn, error) {
	s, err := f.shopOf(ctx, shopID)
	if err != nil {
		return SheetIn{}, err
	}
	rows, err := readSheet(ctx, file, stockColumns, func(r *layout.Row) (x sheetRow) {
		if r.Need("sku") {
			x.told.SKU = r.ID("sku")
		}
		if r.Need("on_hand") {
			x.told.OnHand = r.Count("on_hand", 0, 1_000_000_000)
		}
		x.told.Style, x.told.Title = r.ID("style"), r.Text("title", 300)
		price := r.Amount("price", s.Currency, 1_000_000_000_000)
		x.told.Price = &price
		x.has = map[string]bool{}
		for _, field := range []string{"style", "title", "price"} {
			x.has[field] = !r.Empty(field)
		}
		x.What = strings.TrimSpace(x.told.SKU + " " + itoa(int(x.told.OnHand)))
		return x
	})
	if err != nil {
		return SheetIn{}, err
	}
	seen := map[string]bool{}
	for i := range rows {
		if x := &rows[i]; x.Result == RowNew && seen[x.told.SKU] {
			x.Result, x.Detail = RowWrong, errs.Render(web.Lang(ctx), "stock.twice", errs.Args{"sku": x.told.SKU})
		}
		seen[rows[i].told.SKU] = true
	}
	return f.takeRows(ctx, rows, dry, func(tx *db.Tx, x *sheetRow) error { return compareStock(tx, shopID, x) }, func(tx *db.Tx, some []sheetRow) error {
		var told []stock.Told
		for _, x := range some {
			if x.Result == RowNew {
				told = append(told, x.told)
			}
		}
		if len(told) == 0 {
			return nil
		}
		_, err := stock.SetAll(tx, who.Name, shopID, told)
		return err
	})
}

// compareStock holds one article against what was known; what the row leaves out is that.
func compareStock(tx *db.Tx, shopID id.ID, x *sheetRow) error {
	was, err := stock.Get(tx, shopID, x.told.SKU)
	if err != nil {
		return err
	}
	if !x.has["price"] {
		x.told.Price = nil
	}
	if was != nil {
		if !x.has["style"] {
			x.told.Style = was.Style
		}
		if !x.has["title"] {
			x.told.Title = was.Title
		}
		if !x.has["price"] {
			x.told.Price = was.Price
		}
		same := was.OnHand == x.told.OnHand && was.Style == x.told.Style && was.Title == x.told.Title &&
			(was.Price == nil) == (x.told.Price == nil) && (was.Price == nil || *was.Price == *x.told.Price)
		if same {
			x.Result = RowKnown
		}
	}
	return nil
}

// takeRows runs take on every row that could be read, some in one transaction, which write ends; and counts what became of them. A
// preview reads alone.
func (f *Flow) takeRows(ctx context.Context, rows []sheetRow, dry bool, take func(tx *db.Tx, x *sheetRow) error, write func(tx *db.Tx, some []sheetRow) error) (out SheetIn, err error) {
	for at := 0; at < len(rows); at += sheetStep {
		some := rows[at:min(at+sheetStep, len(rows))]
		run := func(tx *db.Tx) error {
			for i := range some {
				if x := &some[i]; x.Result == RowNew {
					if err := take(tx, x); err != nil {
						return err
					}
				}
			}
			if write == nil || dry {
				return nil
			}
			return write(tx, some)
		}
		if dry {
			err = f.DB.Read(ctx, run)
		} else {
			err = f.DB.Write(ctx, run)
		}
		if err != nil {
			return out, err
		}
	}
	out.Rows = make([]SheetRow, 0, len(rows))
	for _, x := range rows {
		switch x.Result {
		case RowNew:
			out.New++
		case RowKnown:
			out.Known++
		default:
			out.Wrong++
		}
		out.Rows = append(out.Rows, x.SheetRow)
	}
	return out, nil
}

// addParcel notes a parcel an order went out in; false where it was noted before, or where it is only looked at.
func (f *Flow) addParcel(tx *db.Tx, who Actor, shopID, orderID id.ID, p NewParcel, dry bool) (bool, error) {
	noted, err := carrier.OfOrder(tx, shopID, orderID)
	if err != nil {
		return false, err
	}
	for _, x := range noted {
		if x.Waybill == p.Waybill {
			return false, nil
		}
	}
	if dry {
		return true, nil
	}
	err = filled(tx, func(b *db.Batch) error {
		carrier.InsertParcel(b, tx.Now, carrier.Parcel{ID: id.New(), ShopID: shopID, OrderID: orderID, Carrier: p.Carrier, Waybill: p.Waybill})
		return audit.Write(b, tx.Now, audit.Event{ShopID: shopID, Subject: audit.Order, SubjectID: orderID, Actor: who.Name, Verb: "parcel"},
			map[string]any{"carrier": p.Carrier, "waybill": p.Waybill})
	})
	if err == nil {
		_, err = f.Jobs.Enqueue(tx, followKind, followed{shopID, p.Waybill}) // its events may have come first
	}
	return err == nil, err
}

func (f *Flow) sheetRoutes(s *web.Server) {
	in := func(path, opID, summary string) web.Op {
		return web.Op{Method: http.MethodPost, Path: web.ShopRoot + path, ID: opID, Tag: "imports", Scope: auth.OrdersImport, Once: true, Upload: []string{"multipart/form-data"}, MaxBody: maxSheet, Summary: summary,
			Doc: "A form with the file `file`: CSV or XLSX with a row of titles, at most 5,000 rows. Each row stands for itself; what is wrong with one keeps no other back. With dry_run nothing is written."}
	}
	web.Register(s, in("/waybills", "import-waybills", "Parcels that orders went out in, from a table: order number, waybill, carrier 批量导入运单号"),
		func(ctx context.Context, in *struct {
			Platform string `query:"platform" maxLength:"40" doc:"whose orders they are, where a row does not say; empty for the shop's own"`
			DryRun   bool   `query:"dry_run"`
		}) (*web.Reply[SheetIn], error) {
			return f.sheetForm(ctx, func(ctx context.Context, file export.File) (SheetIn, error) {
				return f.WaybillsIn(ctx, actor(ctx), web.Shop(ctx), file, in.Platform, in.DryRun)
			})
		})
	web.Register(s, in("/stock/import", "import-stock", "What there is to send, from a table: SKU, on hand 导入库存"),
		func(ctx context.Context, in *struct {
			DryRun bool `query:"dry_run"`
		}) (*web.Reply[SheetIn], error) {
			return f.sheetForm(ctx, func(ctx context.Context, file export.File) (SheetIn, error) {
				return f.StockIn(ctx, actor(ctx), web.Shop(ctx), file, in.DryRun)
			})
		})
}

// sheetForm runs take on the file of a form. It has transactions of its own and is safe to repeat; what is left to write is the record
// of the answer.
func (f *Flow) sheetForm(ctx context.Context, take func(context.Context, export.File) (SheetIn, error)) (*web.Reply[SheetIn], error) {
	out, _, err := web.Once(ctx, f.DB, web.OnceOf(ctx),
		func(ctx context.Context) (out SheetIn, err error) {
			if was, found, err := web.Replayed[SheetIn](ctx, f.DB, web.OnceOf(ctx)); found || err != nil {
				return was, err
			}
			files, err := readForm(web.UploadOf(ctx))
			defer func() { err = errors.Join(err, files.close()) }()
			if err != nil {
				return out, err
			}
			return take(ctx, files.orders.File)
		},
		func(_ *db.Tx, out SheetIn) (SheetIn, error) { return out, nil })
	return &web.Reply[SheetIn]{Body: out}, err
}

var _ = errs.Register(map[string]errs.Text{
	"flow.sheet_long":     {ZhCN: "一次最多 {most} 行，请分几次导入。", En: "At most {most} rows at once; split the table."},
	"flow.sheet_no_order": {ZhCN: "本店没有订单 {order}。", En: "The shop has no order {order}."},
})
