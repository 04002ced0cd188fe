package settle_test

import (
	"slices"
	"testing"

	"github.com/sanbao/sanbao/clock"
	"github.com/sanbao/sanbao/errs"
	"github.com/sanbao/sanbao/internal/settle"
)

func TestConfirmationCheck(t *testing.T) {
	const made, now = clock.Instant(1000), clock.Instant(2000)
	s := settle.Settlement{Minor: 199_00, Currency: "CNY", CreatedAt: made}
	good := settle.Confirmation{ExternalNo: "2026112122001", Minor: 199_00, At: 1500, Proof: "截图 7"}
	for _, c := range []struct {
		name   string
		change func(*settle.Confirmation)
		faults []string // path and key
	}{
		{"as it should be", func(*settle.Confirmation) {}, nil},
		{"at the moment it was worked out", func(c *settle.Confirmation) { c.At = made }, nil},
		{"now", func(c *settle.Confirmation) { c.At = now }, nil},
		{"a fen less", func(c *settle.Confirmation) { c.Minor-- }, []string{"/minor settle.amount_differs"}},
		{"a fen more", func(c *settle.Confirmation) { c.Minor++ }, []string{"/minor settle.amount_differs"}},
		{"before it was worked out: the platform paid by itself", func(c *settle.Confirmation) { c.At = made - 1 }, nil},
		{"tomorrow", func(c *settle.Confirmation) { c.At = now + 1 }, []string{"/at settle.time_impossible"}},
		{"no time", func(c *settle.Confirmation) { c.At = 0 }, []string{"/at settle.time_impossible"}},
		{"no number", func(c *settle.Confirmation) { c.ExternalNo = "" }, []string{"/external_no settle.number_missing"}},
		{"a blank number", func(c *settle.Confirmation) { c.ExternalNo = " \t" }, []string{"/external_no settle.number_missing"}},
		{"no proof", func(c *settle.Confirmation) { c.Proof = "" }, []string{"/proof settle.proof_missing"}},
		{"a blank proof", func(c *settle.Confirmation) { c.Proof = "　" }, []string{"/proof settle.proof_missing"}},
		{"everything at once", func(c *settle.Confirmation) { *c = settle.Confirmation{} },
			[]string{"/minor settle.amount_differs", "/at settle.time_impossible", "/external_no settle.number_missing", "/proof settle.proof_missing"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			given := good
			c.change(&given)
			var faults []string
			if err := s.Check(given, now); err != nil {
				e := errs.As(err)
				if e.Code != errs.Invalid {
					t.Errorf("code %s", e.Code)
				}
				for _, f := range e.Fields {
					faults = append(faults, f.Path+" "+f.Key)
				}
			}
			if !slices.Equal(faults, c.faults) {
				t.Errorf("faults %q, want %q", faults, c.faults)
			}
		})
	}
}

// The person who compares needs both amounts, as the platform's page shows them.
func TestConfirmationNamesBothAmounts(t *testing.T) {
	s := settle.Settlement{Minor: 199_00, Currency: "CNY"}
	err := s.Check(settle.Confirmation{ExternalNo: "1", Minor: 99_05, At: 1, Proof: "1"}, 2)
	f := errs.As(err).Fields[0]
	if got := errs.Render(errs.En, f.Key, f.Args); got != "The amounts differ: 199.00 CNY is due, 99.05 CNY was entered. Check the platform's record; clear the difference separately." {
		t.Error(got)
	}
}
