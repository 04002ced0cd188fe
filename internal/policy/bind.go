package policy

import (
	"slices"
	"strings"

	"github.com/sanbao/sanbao/calendar"
	"github.com/sanbao/sanbao/errs"
	"github.com/sanbao/sanbao/rule"
)

// Binding names the packs a shop decides by: the law of its jurisdiction, the marketplace commitments it has joined, its
// own.
type Binding struct {
	Law      []string `json:"law"`
	Overlays []string `json:"overlays,omitempty"`
	Shop     string   `json:"shop,omitempty"`
}

// Packs are the ids of a binding, the law's first.
func (b Binding) Packs() []string {
	out := slices.Concat(b.Law, b.Overlays)
	if b.Shop != "" {
		out = append(out, b.Shop)
	}
	return out
}

// Book binds the versions that govern an order. The law is the one in force when the contract was made, which is the day
// of payment. Marketplace and shop packs are those of the day of payment (G2); where another version is in force on the
// day of the application, it becomes the second edition and is taken per key where it is better for the customer. A pack
// that was not in force at payment binds nothing then; one that has ended since still binds.
func (l *Library) Book(b Binding, paidOn, appliedOn calendar.Date) (*rule.Book, error) {
	var atPayment, now []*rule.Pack
	for _, id := range b.Law {
		p, err := l.InForce(id, paidOn)
		if err != nil {
			return nil, err
		}
		atPayment, now = append(atPayment, p), append(now, p)
	}
	own := b.Overlays
	if b.Shop != "" {
		own = append(own[:len(own):len(own)], b.Shop)
	}
	later := false
	for _, id := range own {
		paid, err := l.InForce(id, paidOn)
		if err != nil && errs.As(err).Key != "policy.none_in_force" {
			return nil, err
		}
		applied, err := l.InForce(id, appliedOn)
		if err != nil {
			applied = paid
		}
		if paid != nil {
			atPayment = append(atPayment, paid)
		}
		if applied != nil {
			now = append(now, applied)
		}
		later = later || paid != applied
	}
	if later {
		return l.bind(atPayment, now)
	}
	return l.bind(atPayment)
}

// ByVersion binds the versions a stored decision names, for replaying it. A version that is not loaded, or whose content
// is not the one that decided, is a NotFound error.
func (l *Library) ByVersion(refs ...[]rule.PackRef) (*rule.Book, error) {
	var editions [][]*rule.Pack
	for _, edition := range refs {
		var packs []*rule.Pack
		for _, r := range edition {
			var found *rule.Pack
			for _, p := range l.versions[r.Pack] {
				if p.Ref() == r {
					found = p
				}
			}
			if found == nil {
				return nil, errs.New(errs.NotFound, "policy.version_unknown", errs.Args{"pack": r.Pack, "version": r.Version, "hash": r.Hash})
			}
			packs = append(packs, found)
		}
		editions = append(editions, packs)
	}
	return l.bind(editions...)
}

// bind makes a book, or returns the one made for the same versions before.
func (l *Library) bind(editions ...[]*rule.Pack) (*rule.Book, error) {
	var key strings.Builder
	for _, packs := range editions {
		for _, p := range packs {
			key.WriteString(p.ID + "@" + p.Version + "#" + p.Hash + " ")
		}
		key.WriteByte('|')
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if b := l.books[key.String()]; b != nil {
		return b, nil
	}
	b, err := rule.NewBook(editions...)
	if err == nil {
		l.books[key.String()] = b
	}
	return b, err
}
