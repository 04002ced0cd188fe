package webtest

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/sanbao/sanbao/internal/web"
)

// Mortal is a server that is killed and started again under clients that send again what was not answered. It runs in a process of its
// own: the test's binary once more, with environment variables by which the test sees that it is the server; then it calls Serving.
type Mortal struct {
	t        testing.TB
	env      []string
	answered chan struct{} // one for each answer a client got
	gaveUp   chan struct{} // closed when a client met what must not be
	giveUp   sync.Once

	mu      sync.Mutex
	up      *sync.Cond
	address string // "" while there is no server
}

// NewMortal is a server of the running test; env is what tells it so, NAME=VALUE.
func NewMortal(t testing.TB, env ...string) *Mortal {
	m := &Mortal{t: t, env: env, answered: make(chan struct{}, 1<<16), gaveUp: make(chan struct{})}
	m.up = sync.NewCond(&m.mu)
	return m
}

// Serving tells the test that started this process where its server answers. The process does not outlive that test.
func Serving(ln net.Listener) {
	go func() {
		if _, err := io.Copy(io.Discard, os.Stdin); err == nil {
			os.Exit(1)
		}
	}()
	fmt.Println("serving", ln.Addr())
}

// Live starts the server and kills it after some answers, so many at most, with other requests under way.
func (m *Mortal) Live(most int) {
	m.t.Helper()
	name, _, _ := strings.Cut(m.t.Name(), "/")
	cmd := exec.Command(os.Args[0], "-test.run=^"+name+"$")
	cmd.Env = append(os.Environ(), m.env...)
	var said bytes.Buffer
	cmd.Stderr = &said
	life, err := cmd.StdinPipe()
	if err != nil {
		m.t.Fatal(err)
	}
	defer life.Close()
	out, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		m.t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if address, ok := strings.CutPrefix(lines.Text(), "serving "); ok {
			m.At(address)
			break
		}
		said.WriteString(lines.Text() + "\n")
	}
	if m.now() == "" {
		m.t.Fatalf("the server did not start: %v\n%s", cmd.Wait(), &said)
	}
	for range 1 + rand.IntN(most) {
		select {
		case <-m.answered:
		case <-m.gaveUp:
			m.t.FailNow()
		}
	}
	m.At("")
	if err := cmd.Process.Kill(); err != nil {
		m.t.Fatal(err)
	}
	if err := cmd.Wait(); err == nil {
		m.t.Fatal("the server ended by itself")
	}
}

// At says where there is a server now; "" is nowhere.
func (m *Mortal) At(address string) {
	m.mu.Lock()
	m.address = address
	m.mu.Unlock()
	m.up.Broadcast()
}

func (m *Mortal) now() string {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.address
}

// next waits for a server.
func (m *Mortal) next() string {
	m.mu.Lock()
	defer m.mu.Unlock()
	for m.address == "" {
		m.up.Wait()
	}
	return m.address
}

// GiveUp ends the test: a client met what must not be.
func (m *Mortal) GiveUp(err error) {
	m.t.Error(err)
	m.giveUp.Do(func() { close(m.gaveUp) })
}

var patient = &http.Client{Timeout: 20 * time.Second}

// Call sends a request to a path below the API's root until it is answered by less than 500, and reads a good answer into what it is given. Other
// answers come back with their status and text.
func (m *Mortal) Call(token, method, below, key string, body, answer any) (status int, text []byte, err error) {
	sent, err := json.Marshal(body)
	if err != nil {
		return 0, nil, err
	}
	for {
		r, err := http.NewRequest(method, "http://"+m.next()+path.Join(web.APIRoot, below), bytes.NewReader(sent))
		if err != nil {
			return 0, nil, err
		}
		r.Header.Set("Authorization", "Bearer "+token)
		if method != http.MethodGet {
			r.Header.Set("Content-Type", "application/json")
			r.Header.Set("Idempotency-Key", key)
		}
		res, err := patient.Do(r)
		if err != nil {
			continue // it died; the next one will answer
		}
		text, err := io.ReadAll(res.Body)
		if cerr := res.Body.Close(); err != nil || cerr != nil || res.StatusCode >= 500 {
			continue
		}
		m.answered <- struct{}{}
		if res.StatusCode < 300 && answer != nil {
			err = json.Unmarshal(text, answer)
		}
		return res.StatusCode, text, err
	}
}
