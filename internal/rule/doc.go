// Package rule is the policy engine: it reads packs (the law's, a marketplace's, a shop's), and decides a matter by
// them. docs/policy.md describes the packs, how claims are joined, and the decision.
//
// The way of a decision, in the order of the files:
//
//	fact.go, value.go   facts: declared once in Go beside their producer, as typed handles
//	vocab.go            Vocabulary: the facts an installation knows; everything is compiled against it
//	yaml.go             bounded YAML with positions; every fault is collected, none guessed
//	pack.go, load.go    Pack: one version of one folder, parsed, compiled and hashed (claim.go, window.go, table.go, expr.go)
//	book.go             Book: the packs that govern a matter together, indexed by ground
//	state.go            one evaluation: facts → atoms → claims, in three values (yes, no, open)
//	join.go             claims of one key (ground, remedy) → one bundle, point by point
//	need.go             which unknown facts could change the result: the reduced decision tree
//	decide.go, core.go  Decide and the Decision it returns, whose encoding replays byte for byte
//	trace.go, why.go    values seen, sentences for customer, agent and mediator; whatif.go the nearest other outcome
//	lint.go             findings about a pack beyond what makes it unusable
//
// Nothing here reads a clock, a file or the network while deciding. A Vocabulary, a Pack and a Book are immutable and
// safe for concurrent use.
package rule
