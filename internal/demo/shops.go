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
}
