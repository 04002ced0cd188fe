package policy

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"
	"time"
)

// Files are the texts of a pack by name: "pack.yaml", "cases/quality.yaml".
type Files map[string]string

// Hash is SHA-256 over name, length and text of every file, in the order of their names: wording and cases too.
func (f Files) Hash() string {
	h := sha256.New()
	for _, name := range slices.Sorted(maps.Keys(f)) {
		fmt.Fprintf(h, "%s %d\n%s", name, len(f[name]), f[name])
	}
	return hex.EncodeToString(h.Sum(nil))
}

// readFiles are the YAML files of a pack's folder and its cases.
func readFiles(fsys fs.FS, dir string) (Files, error) {
	out := Files{}
	for _, pattern := range []string{"*.yaml", "cases/*.yaml"} {
		names, err := fs.Glob(fsys, path.Join(dir, pattern))
		if err != nil {
			return nil, fmt.Errorf("files of %s: %w", dir, err)
		}
		for _, name := range names {
			text, err := fs.ReadFile(fsys, name)
			if err != nil {
				return nil, fmt.Errorf("files of %s: %w", dir, err)
			}
			out[strings.TrimPrefix(name, dir+"/")] = string(text)
		}
	}
	return out, nil
}

// Folder shows files as the one folder of a file system, for those who read packs from folders.
func (f Files) Folder(name string) fs.FS {
	m := memory{}
	for file, text := range f {
		m[path.Join(name, file)] = text
	}
	return m
}

// memory is a file system of texts by path.
type memory map[string]string

func (m memory) Open(name string) (fs.File, error) {
	if !fs.ValidPath(name) {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrInvalid}
	}
	if text, ok := m[name]; ok {
		return &memoryFile{node{path.Base(name), int64(len(text)), false}, strings.NewReader(text), nil}, nil
	}
	seen := map[string]node{}
	for p, text := range m {
		rest, below := strings.CutPrefix(p, name+"/")
		if name == "." {
			rest, below = p, true
		}
		if !below {
			continue
		}
		child, _, deeper := strings.Cut(rest, "/")
		seen[child] = node{child, int64(len(text)), deeper}
	}
	if len(seen) == 0 && name != "." {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
	}
	dir := &memoryFile{node: node{path.Base(name), 0, true}, Reader: strings.NewReader("")}
	for _, child := range slices.Sorted(maps.Keys(seen)) {
		dir.entries = append(dir.entries, fs.FileInfoToDirEntry(seen[child]))
	}
	return dir, nil
}

type memoryFile struct {
	node
	*strings.Reader
	entries []fs.DirEntry
}

func (f *memoryFile) Stat() (fs.FileInfo, error) { return f.node, nil }
func (f *memoryFile) Close() error               { return nil }
func (f *memoryFile) Size() int64                { return f.node.size }
func (f *memoryFile) ReadDir(int) ([]fs.DirEntry, error) {
	out := f.entries
	f.entries = nil
	return out, nil
}

// node is the file info of a text or folder.
type node struct {
	name string
	size int64
	dir  bool
}

func (n node) Name() string       { return n.name }
func (n node) Size() int64        { return n.size }
func (n node) ModTime() time.Time { return time.Time{} }
func (n node) IsDir() bool        { return n.dir }
func (n node) Sys() any           { return nil }
func (n node) Mode() fs.FileMode {
	if n.dir {
		return fs.ModeDir | 0o555
	}
	return 0o444
}
