package calendar

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"

	"github.com/sanbao/sanbao/errs"
)

const minimal = "calendar T\nzone Asia/Shanghai\ncovers 2026-01-01..2026-12-31\nhours mon-fri 09:00-18:00\n"

func TestParseOwnTable(t *testing.T) {
	c := table(t, "\ufeff# a shop\r\n"+minimal+`
hours sat 10:00-12:00   13:00-24:00
hours sun off
off   2026-10-01..2026-10-03  National  Day
work  2026-10-04 闭店盘点
work  2026-10-11 00:00-08:00 夜班
`)
	for s, want := range map[string]Day{
		"2026-10-02": {Name: "National Day"},
		"2026-10-04": {Works: true, Name: "闭店盘点", Hours: []Interval{{540, 1080}}}, // a Sunday: the hours of Monday
		"2026-10-10": {Works: true, Hours: []Interval{{600, 720}, {780, 1440}}},
		"2026-10-11": {Works: true, Name: "夜班", Hours: []Interval{{0, 480}}},
		"2026-10-12": {Works: true, Hours: []Interval{{540, 1080}}},
		"2026-10-18": {},
	} {
		got, err := c.Day(date(t, s))
		if err != nil || !cmp.Equal(got, want) {
			t.Errorf("%s: %v %s", s, err, cmp.Diff(want, got))
		}
	}
}

// A shop's table stands on a country's and adds the year that the product does not know yet.
func TestParseOnBase(t *testing.T) {
	c := table(t, `calendar SHOP-1
base CN
covers 2026-12-26..2027-12-24
hours mon-fri 10:00-12:00 14:00-22:00
hours sat 10:00-16:00
off  2027-01-01..2027-01-03 元旦
work 2026-02-18 春节值班
`)
	first, last := c.Covers()
	if c.ID() != "SHOP-1" || c.Zone().String() != "Asia/Shanghai" || first.String() != "2020-01-01" || last.String() != "2027-12-24" {
		t.Errorf("got %s %s %s %s", c.ID(), c.Zone(), first, last)
	}
	for s, want := range map[string]bool{
		"2026-02-17": false, "2026-02-18": true, "2026-11-21": true, "2026-11-22": false, "2026-12-31": true, "2027-01-01": false, "2027-01-04": true,
	} {
		if got, err := c.IsWorkday(date(t, s)); err != nil || got != want {
			t.Errorf("%s: got %v, %v", s, got, err)
		}
	}
	if d, err := c.Day(date(t, "2026-09-20")); err != nil || !cmp.Equal(d.Hours, []Interval{{600, 720}, {840, 1320}}) {
		t.Errorf("a make-up Sunday has the shop's hours: %+v, %v", d, err)
	}
	cn := load(t, "CN")
	if works, err := cn.IsWorkday(date(t, "2026-02-18")); err != nil || works {
		t.Error("the base was changed")
	}
	if c := table(t, "calendar SAME\nbase GB-EAW\n"); c.ID() != "SAME" || c.first != DateOf(2010, 1, 1) {
		t.Errorf("got %s, %s", c.ID(), c.first)
	}
}

// Every fault is reported, each with its line.
func TestParseFaults(t *testing.T) {
	for name, x := range map[string]struct {
		text string
		want []string // path and key
	}{
		"nothing":     {"", []string{"t table_lacks", "t table_lacks", "t table_lacks", "t table_lacks"}},
		"only an id":  {"calendar X", []string{"t table_lacks", "t table_lacks", "t table_lacks"}},
		"unknown":     {minimal + "holiday 2026-01-01", []string{"t:5 table_directive"}},
		"id":          {strings.Replace(minimal, "calendar T", "calendar a b", 1), []string{"t:1 table_id"}},
		"no id":       {strings.Replace(minimal, "calendar T", "calendar", 1), []string{"t:1 table_id"}},
		"zone":        {strings.Replace(minimal, "Asia/Shanghai", "Asia/Beijing", 1), []string{"t:2 table_zone"}},
		"local":       {strings.Replace(minimal, "Asia/Shanghai", "Local", 1), []string{"t:2 table_zone"}},
		"no zone":     {strings.Replace(minimal, "zone Asia/Shanghai", "zone", 1), []string{"t:2 table_zone"}},
		"escape":      {strings.Replace(minimal, "Asia/Shanghai", "../../etc/passwd", 1), []string{"t:2 table_zone"}},
		"covers":      {strings.Replace(minimal, "2026-12-31", "2026-02-30", 1), []string{"t:3 table_dates"}},
		"backwards":   {strings.Replace(minimal, "2026-12-31", "2025-12-31", 1), []string{"t:3 table_dates"}},
		"too long":    {strings.Replace(minimal, "2026-12-31", "2926-12-31", 1), []string{"t:3 table_span"}},
		"twice":       {minimal + "zone Europe/London", []string{"t:5 table_twice"}},
		"weekday":     {minimal + "hours mon-freitag 09:00-10:00\nhours", []string{"t:5 table_weekdays", "t:6 table_weekdays"}},
		"hours":       {minimal + "hours mon\nhours mon 9-18\nhours mon 18:00-09:00\nhours mon 09:00-12:00 11:00-13:00\nhours mon 09:00-24:01\nhours mon 09:00-10:00 x\nhours mon off off", []string{"t:5 table_hours", "t:6 table_hours", "t:7 table_hours", "t:8 table_hours", "t:9 table_hours", "t:10 table_hours", "t:11 table_hours"}},
		"no hours":    {"calendar T\nzone UTC\ncovers 2026-01-01\nhours mon-sun off", []string{"t table_no_workhours"}},
		"day":         {minimal + "off\noff 1 Jan\nwork 2026-13-01", []string{"t:5 table_dates", "t:6 table_dates", "t:7 table_dates"}},
		"off hours":   {minimal + "off 2026-01-01 09:00-10:00", []string{"t:5 table_hours"}},
		"work hours":  {minimal + "work 2026-01-01 09:00-08:00", []string{"t:5 table_hours"}},
		"long span":   {minimal + "off 2025-01-01..2026-12-31", []string{"t:5 table_span"}},
		"not covered": {minimal + "off 2025-12-31..2026-01-01", []string{"t:5 table_not_covered"}},
		"same day":    {minimal + "off 2026-05-01..2026-05-03\nwork 2026-05-03", []string{"t:6 table_date_twice"}},
		"base":        {"calendar T\nbase XX", []string{"t:2 table_base"}},
		"late base":   {minimal + "base CN", []string{"t:5 table_base_late"}},
		"gap":         {"calendar T\nbase CN\ncovers 2028-01-01..2028-12-31", []string{"t:3 table_gap"}},
		"encoding":    {minimal + "off 2026-01-01 \xb4\xba\noff 2026-01-02 a\x00b", []string{"t:5 table_encoding", "t:6 table_encoding"}},
		"wide":        {minimal + "# " + strings.Repeat("x", maxLineBytes), []string{"t:5 table_long"}},
		"long file":   {minimal + strings.Repeat("\n", maxTableLines), []string{"t:20001 table_long"}},
		"many":        {"calendar T T\nzone Mars\ncovers x\nhours x\noff x\n", []string{"t:1 table_id", "t:2 table_zone", "t:3 table_dates", "t:4 table_weekdays", "t:5 table_dates"}},
	} {
		t.Run(name, func(t *testing.T) {
			c, err := Parse("t", strings.NewReader(x.text))
			e := errs.As(err)
			if c != nil || e == nil || e.Code != errs.Invalid {
				t.Fatalf("got %v, %v", c, err)
			}
			var got []string
			for _, f := range e.Fields {
				got = append(got, f.Path+" "+strings.TrimPrefix(f.Key, "calendar."))
				for _, l := range []errs.Lang{errs.ZhCN, errs.En} {
					if s := errs.Render(l, f.Key, f.Args); strings.ContainsAny(s, "{}") || s == f.Key {
						t.Errorf("unfinished message: %s", s)
					}
				}
			}
			if !cmp.Equal(got, x.want) {
				t.Error(cmp.Diff(x.want, got))
			}
		})
	}
}

func TestParseReadError(t *testing.T) {
	broken := errors.New("broken pipe")
	_, err := Parse("t", io.MultiReader(strings.NewReader(minimal), iotest.ErrReader(broken)))
	if !errors.Is(err, broken) {
		t.Errorf("got %v", err)
	}
}

func FuzzParse(f *testing.F) {
	for _, name := range []string{"data/cn.txt", "data/gb-eaw.txt"} {
		b, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(b[len(b)/2:]))
	}
	f.Add(minimal)
	f.Add("calendar S\nbase CN\nhours sat 10:00-16:00\noff 2026-10-01..2026-10-03 x\nwork 2026-12-24 09:00-12:00")
	f.Add("calendar T\nzone America/Sao_Paulo\ncovers 0001-01-01..0002-01-01\nhours sat-mon 00:00-24:00")
	f.Add("calendar T\nzone UTC\ncovers 9999-12-01..9999-12-31\nhours wed 00:00-00:01")
	f.Fuzz(func(t *testing.T, s string) {
		c, err := Parse("t", strings.NewReader(s))
		if err != nil {
			if errs.CodeOf(err) != errs.Invalid || len(errs.As(err).Fields) == 0 {
				t.Fatalf("not a report of faults: %v", err)
			}
			return
		}
		first, last := c.Covers()
		for _, d := range []Date{first, last} {
			works, err := c.IsWorkday(d)
			day, err2 := c.Day(d)
			if err != nil || err2 != nil || works != day.Works || !checkIntervals(day.Hours) {
				t.Fatalf("%s: %v %v %+v %v", d, works, err, day, err2)
			}
			if c.StartOf(d) > c.EndOf(d) {
				t.Fatalf("%s ends before it begins", d)
			}
		}
		if n, err := c.WorkdaysBetween(first-1, last); err != nil || n != len(c.workdays) || fmt.Sprint(c.Zone()) == "Local" {
			t.Fatalf("%d of %d working days, %v, in %v", n, len(c.workdays), err, c.Zone())
		}
	})
}
