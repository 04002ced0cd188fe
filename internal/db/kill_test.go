package db_test

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/sanbao/sanbao/internal/db"
)

// killURL is set in the child process that TestKill starts: this test binary, writing until it is killed.
const killURL = "SANBAO_TEST_KILL_URL"

// TestKill kills a writing process with SIGKILL: every row it was told is saved must be there.
func TestKill(t *testing.T) {
	if url := os.Getenv(killURL); url != "" {
		writeForever(t, url)
	}
	each(t, func(t *testing.T, d *db.DB) {
		for round := range 2 {
			told := killed(t, d.URL(), fmt.Sprint(round), 200)
			got := "," + keys(t, d) + ","
			for _, k := range told {
				if !strings.Contains(got, ","+k+",") {
					t.Errorf("%s was told saved, and is lost", k)
				}
			}
		}
	})
}

// writeForever has eight clients write rows and print each that was saved.
func writeForever(t *testing.T, url string) {
	d := lite(t, url)
	saved := make(chan string)
	for client := range 8 {
		go func() {
			for i := 0; ; i++ {
				k := fmt.Sprintf("%s-%d-%d", os.Getenv("ROUND"), client, i)
				if err := d.Write(context.Background(), put(k)); err != nil {
					panic(err)
				}
				saved <- k
			}
		}()
	}
	for k := range saved {
		fmt.Println("saved", k)
	}
}

// killed runs a writer, kills it after it said n times that a row is saved, and returns all it said.
func killed(t *testing.T, url, round string, n int) (told []string) {
	t.Helper()
	cmd := exec.Command(os.Args[0], "-test.run=^TestKill$")
	cmd.Env = append(os.Environ(), killURL+"="+url, "ROUND="+round)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if k, ok := strings.CutPrefix(lines.Text(), "saved "); ok {
			told = append(told, k)
		}
		if len(told) == n {
			if err := cmd.Process.Kill(); err != nil {
				t.Error(err)
			}
		}
	}
	if err := cmd.Wait(); err == nil || len(told) < n {
		t.Fatalf("the writer ended by itself (%v) after %d rows", err, len(told))
	}
	return told
}
