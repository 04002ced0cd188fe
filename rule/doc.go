// Package rule is the policy engine: it reads packs (the law's, a marketplace's, a shop's), and decides a matter by
// them. docs/policy.md describes the packs, how claims are joined, and the decision.
//
// It is of use to other programs without the rest of Sanbao: beside it they need the vocabulary of its signatures
// (calendar, clock, errs, money) and nothing else. The examples below are a whole program; in short:
//
//	signedOn := rule.DateFact("line.signed_on", rule.Def{…})   // declare what can be known, once
//	voc, err := rule.NewVocabulary(signedOn, …)                 // the facts together
//	pack, err := rule.Load(os.DirFS("packs"), "tea-house", voc) // read and compile a folder of YAML
//	book, err := rule.NewBook([]*rule.Pack{law, pack})          // the packs that decide together
//
//	facts := rule.Facts{}
//	signedOn.Set(facts, day)                                    // what is known; what is absent is unknown
//	d, err := book.Decide(rule.Input{Facts: facts, Stage: rule.AtApplication, At: now, Calendar: cn,
//		Ground: "quality", Remedy: rule.RefundReturn})
//
// A Decision says what comes of it (Outcome), on which terms and by which clause (Asked), what has to be asked first (Open),
// what is presumed until somebody has looked (Asked().Conditions), and what else is possible (Alternatives). Explain puts it
// into sentences, WhatIf says what would turn it, Lookup asks a table. Cases and Case.Run keep a pack true to its document,
// Lint and Diff say what is wrong with it and what another version changes, Page is what customers read. Every error is an
// *errs.Error with a key and, for packs and facts, one field per fault; errs.Render has its words in three languages.
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
//	diff.go             what another version changes, in words (diff_points.go, diff_words.go); view.go a pack as programs read it
//	verify.go           Verify: a shop's pack proven against the law, or refuted with facts (verify_walk.go the tree, verify_floor.go
//	                    and verify_points.go the comparison, verify_reach.go what can come about); overrides.go what a pack
//	                    lists itself; propose.go golden cases for boundaries that none stands on
//	docs.go             the customer's policy page; schema.go the vocabulary as JSON Schema
//
// Nothing here reads a clock, a file or the network while deciding. A Vocabulary, a Pack and a Book are immutable and
// safe for concurrent use.
package rule
