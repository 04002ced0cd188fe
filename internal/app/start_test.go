package app_test

import (
	"bufio"
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/sanbao/sanbao/internal/app"
	"github.com/sanbao/sanbao/internal/db"
	"github.com/sanbao/sanbao/internal/db/dbtest"
)

// TestProgram builds sanbao and runs it as a newcomer does.
func TestProgram(t *testing.T) {
	program = filepath.Join(t.TempDir(), "sanbao")
	if out, err := exec.Command("go", "build", "-buildvcs=false", "-o", program, "../../cmd/sanbao").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	t.Run("taken port", takenPort)
	t.Run("no address", noAddress)
	t.Run("unwritable folder", unwritableFolder)
	t.Run("file that is no database", noDatabase)
	t.Run("no database address", noDatabaseAddress)
	t.Run("unreachable database", unreachableDatabase)
	t.Run("newer schema", newerSchema)
	t.Run("nowhere for photos", noBlobAddress)
	t.Run("first start", firstStart)
}

// program is the built sanbao.
var program string

// refused runs a command that must fail with code 1 and one sentence that says so.
func refused(t *testing.T, sentence string, args ...string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, program, args...)
	cmd.Env = append(os.Environ(), "LC_ALL=C")
	var out, fault strings.Builder
	cmd.Stdout, cmd.Stderr = &out, &fault
	err := cmd.Run()
	if cmd.ProcessState == nil || cmd.ProcessState.ExitCode() != 1 {
		t.Errorf("%v: %v, want exit code 1", args, err)
	}
	said := strings.TrimSpace(fault.String())
	if out.String() != "" || strings.Contains(said, "\n") || !regexp.MustCompile(`^sanbao: `+sentence+`$`).MatchString(said) {
		t.Errorf("%v said\n%s%s\nwant one line: sanbao: %s", args, out.String(), said, sentence)
	}
}

func takenPort(t *testing.T) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	dir := filepath.Join(t.TempDir(), "data")
	refused(t, `The address \S+ is taken; choose another with --listen .*`, "serve", "--data", dir, "--listen", ln.Addr().String())
	if _, err := os.Stat(dir); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a start that failed left %s behind: %v", dir, err)
	}
}

func noAddress(t *testing.T) {
	refused(t, `Cannot listen on nowhere: .*`, "serve", "--data", t.TempDir(), "--listen", "nowhere")
}

// A file stands where the folder should be: not even root can write there.
func unwritableFolder(t *testing.T) {
	file := filepath.Join(t.TempDir(), "data")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, dir := range []string{file, filepath.Join(file, "below")} {
		refused(t, `The data folder \S+ cannot be written; .*`, "serve", "--data", dir, "--listen", "127.0.0.1:0")
	}
}

func noDatabase(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "sanbao.db")
	letter := strings.Repeat("Dear customer,\n", 1000)
	if err := os.WriteFile(file, []byte(letter), 0o600); err != nil {
		t.Fatal(err)
	}
	refused(t, `\S+sanbao.db is not an SQLite database.`, "serve", "--data", dir, "--listen", "127.0.0.1:0")
	if now, err := os.ReadFile(file); err != nil || string(now) != letter {
		t.Errorf("the file was changed: %d bytes, %v", len(now), err)
	}
}

func noDatabaseAddress(t *testing.T) {
	refused(t, `"mysql://x" is not a database address: .*`, "shop", "list", "--db", "mysql://x")
}

// A secret that was put into the address is not repeated.
func noBlobAddress(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	refused(t, `The address of the files \(--blob\) is malformed \(@\): [^@]*`, "serve", "--data", dir, "--blob", "s3://key:secret@bucket", "--listen", "127.0.0.1:0")
	if _, err := os.Stat(dir); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a start that failed left %s behind: %v", dir, err)
	}
}

func unreachableDatabase(t *testing.T) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	addr := ln.Addr().String()
	if err := ln.Close(); err != nil { // nobody listens there now
		t.Fatal(err)
	}
	refused(t, `The database \S+ cannot be reached.`, "shop", "list", "--db", "postgres://sanbao:secret@"+addr+"/x?connect_timeout=2")
}

func newerSchema(t *testing.T) {
	for _, dialect := range []db.Dialect{db.SQLite, db.Postgres} {
		t.Run(dialect.String(), func(t *testing.T) {
			url := dbtest.URL(t, dialect)
			a, err := app.Open(t.Context(), app.Config{DB: url, Log: slog.New(slog.DiscardHandler)})
			if err != nil {
				t.Fatal(err)
			}
			raiseSchema(t, a.DB)
			if err := a.Close(); err != nil {
				t.Fatal(err)
			}
			for _, command := range [][]string{{"serve", "--listen", "127.0.0.1:0"}, {"shop", "list"}} {
				refused(t, `The database is at version 99999, newer than version \d+ of this program: use a newer program.`,
					append(command, "--db", url)...)
			}
		})
	}
}

// served is a running sanbao.
type served struct {
	cmd     *exec.Cmd
	said    []string // on standard output, up to the address
	address string
	log     *strings.Builder
	rest    io.Reader
}

var (
	addressLine = regexp.MustCompile(` on (http://\S+) `)
	tokenLine   = regexp.MustCompile(`sb_\S+`)
)

func serve(t *testing.T, args ...string) *served {
	t.Helper()
	s := &served{cmd: exec.Command(program, append([]string{"serve", "--listen", "127.0.0.1:0", "--no-demo-history"}, args...)...), log: &strings.Builder{}}
	s.cmd.Env = append(os.Environ(), "LC_ALL=C")
	s.cmd.Stderr = s.log
	out, err := s.cmd.StdoutPipe()
	if err == nil {
		err = s.cmd.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.cmd.Process.Kill() }) // nothing to kill after a good end
	lines := bufio.NewScanner(out)
	for s.address == "" && lines.Scan() {
		s.said = append(s.said, lines.Text())
		if m := addressLine.FindStringSubmatch(lines.Text()); m != nil {
			s.address = m[1]
		}
	}
	if s.address == "" {
		t.Fatalf("the server did not start: %v\n%s", s.said, s.log)
	}
	s.rest = out
	return s
}

// stop ends the server as an operator does, and expects a good end.
func (s *served) stop(t *testing.T) {
	t.Helper()
	if err := s.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if _, err := io.Copy(io.Discard, s.rest); err != nil && !errors.Is(err, os.ErrClosed) {
		t.Error(err)
	}
	if err := s.cmd.Wait(); err != nil {
		t.Errorf("after SIGTERM: %v\n%s", err, s.log)
	}
}

func (s *served) get(t *testing.T, path, token string) (int, string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.address+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+token)
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res.StatusCode, string(body)
}

// The first start makes the folder, seeds the demo and prints the administrator's token; no later start shows it again.
func firstStart(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "not", "there", "yet")
	first := serve(t, "--data", dir)
	tokens := tokenLine.FindAllString(strings.Join(first.said, "\n"), -1)
	if len(tokens) != 1 {
		t.Fatalf("the first start printed %d tokens:\n%s", len(tokens), strings.Join(first.said, "\n"))
	}
	if status, shops := first.get(t, "/api/v1/shops", tokens[0]); status != http.StatusOK || !strings.Contains(shops, `"code":"shoes"`) {
		t.Errorf("shops: %d %s", status, shops)
	}
	if status, text := first.get(t, "/readyz", ""); status != http.StatusOK {
		t.Errorf("readyz: %d %s", status, text)
	}
	first.stop(t)

	second := serve(t, "--data", dir)
	if said := strings.Join(second.said, "\n"); tokenLine.MatchString(said) || strings.Contains(said, "Seeded") {
		t.Errorf("the second start printed\n%s", said)
	}
	if status, _ := second.get(t, "/api/v1/shops", tokens[0]); status != http.StatusOK {
		t.Errorf("the token is good no more: %d", status)
	}
	if strings.Contains(first.log.String()+second.log.String(), tokens[0]) {
		t.Error("the token is in the log")
	}
	second.stop(t)
}
