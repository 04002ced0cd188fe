package flow

import (
	"encoding/csv"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sanbao/sanbao/errs"
	"github.com/sanbao/sanbao/internal/db"
	"github.com/sanbao/sanbao/internal/db/dbtest"
)

// oddities are cells that spreadsheets, people and attackers leave behind.
var oddities = []string{"", "-", "0", "-1", "1.23E+17", "99000000009", "=1+1", `=HYPERLINK("https://example.com","点我")`, "@SUM(A1)", "<script>alert(1)</script>", "مرحبا", "👟💔",
	strings.Repeat("长", 200), strings.Repeat("长", 700), "¥1,234.50", "1234.567", "2026-11-03 10:00:00", "2026年11月3日 10时0分", "3/4/2026", "9223372036854775808", "#REF!", "a\nb", "\u202eabc", "NaN"}

// spoil is a file with some rows doubled, moved or dropped, and some cells replaced.
func spoil(t *testing.T, r *rand.Rand, text string) string {
	in := csv.NewReader(strings.NewReader(text))
	in.LazyQuotes, in.FieldsPerRecord = true, -1
	rows, err := in.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	header, body := rows[0], rows[1:]
	for range r.IntN(3) {
		at := r.IntN(len(body))
		switch r.IntN(3) {
		case 0:
			body = append(body, append([]string(nil), body[at]...))
		case 1:
			body[0], body[at] = body[at], body[0]
		default:
			if len(body) > 1 {
				body = append(append([][]string(nil), body[:at]...), body[at+1:]...)
			}
		}
	}
	for range r.IntN(3) {
		row := body[r.IntN(len(body))]
		row[r.IntN(len(row))] = oddities[r.IntN(len(oddities))]
	}
	var b strings.Builder
	w := csv.NewWriter(&b)
	if err := w.WriteAll(append([][]string{header}, body...)); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// Property: whatever a file holds, importing it twice gives the same database as once, and one with faults changes
// nothing. Files follow each other in one shop, so that they also overlap and contradict.
func TestAnyFileTwiceIsOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		taken, refused := 0, 0
		for preset, text := range samples {
			r := rand.New(rand.NewPCG(3, uint64(len(preset))))
			s := importShop(t, d, "any-"+preset, "CNY", "CN")
			for range 40 {
				file := spoil(t, r, text)
				before := imported(t, d, s.ID)
				in := Import{ShopID: s.ID, Preset: preset, Orders: csvFile(file), Actor: "tester", chunk: 1}
				_, err := ImportOrders(t.Context(), d, in)
				once := imported(t, d, s.ID)
				if err != nil {
					if refused++; errs.CodeOf(err) != errs.Invalid {
						t.Fatalf("%s: %v\n%s", preset, err, file)
					}
					if x := cmp.Diff(before, once); x != "" {
						t.Fatalf("%s: refused, and changed %s\n%s", preset, x, file)
					}
				} else {
					taken++
				}
				in.Orders = csvFile(file)
				again, second := ImportOrders(t.Context(), d, in)
				if (err == nil) != (second == nil) || second == nil && (again.Created != ImportCounts{}) {
					t.Fatalf("%s: first %v, then %v %+v\n%s", preset, err, second, again.Created, file)
				}
				if x := cmp.Diff(once, imported(t, d, s.ID)); x != "" {
					t.Fatalf("%s: twice is not once: %s\n%s", preset, x, file)
				}
			}
		}
		if taken < 20 || refused < 20 {
			t.Errorf("%d taken, %d refused: the property saw too little of either", taken, refused)
		}
	})
}
