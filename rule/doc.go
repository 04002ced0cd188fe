// Package rule is the policy engine: it reads packs (the law's, a marketplace's, a shop's), and decides a matter by
// them. docs/policy.md describes the packs, how claims are joined, and the decision.
//
// The way of a decision, in the order of the files:
//
//	fact.go, value.go   facts: declared once in Go beside their producer, as typed handles
//	vocab.go            Vocabulary: the facts an installation knows; everything is compiled against it
//	yaml.go             bounded YAML with positions; every fault is collected, none guessed
//	pack.go, load.go    Pack: one version of one folder, parsed, compiled and hashed (claim.go, window.go, table.go)
//	expr.go, compare.go the language of conditions, and what of it is a plain comparison
//	book.go             Book: the packs that govern a matter together, indexed by ground
//	state.go            one evaluation: facts → atoms → claims, in three values (yes, no, open)
//	join.go, refund.go  claims of one key (ground, remedy) → one answer, point by point
//	need.go, domain.go  which unknown facts could change it: the reduced decision tree over boundary values
//	sheet.go            what an answer presumes about later stages: the inspection sheet
//	bundle.go           an answer written out, with the clause that won each point
//	decide.go, core.go  Decide and the Decision it returns, whose encoding replays byte for byte; lookup.go asks a table
//	trace.go            the values each condition saw; whatif.go the nearest other outcome
//	explain.go          a decision in sentences for customer, agent and mediator (explain_points.go, explain_words.go)
//
// Beside it stand the tools of whoever writes packs:
//
//	cases.go, golden.go golden cases: a question, and what must come out; coverage.go what they left unseen
//	lint.go             findings about a pack beyond what makes it unusable; lint_texts.go about its wording
//	verify.go           Verify: a shop's pack proven against the law, or refuted with facts (verify_walk.go the tree, verify_floor.go
//	                    and verify_points.go the comparison, verify_reach.go what can come about); overrides.go what a pack
//	                    lists itself; propose.go golden cases for boundaries that none stands on
//	docs.go             the customer's policy page; schema.go the vocabulary as JSON Schema
//
// Nothing here reads a clock, a file or the network while deciding. A Vocabulary, a Pack and a Book are immutable and
// safe for concurrent use.
package rule
