package main

import (
	"errors"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
	"sync"

	"github.com/sanbao/sanbao/calendar"
	"github.com/sanbao/sanbao/errs"
	"github.com/sanbao/sanbao/internal/app"
	"github.com/sanbao/sanbao/internal/policy"
	"github.com/sanbao/sanbao/policies"
	"github.com/sanbao/sanbao/rule"
)

// packSource is one version of a pack in a folder: on disk, or built into the program.
type packSource struct {
	fsys   fs.FS
	dir    string // its folder in fsys
	prefix string // what leads to fsys from here, so that places can be opened: "policies/"; "" for what is built in
}

// builtIn is the vocabulary and the packs that ship with the program.
var builtIn = sync.OnceValues(func() (*policy.Library, error) {
	voc, err := app.Vocabulary()
	if err != nil {
		return nil, err
	}
	return policy.Load(policies.FS, voc)
})

// findPacks takes arguments as people give them: a folder of a pack, a folder of such folders, or the name of a built-in
// pack, which stands for all of its versions. None at all means every built-in pack.
func findPacks(args []string) ([]packSource, error) {
	lib, err := builtIn()
	if err != nil {
		return nil, err
	}
	if len(args) == 0 {
		args = lib.IDs()
	}
	return findIn(lib, args)
}

// findIn is findPacks with the names that a library knows.
func findIn(lib *policy.Library, args []string) ([]packSource, error) {
	var out []packSource
	for _, arg := range args {
		if versions := lib.Versions(arg); len(versions) > 0 {
			for _, p := range versions {
				out = append(out, packSource{fsys: policies.FS, dir: lib.Folder(p)})
			}
			continue
		}
		folders, err := packFolders(arg)
		if err != nil {
			return nil, errs.Wrap(err, errs.NotFound, "cli.no_pack", errs.Args{"pack": arg, "known": strings.Join(lib.IDs(), " ")})
		}
		for _, folder := range folders {
			parent := filepath.Dir(folder)
			out = append(out, packSource{os.DirFS(parent), filepath.Base(folder), parent + string(filepath.Separator)})
		}
	}
	return out, nil
}

// findOne is findPacks for a command about one pack: a folder of several is none.
func findOne(arg string) ([]packSource, error) {
	out, err := findPacks([]string{arg})
	if len(out) > 1 && out[0].prefix != "" {
		return nil, errs.New(errs.Invalid, "cli.several_packs", errs.Args{"pack": arg, "count": len(out)})
	}
	return out, err
}

// packFolders is a folder that has a pack.yaml, or else the folders in it that have one; an error when there is none.
func packFolders(arg string) ([]string, error) {
	clean := filepath.Clean(arg)
	if clean == "." || clean == ".." {
		abs, err := filepath.Abs(clean)
		if err != nil {
			return nil, err
		}
		clean = abs
	}
	_, alone := os.Stat(filepath.Join(clean, "pack.yaml"))
	if alone == nil {
		return []string{clean}, nil
	}
	found, err := filepath.Glob(filepath.Join(clean, "*", "pack.yaml"))
	if err != nil || len(found) == 0 {
		return nil, errors.Join(alone, err)
	}
	for i := range found {
		found[i] = filepath.Dir(found[i])
	}
	return found, nil
}

// load reads and compiles it.
func (s packSource) load() (*rule.Pack, error) {
	lib, err := builtIn()
	if err != nil {
		return nil, err
	}
	p, err := rule.Load(s.fsys, s.dir, lib.Vocabulary())
	return p, s.placed(err)
}

// placed puts the way to the folder before the places of faults.
func (s packSource) placed(err error) error {
	e, ok := errors.AsType[*errs.Error](err)
	if !ok || len(e.Fields) == 0 {
		return err
	}
	c := *e
	c.Fields = nil
	for _, f := range e.Fields {
		f.Path = s.prefix + f.Path
		c.Fields = append(c.Fields, f)
	}
	return &c
}

// beside finds a pack to bind beside this one: the folder next to it if there is one, so that drafts are tried together;
// else the built-in version in force on a day.
func (s packSource) beside(name string, on calendar.Date) (*rule.Pack, error) {
	if _, err := fs.Stat(s.fsys, path.Join(name, "pack.yaml")); err == nil && s.prefix != "" {
		return packSource{s.fsys, name, s.prefix}.load()
	}
	lib, err := builtIn()
	if err != nil {
		return nil, err
	}
	return lib.InForce(name, on)
}

// habits are what a pack's own golden cases bind it with: the packs beside it and the calendar. A pack without cases
// stands on the law of its currency, or alone, and counts by the Chinese calendar.
func (s packSource) habits(p *rule.Pack) (with []string, cal string, err error) {
	cases, err := rule.Cases(s.fsys, s.dir, p)
	if err != nil {
		return nil, "", s.placed(err)
	}
	if len(cases) > 0 {
		return cases[0].With, cases[0].Calendar, nil
	}
	lib, err := builtIn()
	if err != nil {
		return nil, "", err
	}
	for _, id := range lib.IDs() {
		if law := lib.Versions(id)[0]; p.Layer != rule.Law && law.Layer == rule.Law && law.Currency == p.Currency {
			return []string{id}, "CN", nil
		}
	}
	return nil, "CN", nil
}

// besides are the packs a pack is bound with by habit, in force on a day, and the calendar.
func (s packSource) besides(p *rule.Pack, on calendar.Date) (packs []*rule.Pack, cal string, err error) {
	with, cal, err := s.habits(p)
	if err != nil {
		return nil, "", err
	}
	for _, name := range with {
		b, err := s.beside(name, on)
		if err != nil {
			return nil, "", err
		}
		packs = append(packs, b)
	}
	return packs, cal, nil
}

var _ = errs.Register(map[string]errs.Text{
	"cli.several_packs": {ZhCN: "“{pack}”里有 {count} 个规则包，这里只能用一个，请写明是哪一个。", En: "\"{pack}\" holds {count} packs, and this is about one; name it."},
	"cli.no_pack":       {ZhCN: "“{pack}”里没有规则包，也不是内置规则包（{known}）。", En: "\"{pack}\" is neither a folder with a pack.yaml, nor a folder of such, nor a built-in pack ({known})."},
	"cli.lint_found":    {ZhCN: "发现 {n} 处问题。", En: "{n} findings."},
	"cli.cases_failed":  {ZhCN: "未通过：{failed} 个案例，{gaps} 处没有覆盖。", En: "Not green: {failed} cases failed, {gaps} gaps in coverage."},
	"cli.no_cases":      {ZhCN: "{pack} 没有案例（cases/*.yaml）。", En: "{pack} has no golden cases (cases/*.yaml)."},
	"cli.pack_or_line":  {ZhCN: "请给出规则包和事实，或用 --case-line 指定一条售后明细。", En: "Give a pack and facts, or --case-line with the id of a case line."},
	"cli.no_decision":   {ZhCN: "售后明细 {line} 在该阶段没有判定。", En: "Case line {line} has no decision at that stage."},
	"cli.at_malformed":  {ZhCN: "--at 应为日期或时刻，例：2026-11-21 或 2026-11-21T09:00:00+08:00。", En: "--at is a day or an instant, like 2026-11-21 or 2026-11-21T09:00:00+08:00."},
})
