package calendar

import (
	"embed"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/sanbao/sanbao/errs"
)

//go:embed data/*.txt
var tables embed.FS

// embedded reads every table of the data folder, once. They are tested, so that a fault is a programming error.
var embedded = sync.OnceValue(func() map[string]*Calendar {
	files, err := tables.ReadDir("data")
	if err != nil {
		panic(fmt.Sprintf("calendar: %v", err))
	}
	out := map[string]*Calendar{}
	for _, f := range files {
		c, err := loadTable("data/" + f.Name())
		if err != nil {
			panic(fmt.Sprintf("calendar: %v", err))
		}
		out[c.id] = c
	}
	return out
})

func loadTable(path string) (*Calendar, error) {
	r, err := tables.Open(path)
	if err != nil {
		return nil, err
	}
	defer r.Close()                                            // an embedded file
	return parse(path, r, func(id string) (*Calendar, error) { // it stands on its own
		return nil, errs.New(errs.NotFound, "calendar.unknown", errs.Args{"calendar": id, "known": ""})
	})
}

// Load is an embedded calendar by its id: "CN" (mainland China, 2020 to 2026) or "GB-EAW" (England and Wales, 2010 to
// 2012). Any other id is a NotFound error with key calendar.unknown. Tables of later years and of shops are read with
// Parse.
func Load(id string) (*Calendar, error) {
	if c, ok := embedded()[id]; ok {
		return c, nil
	}
	return nil, errs.New(errs.NotFound, "calendar.unknown",
		errs.Args{"calendar": errs.Clip(id), "known": strings.Join(IDs(), ", ")})
}

// IDs lists the embedded calendars in order.
func IDs() []string { return slices.Sorted(maps.Keys(embedded())) }

func sortedDates(m map[Date]override) []Date { return slices.Sorted(maps.Keys(m)) }
