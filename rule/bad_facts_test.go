package rule

import (
	"bytes"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/sanbao/sanbao/errs"
)

// Facts of a wrong type, out of range, twice, or of names nobody knows are refused with every place and a sentence in both
// languages; so is a question that cannot be decided. The sentences stand in testdata/faulty/facts.txt; -update writes them.
func TestFaultyFacts(t *testing.T) {
	book := testBook(t, "law", "footwear")
	var got strings.Builder
	tell := func(err error) {
		t.Helper()
		if err == nil {
			t.Fatal("taken")
		}
		e := errs.As(err)
		for _, f := range append([]errs.Field{{Key: e.Key, Args: e.Args}}, e.Fields...) {
			if f.Key == "invalid_input" {
				continue
			}
			fmt.Fprintf(&got, "%s\n  %s\n  %s\n", f.Path, errs.Render(errs.ZhCN, f.Key, f.Args), errs.Render(errs.En, f.Key, f.Args))
			if text := errs.Render(errs.En, f.Key, f.Args); hole.MatchString(text) {
				t.Errorf("%s: a hole in %q", f.Path, text)
			}
		}
	}
	for _, name := range []string{"facts.yaml", "doubled.yaml", "bomb.yaml", "list.yaml"} {
		_, err := book.voc.ReadFacts(name, read(t, "testdata/faulty/facts/"+name), "CNY")
		tell(err)
	}
	for _, doc := range []string{`{"repair.cost": "12.50"}`, `{"repair.cost": -1}`, `{"goods.worn": 1}`, `{"goods.worn": {"opening": true}}`} {
		_, err := book.voc.ParseFacts([]byte(doc))
		tell(err)
	}
	for _, change := range []func(*Input){
		func(in *Input) { in.Facts.Put("line.signed_on", AtOrder, DateValue(day("2026-11-25"))) }, // from the future
		func(in *Input) { in.Facts.Put("goods.worn", AtInspection, BoolValue(true)) },             // from a later stage
		func(in *Input) { in.Facts.Put("goods.wron", AtApplication, BoolValue(true)) },            // nobody knows it
		func(in *Input) { in.Facts.Put("goods.worn", AtApplication, EnumValue("very")) },          // another type
		func(in *Input) { in.Facts.Put("line.category", AtOrder, EnumValue("shoe")) },             // another word
		func(in *Input) { in.Facts.Put("order.campaign_days", AtOrder, IntValue(366)) },           // out of range
		func(in *Input) { in.Ground, in.Remedy, in.Stage = "qualiti", "refund_retrun", Stage(9) }, // not a question
		func(in *Input) { in.At = 0 }, // no time
		func(in *Input) { in.Facts.Put(strings.Repeat("long", 90), AtApplication, BoolValue(true)) },       // a name to be clipped
		func(in *Input) { in.Ground, in.Remedy = strings.Repeat("g", 500), Remedy(string(allRemedies())) }, // so are these
	} {
		in := Input{Facts: Facts{}, Stage: AtApplication, At: noon("2026-11-24"), Ground: "quality", Remedy: RefundReturn, Calendar: china(t)}
		change(&in)
		_, err := book.Decide(in)
		tell(err)
	}
	const golden = "testdata/faulty/facts.txt"
	if *update {
		if err := os.WriteFile(golden, []byte(got.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if want := read(t, golden); !bytes.Equal(bytes.TrimSpace([]byte(got.String())), want) {
		t.Errorf("got\n%s\nwant\n%s", got.String(), want)
	}
}

func allRemedies() (out []byte) {
	for _, r := range Remedies {
		out = append(out, string(r)+","...)
	}
	return out
}

// A file that is nothing but faults is answered shortly and soon: the first faults, and how many more there are, whatever
// was written in place of a name.
func TestManyFaultsAreToldShortly(t *testing.T) {
	voc := testVocabulary(t)
	var many strings.Builder
	for i := range 5000 {
		fmt.Fprintf(&many, "x%d: 1\n", i)
	}
	long := strings.Repeat("a", maxFile-100) + ": 1\n"
	for name, doc := range map[string]string{"many": many.String(), "long": long} {
		_, err := voc.ReadFacts("facts", []byte(doc), "CNY")
		e := errs.As(err)
		if e == nil || len(e.Fields) > maxFaults+1 {
			t.Fatalf("%s: %.300v", name, err)
		}
		last := e.Fields[len(e.Fields)-1]
		if text := errs.Render(errs.En, last.Key, last.Args); len(text) > 1000 || name == "many" && (last.Key != "rule.more_faults" || last.Args["count"] != 5000-maxFaults) {
			t.Errorf("%s: %.300s", name, text)
		}
	}
}

// watched is a file system that notes what is opened.
type watched struct {
	fs.FS
	opened []string
}

func (w *watched) Open(name string) (fs.File, error) {
	w.opened = append(w.opened, name)
	return w.FS.Open(name)
}

// A pack reaches no file but its own, nothing at all while deciding, and its language has no function beyond sums and
// comparisons: no clock, no environment, no network, no text to search.
func TestAPackReachesNothing(t *testing.T) {
	voc := testVocabulary(t)
	fsys := packFiles("law", true, clause("law.a", "floor", "g", onlyIf("x", "goods.worn", ""), plain))
	fsys["secret.yaml"] = &fstest.MapFile{Data: []byte("a: b")}
	w := &watched{FS: fsys}
	p, err := Load(w, "p", voc)
	if err != nil {
		t.Fatal(sentences(err))
	}
	if want := []string{"p", "p/claims.yaml", "p/pack.yaml"}; !slices.Equal(slices.Sorted(slices.Values(w.opened)), want) {
		t.Errorf("opened %v", w.opened)
	}
	w.opened = nil
	b, err := NewBook([]*Pack{p})
	if err != nil {
		t.Fatal(err)
	}
	in := Input{Facts: Facts{}, Stage: AtApplication, At: noon("2026-11-24"), Ground: "g", Remedy: RefundReturn, Calendar: china(t), Trace: true}
	first := decide(t, b, in).Encode()
	if !bytes.Equal(first, decide(t, b, in).Encode()) || len(w.opened) > 0 {
		t.Errorf("decides otherwise the second time, or opened %v", w.opened)
	}
	allowed := []string{"_&&_", "_||_", "!_", "_?_:_", "_==_", "_!=_", "@in", "_<_", "_<=_", "_>_", "_>=_", "_+_", "_-_", "_*_", "_/_", "-_"}
	for name := range voc.env.Functions() {
		if !slices.Contains(allowed, name) && !slices.Contains(functions, name) {
			t.Errorf("expressions can call %s", name)
		}
	}
	if len(voc.env.Functions()) != len(allowed)+len(functions) || len(voc.env.Macros()) > 0 {
		t.Errorf("%d functions, %d macros", len(voc.env.Functions()), len(voc.env.Macros()))
	}
	for _, dir := range []string{"../p", "/p", "p/.."} {
		if _, err := Load(fsys, dir, voc); err == nil {
			t.Errorf("%s is read", dir)
		}
	}
}
