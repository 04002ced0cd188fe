// Package search is the index of words: what a person types is turned into terms, and so is what was written; what has
// all the terms is found, newest first.
//
// Terms are made here, because no engine of ours cuts Chinese: text becomes the pairs of neighbouring characters
// (bigrams) and whole words of letters and digits; a name also becomes its pinyin and initials, a phone its last four
// digits. A term is kept as a short hash of shop, kind and word: a search of one shop never walks through another's
// entries, and the index holds nothing that could be read.
//
// Under it lies FTS5 without contents on SQLite (sqlite.go) and a tsvector with a GIN index on PostgreSQL (postgres.go).
// A row of the index has the id of the thing it finds, and ids grow with time. Numbers (of orders, cases, parcels) are
// not in it: they are found by the indexes of their own tables.
//
// Masked values (王**, 138****8003) are indexed as they are seen, whole, and in no other way: they identify nobody.
//
// Put is called in the transaction that writes the thing. Candidates may hold a bigram of one place and a bigram of
// another: who shows text compares it with the query (Holds).
package search
