package evidence

import (
	"encoding/binary"
	"errors"
	"io"
	"math/bits"
	"slices"

	"github.com/sanbao/sanbao/errs"
)

// A film is a tree of boxes (ISO 14496-12; QuickTime calls them atoms): ftyp says what it is, mdat holds picture and
// sound, moov says where in it. This reads the few boxes that are needed, and trusts none of their numbers.

const (
	maxSeconds = 60
	maxMoov    = 16 << 20 // bytes; a minute's is a few hundred thousand
	maxBoxes   = 10_000
)

// box is one box of a file, or of the moov box in memory: it begins at start, its content at body, and it ends before end.
type box struct {
	kind             string
	start, body, end int64
}

// film is what is known of a film, and what of it is blanked before it is shown.
type film struct {
	data   []box // mdat
	moov   []byte
	at     int64 // of moov's content in the file
	millis int64
	tracks []track
	edits  []edit
	boxes  int
}

type track struct {
	handler       string
	codec         string
	width, height int64
	millis        int64
	chunks        []int64 // places in the file
}

// kept are the tracks that are shown. What else there is (places by the second, subtitles, cameras' notes) is not.
func (t track) kept() bool { return t.handler == "vide" || t.handler == "soun" }

func lookAtFilm(f File, size int64, is format) (seen, error) {
	m, err := readFilm(f, size)
	if err != nil {
		return seen{}, err
	}
	s := seen{kind: Film, mediaType: string(is), viewType: string(is), millis: m.millis, view: newBlanked(f, size, m.edits)}
	if t := m.first("vide"); t != nil {
		s.width, s.height, s.codec = t.width, t.height, t.codec
	}
	if t := m.first("soun"); t != nil {
		s.codec += "+" + t.codec
	}
	return s, nil
}

func (m *film) first(handler string) *track {
	if i := slices.IndexFunc(m.tracks, func(t track) bool { return t.handler == handler }); i >= 0 {
		return &m.tracks[i]
	}
	return nil
}

// readFilm checks a film and says what is to be blanked.
func readFilm(f io.ReaderAt, size int64) (*film, error) {
	m := &film{}
	if err := m.top(f, size); err != nil {
		return nil, err
	}
	if err := m.movie(); err != nil {
		return nil, err
	}
	picture := m.first("vide")
	switch {
	case picture == nil || len(picture.chunks) == 0:
		return nil, refuse("evidence.film_no_picture")
	case m.millis/1000 > maxSeconds:
		return nil, refuse("evidence.film_long", errs.Args{"seconds": m.millis / 1000, "most": maxSeconds})
	}
	return m, m.blankData()
}

// top reads the boxes of the file itself.
func (m *film) top(f io.ReaderAt, size int64) error {
	for at := int64(0); at < size; {
		b, err := m.next(f, at, size)
		if err != nil {
			return err
		}
		switch b.kind {
		case "moov":
			if m.moov != nil || b.end-b.body > maxMoov || b.end == b.body {
				return refuse("evidence.damaged")
			}
			m.moov, m.at = make([]byte, b.end-b.body), b.body
			if _, err := f.ReadAt(m.moov, b.body); err != nil {
				return err
			}
		case "mdat":
			m.data = append(m.data, b)
		case "moof", "sidx", "styp":
			return refuse("evidence.film_streamed")
		case "ftyp":
		default:
			m.blank(b, 0)
		}
		at = b.end
	}
	if m.moov == nil || len(m.data) == 0 {
		return refuse("evidence.damaged")
	}
	return nil
}

// next reads the head of the box at a place, which has to end before the end.
func (m *film) next(r io.ReaderAt, at, end int64) (box, error) {
	var head [16]byte
	if m.boxes++; m.boxes > maxBoxes || end-at < 8 {
		return box{}, refuse("evidence.damaged")
	}
	if n, err := r.ReadAt(head[:min(16, end-at)], at); int64(n) < min(16, end-at) {
		return box{}, err
	}
	b := box{string(head[4:8]), at, at + 8, at + int64(binary.BigEndian.Uint32(head[:]))}
	switch b.end - at {
	case 0: // to the end of the file
		b.end = end
	case 1:
		long := binary.BigEndian.Uint64(head[8:])
		if end-at < 16 || long > uint64(end-at) {
			return box{}, refuse("evidence.damaged")
		}
		b.body, b.end = at+16, at+int64(long)
	}
	if b.end < b.body || b.end > end {
		return box{}, refuse("evidence.damaged")
	}
	return b, nil
}

// inside are the boxes that are kept of each box that is looked into. Everything else is blanked: udta and meta, where
// cameras write place, owner and serial number, and whatever somebody may yet invent.
var inside = map[string][]string{
	"moov": {"mvhd", "trak", "iods"},
	"trak": {"tkhd", "edts", "mdia", "tref", "tapt"},
	"mdia": {"mdhd", "hdlr", "minf", "elng"},
	"minf": {"vmhd", "smhd", "nmhd", "hdlr", "dinf", "stbl"},
	"stbl": {"stsd", "stts", "stss", "stps", "ctts", "cslg", "stsc", "stsz", "stz2", "stco", "co64", "sdtp", "sgpd", "sbgp"},
	"dinf": {"dref"},
}

func (m *film) movie() error {
	if err := m.within("moov", 0, int64(len(m.moov)), nil); err != nil {
		return err
	}
	if m.millis == 0 {
		return refuse("evidence.damaged")
	}
	for _, t := range m.tracks {
		if t.kept() {
			m.millis = max(m.millis, t.millis)
		}
	}
	return nil
}

// within reads what is in a box of moov.
func (m *film) within(kind string, from, to int64, t *track) error {
	for at := from; at < to; {
		if to-at == 4 && binary.BigEndian.Uint32(m.moov[at:]) == 0 {
			return nil // QuickTime ends some lists with a zero
		}
		b, err := m.next(sliceReader(m.moov), at, to)
		if err != nil {
			return err
		}
		at = b.end
		if kind == "moov" && b.kind == "mvex" {
			return refuse("evidence.film_streamed")
		}
		if !slices.Contains(inside[kind], b.kind) {
			m.blank(b, m.at)
			continue
		}
		if kind == "moov" && b.kind == "trak" {
			err = m.track(b)
		} else if inside[b.kind] != nil {
			err = m.within(b.kind, b.body, b.end, t)
		} else {
			err = m.leaf(kind, b, t)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (m *film) track(b box) error {
	before := len(m.edits)
	var t track
	if err := m.within("trak", b.body, b.end, &t); err != nil {
		return err
	}
	m.tracks = append(m.tracks, t)
	if !t.kept() {
		m.edits = m.edits[:before]
		m.blank(b, m.at)
	}
	return nil
}

type sliceReader []byte

func (s sliceReader) ReadAt(p []byte, at int64) (int, error) {
	n := copy(p, s[min(at, int64(len(s))):])
	if n < len(p) {
		return n, io.ErrUnexpectedEOF
	}
	return n, nil
}

var errShort = errors.New("a box is shorter than what it has to hold")

// leaf reads a box of a kind of box that holds values.
func (m *film) leaf(of string, b box, t *track) (err error) {
	p := m.moov[b.body:b.end]
	switch {
	case b.kind == "mvhd":
		m.millis, err = length(p)
	case t == nil:
	case b.kind == "mdhd":
		t.millis, err = length(p)
	case b.kind == "tkhd":
		err = t.size(p)
	case b.kind == "hdlr" && of == "mdia": // another one, in minf, is about where the data is
		if len(p) < 12 {
			return errs.Wrap(errShort, errs.Invalid, "evidence.damaged")
		}
		t.handler = string(p[8:12])
	case b.kind == "stsd":
		err = t.codecOf(p)
	case b.kind == "dref":
		err = selfContained(p)
	case b.kind == "stco":
		err = t.chunksOf(p, 4)
	case b.kind == "co64":
		err = t.chunksOf(p, 8)
	}
	if err != nil {
		return errs.Wrap(err, errs.Invalid, "evidence.damaged")
	}
	return nil
}

// length reads time scale and duration of mvhd and mdhd, which begin alike.
func length(p []byte) (millis int64, err error) {
	var scale, units uint64
	switch {
	case len(p) >= 32 && p[0] == 1:
		scale, units = uint64(binary.BigEndian.Uint32(p[20:])), binary.BigEndian.Uint64(p[24:])
	case len(p) >= 20 && p[0] == 0:
		scale, units = uint64(binary.BigEndian.Uint32(p[12:])), uint64(binary.BigEndian.Uint32(p[16:]))
	default:
		return 0, errShort
	}
	hi, lo := bits.Mul64(units, 1000)
	if scale == 0 || hi >= scale {
		return 0, errors.New("no length")
	}
	quotient, _ := bits.Div64(hi, lo, scale)
	return int64(min(quotient, 1<<53)), nil
}

// size reads width and height of tkhd, turned as its matrix says.
func (t *track) size(p []byte) error {
	const matrix = 36 // bytes, before width and height
	tail := 84 - matrix - 8
	if len(p) > 0 && p[0] == 1 {
		tail += 12
	}
	if len(p) < tail+matrix+8 {
		return errShort
	}
	p = p[tail:]
	at := func(n int) uint32 { return binary.BigEndian.Uint32(p[n:]) }
	t.width, t.height = int64(at(matrix)>>16), int64(at(matrix+4)>>16)
	if at(0) == 0 && at(16) == 0 && at(4) != 0 && at(12) != 0 { // a quarter turn
		t.width, t.height = t.height, t.width
	}
	return nil
}

// codecOf is the four characters of the first sample entry.
func (t *track) codecOf(p []byte) error {
	if len(p) < 16 {
		return errShort
	}
	t.codec = string(p[12:16])
	for _, c := range []byte(t.codec) {
		if c <= ' ' && c != ' ' || c > '~' {
			t.codec = "?"
			break
		}
	}
	return nil
}

// selfContained wants all data in this file: players would fetch what lies elsewhere.
func selfContained(p []byte) error {
	if len(p) < 8 {
		return errShort
	}
	n, rest := binary.BigEndian.Uint32(p[4:]), p[8:]
	for ; n > 0; n-- {
		if len(rest) < 12 {
			return errShort
		}
		l := binary.BigEndian.Uint32(rest)
		if l < 12 || uint64(l) > uint64(len(rest)) {
			return errShort
		}
		if rest[11]&1 == 0 {
			return errors.New("its data is in another file")
		}
		rest = rest[l:]
	}
	return nil
}

// chunksOf reads where in the file the samples are.
func (t *track) chunksOf(p []byte, width int64) error {
	if len(p) < 8 {
		return errShort
	}
	n := int64(binary.BigEndian.Uint32(p[4:]))
	if p = p[8:]; n*width > int64(len(p)) || t.chunks != nil {
		return errShort
	}
	t.chunks = make([]int64, 0, n)
	for i := range n {
		if width == 4 {
			t.chunks = append(t.chunks, int64(binary.BigEndian.Uint32(p[4*i:])))
		} else {
			t.chunks = append(t.chunks, int64(min(binary.BigEndian.Uint64(p[8*i:]), 1<<62)))
		}
	}
	return nil
}
