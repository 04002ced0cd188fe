// Package export reads orders as platforms export them: which column is what, where that is publicly described, and what
// the rows of one order say together. A Preset knows one layout, a Feed reads one file of it into entries. Nothing here
// knows a database; flow compares entries with what was imported before, and writes.
//
// Errors of a file are sheet.Faults with row and column; those of a whole file begin with import.
package export
