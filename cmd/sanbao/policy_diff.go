package main

import (
	"fmt"
	"strings"

	"github.com/sanbao/sanbao/errs"
	"github.com/sanbao/sanbao/internal/policy"
	"github.com/sanbao/sanbao/rule"
)

// PolicyDiffCmd says what another version of a pack changes.
type PolicyDiffCmd struct {
	Pack []string `arg:"" help:"The earlier and the later version: a folder, a built-in pack (its newest version) or PACK@VERSION. One alone: the two newest versions of a built-in pack, or a folder against the newest one built in."`
	Lang string   `enum:",zh-CN,zh-TW,en" default:"" help:"zh-CN, zh-TW or en; that of the terminal without it."`
	JSON bool     `help:"Print the changes as JSON."`
}

func (*PolicyDiffCmd) Help() string {
	return `Examples:
  sanbao policy diff law-cn                       what the newest version changed
  sanbao policy diff cosmetics drafts/cosmetics   what a draft would change
  sanbao policy diff law-cn@2021-11 law-cn@2024-07 --lang zh-CN
  sanbao policy diff drafts/cosmetics --json

Parameters with both values, claims point by point, tables row by row, grounds and wording. A changed parameter is
listed, and every point in which it shows. Golden cases are not compared.

Exit code 0: the same. 1: they differ. 2: wrong usage.`
}

// Run compares and prints.
func (c *PolicyDiffCmd) Run() error {
	a, b, err := c.versions()
	if err != nil {
		return exit{exitUsage, err}
	}
	lib, err := builtIn()
	if err != nil {
		return err
	}
	changes, err := rule.Diff(a, b, langOr(c.Lang), laws(lib, b)...)
	if err != nil {
		return exit{exitUsage, err}
	}
	if c.JSON {
		if changes == nil {
			changes = []rule.PackChange{}
		}
		err = writeJSON(changes)
	} else {
		for _, x := range changes {
			fmt.Println(x.Text)
		}
	}
	if err == nil && len(changes) > 0 {
		err = exit{code: exitFailed}
	}
	return err
}

// laws are the laws of a pack's currency, which name the grounds that it answers.
func laws(lib *policy.Library, p *rule.Pack) (out []*rule.Pack) {
	for _, id := range lib.IDs() {
		vs := lib.Versions(id)
		if law := vs[len(vs)-1]; law.Layer == rule.Law && law.Currency == p.Currency {
			out = append(out, law)
		}
	}
	return out
}

// versions are the two to compare.
func (c *PolicyDiffCmd) versions() (a, b *rule.Pack, err error) {
	if len(c.Pack) > 2 {
		return nil, nil, errs.New(errs.Invalid, "cli.diff_two", errs.Args{"n": len(c.Pack)})
	}
	if len(c.Pack) == 2 {
		if a, err = versionOf(c.Pack[0]); err == nil {
			b, err = versionOf(c.Pack[1])
		}
		return a, b, err
	}
	lib, err := builtIn()
	if err != nil {
		return nil, nil, err
	}
	if b, err = versionOf(c.Pack[0]); err != nil {
		return nil, nil, err
	}
	for _, p := range lib.Versions(b.ID) { // the newest that is another one
		if p != b {
			a = p
		}
	}
	if a == nil {
		return nil, nil, errs.New(errs.NotFound, "cli.diff_alone", errs.Args{"pack": c.Pack[0]})
	}
	return a, b, nil
}

// versionOf reads one version: PACK@VERSION or the newest of what findPacks finds.
func versionOf(arg string) (*rule.Pack, error) {
	lib, err := builtIn()
	if err != nil {
		return nil, err
	}
	if id, version, at := strings.Cut(arg, "@"); at && len(lib.Versions(id)) > 0 {
		var known []string
		for _, p := range lib.Versions(id) {
			if p.Version == version {
				return p, nil
			}
			known = append(known, id+"@"+p.Version)
		}
		return nil, errs.New(errs.NotFound, "cli.no_version", errs.Args{"version": arg, "known": strings.Join(known, " ")})
	}
	sources, err := findOne(arg)
	if err != nil {
		return nil, err
	}
	s := sources[len(sources)-1]
	if s.prefix == "" {
		vs := lib.Versions(arg)
		return vs[len(vs)-1], nil
	}
	return s.load()
}

var _ = errs.Register(map[string]errs.Text{
	"cli.diff_two":   {ZhCN: "请给出一个或两个版本，这里有 {n} 个。", En: "Give one version or two, not {n}."},
	"cli.diff_alone": {ZhCN: "“{pack}”没有可以对照的另一个内置版本；请给出两个版本。", En: "There is no other built-in version to compare \"{pack}\" with; give two versions."},
	"cli.no_version": {ZhCN: "没有版本“{version}”；已有：{known}。", En: "There is no version \"{version}\"; known: {known}."},
})
