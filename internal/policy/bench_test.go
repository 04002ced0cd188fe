package policy_test

import (
	"io/fs"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"cel.dev/cel-go/cel"
	"go.yaml.in/yaml/v3"

	"github.com/sanbao/sanbao/policies"
	"github.com/sanbao/sanbao/rule"
)

// The speed of decisions by the shipped packs, against the least that the same question costs in bare CEL: the facts bound
// to their names, and one program for each condition and window of the claims that the decision tells of, with no joining,
// no words, no questions and no hash.
//
//	go test ./internal/policy -run '^$' -bench Decide -benchtime 2s
//
// x-bare is the ratio of processor times, so that a busy machine counts for nothing; collecting garbage counts for whoever
// it runs beside. Its limits are 2 with every fact known and 10 with half of them unknown. x-eval leaves the binding of the
// facts out for the bare programs, though not for us: it has no limit, and shows what the comparison rests on.

// turn is how many decisions, and bare runs, are made before it is the other's turn.
const turn = 32

// everyFact is an ordinary faulty pair of shoes of which nothing is unknown.
func everyFact(b *testing.B) rule.Facts {
	m := shoes(b, boughtShoes+"finding.defect: true\nevidence.photo: true\ngoods.resaleable: true\ngoods.back_on: 2026-11-21\nparcel.problem: none\n")
	for _, f := range shippedVocabulary().Names() {
		if def, typ, _ := shippedVocabulary().Def(f); m.in.Facts[f] == nil {
			m.in.Facts.Put(f, def.Stage, values(def, typ, today)[0])
		}
	}
	return m.in.Facts
}

func BenchmarkDecideFull(b *testing.B) {
	for _, ground := range []string{"quality", "no_reason"} {
		b.Run(ground, func(b *testing.B) { benchmarkDecide(b, ground, func(int) bool { return true }) })
	}
}

func BenchmarkDecideHalf(b *testing.B) {
	for _, ground := range []string{"quality", "no_reason"} {
		for i, name := range []string{"even", "odd"} {
			b.Run(ground+"/"+name, func(b *testing.B) { benchmarkDecide(b, ground, func(j int) bool { return j%2 == i }) })
		}
	}
}

func benchmarkDecide(b *testing.B, ground string, known func(int) bool) {
	m := shoes(b, boughtShoes)
	m.in.Stage, m.in.Ground, m.in.Remedy = rule.After, ground, rule.RefundReturn
	all := everyFact(b)
	m.in.Facts = rule.Facts{}
	for i, name := range slices.Sorted(maps.Keys(all)) {
		if known(i) {
			m.in.Facts[name] = all[name]
		}
	}
	d := m.decide(b, ground, rule.RefundReturn)
	programs := bare(b, d)
	vars := func() map[string]any {
		vars := make(map[string]any, len(all))
		for name, rs := range all {
			vars[name] = native(rs[0].Value)
		}
		return vars
	}
	run := func(known map[string]any) {
		for _, p := range programs {
			if _, _, err := p.Eval(known); err != nil {
				b.Fatal(err)
			}
		}
	}
	bound := vars()
	var ours, theirs, unbound time.Duration
	n := 0
	for b.Loop() { // turn by turn, so that whatever else the machine does falls on both
		n++
		at := processor(b)
		for range turn {
			if _, err := m.book.Decide(m.in); err != nil {
				b.Fatal(err)
			}
		}
		half := processor(b)
		for range turn {
			run(vars())
		}
		then := processor(b)
		for range turn {
			run(bound)
		}
		ours, theirs, unbound = ours+half-at, theirs+then-half, unbound+processor(b)-then
	}
	b.ReportMetric(float64(ours)/float64(theirs), "x-bare")
	b.ReportMetric(float64(ours)/float64(unbound), "x-eval")
	b.ReportMetric(float64(ours.Nanoseconds())/float64(turn*n), "ns/decision")
	b.ReportMetric(float64(len(programs)), "programs")
}

// native is a fact as bare CEL takes it: amounts and days as whole numbers.
func native(v rule.Value) any {
	switch v.Type() {
	case rule.TypeBool:
		return v.Bool()
	case rule.TypeEnum:
		return v.Word()
	case rule.TypeDate:
		return int64(v.Date())
	}
	return v.Int()
}

// bare compiles the conditions and windows of the claims a decision tells of, straight from the packs' files.
func bare(b *testing.B, d *rule.Decision) (programs []cel.Program) {
	b.Helper()
	told := map[string]bool{}
	for _, x := range d.Bundles {
		for _, c := range x.Clauses {
			told[c.Claim] = true
		}
	}
	var opts []cel.EnvOption
	voc := shippedVocabulary()
	for _, name := range voc.Names() {
		_, typ, _ := voc.Def(name)
		opts = append(opts, cel.Variable(name, map[rule.Type]*cel.Type{rule.TypeBool: cel.BoolType, rule.TypeEnum: cel.StringType}[typ]))
		if typ != rule.TypeBool && typ != rule.TypeEnum {
			opts[len(opts)-1] = cel.Variable(name, cel.IntType)
		}
	}
	env, err := cel.NewEnv(opts...)
	if err != nil {
		b.Fatal(err)
	}
	for _, src := range sources(b, told) {
		checked, iss := env.Compile(src)
		if iss.Err() != nil {
			b.Fatal(src, iss.Err())
		}
		p, err := env.Program(checked, cel.EvalOptions(cel.OptOptimize))
		if err != nil {
			b.Fatal(err)
		}
		programs = append(programs, p)
	}
	return programs
}

var (
	parameter = regexp.MustCompile(`\$[a-z_]+`)
	fen       = regexp.MustCompile(`fen\(([0-9]+)\)`)
)

// sources are the expressions of claims, in bare CEL; a parameter's value does not change what it costs.
func sources(b *testing.B, told map[string]bool) (out []string) {
	b.Helper()
	add := func(src string) { out = append(out, fen.ReplaceAllString(parameter.ReplaceAllString(src, "7"), "$1")) }
	for _, dir := range []string{"law-cn", "shoes"} {
		var pack struct{ For map[string][]string }
		head, err := fs.ReadFile(policies.FS, dir+"/pack.yaml")
		if err == nil {
			err = yaml.Unmarshal(head, &pack)
		}
		if err != nil {
			b.Fatal(dir, err)
		}
		files, err := fs.Glob(policies.FS, dir+"/*.yaml")
		if err != nil {
			b.Fatal(err)
		}
		for _, name := range files {
			if strings.HasSuffix(name, "pack.yaml") || strings.HasSuffix(name, "texts.yaml") {
				continue
			}
			data, err := fs.ReadFile(policies.FS, name)
			if err != nil {
				b.Fatal(err)
			}
			var claims []struct {
				Claim  string
				For    map[string][]string
				Window struct{ From, Tested string }
				If     []struct {
					Is     string
					Window struct{ From, Tested string }
				}
				Unless []struct{ If string }
			}
			if err := yaml.Unmarshal(data, &claims); err != nil {
				b.Fatal(name, err)
			}
			for _, c := range claims {
				if !told[c.Claim] {
					continue
				}
				for _, guards := range []map[string][]string{pack.For, c.For} {
					for f, words := range guards {
						if words[0] == "true" || words[0] == "false" {
							add(f + " == " + words[0])
						} else {
							add(f + " in ['" + strings.Join(words, "', '") + "']")
						}
					}
				}
				if w := c.Window; w.From != "" {
					add(w.Tested + " <= " + w.From + " + 7")
				}
				for _, k := range c.If {
					if k.Is != "" {
						add(k.Is)
					} else {
						add(k.Window.Tested + " <= " + k.Window.From + " + 7")
					}
				}
				for _, k := range c.Unless {
					add(k.If)
				}
			}
		}
	}
	if len(out) == 0 {
		b.Fatal("nothing to compare with")
	}
	return out
}
