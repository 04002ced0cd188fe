package policies_test

import (
	"bytes"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"

	"go.yaml.in/yaml/v3"
	"pgregory.net/rapid"

	"github.com/sanbao/sanbao/errs"
	"github.com/sanbao/sanbao/policies"
	"github.com/sanbao/sanbao/rule"
)

// plainFiles are a shipped pack's rules and texts as the encoder writes them, so that an edit of a node is the only
// difference.
func plainFiles(t *testing.T, dir string) map[string]*yaml.Node {
	t.Helper()
	files, err := fs.Glob(policies.FS, dir+"/*.yaml")
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]*yaml.Node{}
	for _, f := range files {
		data, err := fs.ReadFile(policies.FS, f)
		if err != nil {
			t.Fatal(err)
		}
		var n yaml.Node
		if err := yaml.Unmarshal(data, &n); err != nil {
			t.Fatal(err)
		}
		out[path.Base(f)] = &n
	}
	if head := out["pack.yaml"].Content[0]; strings.HasPrefix(dir, "demo-") { // tables alone: whom claims would concern concerns nobody
		i := slices.IndexFunc(head.Content, func(n *yaml.Node) bool { return n.Value == "for" })
		if i >= 0 {
			head.Content = slices.Delete(head.Content, i, i+2)
		}
	}
	return out
}

func loadNodes(t *rapid.T, voc *rule.Vocabulary, dir string, files map[string]*yaml.Node) (*rule.Pack, error) {
	fsys := fstest.MapFS{}
	for name, n := range files {
		var b bytes.Buffer
		e := yaml.NewEncoder(&b)
		if err := e.Encode(n); err != nil {
			t.Fatal(err)
		}
		fsys[dir+"/"+name] = &fstest.MapFile{Data: b.Bytes()}
	}
	return rule.Load(fsys, dir, voc)
}

// spot is a place in a file where something can be edited: a value under a key, in a list or alone.
type spot struct {
	parent, node *yaml.Node
	key          string
}

func spots(parent, n *yaml.Node, key string) (out []spot) {
	out = append(out, spot{parent, n, key})
	switch n.Kind {
	case yaml.MappingNode:
		for i := 0; i < len(n.Content); i += 2 {
			out = append(out, spots(n, n.Content[i+1], n.Content[i].Value)...)
		}
	case yaml.DocumentNode, yaml.SequenceNode:
		for _, x := range n.Content {
			out = append(out, spots(n, x, key)...)
		}
	}
	return out
}

// edit changes one thing at a spot, or takes it out. alike are the values other places of the pack have under the key.
func (s spot) edit(t *rapid.T, alike []string) string {
	switch {
	case s.node.Kind != yaml.ScalarNode || rapid.IntRange(0, 4).Draw(t, "take out") == 0:
		if s.parent == nil || s.node.Kind != yaml.ScalarNode && len(s.node.Content) == 0 {
			return "" // taking out nothing
		}
		i := slices.Index(s.parent.Content, s.node)
		switch s.parent.Kind {
		case yaml.MappingNode:
			s.parent.Content = slices.Delete(s.parent.Content, i-1, i+1)
		case yaml.SequenceNode:
			if s.node.Kind == yaml.MappingNode && i > 0 && rapid.Bool().Draw(t, "swap") {
				first := s.parent.Content[i-1].Content[0].Value + s.node.Content[0].Value
				s.parent.Content[i-1], s.parent.Content[i] = s.parent.Content[i], s.parent.Content[i-1]
				return "swapped " + first
			}
			s.parent.Content = slices.Delete(s.parent.Content, i, i+1)
		default:
			return ""
		}
		return "took out " + s.key + ": " + s.node.Value
	}
	was := s.node.Value
	switch n, err := strconv.Atoi(was); {
	case err == nil:
		s.node.Value = strconv.Itoa(n + 1)
	case was == "true" || was == "false":
		s.node.Value = map[bool]string{true: "false", false: "true"}[was == "true"]
	case s.key == "zh-CN" || s.key == "en" || s.key == "source":
		s.node.Value += "x"
	default:
		s.node.Value = rapid.SampledFrom(alike).Draw(t, "instead")
	}
	if s.node.Value == was {
		return ""
	}
	return s.key + ": " + was + " → " + s.node.Value
}

// Whatever is edited in a shipped pack so that it still loads is told, by more than that something was edited; a version
// against itself tells nothing.
func TestDiffTellsEveryEdit(t *testing.T) {
	voc, packs := load(t)
	dirs := slices.Sorted(maps.Keys(packs))
	told := 0
	rapid.Check(t, func(rt *rapid.T) {
		dir := rapid.SampledFrom(dirs).Draw(rt, "pack")
		files := plainFiles(t, dir)
		a, err := loadNodes(rt, voc, dir, files)
		if err != nil {
			rt.Fatal(err)
		}
		if same, err := rule.Diff(a, a, errs.ZhCN); err != nil || len(same) > 0 {
			rt.Fatal(same, err)
		}
		file := rapid.SampledFrom(slices.Sorted(maps.Keys(files))).Draw(rt, "file")
		all := spots(nil, files[file], "")
		var alike []string
		at := rapid.SampledFrom(all).Draw(rt, "spot")
		for _, s := range all {
			if s.key == at.key && s.node.Kind == yaml.ScalarNode {
				alike = append(alike, s.node.Value)
			}
		}
		did := at.edit(rt, alike)
		b, err := loadNodes(rt, voc, dir, files)
		if did == "" || err != nil || b.ID != a.ID {
			return // refused by the loader: no version
		}
		changes, err := rule.Diff(a, b, errs.En)
		if err != nil {
			rt.Fatal(err)
		}
		if len(changes) == 0 || changes[0].What == "pack" && changes[0].Before == "" && changes[0].After == "" && !saysNothing(did) && !samePeriod(a, did) {
			rt.Fatalf("%s/%s, %s: %+v", dir, file, did, changes)
		}
		told++
	})
	if told < 20 {
		t.Errorf("only %d edits loaded", told)
	}
}

// samePeriod says that an edit only puts another parameter of the same value into a period's place: as long as both are the
// same, the rules say the same, and that the files were edited is all there is to tell.
func samePeriod(p *rule.Pack, did string) bool {
	_, edit, _ := strings.Cut(did, ": ")
	was, now, ok := strings.Cut(edit, " → ")
	named := func(n string) int {
		return slices.IndexFunc(p.Params, func(x rule.Param) bool { return "$"+x.Name == n })
	}
	a, b := named(was), named(now)
	return ok && a >= 0 && b >= 0 && p.Params[a].Value == p.Params[b].Value
}

// saysNothing are edits without effect: whose period it is changes nothing where it does not roll; tables stand by
// themselves; and what is taken out was what holds anyway when nothing is said.
func saysNothing(did string) bool {
	for _, p := range []string{"counts", "took out counts", "took out refused", "took out confidence: sure", "took out right: offer", "took out presume: as_declared",
		"took out roll: none", "took out fallback: false", "took out id", "swapped tabletable", "swapped claimtable", "swapped tableclaim"} {
		if strings.HasPrefix(did, p) {
			return true
		}
	}
	return false
}
