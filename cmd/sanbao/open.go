package main

import (
	"context"

	"github.com/sanbao/sanbao/internal/app"
)

// Node says where the data is. Every command that needs the database embeds it.
type Node struct {
	Data string `help:"Folder of the database file and its backups." default:"./data" env:"SANBAO_DATA" type:"path"`
	DB   string `help:"Database address, sqlite:FILE or postgres://USER@HOST/NAME; sanbao.db in the data folder by default." env:"SANBAO_DB" placeholder:"URL"`
}

// open opens and migrates the database and wires the parts. The caller closes it.
func (n Node) open(ctx context.Context) (*app.App, error) {
	return app.Open(ctx, app.Config{Data: n.Data, DB: n.DB})
}
