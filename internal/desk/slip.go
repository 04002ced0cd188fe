package desk

import (
	"bytes"
	"context"
	_ "embed"
	"fmt"
	"html/template"
	"net/http"
	"strings"

	"github.com/boombuler/barcode/code128"

	"github.com/sanbao/sanbao/errs"
	"github.com/sanbao/sanbao/internal/auth"
	"github.com/sanbao/sanbao/internal/customer"
	"github.com/sanbao/sanbao/internal/db"
	"github.com/sanbao/sanbao/internal/flow"
	"github.com/sanbao/sanbao/internal/id"
	"github.com/sanbao/sanbao/internal/movement"
	"github.com/sanbao/sanbao/internal/term"
	"github.com/sanbao/sanbao/internal/web"
)

// The slip of a parcel, on a label of 100 × 150 mm: what is in it, whose it is, and its number as bars that the receiving desk
// scans. A return's slip says where to send it and until when, for the customer to print or to copy (NRR-11); one of what we
// send goes into the box, with the code of the shop's policy page (S2-04).

//go:embed slip.html
var slipHTML string

//go:embed slip.css
var slipCSS string

var slipTemplate = template.Must(template.New("slip").Parse(slipHTML))

// slip is a page to be printed.
type slip struct {
	Lang      errs.Lang
	Style     template.CSS
	Title     string
	Shop      string
	Demo      bool
	Number    string
	Bars      string // path of its number in Code 128
	BarsWidth int
	To        *flow.ReturnTo // of a return
	Case      string
	Customer  string
	Orders    string
	Waybill   string
	SendBy    string
	Bearer    string
	Items     []slipItem
	Say       string
	Hotline   string
	Printed   string
	QR        string
	QRSide    int
	code      string // the shop's short name
}

type slipItem struct {
	Title, SKU string
	Units      int64
}

// T is a sentence of the page in its language.
func (p *slip) T(key string) string { return errs.Render(p.Lang, "desk.slip_"+key, nil) }

func (d *Desk) slipRoute(s *web.Server) {
	web.Register(s, web.Op{Method: http.MethodGet, Path: web.ShopRoot + "/parcels/{id}/slip", ID: "parcel-slip", Tag: "parcels", Scope: auth.CasesRead, Produces: "text/html",
		Summary: "The slip of a parcel, to be printed: 退货单 of a return, with the address to send it to, 装箱单 of what goes to the customer",
		Doc:     "A page of 100 × 150 mm without script, with the parcel's number as Code 128. The receiving desk finds the parcel by that number."},
		func(ctx context.Context, in *struct {
			ID   web.ID    `path:"id"`
			Lang errs.Lang `query:"lang" enum:"zh-CN,zh-TW,en" doc:"language; the request's without it"`
		}) (*web.File, error) {
			if in.Lang == "" {
				in.Lang = web.Lang(ctx)
			}
			page, err := d.slip(ctx, web.Shop(ctx), in.ID.ID, in.Lang)
			if err != nil {
				return nil, err
			}
			var b bytes.Buffer
			if err := slipTemplate.Execute(&b, page); err != nil {
				return nil, fmt.Errorf("slip: %w", err)
			}
			return web.NewPage(b.Bytes(), slipCSS), nil
		})
}

// slip reads what stands on the slip of a parcel.
func (d *Desk) slip(ctx context.Context, shopID, movementID id.ID, lang errs.Lang) (*slip, error) {
	p := &slip{Lang: lang, Style: template.CSS(slipCSS)}
	err := d.DB.Read(ctx, func(tx *db.Tx) error {
		m, err := movement.Get(tx, shopID, movementID)
		if err != nil {
			return err
		}
		dossier, err := d.Flow.Look(tx, shopID, m.CaseID)
		if err != nil {
			return err
		}
		if c := dossier.Case.CustomerID; c != 0 {
			buyer, err := customer.Get(tx, shopID, c)
			if err != nil {
				return err
			}
			p.Customer = strings.TrimSpace(buyer.Called() + " " + buyer.Phone)
		}
		return p.fill(dossier, m)
	})
	if err != nil {
		return nil, err
	}
	if origin := d.origin(web.Origin(ctx)); origin != "" {
		p.QR, p.QRSide, err = qrPath(origin + "/p/" + p.code + "/policy")
	}
	return p, err
}

// fill writes down a parcel.
func (p *slip) fill(d *flow.Dossier, m movement.Movement) (err error) {
	p.code = d.Shop.Code
	p.Shop, p.Demo, p.Hotline, p.Case, p.Number = nameOf(d.Shop), d.Shop.Simulation, d.Shop.Hotline, d.Case.Number, m.Number
	p.Waybill, p.Printed = strings.TrimSpace(m.Carrier+" "+m.Waybill), d.Calendar.DateOf(d.Now).String()
	p.Title, p.Say = p.T("packing"), p.T("packing_say")
	if to, ok := d.View().Addresses[m.Number]; ok {
		p.Title, p.Say, p.To, p.SendBy = p.T("return"), p.T("return_say"), &to, to.SendBy
		if m.BorneBy != "" {
			p.Bearer = errs.Render(p.Lang, "desk.slip_borne", errs.Args{"who": term.Of(string(p.Lang), "party", string(m.BorneBy))})
		}
	} else if !m.Purpose.Outward() {
		return errs.New(errs.Conflict, "desk.no_slip") // one that was stopped comes home as it is
	}
	var orders []string
	for _, in := range m.Lines {
		for _, l := range d.Lines {
			if l.ID != in.CaseLineID {
				continue
			}
			item := slipItem{Units: in.Announced}
			for _, ol := range d.OrderLines[l.OrderID] {
				if ol.ID == l.OrderLineID {
					item.Title, item.SKU = ol.Title, ol.SKU
				}
			}
			if m.Purpose == movement.ExchangeOut && l.Wanted != "" {
				item.SKU = l.Wanted
			}
			p.Items = append(p.Items, item)
			if no := d.Orders[l.OrderID].OrderNo; !strings.Contains(strings.Join(orders, " "), no) {
				orders = append(orders, no)
			}
		}
	}
	p.Orders = strings.Join(orders, " ")
	p.Bars, p.BarsWidth, err = barsPath(m.Number)
	return err
}

// barQuiet is the blank at both ends of a Code 128, in modules (ISO/IEC 15417).
const barQuiet = 10

// barsPath is a text in Code 128 as the path of an SVG of the height 40, one unit a module, with the width of the whole.
func barsPath(text string) (path string, width int, err error) {
	code, err := code128.Encode(text)
	if err != nil {
		return "", 0, fmt.Errorf("Code 128: %w", err)
	}
	var b strings.Builder
	n := code.Bounds().Dx()
	for x := 0; x < n; x++ {
		from := x
		for x < n && dark(code, x, 0) {
			x++
		}
		if x > from {
			fmt.Fprintf(&b, "M%d 0h%dv40h-%dz", from+barQuiet, x-from, x-from)
		}
	}
	return b.String(), n + 2*barQuiet, nil
}

var _ = errs.Register(map[string]errs.Text{
	"desk.slip_demo":        {ZhCN: "演示店铺，不产生真实交易", En: "Demo shop, no real money"},
	"desk.slip_return":      {ZhCN: "退货单", En: "Return slip"},
	"desk.slip_packing":     {ZhCN: "装箱单", En: "Packing slip"},
	"desk.slip_return_say":  {ZhCN: "请把这张单子放进包裹，或把退货编号写在纸上放进去，仓库凭编号找到您的退货。吊牌、配件、赠品请一并寄回；请不要寄到付件。", En: "Put this slip into the parcel, or write the return number on a piece of paper: the warehouse finds your return by it. Send tags, parts and gifts with it, and not freight collect."},
	"desk.slip_packing_say": {ZhCN: "请当面核对商品和数量。有问题请保留包装，联系我们处理。", En: "Check articles and quantities on receipt. If anything is wrong, keep the packaging and tell us."},
	"desk.slip_to":          {ZhCN: "寄到", En: "Send to"},
	"desk.slip_case":        {ZhCN: "售后单", En: "Case"},
	"desk.slip_customer":    {ZhCN: "顾客", En: "Customer"},
	"desk.slip_orders":      {ZhCN: "订单号", En: "Order"},
	"desk.slip_waybill":     {ZhCN: "快递单号", En: "Waybill"},
	"desk.slip_send_by":     {ZhCN: "最晚寄出", En: "Send by"},
	"desk.slip_freight":     {ZhCN: "退回运费", En: "Return freight"},
	"desk.slip_borne":       {ZhCN: "{who}承担", En: "borne by: {who}"},
	"desk.slip_article":     {ZhCN: "商品", En: "Article"},
	"desk.slip_sku":         {ZhCN: "货号", En: "SKU"},
	"desk.slip_units":       {ZhCN: "件数", En: "Units"},
	"desk.slip_check":       {ZhCN: "核对", En: "Check"},
	"desk.slip_hotline":     {ZhCN: "售后电话", En: "Hotline"},
	"desk.slip_printed":     {ZhCN: "打印日期", En: "Printed on"},
	"desk.slip_qr":          {ZhCN: "扫码看售后规则", En: "After-sales policy"},
	"desk.no_slip":          {ZhCN: "拦截件原样退回，没有单子可打。", En: "A stopped parcel comes home as it is; it has no slip."},
})
