package desk

import (
	"testing"

	"github.com/sanbao/sanbao/internal/order"
)

func TestShort(t *testing.T) {
	for title, want := range map[string]string{
		"头层牛皮浅口单鞋 黑 38": "38黑", "头层牛皮浅口单鞋 黑38": "38黑", "头层牛皮浅口单鞋": "SH-2401", "": "SH-2401", "黑": "SH-2401",
		"WHITE HANGING HEART T-LIGHT HOLDER": "SH-2401", "软底 休闲鞋 白 36": "36白", "单鞋 粉红色系列 37": "37", "单鞋 38 黑": "38黑", "保湿面霜 50g": "SH-2401", "单鞋 38.5 杏色": "38.5杏色",
	} {
		if got := short(order.Line{Title: title, SKU: "SH-2401"}); got != want {
			t.Errorf("%q: %q, want %q", title, got, want)
		}
	}
}
