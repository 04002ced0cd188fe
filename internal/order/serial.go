package order

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/sanbao/sanbao/errs"
	"github.com/sanbao/sanbao/internal/db"
	"github.com/sanbao/sanbao/internal/id"
)

// A serial number 序列号 says which unit was sold, so that no other one is paid back. A line has none, or one for each of
// its units; once noted they do not change.

var serialForm = regexp.MustCompile(`^[0-9A-Za-z][0-9A-Za-z./_:-]{1,62}[0-9A-Za-z]$`)

// CleanSerial brings a typed or scanned serial number to its form: capitals, digits and . / _ : - within, 3 to 64 characters.
func CleanSerial(s string) (string, error) {
	c := strings.Join(strings.Fields(s), "")
	if !serialForm.MatchString(c) {
		return "", errs.New(errs.Invalid, "order.serial_malformed", errs.Args{"serial": errs.Clip(s)})
	}
	return strings.ToUpper(c), nil
}

// Serials takes apart what a file writes into one cell: numbers apart by commas, semicolons, blanks or new lines.
func Serials(cell string) []string {
	return strings.FieldsFunc(cell, func(r rune) bool { return strings.ContainsRune(",;|、，； \t\r\n", r) })
}

// CleanSerials brings the serial numbers of one line to their form, in order. It wants one for each unit, or none, and no number twice.
func CleanSerials(serials []string, units int64) ([]string, error) {
	if len(serials) == 0 {
		return nil, nil
	}
	if int64(len(serials)) != units {
		return nil, errs.New(errs.Invalid, "order.serial_count", errs.Args{"units": units, "serials": len(serials)})
	}
	out := make([]string, 0, len(serials))
	for _, s := range serials {
		c, err := CleanSerial(s)
		if err == nil && slices.Contains(out, c) {
			err = errs.New(errs.Invalid, "order.serial_twice", errs.Args{"serial": c})
		}
		if err != nil {
			return nil, err
		}
		out = append(out, c)
	}
	slices.Sort(out)
	return out, nil
}

// NoteSerials writes the serial numbers of a line that has none yet; somebody who was quicker is a conflict.
func NoteSerials(b *db.Batch, shopID, lineID id.ID, serials []string) {
	b.ExecN(1, `update order_line set serials = $1, version = version + 1 where id = $2 and shop_id = $3 and serials = ''`, joinSerials(serials), lineID, shopID)
}

// Disagree refuses serial numbers for a line that others were noted for.
func (l Line) Disagree(serials []string) error {
	if len(l.Serials) == 0 || slices.Equal(l.Serials, serials) {
		return nil
	}
	return errs.New(errs.Conflict, "order.serial_noted", errs.Args{"line": strconv.FormatInt(l.LineNo, 10), "serials": strings.Join(l.Serials, ", ")})
}

func joinSerials(s []string) string { return strings.Join(s, "\n") }

func splitSerials(s string) []string {
	if s == "" {
		return nil
	}
	return strings.Split(s, "\n")
}

var _ = errs.Register(map[string]errs.Text{
	"order.serial_malformed": {ZhCN: "“{serial}”不像序列号：3 到 64 位字母、数字，中间可以有 . / _ : -。", En: "\"{serial}\" is no serial number: 3 to 64 letters and digits, with . / _ : - within."},
	"order.serial_count":     {ZhCN: "{units} 件商品要写 {units} 个序列号，这里有 {serials} 个。", En: "{units} units need {units} serial numbers; there are {serials}."},
	"order.serial_twice":     {ZhCN: "序列号 {serial} 写了两次。", En: "The serial number {serial} stands there twice."},
	"order.serial_noted":     {ZhCN: "第 {line} 行已经登记过序列号：{serials}。", En: "Line {line} has other serial numbers already: {serials}."},
})
