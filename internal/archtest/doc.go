// Package archtest holds the rules of this repository as tests: which package may import which, how long a function or
// a file may become, what SQL both engines understand, that every message a person can see exists in both languages.
//
// A rule (rules_test.go lists them) reads the tree as text and syntax, without building it, and returns what breaks it.
// A broken rule prints where, what, and why the rule exists; if the reason does not hold for your change, change the
// rule in the same commit and say so. Exceptions stand beside their rule with a reason each, never in the code that
// needs them.
//
//	tree_test.go     the files, parsed once
//	imports_test.go  ranks: imports point down
//	taiwan_test.go   texts that errs.Traditional can write
//	budget_test.go   lengths of functions, files and slices; long-files.txt is the ratchet
//	habits_test.go   clocks, sleeping, skipping, printing, panics, floats, comments, paths, links
//	texts_test.go    message keys and their texts
//	sql_test.go      portable SQL; a query names its shop
//	schema_test.go   the two dialects of the migrations agree
//	bite_test.go     every rule is seen to find what it is there to find
package archtest
