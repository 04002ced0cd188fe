package rule

import (
	"encoding/json"
	"os"
	"testing"

	"github.com/sanbao/sanbao/calendar"
	"github.com/sanbao/sanbao/clock"
	"github.com/sanbao/sanbao/errs"
)

func testBook(t testing.TB, dirs ...string) *Book {
	t.Helper()
	v := testVocabulary(t)
	var packs []*Pack
	for _, d := range dirs {
		p, err := Load(os.DirFS("testdata"), d, v)
		if err != nil {
			t.Fatalf("%s: %v", d, sentences(err))
		}
		packs = append(packs, p)
	}
	b, err := NewBook(packs)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// sentences renders an error's fields as a person sees them.
func sentences(err error) (out string) {
	for _, f := range errs.As(err).Fields {
		out += "\n" + f.Path + ": " + errs.Render(errs.En, f.Key, f.Args)
	}
	return out + "\n" + err.Error()
}

func noon(day string) clock.Instant {
	d, err := calendar.ParseDate(day)
	if err != nil {
		panic(err)
	}
	return clock.Instant(int64(d)*86_400_000_000 + 4*3_600_000_000)
}

func day(s string) calendar.Date {
	d, err := calendar.ParseDate(s)
	if err != nil {
		panic(err)
	}
	return d
}

func TestSketch(t *testing.T) {
	b := testBook(t, "law", "footwear")
	fs := Facts{}
	channel.Set(fs, "distance")
	category.Set(fs, "shoes")
	signedOn.Set(fs, day("2026-11-17"))
	appliedOn.Set(fs, day("2026-11-21"))
	customMade.Set(fs, false)
	goodsPaid.Set(fs, 19900)
	outFreight.Set(fs, 0)
	worn.SetAt(fs, AtApplication, true)
	defect.SetAt(fs, AtApplication, true)
	d, err := b.Decide(Input{Facts: fs, Stage: AtApplication, At: noon("2026-11-21"), Ground: "quality", Remedy: RefundReturn, Calendar: china(t), Trace: true})
	if err != nil {
		t.Fatal(sentences(err))
	}
	x, _ := json.MarshalIndent(d, "", " ")
	t.Log(string(x))
}
