package desk

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/sanbao/sanbao/internal/db"
	"github.com/sanbao/sanbao/internal/flow"
	"github.com/sanbao/sanbao/internal/id"
	"github.com/sanbao/sanbao/internal/line"
	"github.com/sanbao/sanbao/internal/order"
	"github.com/sanbao/sanbao/internal/term"
	"github.com/sanbao/sanbao/rule"
)

// Remark is the seller remark 卖家备注 of a case, to be copied into the platform's back end: what is asked for and why,
// who bears the way back, whose move it is, who wrote it when, and the case's number.
func (d *Desk) Remark(tx *db.Tx, shopID, caseID id.ID, lang, author string) (string, error) {
	dossier, err := d.Flow.Look(tx, shopID, caseID)
	if err != nil {
		return "", err
	}
	book, err := d.Flow.LatestBook(tx, dossier.Shop)
	if err != nil {
		return "", err
	}
	w := remark{dossier, book, lang}
	asked, freight, status := []string{}, []string{}, []string{}
	for _, l := range dossier.Lines {
		asked = append(asked, w.asked(l))
		freight = with(freight, w.freight(l))
		status = with(status, standing(lang, l.Status))
	}
	between, apart := "｜", "；"
	if lang == "en" {
		between, apart = " · ", "; "
	}
	at := dossier.Now.Time().In(dossier.Calendar.Zone()).Format("1/2 15:04")
	parts := []string{strings.Join(asked, apart), strings.Join(freight, apart), strings.Join(status, apart), author + " " + at, dossier.Case.Number}
	return strings.Join(slices.DeleteFunc(parts, func(p string) bool { return p == "" }), between), nil
}

// with adds a text once.
func with(list []string, s string) []string {
	if s == "" || slices.Contains(list, s) {
		return list
	}
	return append(list, s)
}

// standing is a status in the words of a remark: shorter where the trade writes it shorter (待寄回).
func standing(lang, status string) string {
	w := term.Of(lang, "standing", status)
	if w == status {
		w = term.Of(lang, "status", status)
	}
	if lang == "en" { // in the middle of a line
		w = strings.ToLower(w[:1]) + w[1:]
	}
	return w
}

type remark struct {
	*flow.Dossier
	book *rule.Book
	lang string
}

// asked is what one line asks for: 【退货】SH-2401-38黑 ×2 尺码不合适.
func (w remark) asked(l line.Line) string {
	tag := term.Of(w.lang, "tag", l.Remedy)
	if tag == l.Remedy {
		tag = term.Of(w.lang, "remedy", l.Remedy)
	}
	article := ""
	for _, ol := range w.OrderLines[l.OrderID] {
		if ol.ID == l.OrderLineID {
			article = short(ol)
		}
	}
	if l.Quantity > 1 {
		article += " ×" + strconv.FormatInt(l.Quantity, 10)
	}
	why := groundWord(w.book, l.Ground).In(w.lang)
	if w.lang == "en" {
		return "[" + tag + "] " + article + ", " + why
	}
	return "【" + tag + "】" + article + " " + why
}

// short is what an agent calls an article whose order she sees: the colour and size that stand as short words at the end
// of many titles (黑 38), the size first (38黑); else the SKU.
func short(l order.Line) string {
	words := strings.Fields(l.Title)
	from := len(words)
	for from > 1 && len(words)-from < maxVariant && utf8.RuneCountInString(words[from-1]) <= maxVariantWord && !measure.MatchString(words[from-1]) {
		from--
	}
	var size, rest string
	for _, w := range words[from:] {
		m := colourSize.FindStringSubmatch(w)
		if m == nil {
			m = []string{"", w, ""}
		}
		size, rest = size+m[2], rest+m[1]
	}
	if v := size + rest; v != "" {
		return v
	}
	return l.SKU
}

const (
	maxVariant     = 2 // words
	maxVariantWord = 4 // characters
)

var (
	colourSize = regexp.MustCompile(`^(\p{Han}*)(\d+(?:\.\d+)?)$`) // 黑38, 38
	measure    = regexp.MustCompile(`^[\d.]+[a-z]+$`)              // 50g is how much there is, not which one
)

// freight says who bears the way back, by the line's decision; "" where there is none.
func (w remark) freight(l line.Line) string {
	dec := w.Decisions[l.ID]
	if dec == nil || dec.Asked() == nil {
		return ""
	}
	for _, leg := range dec.Asked().Freight {
		if leg.Leg != "return" {
			continue
		}
		key := leg.Value
		if key == "customer" && w.Orders[l.OrderID].Attrs.FreightInsurance {
			key = "customer_insured"
		}
		return term.Of(w.lang, "bears", key)
	}
	return ""
}
