// Command sanbao is the platform and its tools: it serves, imports orders, opens shops, makes tokens, and lints, tests
// and asks policies.
package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/alecthomas/kong"

	"github.com/sanbao/sanbao/errs"
	"github.com/sanbao/sanbao/internal/app"
)

// CLI is the whole command line.
type CLI struct {
	Serve   ServeCmd   `cmd:"" help:"Run the platform."`
	Import  ImportCmd  `cmd:"" help:"Bring in orders from export files."`
	Returns ReturnsCmd `cmd:"" help:"Open cases from return records."`
	Policy  PolicyCmd  `cmd:"" help:"Check, test, ask and explain policies."`
	Settle  SettleCmd  `cmd:"" help:"Work out refunds."`
	Books   BooksCmd   `cmd:"" help:"Add the books up."`
	Shop    ShopCmd    `cmd:"" help:"Open and list shops."`
	Token   TokenCmd   `cmd:"" help:"Make access tokens."`
	User    UserCmd    `cmd:"" help:"Give people log-ins, new passwords, and list them."`
	Openapi OpenapiCmd `cmd:"" help:"Write the API document."`
	Version VersionCmd `cmd:"" help:"Print the version."`
}

// VersionCmd prints the version.
type VersionCmd struct{}

// Run prints it.
func (VersionCmd) Run() error {
	fmt.Println("sanbao", app.Version)
	return nil
}

// Exit codes.
const (
	exitOK     = 0
	exitFailed = 1 // the command found faults, or could not do its work
	exitUsage  = 2
)

func main() { os.Exit(run(os.Args[1:])) }

// run does one command and returns its exit code.
func run(args []string) int {
	slog.SetDefault(slog.New(slog.NewTextHandler(os.Stderr, nil)))
	var cli CLI
	code := -1
	parser, err := kong.New(&cli, kong.Name("sanbao"), kong.UsageOnError(), kong.Exit(func(c int) { code = c }),
		kong.Description("Sanbao 三包: after-sales service. Decides by the shop's published policy, on time, to the last fen, and can always show why."))
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return exitFailed
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	command, err := parser.Parse(args)
	if code >= 0 { // --help
		return code
	}
	if err != nil {
		fmt.Fprintf(os.Stderr, "sanbao: %v\nTry sanbao --help.\n", err)
		return exitUsage
	}
	command.BindTo(ctx, (*context.Context)(nil))
	return exitCode(command.Run())
}

// exit is an error with an exit code of its own. Without an error in it nothing is said: the output has said it.
type exit struct {
	code int
	err  error
}

func (e exit) Error() string { return fmt.Sprintf("exit code %d: %v", e.code, e.err) }
func (e exit) Unwrap() error { return e.err }

// exitCode tells what went wrong and is the exit code.
func exitCode(err error) int {
	e, own := errors.AsType[exit](err)
	switch {
	case err == nil:
		return exitOK
	case !own:
		e = exit{exitFailed, err}
	}
	if e.err != nil {
		tell(e.err)
	}
	return e.code
}

// tell prints an error as sentences in the reader's language. What went wrong inside is for the log, unless it is all
// there is.
func tell(err error) {
	e, known := errors.AsType[*errs.Error](err)
	if !known {
		fmt.Fprintf(os.Stderr, "sanbao: %v\n", err)
		return
	}
	fmt.Fprintf(os.Stderr, "sanbao: %s\n", e.Text(language()))
	for _, f := range e.Fields {
		fmt.Fprintf(os.Stderr, "  %s: %s\n", f.Path, errs.Render(language(), f.Key, f.Args))
	}
	if e.Code == errs.Internal && e.Err != nil {
		fmt.Fprintf(os.Stderr, "  %s\n", strings.TrimSpace(e.Err.Error()))
	}
}
