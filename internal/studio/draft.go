package studio

import (
	"context"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/sanbao/sanbao/calendar"
	"github.com/sanbao/sanbao/errs"
	"github.com/sanbao/sanbao/internal/audit"
	"github.com/sanbao/sanbao/internal/db"
	"github.com/sanbao/sanbao/internal/id"
	"github.com/sanbao/sanbao/internal/policy"
	"github.com/sanbao/sanbao/internal/web"
	"github.com/sanbao/sanbao/rule"
)

// What a shop may write.
const (
	maxFile       = 256 << 10 // bytes of one file
	maxDraftFiles = 40
	maxOpenDrafts = 50
	headFile      = "pack.yaml"
)

var (
	fileName    = regexp.MustCompile(`^(cases/)?[a-z0-9_][a-z0-9_-]{0,59}\.yaml$`)
	versionName = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,39}$`)
)

// NewDraft is what a draft is begun with.
type NewDraft struct {
	FromVersion string `json:"from_version" minLength:"1" maxLength:"64" doc:"an older one to withdraw what came after it"`
	Title       string `json:"title" minLength:"1" maxLength:"100"`
	Notes       string `json:"notes,omitempty" maxLength:"2000"`
}

// begun is a draft that is to be written.
type begun struct {
	draft Draft
	files policy.Files
	r     room
}

// begin plans a draft of a pack from one of its versions.
func (r room) begin(pack string, n NewDraft, who Person) (b begun, err error) {
	p, err := r.version(pack, n.FromVersion)
	if err != nil {
		return b, err
	}
	if p.Layer == rule.Law {
		return b, errs.New(errs.Forbidden, "policy.law_stays", errs.Args{"pack": pack})
	}
	if b.files, err = r.lib.Files(p); err != nil {
		return b, err
	}
	b.r = r
	b.draft = Draft{ID: id.New(), ShopID: r.ID, Pack: pack, BaseVersion: p.Version, BaseHash: p.Hash, Title: n.Title, Notes: n.Notes, State: Drafting,
		Editors: []Person{who}, MadeBy: who.Name, MadeAt: r.now, ChangedAt: r.now, Version: 1}
	return b, nil
}

func (b begun) write(tx *db.Tx) error {
	n, err := openDrafts(tx, b.draft.ShopID)
	if err != nil {
		return err
	}
	if n >= maxOpenDrafts {
		return errs.New(errs.Conflict, "policy.too_many_drafts", errs.Args{"limit": maxOpenDrafts})
	}
	if err := insertDraft(tx, b.draft, b.files); err != nil {
		return err
	}
	return note(tx, b.draft, b.draft.MadeBy, "begun", map[string]string{"from": b.draft.BaseVersion})
}

// note writes a step of a draft into the timeline: what was decided by, and who let it, is never forgotten.
func note(tx *db.Tx, d Draft, actor, verb string, data map[string]string) error {
	if data == nil {
		data = map[string]string{}
	}
	data["pack"] = d.Pack
	return tx.Batch(func(b *db.Batch) {
		if err := audit.Write(b, tx.Now, audit.Event{ShopID: d.ShopID, Subject: audit.Policy, SubjectID: d.ID, Actor: actor, Verb: verb}, data); err != nil {
			b.Fail(err)
		}
	})
}

// at says whether a draft is in a state, under the version its caller saw.
func (d Draft) at(state DraftState, version int64) error {
	if d.Version != version {
		return web.Stale(d.Version)
	}
	if d.State != state {
		return errs.New(errs.Conflict, "policy.draft_"+string(d.State), errs.Args{"title": d.Title})
	}
	return nil
}

// edited says whether somebody worked on a draft.
func (d *Draft) edited(who Person) bool {
	return slices.ContainsFunc(d.Editors, func(p Person) bool { return p.ID == who.ID })
}

// by notes who works on a draft.
func (d *Draft) by(who Person) {
	if !d.edited(who) {
		d.Editors = append(slices.Clone(d.Editors), who)
	}
}

// step is what a change of a draft does: it alters d, adds what else is to be written, and names itself for the timeline.
type step func(tx *db.Tx, d *Draft, b *db.Batch) (verb string, data map[string]string, err error)

// change takes a draft in a transaction, alters it and notes the step.
func (st *Studio) change(ctx context.Context, shopID, draftID id.ID, who Person, do step) (d Draft, err error) {
	err = st.DB.Write(ctx, func(tx *db.Tx) error {
		d, err = takeStep(tx, shopID, draftID, who, do)
		return err
	})
	return d, err
}

func takeStep(tx *db.Tx, shopID, draftID id.ID, who Person, do step) (d Draft, err error) {
	if d, err = getDraft(tx, shopID, draftID); err != nil {
		return d, err
	}
	var verb string
	var data map[string]string
	err = tx.Batch(func(b *db.Batch) {
		var err error
		if verb, data, err = do(tx, &d, b); err != nil {
			b.Fail(err)
			return
		}
		d.ChangedAt = tx.Now
		d = updateDraft(b, d)
	})
	if err != nil {
		return d, err
	}
	return d, note(tx, d, who.Name, verb, data)
}

// putText is the writing of one file of a draft. What is wrong with the rules in it is no reason to refuse it.
func putText(version int64, name, text string, who Person) (step, error) {
	var bad errs.Faults
	if !fileName.MatchString(name) {
		bad.Add("path:file", "policy.file_name", errs.Args{"file": errs.Clip(name)})
	}
	if len(text) > maxFile {
		bad.Add("/text", "policy.file_too_large", errs.Args{"limit": maxFile >> 10})
	}
	if strings.ContainsRune(text, 0) || !utf8.ValidString(text) {
		bad.Add("/text", "policy.file_binary")
	}
	return func(tx *db.Tx, d *Draft, b *db.Batch) (string, map[string]string, error) {
		if err := d.at(Drafting, version); err != nil {
			return "", nil, err
		}
		have, err := fileNames(tx, d.ShopID, d.ID)
		if err != nil {
			return "", nil, err
		}
		if !slices.Contains(have, name) && len(have) >= maxDraftFiles {
			return "", nil, errs.New(errs.Conflict, "policy.too_many_files", errs.Args{"limit": maxDraftFiles})
		}
		d.by(who)
		putFile(b, *d, name, text)
		return "edited", map[string]string{"file": name}, nil
	}, bad.Err()
}

// dropText takes a file out of a draft. What says which pack it is stays.
func dropText(version int64, name string, who Person) step {
	return func(tx *db.Tx, d *Draft, b *db.Batch) (string, map[string]string, error) {
		if err := d.at(Drafting, version); err != nil {
			return "", nil, err
		}
		have, err := fileNames(tx, d.ShopID, d.ID)
		switch {
		case err != nil:
			return "", nil, err
		case !slices.Contains(have, name):
			return "", nil, errs.New(errs.NotFound, "policy.no_such_file", errs.Args{"file": errs.Clip(name)})
		case name == headFile:
			return "", nil, errs.New(errs.Conflict, "policy.file_stays", errs.Args{"file": name})
		}
		d.by(who)
		deleteFile(b, *d, name)
		return "deleted", map[string]string{"file": name}, nil
	}
}

// discard ends a draft that nobody wants.
func discard(version int64) step {
	return func(_ *db.Tx, d *Draft, _ *db.Batch) (string, map[string]string, error) {
		err := d.at(Drafting, version)
		d.State = Discarded
		return "discarded", nil, err
	}
}

// giveBack makes a proposal a draft again.
func giveBack(version int64, reason string, who Person, may bool) step {
	return func(_ *db.Tx, d *Draft, _ *db.Batch) (string, map[string]string, error) {
		if !may && !d.edited(who) {
			return "", nil, errs.New(errs.Forbidden, "policy.not_yours")
		}
		err := d.at(Proposed, version)
		d.State, d.Reason, d.ContentHash, d.ProposedAt, d.ProposedBy = Drafting, reason, "", nil, ""
		return "returned", nil, err
	}
}

// heading writes the version and its first day into a pack.yaml, each of which has to stand on a line of its own.
func heading(text, version string, from calendar.Date) string {
	set := func(key, value string) {
		line := regexp.MustCompile(`(?m)^` + key + `:[ \t]+(?:"[^"\n]*"|'[^'\n]*'|[^#\n]*?)([ \t]*(?:#[^\n]*)?)$`)
		done := false
		text = line.ReplaceAllStringFunc(text, func(was string) string {
			if done {
				return was // a key written twice is lint's to refuse
			}
			done = true
			return key + ": " + value + line.FindStringSubmatch(was)[1]
		})
	}
	set("version", fmt.Sprintf("%q", version))
	set("effective_from", from.String())
	return text
}

// Proposal is the name and day a draft is proposed with.
type Proposal struct {
	Version       int64         `json:"version" minimum:"1" doc:"of the draft, as the caller saw it"`
	VersionName   string        `json:"version_name" minLength:"1" maxLength:"40" doc:"letters, digits, dots, hyphens" example:"2027-01"`
	EffectiveFrom calendar.Date `json:"effective_from" doc:"first day in force, after today in the shop's calendar: what was sold stays as it was sold"`
	Notes         string        `json:"notes,omitempty" maxLength:"2000" doc:"what changes and why"`
}

// proposed is a draft with what it will be, checked.
type proposed struct {
	draft Draft
	files policy.Files
	pack  *rule.Pack
}

// propose plans what a draft becomes. Everything that stands against it is said at once.
func (r room) propose(d Draft, files policy.Files, p Proposal, who Person) (x proposed, err error) {
	if err := d.at(Drafting, p.Version); err != nil {
		return x, err
	}
	var bad errs.Faults
	if !versionName.MatchString(p.VersionName) {
		bad.Add("/version_name", "policy.version_name", errs.Args{"version": errs.Clip(p.VersionName)})
	}
	r.free(d.Pack, p.VersionName, p.EffectiveFrom, &bad)
	files = maps.Clone(files)
	files[headFile] = heading(files[headFile], p.VersionName, p.EffectiveFrom)
	d.VersionName, d.EffectiveFrom = p.VersionName, &p.EffectiveFrom
	if x.pack, err = r.ready(d, files, &bad); err != nil {
		return x, err
	}
	if err := bad.Err(); err != nil {
		return x, err
	}
	if p.Notes != "" {
		d.Notes = p.Notes
	}
	d.by(who)
	d.State, d.Reason, d.ContentHash, d.ProposedBy, d.ProposedAt = Proposed, "", files.Hash(), who.Name, &r.now
	x.draft, x.files = d, files
	return x, nil
}

// free says whether a name and a first day are still to be had, and the day is not too late to promise.
func (r room) free(pack, name string, from calendar.Date, bad *errs.Faults) {
	if from <= r.today() {
		bad.Add("/effective_from", "policy.from_passed", errs.Args{"from": from.String(), "today": r.today().String()})
	}
	for _, v := range r.lib.Versions(pack) {
		if v.Version == name {
			bad.Add("/version_name", "policy.version_taken", errs.Args{"version": name})
		}
		if v.From == from {
			bad.Add("/effective_from", "policy.day_taken", errs.Args{"from": from.String(), "version": v.Version})
		}
	}
}

// ready compiles a draft's files and looks whether they may come into force: what lint finds, what the golden cases say,
// whether the pack is still the one it was drafted as. The pack is nil where it does not compile.
func (r room) ready(d Draft, files policy.Files, bad *errs.Faults) (*rule.Pack, error) {
	found, err := rule.Lint(files.Folder(d.Pack), d.Pack, r.lib.Vocabulary(), r.beside(d.Pack, r.day(d))...)
	if err != nil {
		return nil, err
	}
	for _, f := range found {
		bad.Add(strings.TrimPrefix(f.Place, d.Pack+"/"), f.Key, f.Args)
	}
	p, err := files.Compile(d.Pack, r.lib.Vocabulary())
	if err != nil {
		return nil, nil // as lint said
	}
	base, err := r.lib.Version(d.Pack, d.BaseVersion)
	if err != nil {
		return nil, err
	}
	if p.ID != d.Pack || p.Layer != base.Layer || p.Currency != base.Currency {
		bad.Add(headFile, "policy.head_changed", errs.Args{"pack": d.Pack, "layer": string(base.Layer), "currency": string(base.Currency)})
	}
	if p.Version != d.VersionName || p.From != *d.EffectiveFrom {
		bad.Add(headFile, "policy.head_form")
	}
	c, err := r.check(d.Pack, files, r.day(d), errs.En)
	if err != nil {
		return nil, err
	}
	if len(found) == 0 && len(c.Findings) > 0 || c.Cases == 0 || len(c.Failed) > 0 || len(c.Gaps) > 0 {
		bad.Add("cases", "policy.cases_not_green", errs.Args{"cases": c.Cases, "failed": len(c.Failed), "gaps": len(c.Gaps)})
	}
	return p, nil
}
