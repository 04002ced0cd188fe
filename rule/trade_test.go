package rule

import "testing"

// A weight at a price per gram is exact, and half a fen goes up (G5, S1-15).
func TestPerGram(t *testing.T) {
	for _, c := range []struct{ price, mg, want int64 }{
		{92000, 12360, 1137120}, // 12.36 g at 920.00
		{3800, 12360, 46968},    // their labour at 38.00
		{88000, 10020, 881760},
		{1, 500, 1}, {1, 499, 0}, {0, 12360, 0}, {88000, 0, 0},
	} {
		if got := perGram(quantity{TypeMoney, c.price}, IntValue(c.mg).cel()); got != (quantity{TypeMoney, c.want}) {
			t.Errorf("%d fen/g × %d mg: want %d, got %v", c.price, c.mg, c.want, got)
		}
	}
}

// What an old piece counts for is not paid out, and has words of its own.
func TestTradesIn(t *testing.T) {
	for _, r := range Remedies {
		if got, want := r.TradesIn(), r == "trade_in_style" || r == "trade_in_material"; got != want {
			t.Errorf("%s: %v", r, got)
		}
	}
	if len(Remedies) != len(required) {
		t.Errorf("%d remedies are listed, %d have points", len(Remedies), len(required))
	}
}
