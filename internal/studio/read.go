package studio

import (
	"cmp"
	"maps"
	"slices"

	"github.com/sanbao/sanbao/calendar"
	"github.com/sanbao/sanbao/clock"
	"github.com/sanbao/sanbao/errs"
	"github.com/sanbao/sanbao/internal/id"
	"github.com/sanbao/sanbao/internal/policy"
	"github.com/sanbao/sanbao/rule"
)

// Shelved is a pack of a shop with all of its versions.
type Shelved struct {
	Pack     string       `json:"pack"`
	Layer    rule.Layer   `json:"layer" enum:"law,marketplace,shop"`
	Title    string       `json:"title"`
	Editable bool         `json:"editable" doc:"the shop can draft versions of its own; the law is nobody's to change"`
	Versions []VersionRow `json:"versions" nullable:"false" doc:"newest first"`
}

// VersionStatus is where a version stands today.
type VersionStatus string

const (
	VersionInForce VersionStatus = "in_force"
	VersionComing  VersionStatus = "coming"
	VersionPast    VersionStatus = "past"
	VersionUnused  VersionStatus = "unused" // ships with the program, and the shop has a version of its own since
)

// VersionRow is one version in a list.
type VersionRow struct {
	Version     string         `json:"version"`
	From        calendar.Date  `json:"from" doc:"first day in force: orders paid from then on"`
	To          *calendar.Date `json:"to,omitempty" doc:"last day in force; absent: until a later version begins"`
	Hash        string         `json:"hash"`
	BuiltIn     bool           `json:"built_in" doc:"ships with the program"`
	Status      VersionStatus  `json:"status" enum:"in_force,coming,past,unused"`
	Notes       string         `json:"notes,omitempty"`
	DraftID     id.ID          `json:"draft_id,omitzero"`
	ProposedBy  string         `json:"proposed_by,omitempty"`
	PublishedBy string         `json:"published_by,omitempty"`
	PublishedAt *clock.Instant `json:"published_at,omitempty"`
}

// shelves lists the shop's packs, the law's first.
func (r room) shelves(lang errs.Lang) []Shelved {
	out := []Shelved{}
	for _, id := range r.Binding.Packs() {
		rows := r.rows(id)
		if len(rows) == 0 {
			continue
		}
		newest, err := r.lib.InForce(id, r.today())
		if err != nil {
			newest = r.lib.Versions(id)[len(r.lib.Versions(id))-1]
		}
		out = append(out, Shelved{Pack: id, Layer: newest.Layer, Title: newest.Title.In(lang), Editable: newest.Layer != rule.Law, Versions: rows})
	}
	return out
}

// rows are the versions of a pack, newest first.
func (r room) rows(pack string) []VersionRow {
	out := []VersionRow{}
	ruling := r.lib.Ruling(pack)
	for _, p := range r.lib.Versions(pack) {
		x := VersionRow{Version: p.Version, From: p.From, Hash: p.Hash, BuiltIn: true}
		if own, ok := r.lib.Published(p); ok {
			x.BuiltIn, x.Notes, x.DraftID, x.ProposedBy, x.PublishedBy, x.PublishedAt = false, own.Notes, own.DraftID, own.ProposedBy, own.By, &own.At
		}
		to := p.To
		i := slices.Index(ruling, p)
		if i >= 0 && i+1 < len(ruling) {
			to = min(to, ruling[i+1].From.AddDays(-1))
		}
		if to != calendar.MaxDate {
			x.To = &to
		}
		switch today := r.today(); {
		case i < 0:
			x.Status = VersionUnused
		case p.From > today:
			x.Status = VersionComing
		case to < today:
			x.Status = VersionPast
		default:
			x.Status = VersionInForce
		}
		out = append(out, x)
	}
	slices.Reverse(out)
	return out
}

// VersionPage is one version with everything a person reads of it.
type VersionPage struct {
	rule.View
	Row   VersionRow `json:"row" doc:"as in the list"`
	Files []FileRow  `json:"files" nullable:"false"`
}

// FileRow is one file of a pack.
type FileRow struct {
	Name  string `json:"name" example:"cases/quality.yaml"`
	Bytes int    `json:"bytes"`
}

func rowsOf(f policy.Files) []FileRow {
	out := []FileRow{}
	for _, name := range slices.Sorted(maps.Keys(f)) {
		out = append(out, FileRow{name, len(f[name])})
	}
	return out
}

func (r room) page(pack, version string, lang errs.Lang) (VersionPage, error) {
	p, err := r.version(pack, version)
	if err != nil {
		return VersionPage{}, err
	}
	out := VersionPage{}
	rows := r.rows(pack)
	out.Row = rows[slices.IndexFunc(rows, func(x VersionRow) bool { return x.Version == version && x.Hash == p.Hash })]
	if out.View, err = p.View(lang, r.beside(pack, p.From)...); err != nil {
		return out, err
	}
	files, err := r.lib.Files(p)
	out.Files = rowsOf(files)
	return out, err
}

// file is the text of one file of a version.
func (r room) file(pack, version, name string) (string, error) {
	p, err := r.version(pack, version)
	if err != nil {
		return "", err
	}
	files, err := r.lib.Files(p)
	if err != nil {
		return "", err
	}
	text, ok := files[name]
	if !ok {
		return "", errs.New(errs.NotFound, "policy.no_such_file", errs.Args{"file": errs.Clip(name)})
	}
	return text, nil
}

// customers is the policy page of a version.
func (r room) customers(pack, version string, lang errs.Lang) (string, error) {
	p, err := r.version(pack, version)
	if err != nil {
		return "", err
	}
	return rule.Page(p, lang, r.beside(pack, p.From)...)
}

// GroundRow is a ground of the policy in force, with what some claim gives for it.
type GroundRow struct {
	Ground   string      `json:"ground"`
	Text     string      `json:"text"`
	As       string      `json:"as,omitempty" doc:"the ground it counts as"`
	Fault    string      `json:"fault" enum:"customer,shop,carrier,supplier,undetermined"`
	Fallback bool        `json:"fallback,omitempty" doc:"needs no cause to be shown"`
	Remedies []RemedyRow `json:"remedies" nullable:"false"`
}

// RemedyRow is a remedy in words.
type RemedyRow struct {
	Remedy rule.Remedy `json:"remedy"`
	Title  string      `json:"title"`
}

// grounds are those of what is in force on a day.
func (r room) grounds(on calendar.Date, lang errs.Lang) ([]GroundRow, error) {
	book, err := r.lib.Book(r.Binding, on, on)
	if err != nil {
		return nil, err
	}
	out := []GroundRow{}
	for _, g := range book.Grounds() {
		text, _ := book.GroundText(g.Name)
		x := GroundRow{Ground: g.Name, Text: cmp.Or(text.In(lang), g.Name), As: g.As, Fault: g.Fault, Fallback: g.Fallback, Remedies: []RemedyRow{}}
		for _, remedy := range book.Remedies(g.Name) {
			x.Remedies = append(x.Remedies, RemedyRow{remedy, errs.Render(lang, "rule.remedy."+string(remedy), nil)})
		}
		out = append(out, x)
	}
	return out, nil
}
