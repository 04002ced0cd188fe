package policies_test

import (
	"os"
	"slices"
	"testing"

	"github.com/sanbao/sanbao/internal/line"
	"github.com/sanbao/sanbao/internal/movement"
	"github.com/sanbao/sanbao/internal/order"
	"github.com/sanbao/sanbao/internal/rule"
)

// TestPacksLoad compiles every pack against the facts that the slices produce.
func TestPacksLoad(t *testing.T) {
	voc, err := rule.NewVocabulary(slices.Concat(order.Vocabulary, line.Vocabulary, movement.Vocabulary)...)
	if err != nil {
		t.Fatal(err)
	}
	for _, dir := range []string{"law-cn", "shoes", "law-uk", "gifts-uk"} {
		if _, err := rule.Load(os.DirFS("."), dir, voc); err != nil {
			t.Errorf("%s: %v", dir, err)
		}
	}
}
