// Package policies holds the packs that ship with the program: one folder each, described in docs/policy.md.
package policies

import "embed"

// FS is every pack: rules, wording and golden cases.
//
//go:embed law-cn shoes law-uk gifts-uk jade demo-jade jewellery-chain demo-chain jewellery-workshop demo-workshop jewellery-generic
var FS embed.FS
