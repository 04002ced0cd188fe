package policy

import (
	"sync"

	"github.com/sanbao/sanbao/internal/db"
	"github.com/sanbao/sanbao/internal/id"
	"github.com/sanbao/sanbao/rule"
)

// Shelves are the libraries of an installation's shops: to each shop the packs that ship with the program and the
// versions it has published. They are safe for concurrent use.
type Shelves struct {
	builtIn *Library

	mu    sync.Mutex
	shops map[id.ID]*shelf
}

// shelf is a shop's library as of its seq-th version. Its lock is held while it is read anew.
type shelf struct {
	mu  sync.Mutex
	lib *Library
	seq int64
}

// NewShelves keeps the libraries of shops above the packs that ship with the program.
func NewShelves(builtIn *Library) *Shelves {
	return &Shelves{builtIn: builtIn, shops: map[id.ID]*shelf{}}
}

// BuiltIn is what ships with the program.
func (s *Shelves) BuiltIn() *Library { return s.builtIn }

// Vocabulary is what all packs are compiled against.
func (s *Shelves) Vocabulary() *rule.Vocabulary { return s.builtIn.voc }

// Of is a shop's library with at least every version that the transaction can see. Whether there is a new one is told
// by one row of an index; packs are compiled once on each node, and a library that was handed out never changes.
func (s *Shelves) Of(tx *db.Tx, shopID id.ID) (*Library, error) {
	seq, err := lastSeq(tx, shopID)
	if err != nil {
		return nil, err
	}
	if seq == 0 {
		return s.builtIn, nil
	}
	s.mu.Lock()
	x := s.shops[shopID]
	if x == nil {
		x = &shelf{}
		s.shops[shopID] = x
	}
	s.mu.Unlock()
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.seq < seq {
		lib, last, err := s.builtIn.load(tx, shopID)
		if err != nil {
			return nil, err
		}
		x.lib, x.seq = lib, last
	}
	return x.lib, nil
}
