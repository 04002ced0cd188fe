// Command play plays stories against a running server and tells them step by step. The administrator's token comes from
// the environment, not from the command line, where others could read it.
//
//	SANBAO_TOKEN=sb_… go run ./internal/apitest/play -at http://127.0.0.1:8080 examples/shoes/SH-01.txt
//
// Every story opens a demo shop of its own and leaves it there. Exit code 1: a story did not turn out as written.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"net/http"
	"os"
	"os/signal"
	"time"

	"github.com/sanbao/sanbao/clock"
	"github.com/sanbao/sanbao/internal/apitest"
)

func main() {
	at := flag.String("at", "http://127.0.0.1:8080", "address of the server")
	lang := flag.String("lang", "zh-CN, en;q=0.5", "language of refusals, as Accept-Language")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, *at, *lang, flag.Args()); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(ctx context.Context, at, lang string, files []string) error {
	token := os.Getenv("SANBAO_TOKEN")
	if token == "" || len(files) == 0 {
		return errors.New("usage: SANBAO_TOKEN=… play [-at ADDRESS] FILE…")
	}
	t := apitest.Target{Base: at, Client: &http.Client{Timeout: time.Minute}, Admin: token, Lang: lang, Clock: clock.System{},
		Tell: func(line string) { fmt.Println(line) }}
	for _, f := range files {
		s, err := apitest.Read(f)
		if err != nil {
			return err
		}
		if err := t.Play(ctx, s); err != nil {
			return err
		}
		fmt.Println()
	}
	return nil
}
