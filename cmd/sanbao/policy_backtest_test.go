package main

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sanbao/sanbao/errs"
	"github.com/sanbao/sanbao/internal/app"
	"github.com/sanbao/sanbao/internal/report"
	"github.com/sanbao/sanbao/internal/shop"
)

// beautyShop is a data folder with a shop that decides by the cosmetics pack.
func beautyShop(t *testing.T) (data string) {
	t.Helper()
	data = t.TempDir()
	a, err := app.Open(t.Context(), app.Config{Data: data})
	if err != nil {
		t.Fatal(err)
	}
	_, err = a.OpenShop(t.Context(), shop.NewShop{Code: "beauty", Name: "beauty", Pack: "cosmetics", Law: "law-cn", Currency: "CNY", Calendar: "CN"},
		shop.NewWarehouse{Code: "hangzhou", Name: "hangzhou"})
	if err := errors.Join(err, a.Close()); err != nil {
		t.Fatal(err)
	}
	return data
}

// matterLine is unopened cosmetics that came so many days before 2026-11-21.
func matterLine(signedOn string) string {
	return `{"facts": {"order.channel": "distance", "order.business": false, "order.delivery": "delivered", "line.category": "cosmetics", "line.kind": "ordinary",
 "line.exclusion_confirmed": false, "line.signed_on": "` + signedOn + `", "line.goods_amount": 19900, "line.outbound_freight": 0, "line.gift_value": 0,
 "campaign.recorded": false, "order.free_shipping_lost": false, "application.sent_on": "2026-11-21"}, "ground": "no_reason", "remedy": "refund_return", "at": "2026-11-21"}`
}

func TestPolicyBacktest(t *testing.T) {
	data := beautyShop(t)
	dir := filepath.Join(draft(t, "cosmetics/pack.yaml", thirtyDays, strings.ReplaceAll(thirtyDays, "30", "45"), "cosmetics"), "cosmetics")
	file := filepath.Join(t.TempDir(), "matters.jsonl")
	rows := []string{matterLine("2026-11-01"), matterLine("2026-10-10"), matterLine("2026-09-01"), "nonsense"}
	for i, r := range rows {
		rows[i] = strings.ReplaceAll(r, "\n", "")
	}
	if err := os.WriteFile(file, []byte(strings.Join(rows, "\n")), 0o600); err != nil {
		t.Fatal(err)
	}
	run := func(args ...string) (string, string, int) {
		return command(t, append([]string{"policy", "backtest", "--data", data, "--shop", "beauty"}, args...)...)
	}
	out, complaint, code := run(dir, "--facts", file)
	for _, want := range []string{"cosmetics 2024-07: 3 lines decided again, 1 would have come out otherwise, 1 only with another deadline or approval\n", "money  199.00 CNY → 398.00 CNY (+199.00 CNY)\n",
		"  reject          → approve                1  +199.00 CNY\n", "  no_reason                       1 of 3        +199.00 CNY\n", "  line 2             no_reason            refund_return  reject → approve  +199.00 CNY\n", "1 not decided: "} {
		if !strings.Contains(out, want) {
			t.Errorf("%q is not in\n%s", want, out)
		}
	}
	if code != 1 || !strings.Contains(complaint, "line 4") {
		t.Errorf("%d %s", code, complaint)
	}
	out, _, code = run(dir, "--facts", file, "--json")
	var r report.BacktestReport
	if err := json.Unmarshal([]byte(out), &r); err != nil || code != 1 || r.Changed != 1 || r.MoneyAfter["CNY"] != 39800 || len(r.Skipped) != 1 {
		t.Errorf("%d %v %+v", code, err, r)
	}
	// The shop has decided nothing yet, and the pack as it is changes nothing.
	for _, args := range [][]string{{dir}, {dir, "--from", "2026-01-01", "--to", "2026-12-31"}, {"cosmetics"}} {
		if out, complaint, code := run(args...); code != exitOK || complaint != "" || !strings.HasPrefix(out, "cosmetics 2024-07: 0 lines decided again, 0 would") {
			t.Errorf("%v: %d\n%s%s", args, code, out, complaint)
		}
	}
	for want, args := range map[string][]string{"not bound to pack": {"shoes"}, "neither a folder": {"nowhere"}, "2026-13-01": {dir, "--from", "2026-13-01"}, "no such file": {dir, "--facts", "nowhere.jsonl"}} {
		if out, complaint, code := run(args...); code != exitUsage || out != "" || !strings.Contains(complaint, want) {
			t.Errorf("%v: %d\n%s%s", args, code, out, complaint)
		}
	}
}

// Ctrl-C cancels the context of the command: it says so, and that is not "something changes".
func TestPolicyBacktestCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	data := beautyShop(t)
	cancel()
	err := (&PolicyBacktestCmd{Node: Node{Data: data}, Pack: "cosmetics", Shop: "beauty"}).Run(ctx)
	e, ok := errors.AsType[exit](err)
	if !ok || e.code != exitUsage || errs.As(e.err).Key != "cli.backtest_cancelled" {
		t.Errorf("%v", err)
	}
}
