// Package policy keeps the packs an installation decides by: it loads every version of every pack (load.go), binds the
// ones that govern a matter (bind.go), runs their golden cases and writes the customer's policy page (golden.go, page.go),
// and stores decisions (store.go). How packs are read and decided is package rule's and docs/policy.md's.
package policy
