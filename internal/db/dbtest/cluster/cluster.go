// Package cluster runs a private PostgreSQL server for tests: in a temporary folder, reached through a Unix socket
// only, without fsync unless it is to be Durable, gone when stopped.
package cluster

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
)

// Env names the variable that holds the DSN of a cluster already running, for a test command of many packages.
const Env = "SANBAO_TEST_PG"

// Cluster is a running server.
type Cluster struct {
	DSN string // of its superuser and database "postgres"

	dir  string
	bin  string
	cred *syscall.Credential // whom to run it as; nil: ourselves

	lifeline io.Closer // see keep
	watcher  *exec.Cmd
}

// Durable are the settings of a server that loses nothing, as one is run in earnest: for benchmarks.
var Durable = []string{"fsync=on", "synchronous_commit=on", "full_page_writes=on", "autovacuum=on", "shared_buffers=256MB", "max_wal_size=1GB"}

// Start makes a cluster and waits until it answers. It takes one or two seconds. Settings given stand over those of a test's server.
func Start(settings ...string) (*Cluster, error) {
	bin, err := binaries()
	if err != nil {
		return nil, err
	}
	c := &Cluster{bin: bin}
	if c.dir, err = os.MkdirTemp("", "sanbao-pg-"); err != nil {
		return nil, err
	}
	if err := c.start(settings); err != nil {
		return nil, errors.Join(err, os.RemoveAll(c.dir))
	}
	if err := c.keep(); err != nil {
		return nil, errors.Join(err, c.Stop())
	}
	c.DSN = "postgres://postgres@/postgres?host=" + url.QueryEscape(c.dir)
	return c, nil
}

func (c *Cluster) start(settings []string) error {
	if os.Geteuid() == 0 { // PostgreSQL refuses to run as root
		if err := c.dropRoot(); err != nil {
			return err
		}
	}
	if err := c.run("initdb", "--pgdata="+c.data(), "--username=postgres", "--auth=trust", "--encoding=UTF8", "--locale=C",
		"--no-sync", "--no-instructions"); err != nil {
		return err
	}
	options := []string{"listen_addresses=", "unix_socket_directories=" + c.dir, "fsync=off", "synchronous_commit=off",
		"full_page_writes=off", "max_connections=300", "shared_buffers=64MB", "max_wal_size=256MB", "autovacuum=off", "deadlock_timeout=50ms"}
	options = append(options, settings...) // the later of two of a name holds
	return c.run("pg_ctl", "--pgdata="+c.data(), "--log="+filepath.Join(c.dir, "log"), "--wait", "--timeout=60",
		"--options=-c "+strings.Join(options, " -c "), "start")
}

func (c *Cluster) data() string { return filepath.Join(c.dir, "data") }

// dropRoot gives the folder to the user that Debian's package made.
func (c *Cluster) dropRoot() error {
	u, err := user.Lookup("postgres")
	if err != nil {
		return fmt.Errorf("PostgreSQL does not run as root and there is no user postgres: %w", err)
	}
	uid, err1 := strconv.Atoi(u.Uid)
	gid, err2 := strconv.Atoi(u.Gid)
	if err := errors.Join(err1, err2); err != nil {
		return err
	}
	c.cred = &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
	return os.Chown(c.dir, uid, gid)
}

// Program is where one of the server's own programs is, pgbench for one.
func (c *Cluster) Program(name string) string { return filepath.Join(c.bin, name) }

// run runs one of PostgreSQL's programs. Its output goes to a file and not to a pipe: the server inherits it, and a
// pipe would stay open as long as the server runs.
func (c *Cluster) run(name string, args ...string) error {
	out, err := os.Create(filepath.Join(c.dir, name+".out"))
	if err != nil {
		return err
	}
	defer out.Close()
	cmd := exec.Command(c.Program(name), args...)
	cmd.Dir, cmd.Stdout, cmd.Stderr = c.dir, out, out
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: c.cred, Setsid: true} // a Ctrl-C is ours to handle, with Stop
	if err := cmd.Run(); err != nil {
		said, _ := os.ReadFile(out.Name())
		log, _ := os.ReadFile(filepath.Join(c.dir, "log"))
		return fmt.Errorf("%s: %w\n%s%s", name, err, bytes.TrimSpace(said), log)
	}
	return nil
}

// Stop ends the server at once and removes its folder.
func (c *Cluster) Stop() error {
	err := c.run("pg_ctl", "--pgdata="+c.data(), "--mode=immediate", "--wait", "stop")
	err = errors.Join(err, os.RemoveAll(c.dir))
	if c.watcher != nil {
		err = errors.Join(err, c.lifeline.Close(), c.watcher.Wait())
	}
	return err
}

// keep makes sure that the server ends with this process, even if it is killed before it can call Stop: a shell waits
// for the end of a pipe that only we hold open.
func (c *Cluster) keep() error {
	script := fmt.Sprintf("cat >/dev/null; if [ -d %[1]s ]; then %[2]s/pg_ctl -D %[1]s/data -m immediate stop; rm -rf %[1]s; fi", c.dir, c.bin)
	cmd := exec.Command("sh", "-c", script)
	cmd.Dir = "/"
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: c.cred, Setsid: true}
	var err error
	if c.lifeline, err = cmd.StdinPipe(); err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return err
	}
	c.watcher = cmd
	return nil
}

// Installed says whether Start would find a server.
func Installed() bool {
	_, err := binaries()
	return err == nil
}

// binaries is the folder of the newest installed server.
func binaries() (string, error) {
	found, err := filepath.Glob("/usr/lib/postgresql/*/bin/initdb") // Debian and Ubuntu keep servers off the PATH
	if err != nil {
		return "", err
	}
	if len(found) > 0 {
		newest := slices.MaxFunc(found, func(a, b string) int { return version(a) - version(b) })
		return filepath.Dir(newest), nil
	}
	if p, err := exec.LookPath("initdb"); err == nil {
		return filepath.Dir(p), nil
	}
	return "", errors.New("these tests need a PostgreSQL server: install the package postgresql (apt-get install postgresql)")
}

func version(p string) int {
	n, _ := strconv.Atoi(strings.Split(p, "/")[4]) // a folder that is no number is the oldest
	return n
}
