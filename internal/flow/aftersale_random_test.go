package flow_test

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/sanbao/sanbao/internal/intake"
	"github.com/sanbao/sanbao/internal/line"
	"github.com/sanbao/sanbao/internal/settle"
)

// Property: whatever lists a platform sends in whatever order, each taken twice is each taken once; an application never
// goes back; and no more is confirmed than the platform says was given back.
func TestAnyAfterSaleListTwiceIsOnce(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		k.marketplaceShop()
		k.unsent("9900000000000000601")
		r := rand.New(rand.NewPCG(11, 17))
		pick := func(from ...string) string { return from[r.IntN(len(from))] }
		articles := [][2]string{{"9900000000000000101", "9900000000000000101"}, {"9900000000000000102", "9900000000000000103"}, {"9900000000000000102", "9900000000000000104"},
			{"9900000000000000601", "9900000000000000601"}, {"9900000000000000777", "1"}, {"9900000000000000102", ""}}
		at := map[string]int{}
		stages := map[intake.Stage]int{intake.Open: 0, intake.Closed: 1, intake.Done: 2}
		var opened, differs, confirmed int64
		for step := range 30 {
			list, ended := listHead, "退款中"
			if step > 10 {
				ended = pick("售后关闭", "同意退款，退款成功", "同意退款，退款成功")
			}
			for n := range articles {
				if r.IntN(3) == 0 {
					continue
				}
				row := applied{no: fmt.Sprint(990700 + n), main: articles[n][0], sub: articles[n][1], kind: pick("退货退款", "仅退款", "未发货退款", "换货"),
					amount: pick("299.00", "299.00", "200.00", "100.00", "150.00", "0.00"), freight: pick("0.00", "0.00", "10.00"), why: pick("不想要了", "质量问题", "尺码不合适", "", "<b>"),
					status: pick("待商家处理", "待买家退货", "平台介入中", ended), deadline: pick("", k.stamp(-30), k.stamp(48)), arrived: pick("", k.stamp(-1))}
				if n == 3 { // one that goes through where nobody stands in its way
					row.kind, row.why, row.freight, row.amount = "未发货退款", "不想要了", "0.00", pick("299.00", "299.00", "298.00")
				}
				list += k.listRow(row)
			}
			if list == listHead {
				continue
			}
			one := k.imports("douyin-after-sale", list)
			opened, differs, confirmed = opened+one.AfterSale.Opened, differs+one.AfterSale.Differs, confirmed+one.AfterSale.Confirmed
			once := k.everything()
			two := k.imports("douyin-after-sale", list)
			if now := k.everything(); now != once || two.AfterSale.Opened+two.AfterSale.Linked+two.AfterSale.Updated+two.AfterSale.Confirmed != 0 {
				t.Fatalf("step %d: again %+v changed\n%s\nto\n%s\nby\n%s", step, two.AfterSale, once, now, list)
			}
			for n := range articles {
				no := fmt.Sprint(990700 + n)
				x, ok := k.known(no)
				if !ok {
					continue
				}
				if stages[x.Stage] < at[no] {
					t.Fatalf("%s went back to %s", no, x.Stage)
				}
				at[no] = stages[x.Stage]
				if x.CaseID == 0 {
					continue
				}
				v := k.ok(k.f.View(k.ctx(), k.shop.ID, x.CaseID))
				if v.Lines[0].State == line.NeedsFacts { // a person answers
					k.shoes(no)
				}
				for _, s := range v.Settlements {
					if s.LineID == x.LineID && s.State == settle.Settled && (x.Stage != intake.Done || s.ExternalNo != no || s.Minor > x.Minor) {
						t.Fatalf("%+v confirms %+v", s, x)
					}
				}
			}
		}
		if opened == 0 || differs == 0 || confirmed == 0 {
			t.Errorf("%d opened, %d differences, %d confirmed: the property saw too little", opened, differs, confirmed)
		}
		if got := k.balances(); got["paid:marketplace"]+got["owed:customers"] > 0 {
			t.Errorf("books %v", got)
		}
	})
}
