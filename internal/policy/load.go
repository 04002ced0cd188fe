package policy

import (
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"
	"sync"

	"github.com/sanbao/sanbao/calendar"
	"github.com/sanbao/sanbao/errs"
	"github.com/sanbao/sanbao/rule"
)

// Library holds every loaded version of every pack: those that ship with the program, and where it is a shop's those
// which that shop has published. It is immutable but for its cache of bound books and safe for concurrent use.
type Library struct {
	voc      *rule.Vocabulary
	versions map[string][]*rule.Pack // by pack id, oldest first
	ids      []string
	folders  map[*rule.Pack]string
	fsys     fs.FS                    // of the folders
	own      map[*rule.Pack]Published // what the shop has published

	// Once a shop has published a version of its own, a version that ships with the program and begins later, or on the
	// same day, does not come into force by itself: the shop drafts from it if it wants it. Packs that the shop has not
	// touched are not here.
	rules map[string][]*rule.Pack

	mu    sync.Mutex
	books map[string]*rule.Book
}

// Load reads every folder of fsys that holds a pack.yaml. One version is one folder; its name is free. Faults of all
// packs come back together. Two folders with the same pack and version, or two versions that begin on the same day, are
// a Conflict.
func Load(fsys fs.FS, voc *rule.Vocabulary) (*Library, error) {
	l := &Library{voc: voc, versions: map[string][]*rule.Pack{}, folders: map[*rule.Pack]string{}, fsys: fsys, books: map[string]*rule.Book{}}
	entries, err := fs.ReadDir(fsys, ".")
	if err != nil {
		return nil, fmt.Errorf("load packs: %w", err)
	}
	var faults []errs.Field
	for _, e := range entries {
		if _, err := fs.Stat(fsys, path.Join(e.Name(), "pack.yaml")); !e.IsDir() || err != nil {
			continue
		}
		p, err := rule.Load(fsys, e.Name(), voc)
		switch x := errs.As(err); {
		case err == nil:
			if err := l.add(p, e.Name()); err != nil {
				return nil, err
			}
		case x.Code == errs.Invalid && len(x.Fields) > 0:
			faults = append(faults, x.Fields...)
		default:
			return nil, err
		}
	}
	if len(faults) > 0 {
		return nil, &errs.Error{Code: errs.Invalid, Key: "policy.packs_faulty", Args: errs.Args{"count": len(faults)}, Fields: faults}
	}
	return l, nil
}

func (l *Library) add(p *rule.Pack, folder string) error {
	for _, q := range l.versions[p.ID] {
		if q.Version == p.Version || q.From == p.From {
			return errs.New(errs.Conflict, "policy.version_twice", errs.Args{"pack": p.ID, "version": p.Version, "other": l.folders[q], "folder": folder})
		}
	}
	if len(l.versions[p.ID]) == 0 {
		l.ids = append(l.ids, p.ID)
	}
	l.folders[p] = folder
	vs := append(l.versions[p.ID], p)
	slices.SortFunc(vs, func(a, b *rule.Pack) int { return a.From.Compare(b.From) })
	l.versions[p.ID] = vs
	return nil
}

// IDs lists the packs, in the order of their folders.
func (l *Library) IDs() []string { return slices.Clone(l.ids) }

// Vocabulary is what the packs are compiled against.
func (l *Library) Vocabulary() *rule.Vocabulary { return l.voc }

// Folder is where a version was read from.
func (l *Library) Folder(p *rule.Pack) string { return l.folders[p] }

// Versions lists the versions of a pack, oldest first.
func (l *Library) Versions(id string) []*rule.Pack { return slices.Clone(l.versions[id]) }

// Version is one version of a pack by its name. None is a NotFound error.
func (l *Library) Version(id, version string) (*rule.Pack, error) {
	if len(l.versions[id]) == 0 {
		return nil, errs.New(errs.NotFound, "policy.pack_unknown", errs.Args{"pack": id})
	}
	for _, p := range slices.Backward(l.versions[id]) {
		if p.Version == version {
			return p, nil
		}
	}
	return nil, errs.New(errs.NotFound, "policy.no_such_version", errs.Args{"pack": id, "version": version})
}

// Published is what a shop's own version was published with, false for what ships with the program.
func (l *Library) Published(p *rule.Pack) (Published, bool) {
	own, ok := l.own[p]
	return own, ok
}

// Files are the texts of a version.
func (l *Library) Files(p *rule.Pack) (Files, error) {
	if own, ok := l.own[p]; ok {
		return own.Files, nil
	}
	return readFiles(l.fsys, l.folders[p])
}

// Ruling are the versions of a pack that come into force, oldest first.
func (l *Library) Ruling(id string) []*rule.Pack {
	if vs, ok := l.rules[id]; ok {
		return vs
	}
	return l.versions[id]
}

// InForce is the version of a pack in force on a day: the latest that has begun and not ended. None is a NotFound error.
func (l *Library) InForce(id string, on calendar.Date) (*rule.Pack, error) {
	vs := l.Ruling(id)
	if len(vs) == 0 {
		return nil, errs.New(errs.NotFound, "policy.pack_unknown", errs.Args{"pack": id})
	}
	for _, p := range slices.Backward(vs) {
		if p.From <= on && on <= p.To {
			return p, nil
		}
	}
	return nil, errs.New(errs.NotFound, "policy.none_in_force", errs.Args{"pack": id, "on": on.String()})
}

// with is the library of a shop that has published versions of its own, given in the order of their first days.
func (l *Library) with(own []Published) *Library {
	x := &Library{voc: l.voc, versions: maps.Clone(l.versions), ids: l.ids, folders: l.folders, fsys: l.fsys, own: map[*rule.Pack]Published{},
		rules: map[string][]*rule.Pack{}, books: map[string]*rule.Book{}}
	for _, v := range own {
		p := v.Pack
		x.own[p] = v
		if len(x.rules[p.ID]) == 0 {
			x.rules[p.ID] = slices.DeleteFunc(slices.Clone(l.versions[p.ID]), func(q *rule.Pack) bool { return q.From >= p.From })
		}
		x.rules[p.ID] = append(x.rules[p.ID], p)
		x.versions[p.ID] = append(slices.Clone(x.versions[p.ID]), p)
		slices.SortStableFunc(x.versions[p.ID], func(a, b *rule.Pack) int { return a.From.Compare(b.From) })
	}
	return x
}
