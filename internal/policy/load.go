package policy

import (
	"fmt"
	"io/fs"
	"path"
	"slices"
	"sync"

	"github.com/sanbao/sanbao/calendar"
	"github.com/sanbao/sanbao/errs"
	"github.com/sanbao/sanbao/rule"
)

// Library holds every loaded version of every pack. It is immutable but for its cache of bound books and safe for
// concurrent use.
type Library struct {
	voc      *rule.Vocabulary
	versions map[string][]*rule.Pack // by pack id, oldest first
	ids      []string
	folders  map[*rule.Pack]string

	mu    sync.Mutex
	books map[string]*rule.Book
}

// Load reads every folder of fsys that holds a pack.yaml. One version is one folder; its name is free. Faults of all
// packs come back together. Two folders with the same pack and version, or two versions that begin on the same day, are
// a Conflict.
func Load(fsys fs.FS, voc *rule.Vocabulary) (*Library, error) {
	l := &Library{voc: voc, versions: map[string][]*rule.Pack{}, folders: map[*rule.Pack]string{}, books: map[string]*rule.Book{}}
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

// InForce is the version of a pack in force on a day: the latest that has begun and not ended. None is a NotFound error.
func (l *Library) InForce(id string, on calendar.Date) (*rule.Pack, error) {
	vs := l.versions[id]
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
