// Package line is the case line 售后明细: one sold unit group × quantity × one ground × one requested remedy.
//
// A line owns its permission (State, state.go) and nothing else; movements carry its goods, settlements its money.
// Apply is the only writer of a state. Findings (finding.go) are what a person established about a fact of the line,
// never overwritten: a later finding of the same fact stands beside the earlier one and wins.
//
// Invariants: a line's units are claimed on its order line exactly while Claims(); the sum of claimed units
// never passes the units sold (a CHECK of the database). Status is what people see, a projection that flow writes in
// the same transaction.
//
// Errors: line.not_now (conflict), line.not_found, db.stale (conflict: someone else changed the line first).
package line
