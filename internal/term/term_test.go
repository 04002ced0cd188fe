package term

import "testing"

// One word per notion: no code stands in two tables.
func TestNoCodeHasTwoWords(t *testing.T) {
	if len(Words) != len(general)+len(ofCarriers) {
		t.Errorf("%d words, and %d and %d in the tables", len(Words), len(general), len(ofCarriers))
	}
}
