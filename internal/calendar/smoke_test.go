package calendar

import "testing"

func TestSmoke(t *testing.T) {
	c, err := Load("CN")
	if err != nil {
		t.Fatal(err)
	}
	d, err := Period{7, Days, true}.LastDay(c, DateOf(2026, 2, 8))
	if err != nil || d.String() != "2026-02-24" {
		t.Fatal(d, err)
	}
	if MinDate.String() != "0001-01-01" || MaxDate.String() != "9999-12-31" {
		t.Fatal(MinDate, MaxDate)
	}
}
