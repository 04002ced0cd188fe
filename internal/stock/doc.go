// Package stock is what the shop has to send 库存: as its stock system says, article by article, and what of it is held
// for exchanges 锁库存.
//
// An article without a row is unknown, not missing: then a person says whether it is there. A hold keeps units for one
// case line until it is sent (gone), is given up or runs out (free). Two holds never share a unit: on hand − held is
// asked for and taken by one statement under the row's version, and the loser of a race is told.
//
// The stock system stays the master: what it says replaces what stood here, and may be less than what is held. Then
// nothing more is held, and whoever looks for the goods says that they are not there.
//
// Errors: stock.none_left (conflict), db.stale (conflict: somebody else took units first).
package stock
