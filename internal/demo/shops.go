package demo

import (
	"github.com/sanbao/sanbao/internal/shop"
)

// place is a demo shop with where its returns go.
type place struct {
	shop   shop.NewShop
	houses []shop.NewWarehouse
}

var places = []place{
	{shop.NewShop{Code: "shoes", Name: "女鞋商城（演示）", Pack: "shoes", Law: "law-cn", Currency: "CNY", Calendar: "CN", Simulation: true},
		[]shop.NewWarehouse{{Code: "guangzhou", Name: "广州仓 / 广州退货组", Contact: "阿岳", Phone: "13800138040", Address: "广州市（演示地址）1 号仓"}}},
	{shop.NewShop{Code: "cosmetics", Name: "美妆护肤店（演示）", Pack: "cosmetics", Law: "law-cn", Currency: "CNY", Calendar: "CN", Simulation: true},
		[]shop.NewWarehouse{{Code: "hangzhou", Name: "杭州仓", Contact: "阿岳", Phone: "13800138041", Address: "杭州市（演示地址）2 号仓"}}},
	{shop.NewShop{Code: "snack", Name: "小零食杂货铺（演示）", Pack: "snack", Law: "law-cn", Currency: "CNY", Calendar: "CN", Simulation: true},
		[]shop.NewWarehouse{{Code: "main", Name: "信阳仓", Contact: "阿岳", Phone: "13800138042", Address: "信阳市（演示地址）3 号仓"}}},
	{shop.NewShop{Code: "jade", Name: "翡翠行（演示）", Pack: "jade", Law: "law-cn", Currency: "CNY", Calendar: "CN", Simulation: true},
		[]shop.NewWarehouse{{Code: "store", Name: "翡翠行门店", Contact: "云舒", Phone: "13800138043", Address: "（演示地址）门店柜台"}}},
	{shop.NewShop{Code: "chain", Name: "珠宝连锁（演示）", Pack: "jewellery-chain", Law: "law-cn", Currency: "CNY", Calendar: "CN", Simulation: true},
		[]shop.NewWarehouse{{Code: "store", Name: "中山路店 CH01", Contact: "小禾", Phone: "13800138044", Address: "（演示地址）中山路店"}}},
	{shop.NewShop{Code: "workshop", Name: "首饰工坊（演示）", Pack: "jewellery-workshop", Law: "law-cn", Currency: "CNY", Calendar: "CN", Simulation: true},
		[]shop.NewWarehouse{{Code: "workshop", Name: "工坊", Contact: "何师傅", Phone: "13800138045", Address: "（演示地址）工坊"}}},
}
