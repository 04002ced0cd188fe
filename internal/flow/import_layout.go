package flow

import (
	"context"
	"errors"
	"regexp"

	"github.com/sanbao/sanbao/errs"
	"github.com/sanbao/sanbao/internal/db"
	"github.com/sanbao/sanbao/internal/id"
	"github.com/sanbao/sanbao/internal/intake"
	"github.com/sanbao/sanbao/internal/layout"
	"github.com/sanbao/sanbao/internal/order/export"
)

// Which layout a file is of: the presets that there are, what a shop mapped itself, and what a file looks like.

// Preset is a layout that can be read without anybody saying what its columns are.
type Preset struct {
	Name     string        `json:"name"`
	Kind     string        `json:"kind" enum:"orders,after_sale"`
	Title    string        `json:"title" doc:"in the caller's language"`
	Platform string        `json:"platform"`
	Items    bool          `json:"items,omitempty" doc:"it needs the list of articles as a second file"`
	Encoding string        `json:"encoding"`
	Source   PresetSource  `json:"source" doc:"the public description it follows"`
	Columns  []PresetTitle `json:"columns" nullable:"false"`

	titles errs.Text
	find   []layout.Column
	fields bool // a mapping can be made of it
	perRow bool
}

// PresetSource says where a layout is described publicly.
type PresetSource struct {
	What  string `json:"what"`
	Where string `json:"where" format:"uri"`
	Date  string `json:"date"`
}

// PresetTitle is one column of a preset.
type PresetTitle struct {
	Field  string   `json:"field"`
	Titles []string `json:"titles" nullable:"false" doc:"what files call it"`
	Must   bool     `json:"must" doc:"a file without it is not of this layout"`
}

// ImportPresets lists the presets for orders and for after-sale lists.
func ImportPresets(lang errs.Lang) []Preset {
	var out []Preset
	for _, p := range export.Presets() {
		out = append(out, Preset{Name: p.Name, Kind: intake.Orders, Platform: p.Platform, Items: p.Items, Encoding: p.Encoding,
			Source: PresetSource{p.Source.What, p.Source.Where, p.Source.Date}, titles: p.Title, find: p.Columns(), fields: p.Maps(), perRow: p.PerRow()})
	}
	for _, l := range intake.Lists() {
		out = append(out, Preset{Name: l.Name, Kind: intake.AfterSale, Platform: l.Platform, Encoding: l.Encoding,
			Source: PresetSource{l.Source.What, l.Source.Where, l.Source.Date}, titles: l.Title, find: l.Columns, fields: true})
	}
	for i := range out {
		p := &out[i]
		p.Title = p.titles.In(lang)
		for _, c := range p.find {
			p.Columns = append(p.Columns, PresetTitle(c))
		}
	}
	return out
}

// presetNamed finds a preset of either kind.
func presetNamed(name string) (Preset, bool) {
	for _, p := range ImportPresets(errs.En) {
		if p.Name == name {
			return p, true
		}
	}
	return Preset{}, false
}

// findLayout finds what the import was told to read orders by.
func (im *importer) findLayout(tx *db.Tx) (err error) {
	if im.kind != intake.Orders {
		return nil
	}
	if im.Mapping == "" {
		if p, ok := presetNamed(im.Preset); ok && p.Kind != intake.Orders {
			return errs.New(errs.Invalid, "import.wrong_kind", errs.Args{"preset": im.Preset})
		}
		im.preset, err = export.PresetNamed(im.Preset)
		return err
	}
	m, err := intake.GetMapping(tx, im.ShopID, im.Mapping)
	if err != nil {
		return err
	}
	if m.Kind != intake.Orders {
		return errs.New(errs.Invalid, "import.wrong_kind", errs.Args{"preset": im.Mapping})
	}
	im.preset = export.Mapped(m.Name, m.Platform, layout.Columns(m.Columns), m.HeaderRow, m.PerRow)
	return nil
}

// anotherLayout turns "columns are missing" into "this looks like another preset's file", where it does.
func (im *importer) anotherLayout(ctx context.Context, err error) error {
	e, ok := errors.AsType[*errs.Error](err)
	if !ok || len(e.Fields) == 0 {
		return err
	}
	look, sniffed := layout.Sniff(ctx, layout.Source{Data: im.Orders.Data, Size: im.Orders.Size})
	if sniffed != nil {
		return err // what keeps it from being read is in err already
	}
	best, _ := recognise(look.Header())
	if best == nil || best.Name == im.Preset {
		return err
	}
	using := im.Preset
	if using == "" {
		using = im.Mapping
	}
	other := errs.Wrap(err, errs.Invalid, "import.other_preset", errs.Args{"preset": using, "like": best.Name})
	other.Fields = e.Fields
	return other
}

// Guess is how well a file's titles fit a preset.
type Guess struct {
	Preset  string   `json:"preset"`
	Kind    string   `json:"kind" enum:"orders,after_sale"`
	Found   int      `json:"found" doc:"columns of the preset that the file has"`
	Missing []string `json:"missing" nullable:"false" doc:"columns it must have and has not"`
}

// recognise says which preset a header is of, nil where it is of none, and how it fits those it resembles, best first.
func recognise(header []string) (best *Preset, guesses []Guess) {
	most := 0
	for _, p := range ImportPresets(errs.En) {
		found, missing := layout.Fit(header, p.find)
		if len(found) < 2 || len(missing) > len(found) {
			continue
		}
		g := Guess{Preset: p.Name, Kind: p.Kind, Found: len(found), Missing: []string{}}
		for _, f := range missing {
			g.Missing = append(g.Missing, titleOf(p.find, f))
		}
		at := 0
		for at < len(guesses) && (len(guesses[at].Missing) < len(g.Missing) || len(guesses[at].Missing) == len(g.Missing) && guesses[at].Found >= g.Found) {
			at++
		}
		guesses = append(guesses[:at], append([]Guess{g}, guesses[at:]...)...)
		if len(missing) == 0 && len(found) > most {
			most, best = len(found), &p
		}
	}
	return best, guesses
}

func titleOf(columns []layout.Column, field string) string {
	for _, c := range columns {
		if c.Field == field {
			return c.Titles[0]
		}
	}
	return field
}

// Sniffed is what a file looks like, and how it might be read.
type Sniffed struct {
	layout.Look
	Guesses []Guess        `json:"guesses" nullable:"false" doc:"presets it resembles, best first"`
	Preset  string         `json:"preset,omitempty" doc:"the preset it is of, where it is of one"`
	Mapping intake.Mapping `json:"mapping" doc:"which column seems to be what; to be looked at, changed and saved"`
	Missing []string       `json:"missing" nullable:"false" doc:"fields that are needed and for which no column was found"`
}

// Sniff looks at a file that somebody is about to import.
func Sniff(ctx context.Context, file export.File, header int) (Sniffed, error) {
	look, err := layout.Sniff(ctx, layout.Source{Data: file.Data, Size: file.Size, Header: header})
	if err != nil {
		return Sniffed{}, err
	}
	s := Sniffed{Look: look, Guesses: []Guess{}, Missing: []string{}}
	best, guesses := recognise(look.Header())
	s.Guesses = append(s.Guesses, guesses...)
	s.Mapping = intake.Mapping{Kind: intake.Orders, HeaderRow: header}
	titles, fields := export.Titles, export.Fields
	applied, lacks := layout.Fit(look.Header(), intake.Titles)
	if _, missing := layout.Fit(look.Header(), titles); applied["return_no"] != "" && len(lacks) <= len(missing) {
		s.Mapping.Kind, titles, fields = intake.AfterSale, intake.Titles, intake.Fields
	}
	if best != nil {
		s.Preset = best.Name
		s.Mapping.Kind, s.Mapping.Platform, s.Mapping.PerRow = best.Kind, best.Platform, best.perRow
		if best.fields {
			titles = best.find
		}
		if fields = export.Fields; best.Kind == intake.AfterSale {
			fields = intake.Fields
		}
	}
	s.Mapping.Columns, _ = layout.Fit(look.Header(), titles)
	for _, f := range fields {
		if f.Required && s.Mapping.Columns[f.Name] == "" {
			s.Missing = append(s.Missing, f.Name)
		}
	}
	if s.Mapping.Kind == intake.Orders && s.Mapping.Columns["paid"] == "" && s.Mapping.Columns["unit_price"] == "" && s.Mapping.Columns["line_total"] == "" {
		s.Missing = append(s.Missing, "paid")
	}
	return s, nil
}

var platformName = regexp.MustCompile(`^[a-z][a-z0-9_-]{0,39}$`)

// SaveMapping saves a shop's mapping under its name. Errors: Invalid, naming each field that is wrong.
func SaveMapping(ctx context.Context, d *db.DB, shopID id.ID, m intake.Mapping) (saved intake.Mapping, err error) {
	fields, check := intake.Fields, layout.Check
	if m.Kind == intake.Orders {
		fields, check = export.Fields, func(_ []layout.Field, columns map[string]string) error { return export.CheckColumns(columns) }
	}
	if !platformName.MatchString(m.Platform) {
		var f errs.Faults
		f.Add("/platform", "import.platform_name", errs.Args{"platform": errs.Clip(m.Platform)})
		return m, f.Err()
	}
	if err := check(fields, m.Columns); err != nil {
		return m, err
	}
	err = d.Write(ctx, func(tx *db.Tx) error {
		m.MadeAt = tx.Now
		err := filled(tx, func(b *db.Batch) error { return intake.PutMapping(b, shopID, m) })
		if err == nil {
			saved, err = intake.GetMapping(tx, shopID, m.Name)
		}
		return err
	})
	return saved, err
}

var _ = errs.Register(map[string]errs.Text{
	"import.wrong_kind":    {ZhCN: "“{preset}”是另一类文件的格式：订单与售后单要分别导入。", En: "\"{preset}\" is for the other kind of file: orders and after-sale lists are imported apart."},
	"import.platform_name": {ZhCN: "平台“{platform}”要用小写字母开头的代码，例如 taobao、jd、youzan。", En: "The platform \"{platform}\" is named by a code of small letters, such as taobao, jd or youzan."},
	"import.other_preset":  {ZhCN: "文件不是“{preset}”的格式，看起来是“{like}”。", En: "This is not a file of \"{preset}\"; it looks like one of \"{like}\"."},
})
