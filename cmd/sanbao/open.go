package main

import (
	"context"
	"errors"

	"github.com/sanbao/sanbao/internal/app"
	"github.com/sanbao/sanbao/internal/db"
	"github.com/sanbao/sanbao/internal/shop"
)

// Node says where the data is. Every command that needs the database embeds it.
type Node struct {
	Data     string `help:"Folder of the database file and its backups." default:"./data" env:"SANBAO_DATA" type:"path"`
	DB       string `help:"Database address, sqlite:FILE or postgres://USER@HOST/NAME; sanbao.db in the data folder by default." env:"SANBAO_DB" placeholder:"URL"`
	Blob     string `help:"Where photos and films are kept, a folder or s3://BUCKET?region=…&endpoint=… with keys in AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY; blobs in the data folder by default." env:"SANBAO_BLOB" placeholder:"WHERE"`
	Payments string `help:"File that names the shops' payment providers; payments.yaml in the data folder by default." env:"SANBAO_PAYMENTS" type:"path" placeholder:"FILE"`
}

// open opens and migrates the database and wires the parts. The caller closes it.
func (n Node) open(ctx context.Context) (*app.App, error) {
	return app.Open(ctx, n.config())
}

func (n Node) config() app.Config {
	return app.Config{Data: n.Data, DB: n.DB, Blobs: n.Blob, Payments: n.Payments}
}

// openShop is open and the shop of a code. It leaves nothing open when there is no such shop.
func (n Node) openShop(ctx context.Context, code string) (*app.App, shop.Shop, error) {
	a, err := n.open(ctx)
	if err != nil {
		return nil, shop.Shop{}, err
	}
	var s shop.Shop
	err = a.DB.Read(ctx, func(tx *db.Tx) error {
		s, err = shop.ByCode(tx, code)
		return err
	})
	if err != nil {
		return nil, shop.Shop{}, errors.Join(err, a.Close())
	}
	return a, s, nil
}
