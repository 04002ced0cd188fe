package archtest

import (
	"strings"
	"testing"
)

// rule is one thing this repository keeps to, and why.
type rule struct {
	name string
	why  string
	find func(*tree) []finding
}

var rules = []rule{
	{"imports point down", "a package can then be read, tested and changed without what stands above it; a slice that imports a slice " +
		"makes two nouns one, which is what flow is for", upward},
	{"the vocabulary does no I/O", "money, dates and policies must give the same answer anywhere and in any test, without a disk, a network or a database", vocabularyIO},
	{"functions are short", "at most 70 lines fit on a screen, so that a function can be checked by reading it once", longFunctions},
	{"files are short", "a file beyond 400 lines holds two subjects; split it by noun, never by layer. long-files.txt may only shrink", longFiles},
	{"slices are small", "beyond 2,500 lines a slice holds two nouns of the trade; give the second one a directory", largeSlices},
	{"time is the clock's", "tests and demo seeds turn the clock by hand, and one transaction has one time (Tx.Now); time.Now goes behind their back", readsClock},
	{"tests do not sleep", "a sleep is too short on a busy machine and too long on every other; wait on a channel, turn the fake clock, or use testing/synctest", sleeping},
	{"tests do not skip", "a test that skips itself is green and proves nothing; what it needs is installed by make test, or it fails", skipping},
	{"only cmd prints", "a library that prints talks to nobody; return it, or log it once at the edge", printing},
	{"only cmd ends the program", "an exit inside a package runs no defer: no flush, no last commit, no answer", exiting},
	{"no panics", "a panic takes everybody's requests with it; return an error. Allowed are faults that only a wrong program can make, found when it starts", panicking},
	{"no floats", "0.1 + 0.2 is not 0.3, and neither is a refund; money is integer minor units, and what is not money has no reason to be near it", floats},
	{"packages explain themselves", "a newcomer opens a folder and needs a paragraph: what it is, its states, its errors", uncommented},
	{"no machine's paths", "a path of one person's machine works on that machine", machinePaths},
	{"links lead somewhere", "a reader who meets a dead link stops trusting the page", astray},
	{"message keys are registered", "a key without texts is shown to a customer as it stands in the code", unregistered},
	{"message keys are used", "a text that nothing can say is translated, reviewed and corrected for nobody", unused},
	{"texts agree in both languages", "an argument that one language leaves out is lost to its readers; one that no call gives is shown in braces", disagreeing},
	{"texts can be read in Taiwan", "zh-TW is made from zh-CN by a table; a character that it lacks would be shown as it is", simplified},
	{"SQL is portable", "one text runs on SQLite and on PostgreSQL; docs/sql.md lists what to write instead", unportable},
	{"a query names its shop", "shop A never sees B: the condition stands in the statement, where a reader and this test can see it", shopless},
	{"both dialects make the same tables", "a column that one engine lacks is a fault that only its users find", dialects},
	{"every table carries its shop", "rows of two shops in one table are told apart by shop_id and by nothing else; unique keys begin with it or with a row that has one", shoplessTables},
}

func TestRepository(t *testing.T) {
	tr := repository(t)
	if len(tr.files) < 50 {
		t.Fatalf("only %d Go files found: the tree was not read", len(tr.files))
	}
	for _, f := range tr.broken {
		t.Errorf("%s does not parse: %s", f.where, f.what)
	}
	for _, r := range rules {
		t.Run(strings.ReplaceAll(r.name, " ", "_"), func(t *testing.T) {
			found := r.find(tr)
			for _, f := range found {
				t.Errorf("%s: %s", f.where, f.what)
			}
			if len(found) > 0 {
				t.Logf("rule: %s.\nwhy: %s.", r.name, r.why)
			}
		})
	}
}
