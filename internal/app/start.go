package app

import (
	"errors"
	"net"
	"os"
	"path/filepath"
	"syscall"

	"github.com/sanbao/sanbao/errs"
)

// makeFolder makes the data folder and finds out by trying whether it can be written.
func makeFolder(dir string) error {
	if err := os.MkdirAll(dir, 0o750); err != nil {
		return errs.Wrap(err, errs.Unavailable, "app.folder", errs.Args{"folder": dir})
	}
	probe, err := os.CreateTemp(dir, ".writable-*")
	if err != nil {
		return errs.Wrap(err, errs.Unavailable, "app.folder", errs.Args{"folder": dir})
	}
	name := probe.Name()
	return errors.Join(probe.Close(), os.Remove(filepath.Clean(name)))
}

// Listen takes the address a node serves on.
func Listen(address string) (net.Listener, error) {
	ln, err := net.Listen("tcp", address)
	switch {
	case errors.Is(err, syscall.EADDRINUSE):
		return nil, errs.Wrap(err, errs.Unavailable, "app.port_taken", errs.Args{"address": address})
	case err != nil:
		return nil, errs.Wrap(err, errs.Unavailable, "app.listen", errs.Args{"address": address, "why": err.Error()})
	}
	return ln, nil
}

var _ = errs.Register(map[string]errs.Text{
	"app.folder":     {ZhCN: "数据目录 {folder} 无法写入，请换一个目录（--data）或调整权限。", En: "The data folder {folder} cannot be written; choose another with --data or change its permissions."},
	"app.port_taken": {ZhCN: "地址 {address} 已被占用，请换一个端口（--listen）或先停掉占用它的程序。", En: "The address {address} is taken; choose another with --listen or stop the program that uses it."},
	"app.listen":     {ZhCN: "无法在 {address} 上监听：{why}", En: "Cannot listen on {address}: {why}"},
})
