// With-postgres runs a command beside a private PostgreSQL server, whose address it finds in SANBAO_TEST_PG, and stops
// the server when the command ends:
//
//	go run ./scripts/with-postgres go test ./...
//
// With -install a missing server is first installed from the system's packages (Debian, Ubuntu; as root).
package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"syscall"

	"github.com/sanbao/sanbao/internal/db/dbtest/cluster"
)

func main() {
	args := os.Args[1:]
	install := len(args) > 0 && args[0] == "-install"
	if install {
		args = args[1:]
	}
	if len(args) == 0 {
		fmt.Fprintln(os.Stderr, "usage: with-postgres [-install] COMMAND [ARGUMENT…]")
		os.Exit(2)
	}
	code, err := run(install, args)
	if err != nil {
		fmt.Fprintln(os.Stderr, "with-postgres:", err)
		code = max(code, 1)
	}
	os.Exit(code)
}

// run is the command's exit code.
func run(install bool, args []string) (code int, err error) {
	if install && !cluster.Installed() {
		if err := installServer(); err != nil {
			return 1, err
		}
	}
	c, err := cluster.Start()
	if err != nil {
		return 1, err
	}
	defer func() { err = errors.Join(err, c.Stop()) }()
	signals := make(chan os.Signal, 4)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	cmd := exec.Command(args[0], args[1:]...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	cmd.Env = append(os.Environ(), cluster.Env+"="+c.DSN)
	if err := cmd.Start(); err != nil {
		return 1, err
	}
	go func() {
		for s := range signals {
			_ = cmd.Process.Signal(s) // it may have ended just now
		}
	}()
	err = cmd.Wait()
	if exit, ok := errors.AsType[*exec.ExitError](err); ok {
		return max(exit.ExitCode(), 1), nil // it has said itself what was wrong
	}
	return 0, err
}

func installServer() error {
	for _, args := range [][]string{{"apt-get", "update"}, {"apt-get", "install", "-y", "--no-install-recommends", "postgresql"}} {
		cmd := exec.Command(args[0], args[1:]...)
		cmd.Env = append(os.Environ(), "DEBIAN_FRONTEND=noninteractive")
		cmd.Stdout, cmd.Stderr = os.Stderr, os.Stderr
		if err := cmd.Run(); err != nil {
			return fmt.Errorf("installing PostgreSQL: %v: %w", args, err)
		}
	}
	return nil
}
