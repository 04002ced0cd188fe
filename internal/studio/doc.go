// Package studio is where a shop's policy is read, tried, written, proven and published: the packs it is bound to version by
// version (read.go), a sandbox for supposed matters (sandbox.go), drafts (draft.go) and what lint and golden cases say of
// them (check.go), the two persons who let a version come into force (publish.go), and runs in the background (runner.go).
// What is published, and how matters are decided by it, is package policy's.
package studio
