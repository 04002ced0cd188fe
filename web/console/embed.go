// Package console holds the staff's browser application as it was built from the TypeScript beside it. `make build`
// builds it; without that the binary serves a page that says so.
package console

import (
	"embed"
	"io/fs"
)

//go:embed all:dist
var dist embed.FS

// Files is what the build left behind, with the entry page at its root.
func Files() fs.FS {
	sub, err := fs.Sub(dist, "dist")
	if err != nil {
		panic(err) // the name is a constant
	}
	return sub
}
