package app

import (
	"context"

	"github.com/sanbao/sanbao/internal/db"
	"github.com/sanbao/sanbao/internal/shop"
)

// OpenShop makes a shop with its warehouses, after checking that its packs and calendar exist.
func (a *App) OpenShop(ctx context.Context, n shop.NewShop, houses ...shop.NewWarehouse) (shop.Shop, error) {
	s, err := n.Plan(a.CheckShop)
	if err != nil {
		return s, err
	}
	err = a.DB.Write(ctx, func(tx *db.Tx) error {
		s.CreatedAt = tx.Now
		if err := shop.Insert(tx, s); err != nil {
			return err
		}
		for _, w := range houses {
			if err := shop.InsertWarehouse(tx, w.In(s.ID)); err != nil {
				return err
			}
		}
		return nil
	})
	return s, err
}
