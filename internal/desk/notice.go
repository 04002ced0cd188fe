package desk

import (
	"bytes"
	"context"
	_ "embed"
	"fmt"
	"html/template"
	"net/http"
	"net/url"
	"strings"
	"time"
	"unicode"

	"github.com/sanbao/sanbao/calendar"
	"github.com/sanbao/sanbao/errs"
	"github.com/sanbao/sanbao/internal/db"
	"github.com/sanbao/sanbao/internal/order"
	"github.com/sanbao/sanbao/internal/shop"
	"github.com/sanbao/sanbao/internal/web"
	"github.com/sanbao/sanbao/rule"
)

// The public policy page of a shop, and of each article it sold (S1-08, S2-04): what decides today, as customers may read it
// before they buy, with version and date, so that it can be held against the shop afterwards (CPLR-12, CPL-16). It holds
// nothing of any customer, and no price.
const (
	noticePath  = "/p/{shop}/policy"
	articlePath = "/p/{shop}/policy/{sku}"
)

const (
	keepNotice = 5 * time.Minute // a version that comes into force at midnight is seen soon after
	maxSKU     = 64
)

//go:embed notice.html
var noticeHTML string

//go:embed notice.css
var noticeCSS string

var noticeTemplate = template.Must(template.New("notice").Parse(noticeHTML))

// publicRoutes adds what anybody may read.
func (d *Desk) publicRoutes(s *web.Server) {
	web.RegisterDocument(s, noticePath, d.notice)
	web.RegisterDocument(s, articlePath, d.notice)
	web.RegisterDocument(s, noticePath+"/qr", d.noticeQR)
	web.RegisterDocument(s, articlePath+"/qr", d.noticeQR)
}

// posted is a policy page as it is shown.
type posted struct {
	Lang     errs.Lang
	Style    template.CSS
	Title    string
	Shop     string
	Hotline  string
	Link     string
	Demo     bool
	Article  *order.Product
	Category string
	Kind     string
	Printed  string
	Address  string // of this page, "" where the server does not know its own
	QR       string // path of its code
	QRSide   int
	Langs    []langLink
	Whole    string // address of the whole shop's page, on an article's
	Notice   *rule.Notice
	Fault    string // instead of a notice
}

type langLink struct {
	Lang errs.Lang
	Name string
	Href string
}

// T is a sentence of the page in its language.
func (p *posted) T(key string) string { return errs.Render(p.Lang, "desk.notice_"+key, nil) }

// Short is the beginning of a hash.
func (p *posted) Short(hash string) string { return hash[:min(12, len(hash))] }

// notice is the page of a shop or of an article. What does not exist is said on a page, too: people come here from paper.
func (d *Desk) notice(ctx context.Context, r *http.Request) (*web.Document, error) {
	p := &posted{Lang: web.LangOfRequest(r), Style: template.CSS(noticeCSS)}
	for _, l := range []langLink{{errs.ZhCN, "简体中文", ""}, {errs.ZhTW, "繁體中文", ""}, {errs.En, "English", ""}} {
		l.Href = r.URL.EscapedPath() + "?lang=" + string(l.Lang)
		p.Langs = append(p.Langs, l)
	}
	err := d.fill(ctx, r, p)
	if err != nil {
		if errs.CodeOf(err) != errs.NotFound {
			return nil, err
		}
		p.Fault, p.Title, p.Notice = p.T("missing"), p.T("missing_title"), nil
	}
	var b bytes.Buffer
	if rendered := noticeTemplate.Execute(&b, p); rendered != nil {
		return nil, fmt.Errorf("policy page: %w", rendered)
	}
	return &web.Document{MediaType: "text/html; charset=utf-8", Body: b.Bytes(), Lang: p.Lang, Style: noticeCSS, Keep: keepNotice}, err
}

// fill reads what the page shows.
func (d *Desk) fill(ctx context.Context, r *http.Request, p *posted) error {
	var s shop.Shop
	var article *order.Product
	var book *rule.Book
	in := rule.NoticeInput{Lang: p.Lang}
	err := d.DB.Read(ctx, func(tx *db.Tx) (err error) {
		if s, article, err = offered(tx, r); err != nil {
			return err
		}
		if in.Calendar, err = calendar.Load(s.Calendar); err != nil {
			return err
		}
		in.At = tx.Now
		book, err = d.Flow.BookOn(tx, s, in.Calendar.DateOf(tx.Now))
		return err
	})
	if err != nil {
		return err
	}
	p.Shop, p.Hotline, p.Link, p.Demo = nameOf(s), s.Hotline, s.Link, s.Simulation
	p.Title, p.Printed = errs.Render(p.Lang, "desk.notice_title", errs.Args{"shop": p.Shop}), in.Calendar.DateOf(in.At).String()
	if article != nil {
		in.Facts = article.Facts()
		p.Article = article
		p.Title = errs.Render(p.Lang, "desk.notice_title", errs.Args{"shop": article.Title})
		p.Category, p.Kind = choice(order.FactCategory.Name(), article.Category, d.Flow.Policies.Vocabulary(), p.Lang), choice(order.FactKind.Name(), article.Kind, d.Flow.Policies.Vocabulary(), p.Lang)
		p.Whole = "/p/" + s.Code + "/policy?lang=" + string(p.Lang)
	}
	if p.Notice, err = book.Notice(in); err != nil {
		return err
	}
	if p.Address = d.address(r, s.Code, article); p.Address != "" {
		p.QR, p.QRSide, err = qrPath(p.Address)
	}
	return err
}

// offered reads the shop of an address, and the article where it names one.
func offered(tx *db.Tx, r *http.Request) (s shop.Shop, article *order.Product, err error) {
	code, sku := r.PathValue("shop"), r.PathValue("sku")
	if len(sku) > maxSKU || strings.ContainsFunc(code+sku, unicode.IsControl) {
		return s, nil, errs.New(errs.NotFound, "order.product_not_found", errs.Args{"sku": errs.Clip(sku)})
	}
	if s, err = shop.ByCode(tx, code); err != nil || sku == "" {
		return s, nil, err
	}
	p, err := order.LastSold(tx, s.ID, sku)
	return s, &p, err
}

// nameOf is what customers call a shop.
func nameOf(s shop.Shop) string {
	if s.PublicName != "" {
		return s.PublicName
	}
	return s.Name
}

// choice is a word of an enum fact as people read it, "" for a word the rules do not know.
func choice(fact, word string, v *rule.Vocabulary, lang errs.Lang) string {
	def, _, _ := v.Def(fact)
	for _, c := range def.Values {
		if c.Word == word {
			return c.Label.In(lang)
		}
	}
	return ""
}

// address of a page as it stands on paper: below the installation's public address, else below the one the caller used.
func (d *Desk) address(r *http.Request, code string, article *order.Product) string {
	origin := d.origin(web.OriginOf(r))
	if origin == "" {
		return ""
	}
	at := origin + "/p/" + code + "/policy"
	if article != nil {
		at += "/" + url.PathEscape(article.SKU)
	}
	return at
}

// origin is the installation's public address, or the one the caller used.
func (d *Desk) origin(used string) string {
	if public := strings.TrimRight(d.Public, "/"); public != "" {
		return public
	}
	return used
}

// noticeQR is the code that leads to a page, for packing slips: SVG, or PNG with ?format=png.
func (d *Desk) noticeQR(ctx context.Context, r *http.Request) (*web.Document, error) {
	var s shop.Shop
	var article *order.Product
	err := d.DB.Read(ctx, func(tx *db.Tx) (err error) {
		s, article, err = offered(tx, r)
		return err
	})
	if err != nil {
		return nil, err
	}
	at := d.address(r, s.Code, article)
	if at == "" {
		return nil, errs.New(errs.Invalid, "desk.notice_host")
	}
	out := &web.Document{MediaType: "image/svg+xml", Keep: keepNotice, Embed: true}
	if r.URL.Query().Get("format") == "png" {
		out.MediaType = "image/png"
		out.Body, err = qrPNG(at)
	} else {
		out.Body, err = qrSVG(at)
	}
	return out, err
}
