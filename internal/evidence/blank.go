package evidence

import (
	"errors"
	"io"
	"slices"
)

// edit blanks a stretch of a file: zeros, after free at its beginning where it was the name of a box. Lengths stay, so
// that every place the film speaks of stays where it was.
type edit struct {
	start, end int64
	free       int64 // where the four letters are to stand; -1 for nowhere
}

// blank turns a box into one that holds nothing. base is where in the file its places are counted from.
func (m *film) blank(b box, base int64) {
	m.edits = append(m.edits, edit{base + b.start + 4, base + b.start + 8, base + b.start + 4})
	if b.body < b.end {
		m.edits = append(m.edits, edit{base + b.body, base + b.end, -1})
	}
}

// blankData blanks the samples of tracks that are not shown, and what lies in the data before the first sample. A chunk
// reaches to where the next one begins: how many bytes of that its samples need, is not asked.
func (m *film) blankData() error {
	type chunk struct {
		at   int64
		kept bool
	}
	var all []chunk
	for _, t := range m.tracks {
		for _, at := range t.chunks {
			if t.kept() && !m.holds(at) {
				return refuse("evidence.damaged")
			}
			all = append(all, chunk{at, t.kept()})
		}
	}
	slices.SortFunc(all, func(a, b chunk) int {
		switch {
		case a.at != b.at:
			return int(min(1, max(-1, a.at-b.at)))
		case a.kept == b.kept:
			return 0
		case a.kept:
			return -1
		}
		return 1
	})
	all = slices.CompactFunc(all, func(a, b chunk) bool { return a.at == b.at }) // what a picture needs too is kept
	for _, d := range m.data {
		from, kept, i := d.body, false, 0
		for i < len(all) && all[i].at < d.body {
			i++
		}
		for ; i < len(all) && all[i].at < d.end; i++ {
			if !kept && all[i].kept {
				m.blankRange(from, all[i].at)
			}
			if kept != all[i].kept {
				from, kept = all[i].at, all[i].kept
			}
		}
		if !kept {
			m.blankRange(from, d.end)
		}
	}
	slices.SortFunc(m.edits, func(a, b edit) int { return int(min(1, max(-1, a.start-b.start))) })
	return nil
}

// holds says whether a place is in the film's data.
func (m *film) holds(at int64) bool {
	return slices.ContainsFunc(m.data, func(d box) bool { return at >= d.body && at < d.end })
}

func (m *film) blankRange(from, to int64) {
	if from < to {
		m.edits = append(m.edits, edit{from, to, -1})
	}
}

// blanked reads a file with stretches of it blanked. The edits are in order and do not overlap.
type blanked struct {
	f     io.ReaderAt
	size  int64
	edits []edit
	at    int64
}

func newBlanked(f io.ReaderAt, size int64, edits []edit) io.ReadSeeker {
	return &blanked{f: f, size: size, edits: edits}
}

func (b *blanked) Read(p []byte) (int, error) {
	if b.at >= b.size {
		return 0, io.EOF
	}
	p = p[:min(int64(len(p)), b.size-b.at)]
	n, err := b.f.ReadAt(p, b.at)
	if n < len(p) && (err == nil || errors.Is(err, io.EOF)) {
		err = io.ErrUnexpectedEOF
	} else if n == len(p) {
		err = nil
	}
	b.over(p[:n])
	b.at += int64(n)
	return n, err
}

// over writes what the edits say over what was read at the reader's place.
func (b *blanked) over(p []byte) {
	from, to := b.at, b.at+int64(len(p))
	i, _ := slices.BinarySearchFunc(b.edits, from, func(e edit, at int64) int {
		if e.end <= at {
			return -1
		}
		return 1
	})
	for ; i < len(b.edits) && b.edits[i].start < to; i++ {
		e := b.edits[i]
		clear(p[max(e.start, from)-from : min(e.end, to)-from])
		for c := range int64(4) {
			if at := e.free + c; e.free >= 0 && at >= from && at < to {
				p[at-from] = "free"[c]
			}
		}
	}
}

func (b *blanked) Seek(offset int64, whence int) (int64, error) {
	switch whence {
	case io.SeekCurrent:
		offset += b.at
	case io.SeekEnd:
		offset += b.size
	}
	if offset < 0 {
		return 0, errors.New("seek before the beginning")
	}
	b.at = offset
	return offset, nil
}
