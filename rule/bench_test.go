package rule

import (
	"testing"

	"cel.dev/cel-go/cel"
)

// The speed of a decision is judged against the least that the same question costs in bare CEL, in the same process and
// minute, so that the numbers hold on any machine: the facts bound to their names, and one program for each condition of
// the claims the decision tells of, with no joining, no words and no questions.
//
//	go test ./rule -run '^$' -bench Decide -benchtime 2s
//
// x-bare is the ratio; x-eval leaves the binding of the facts out of the comparison. The limits on x-bare are 2 with every
// fact known and 10 with half of them unknown, need-to-know included.

func BenchmarkDecideFull(b *testing.B) { benchmarkDecide(b, allFacts(), After, "quality") }

func BenchmarkDecideHalf(b *testing.B) {
	for _, ground := range []string{"quality", "no_reason"} {
		for i, name := range []string{"even", "odd"} {
			b.Run(ground+"/"+name, func(b *testing.B) {
				fs := allFacts()
				for j, name := range sortedKeys(fs) {
					if j%2 == i {
						delete(fs, name)
					}
				}
				benchmarkDecide(b, fs, After, ground)
			})
		}
	}
}

// At the application later facts are presumed, and the inspection sheet has to be found.
func BenchmarkDecideApplication(b *testing.B) {
	fs := Facts{}
	for name, rs := range allFacts() {
		if rs[0].Stage <= AtApplication {
			fs[name] = rs
		}
	}
	benchmarkDecide(b, fs, AtApplication, "quality")
}

func benchmarkDecide(b *testing.B, fs Facts, stage Stage, ground string) {
	book := testBook(b, "law", "footwear")
	in := Input{Facts: fs, Stage: stage, At: noon("2026-11-24"), Ground: ground, Remedy: RefundReturn, Calendar: china(b)}
	programs, known := bare(b, book, in)
	eval := func(vars map[string]any) {
		for _, p := range programs {
			if _, _, err := p.Eval(vars); err != nil {
				b.Fatal(err)
			}
		}
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := book.Decide(in); err != nil {
			b.Fatal(err)
		}
	}
	ours, n := b.Elapsed(), b.N
	b.StartTimer()
	for range n {
		vars := make(map[string]any, len(known))
		for name, v := range known {
			vars[name] = v.cel()
		}
		eval(vars)
	}
	b.StopTimer()
	bound := b.Elapsed() - ours
	vars := make(map[string]any, len(known))
	for name, v := range known {
		vars[name] = v.cel()
	}
	b.StartTimer()
	for range n {
		eval(vars)
	}
	b.StopTimer()
	unbound := b.Elapsed() - ours - bound
	b.ReportMetric(float64(ours)/float64(bound), "x-bare")
	b.ReportMetric(float64(ours)/float64(unbound), "x-eval")
	b.ReportMetric(float64(len(programs)), "programs")
	b.ReportMetric(float64(ours.Nanoseconds())/float64(n), "ns/op")
}

// bare are the programs of the claims that a decision tells of, and the facts they are given, all of them known.
func bare(tb testing.TB, book *Book, in Input) (programs []cel.Program, known map[string]Value) {
	known = map[string]Value{}
	for name, rs := range allFacts() {
		known[name] = rs[0].Value
	}
	seen := map[*bound]bool{}
	d, err := book.Decide(in)
	if err != nil {
		tb.Fatal(err)
	}
	for _, told := range d.Bundles {
		for _, e := range book.keys[told.Key] {
			if seen[e.bound] {
				continue
			}
			seen[e.bound] = true
			for _, c := range e.conds {
				if c.is.ex != nil {
					programs = append(programs, c.is.ex.full)
				}
			}
			if e.g.amount != nil {
				programs = append(programs, e.g.amount.full)
			}
			for _, d := range e.g.deducts {
				programs = append(programs, d.ex.full)
			}
		}
	}
	if len(programs) == 0 {
		tb.Fatal("nothing to compare with")
	}
	return programs, known
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
