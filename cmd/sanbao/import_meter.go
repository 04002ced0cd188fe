package main

import (
	"fmt"
	"io"
	"os"
	"time"

	"github.com/sanbao/sanbao/clock"
	"github.com/sanbao/sanbao/internal/flow"
)

// meter shows the progress of an import: one line that is written over on a terminal, now and then a line elsewhere.
type meter struct {
	out      io.Writer
	terminal bool
	every    time.Duration
	phase    flow.ImportPhase
	clock    clock.Clock
	begun    clock.Instant // of the phase
	from     int64         // its first row
	row      int64         // the last one shown
	shown    clock.Instant
	wrote    bool
}

func newMeter(f *os.File) *meter {
	m := &meter{out: f, every: 5 * time.Second, clock: clock.System{}}
	if info, err := f.Stat(); err == nil && info.Mode()&os.ModeCharDevice != 0 {
		m.terminal, m.every = true, 100*time.Millisecond
	}
	return m
}

func (m *meter) show(p flow.ImportProgress) {
	now := m.clock.Now()
	if p.Phase != m.phase {
		m.phase, m.begun, m.from, m.row = p.Phase, now, p.Rows, 0
	}
	end := p.Bytes == p.Total && p.Rows != m.row
	if !end && now.Sub(m.shown) < m.every {
		return
	}
	m.shown, m.row = now, p.Rows
	doing := "checking"
	if p.Phase == flow.ImportWrites {
		doing = "importing"
	}
	line := fmt.Sprintf("%s: row %d, %s of %s MB", doing, p.Rows, megabytes(p.Bytes), megabytes(p.Total))
	if took := now.Sub(m.begun); took > 200*time.Millisecond {
		line += fmt.Sprintf(", %d rows/s", (p.Rows-m.from)*int64(time.Second)/int64(took))
	}
	m.write(line)
}

func (m *meter) write(line string) {
	if m.terminal {
		fmt.Fprintf(m.out, "\r\x1b[K%s", line)
	} else {
		fmt.Fprintln(m.out, line)
	}
	m.wrote = true
}

// megabytes is a number of bytes in millions, with one digit.
func megabytes(n int64) string { return fmt.Sprintf("%d.%d", n/1_000_000, n/100_000%10) }

// done ends the line.
func (m *meter) done() {
	if m.terminal && m.wrote {
		fmt.Fprintln(m.out)
	}
}
