package apitest_test

import (
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/sanbao/sanbao/internal/apitest"
	"github.com/sanbao/sanbao/internal/app"
	"github.com/sanbao/sanbao/internal/auth"
	"github.com/sanbao/sanbao/internal/db"
	"github.com/sanbao/sanbao/internal/db/dbtest"
	"github.com/sanbao/sanbao/internal/settle"
)

func TestMain(m *testing.M) { dbtest.Main(m) }

// TestStories plays every story there is on both databases.
func TestStories(t *testing.T) {
	for _, pattern := range []string{"testdata/*.txt", "../../examples/*/*.txt"} {
		files, err := filepath.Glob(pattern)
		if err != nil || len(files) == 0 {
			t.Fatalf("%s: %d stories, %v", pattern, len(files), err)
		}
		for _, file := range files {
			s, err := apitest.Read(file)
			if err != nil {
				t.Error(err)
				continue
			}
			for _, dialect := range []db.Dialect{db.SQLite, db.Postgres} {
				t.Run(s.Name()+"/"+dialect.String(), func(t *testing.T) {
					if err := node(t, dialect).Play(t.Context(), s); err != nil {
						t.Error(err)
					}
				})
			}
		}
	}
}

// TestExampleRuns plays the stories of the examples as a newcomer does: a built server, its own clock, its own jobs.
func TestExampleRuns(t *testing.T) {
	cmd := exec.CommandContext(t.Context(), "../../examples/run")
	cmd.Env = append(os.Environ(), "SANBAO_DB=", "LC_ALL=C")
	out, err := cmd.CombinedOutput()
	if err != nil || !strings.Contains(string(out), "stories turned out as written.") {
		t.Errorf("%v\n%s", err, out)
	}
}

// node is a whole server in this process, on a fresh database, with a clock and a payment provider that stories turn.
func node(t *testing.T, dialect db.Dialect) apitest.Target {
	t.Helper()
	now := dbtest.Clock()
	pays := settle.NewScripted(now)
	a, err := app.Open(t.Context(), app.Config{DB: dbtest.URL(t, dialect), Clock: now, Gateway: pays, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := a.Close(); err != nil {
			t.Error(err)
		}
	})
	secret, _, err := auth.EnsureFirst(t.Context(), a.DB)
	if err != nil {
		t.Fatal(err)
	}
	return apitest.Target{Base: "http://sanbao.test", Client: &http.Client{Transport: inProcess{a.Server()}}, Admin: secret.Reveal(),
		Clock: now, Turn: func(d time.Duration) { now.Advance(d) }, Gateway: func(turns ...settle.Turn) { pays.Script(turns...) },
		Jobs: func(ctx context.Context) error {
			_, err := a.Jobs.RunDue(ctx)
			return err
		},
		Tell: func(line string) { t.Log(line) }}
}

// inProcess asks a handler instead of the network.
type inProcess struct{ http.Handler }

func (h inProcess) RoundTrip(r *http.Request) (*http.Response, error) {
	w := httptest.NewRecorder()
	r.RemoteAddr, r.RequestURI, r.Host = "127.0.0.1:1", r.URL.RequestURI(), r.URL.Host
	h.ServeHTTP(w, r)
	return w.Result(), nil
}
