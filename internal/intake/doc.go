// Package intake is what platforms say of after-sale, as their exports give it: lists of applications for return and
// refund, the differences between them and what we do, and the mappings by which a shop names the columns of an export
// of its own.
//
// A Record is one application as the platform has it: its number, the order, what is asked for, the amount, the
// platform's status in its own word, and until when it wants an answer. Its Stage says as much of the status as is
// certain: open, done (the money was given back), closed (ended without). A word that is not known is open, so that
// nothing is ever confirmed by a guess; and a stage never goes back, so that an older list changes nothing.
//
// Records stand in platform_return beside the return documents that order imports, which have no stage. Flow opens
// cases for them and confirms their refunds; this package reads, keeps and compares.
//
// Errors: intake.mapping_not_found; of a file, those of layout and sheet.
package intake
