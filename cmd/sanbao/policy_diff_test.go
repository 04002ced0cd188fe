package main

import (
	"encoding/json"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/sanbao/sanbao/rule"
)

const thirtyDays = "{type: days, value: 30, title: {zh-CN: 未开封无理由退换期限"

func TestPolicyDiff(t *testing.T) {
	dir := filepath.Join(draft(t, "cosmetics/pack.yaml", thirtyDays, strings.ReplaceAll(thirtyDays, "30", "45"), "cosmetics"), "cosmetics")
	for _, args := range [][]string{{"cosmetics", dir}, {dir}, {"cosmetics@2024-07", dir}} {
		out, complaint, code := command(t, slices.Concat([]string{"policy", "diff", "--lang", "zh-CN"}, args)...)
		if code != 1 || complaint != "" || !strings.HasPrefix(out, "未开封无理由退换期限 30 天 → 45 天\n") || !strings.Contains(out, "条款 cosmetics.no_reason · 期限：30 天 → 45 天\n") {
			t.Errorf("%v: %d\n%s%s", args, code, out, complaint)
		}
	}
	out, _, code := command(t, "policy", "diff", "--json", "cosmetics", dir)
	var changes []rule.PackChange
	if err := json.Unmarshal([]byte(out), &changes); err != nil || code != 1 || changes[0].What != "param" || changes[0].Before != "30 days" || changes[0].After != "45 days" || !slices.Equal(changes[0].Cites, []string{"S3-12"}) {
		t.Errorf("%d %v %+v", code, err, changes)
	}
	if out := green(t, "policy", "diff", "--json", "cosmetics", "cosmetics"); out != "[]\n" {
		t.Error(out)
	}
	// The two versions of the law, the newest last.
	if out, _, code := command(t, "policy", "diff", "law-cn"); code != 1 || !strings.Contains(out, "version: 2021-11 → 2024-07\n") || !strings.Contains(out, "Table refund_tender, row 1: ") {
		t.Errorf("%d\n%s", code, out)
	}
}

func TestPolicyDiffUsage(t *testing.T) {
	for want, args := range map[string][]string{
		"no other built-in version": {"shoes"},
		"not two versions":          {"shoes", "snack"},
		"known: law-cn@2021-11":     {"law-cn@1999"},
		"neither a folder":          {"nowhere"},
		"two, not 3":                {"shoes", "shoes", "shoes"},
	} {
		if out, complaint, code := command(t, slices.Concat([]string{"policy", "diff"}, args)...); code != exitUsage || out != "" || !strings.Contains(complaint, want) {
			t.Errorf("%v: %d\n%s%s", args, code, out, complaint)
		}
	}
}
