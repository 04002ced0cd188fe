package app

import (
	"errors"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"github.com/sanbao/sanbao/errs"
	"github.com/sanbao/sanbao/internal/carrier"
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

// CheckPublic says what is wrong with the address under which customers reach an installation; "" is fine.
func CheckPublic(address string) error {
	u, err := url.Parse(address)
	if address == "" || err == nil && (u.Scheme == "https" || u.Scheme == "http") && u.Host != "" && u.RawQuery == "" && u.Fragment == "" && u.User == nil {
		return nil
	}
	return errs.New(errs.Invalid, "app.public", errs.Args{"address": errs.Clip(address)})
}

// ReadSalts reads the secrets of pushes from a file, a line SHOP=SECRET for each shop; "" is no file. A message never holds a line of it.
func ReadSalts(file string) (map[string]carrier.Salt, error) {
	if file == "" {
		return nil, nil
	}
	text, err := os.ReadFile(filepath.Clean(file))
	if err != nil {
		return nil, errs.Wrap(err, errs.Invalid, "app.secrets", errs.Args{"file": file, "line": 0})
	}
	out := map[string]carrier.Salt{}
	for i, line := range strings.Split(string(text), "\n") {
		if line = strings.TrimSpace(line); line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		code, secret, found := strings.Cut(line, "=")
		code, secret = strings.TrimSpace(code), strings.TrimSpace(secret)
		if _, twice := out[code]; !found || code == "" || len(secret) < 8 || twice {
			return nil, errs.New(errs.Invalid, "app.secrets", errs.Args{"file": file, "line": i + 1})
		}
		out[code] = carrier.NewSalt(secret)
	}
	return out, nil
}

var _ = errs.Register(map[string]errs.Text{
	"app.folder":     {ZhCN: "数据目录 {folder} 无法写入，请换一个目录（--data）或调整权限。", En: "The data folder {folder} cannot be written; choose another with --data or change its permissions."},
	"app.port_taken": {ZhCN: "地址 {address} 已被占用，请换一个端口（--listen）或先停掉占用它的程序。", En: "The address {address} is taken; choose another with --listen or stop the program that uses it."},
	"app.public":     {ZhCN: "公开网址（--public）应以 https:// 或 http:// 开头，后面只有主机名和路径；这里是“{address}”。", En: "The public address (--public) begins with https:// or http:// and has a host and a path only, not \"{address}\"."},
	"app.secrets":    {ZhCN: "密钥文件 {file} 第 {line} 行无法使用：每行写“店铺代码=密钥”，密钥至少 8 个字符，每店一行。", En: "The file of secrets {file} cannot be used, line {line}: one line SHOP=SECRET for each shop, the secret of 8 characters or more."},
	"app.listen":     {ZhCN: "无法在 {address} 上监听：{why}", En: "Cannot listen on {address}: {why}"},
})
