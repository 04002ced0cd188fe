package rule

import (
	"testing"

	"cel.dev/cel-go/cel"
)

// The speed of a decision is judged against the bare CEL programs it runs, in the same process and minute, so that the
// numbers hold on any machine:
//
//	go test ./internal/rule -run '^$' -bench 'Decide' -benchtime 2s
//
// x-bare is the ratio. The limits are 2 with every fact known and 10 with half of them unknown, need-to-know included.

func BenchmarkDecideFull(b *testing.B) { benchmarkDecide(b, allFacts()) }

func BenchmarkDecideHalf(b *testing.B) {
	fs := allFacts()
	for i, name := range sortedKeys(fs) {
		if i%2 == 0 {
			delete(fs, name)
		}
	}
	benchmarkDecide(b, fs)
}

func benchmarkDecide(b *testing.B, fs Facts) {
	book := testBook(b, "law", "footwear")
	in := Input{Facts: fs, Stage: After, At: noon("2026-11-24"), Ground: "quality", Remedy: RefundReturn, Calendar: china(b)}
	programs, vars := bare(b, book, in)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := book.Decide(in); err != nil {
			b.Fatal(err)
		}
	}
	ours := b.Elapsed()
	n := b.N
	b.StartTimer()
	for range n {
		for _, p := range programs {
			if _, _, err := p.Eval(vars); err != nil {
				b.Fatal(err)
			}
		}
	}
	b.StopTimer()
	theirs := b.Elapsed() - ours
	b.ReportMetric(float64(ours)/float64(theirs), "x-bare")
	b.ReportMetric(float64(len(programs)), "programs")
	b.ReportMetric(float64(ours.Nanoseconds())/float64(n), "ns/op")
}

// bare are the programs a decision with every fact known looks at: each condition of the claims it answers with, once.
func bare(tb testing.TB, book *Book, in Input) (programs []cel.Program, vars map[string]any) {
	in.Facts = allFacts()
	_, s, err := book.evaluate(&in)
	if err != nil {
		tb.Fatal(err)
	}
	vars = map[string]any{}
	for i, f := range book.voc.facts {
		if v := s.vals[i]; v.typ != 0 {
			vars[f.name] = v.cel()
		}
	}
	for i, a := range book.atoms {
		if a.ex != nil && s.res[i].done {
			programs = append(programs, a.ex.full)
		}
	}
	return programs, vars
}

// allFacts is an ordinary matter with nothing unknown.
func allFacts() Facts {
	fs := Facts{}
	channel.Set(fs, "distance")
	signedOn.Set(fs, day("2026-11-17"))
	category.Set(fs, "shoes")
	customMade.Set(fs, false)
	goodsPaid.Set(fs, 19900)
	outFreight.Set(fs, 0)
	excluded.Set(fs, false)
	shipFree.Set(fs, true)
	listPrice.Set(fs, 1000)
	appliedOn.Set(fs, day("2026-11-21"))
	opened.Set(fs, true)
	openedOn.Set(fs, day("2026-11-18"))
	medical.Set(fs, false)
	photo.Set(fs, true)
	worn.Set(fs, false)
	tagRemoved.Set(fs, false)
	innerPack.Set(fs, true)
	giftBack.Set(fs, true)
	giftPrice.Set(fs, 0)
	defect.Set(fs, true)
	wrongSent.Set(fs, false)
	backOn.Set(fs, day("2026-11-23"))
	repairCost.Set(fs, 1200)
	campaign.Set(fs, 0)
	return fs
}
