package policy_test

import (
	"syscall"
	"testing"
	"time"

	"github.com/sanbao/sanbao/internal/policy"
	"github.com/sanbao/sanbao/policies"
)

// All shipped packs, read and compiled as a start of the program does it: the vocabulary, every version of every pack.
//
//	go test ./internal/policy -run '^$' -bench LoadAll
//
// The limit is 300 ms. cpu-ms/op is processor time, which tells it from a machine that is busy with something else.
func BenchmarkLoadAll(b *testing.B) {
	before := processor(b)
	packs := 0
	for b.Loop() {
		voc, err := vocabulary()
		if err != nil {
			b.Fatal(err)
		}
		l, err := policy.Load(policies.FS, voc)
		if err != nil {
			b.Fatal(err)
		}
		packs = len(l.IDs())
	}
	b.ReportMetric(float64((processor(b)-before).Microseconds())/1000/float64(b.N), "cpu-ms/op")
	b.ReportMetric(float64(packs), "packs")
}

// processor is the processor time that this process has taken so far.
func processor(b *testing.B) time.Duration {
	b.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
