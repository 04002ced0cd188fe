package main

import (
	"context"
	"encoding/json"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sanbao/sanbao/internal/app"
	"github.com/sanbao/sanbao/internal/auth"
	"github.com/sanbao/sanbao/internal/db/dbtest"
	"github.com/sanbao/sanbao/internal/shop"
)

// said runs one command and returns what it printed and its exit code.
func said(t *testing.T, args ...string) (string, int) {
	t.Helper()
	f, err := os.Create(filepath.Join(t.TempDir(), "stdout"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	was := os.Stdout
	os.Stdout = f
	defer func() { os.Stdout = was }()
	code := run(args)
	b, err := os.ReadFile(f.Name())
	if err != nil {
		t.Fatal(err)
	}
	return string(b), code
}

func TestPeopleFromTheCommandLine(t *testing.T) {
	data := t.TempDir()
	open := func() *app.App {
		a, err := app.Open(t.Context(), app.Config{Data: data, Clock: dbtest.Clock()})
		if err != nil {
			t.Fatal(err)
		}
		return a
	}
	a := open()
	s, err := a.OpenShop(t.Context(), shop.NewShop{Code: "shoes", Name: "女鞋商城", Pack: "shoes", Law: "law-cn", Currency: "CNY", Calendar: "CN"})
	if err != nil {
		t.Fatal(err)
	}
	if err := a.Close(); err != nil {
		t.Fatal(err)
	}
	first, code := said(t, "user", "add", "aqing", "--data", data, "--name", "阿青", "--role", "agent@shoes,finance")
	if code != exitOK {
		t.Fatal(code, first)
	}
	for _, wrong := range [][]string{
		{"aqing", "--name", "另一位"}, {"xiaoman", "--name", "阿青"}, {"xiaoman", "--name", "小满", "--role", "agent@nowhere"},
		{"xiaoman", "--name", "小满", "--role", "boss"}, {"小满", "--name", "小满"},
	} {
		if out, code := said(t, append([]string{"user", "add", "--data", data}, wrong...)...); code != exitFailed || out != "" {
			t.Errorf("%v: %d %s", wrong, code, out)
		}
	}
	second, code := said(t, "user", "reset-password", "aqing", "--data", data)
	if code != exitOK || second == first {
		t.Error(code, second)
	}
	if _, code := said(t, "user", "reset-password", "nobody", "--data", data); code != exitFailed {
		t.Error(code)
	}
	if out, code := said(t, "user", "list", "--data", data); code != exitOK || out != "aqing            阿青  finance,agent@shoes\n" {
		t.Errorf("%d %q", code, out)
	}
	out, code := said(t, "user", "list", "--json", "--data", data)
	var listed []auth.User
	if err := json.Unmarshal([]byte(out), &listed); err != nil || code != exitOK || len(listed) != 1 || listed[0].Roles[1].Shop != s.ID {
		t.Error(out, err)
	}
	a = open()
	defer a.Close()
	for password, want := range map[string]bool{first: false, second: true} {
		_, p, err := a.Sessions.Login(context.Background(), "aqing", strings.TrimSpace(password), netip.MustParseAddr("192.0.2.1"))
		if (err == nil) != want || want && !p.MustChange {
			t.Errorf("%s: %+v, %v", password, p, err)
		}
	}
}
