// Package policies holds the packs that ship with the program: one folder each, described in docs/policy.md.
package policies

import "embed"

// FS is every pack beside this file: rules, wording and golden cases.
//
//go:embed */*.yaml */cases
var FS embed.FS
