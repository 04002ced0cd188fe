package auth

import (
	"sync"

	"github.com/sanbao/sanbao/clock"
)

const maxCache = 4096

// memory keeps the callers lately verified, by the hash of what they presented. It is safe for concurrent use.
type memory struct {
	mu    sync.RWMutex
	known map[Hash]known
	epoch int // counts what was forgotten, see keep
}

// known is a verified caller, believed until then.
type known struct {
	p     Principal
	until clock.Instant
}

func newMemory() memory { return memory{known: map[Hash]known{}} }

func (m *memory) get(h Hash, now clock.Instant) (Principal, bool) {
	m.mu.RLock()
	defer m.mu.RUnlock()
	k, ok := m.known[h]
	return k.p, ok && now < k.until
}

// mark is to be taken before reading what keep is given.
func (m *memory) mark() int {
	m.mu.RLock()
	defer m.mu.RUnlock()
	return m.epoch
}

// keep remembers a verified caller, unless one was forgotten since he was read: it may have been this one.
func (m *memory) keep(h Hash, k known, mark int, now clock.Instant) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.epoch != mark {
		return
	}
	if len(m.known) >= maxCache {
		for other, o := range m.known {
			if now >= o.until {
				delete(m.known, other)
			}
		}
	}
	if len(m.known) >= maxCache {
		clear(m.known)
	}
	m.known[h] = k
}

// forget drops those whose rights have changed.
func (m *memory) forget(whom func(Principal) bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.epoch++
	for h, k := range m.known {
		if whom(k.p) {
			delete(m.known, h)
		}
	}
}
