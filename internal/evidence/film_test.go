package evidence

import (
	"bytes"
	"encoding/binary"
	"io"
	"math"
	"slices"
	"testing"

	"github.com/sanbao/sanbao/errs"
)

func look(t testing.TB, b []byte) (seen, error) {
	t.Helper()
	k := &Desk{memory: newMemory()}
	return k.look(t.Context(), bytes.NewReader(b), int64(len(b)))
}

func see(t testing.TB, b []byte) (seen, []byte) {
	t.Helper()
	s, err := look(t, b)
	if err != nil {
		t.Fatal(err)
	}
	view, err := io.ReadAll(s.view)
	if err != nil {
		t.Fatal(err)
	}
	return s, view
}

// refused wants content to be refused with a message that exists in both languages.
func refused(t testing.TB, what string, b []byte, key string) {
	t.Helper()
	_, err := look(t, b)
	if err == nil {
		t.Errorf("%s was taken", what)
		return
	}
	e := errs.As(err)
	if e.Code != errs.Invalid || e.Key != key || e.Text(errs.ZhCN) == key || e.Text(errs.En) == key {
		t.Errorf("%s: %v, want %s", what, err, key)
	}
}

var reels = map[string]reel{
	"as a camera writes it":   {brand: "isom", late: true},
	"for the web":             {brand: "mp42"},
	"QuickTime":               {brand: "qt  "},
	"QuickTime before brands": {late: true},
	"long places":             {brand: "isom", long: true},
	"without sound":           {brand: "avc1", tracks: []string{"vide"}},
	"places first":            {brand: "qt  ", tracks: []string{"meta", "vide", "tmcd", "soun"}},
	"two pictures":            {brand: "mp41", tracks: []string{"vide", "vide"}},
}

// What is shown of a film is as long as the film, holds its picture and sound, and nothing its camera noted.
func TestFilmIsBlanked(t *testing.T) {
	for name, r := range reels {
		t.Run(name, func(t *testing.T) {
			film := r.film()
			if n := bytes.Count(film, []byte(secret)); n < 8 {
				t.Fatalf("the film has %d places: the test is wrong", n)
			}
			s, view := see(t, film)
			if s.kind != Film || s.width != 1920 || s.height != 1080 || s.millis != 5000 || s.thumb != nil {
				t.Errorf("%+v", s)
			}
			if len(view) != len(film) {
				t.Errorf("%d bytes became %d", len(film), len(view))
			}
			for _, gone := range []string{secret, "113.9535", "\xa9xyz", "loci", "ISO6709", "udta", "mebx", string(sample("meta")), string(sample("tmcd"))} {
				if bytes.Contains(view, []byte(gone)) {
					t.Errorf("%q is still there", gone)
				}
			}
			for _, h := range []string{"vide", "soun"} {
				if bytes.Count(film, sample(h)) != bytes.Count(view, sample(h)) {
					t.Errorf("samples of %s are gone", h)
				}
			}
			if _, again := see(t, view); !bytes.Equal(view, again) {
				t.Error("what was blanked is blanked once more")
			}
		})
	}
}

func TestFilmIsDescribed(t *testing.T) {
	s, _ := see(t, reel{brand: "qt  ", quarter: true, seconds: 60}.film())
	if s.mediaType != "video/quicktime" || s.viewType != s.mediaType || s.width != 1080 || s.height != 1920 || s.millis != 60_000 || s.codec != "avc1+mp4a" {
		t.Errorf("%+v", s)
	}
	if s, _ := see(t, reel{brand: "isom", tracks: []string{"soun", "vide"}}.film()); s.mediaType != "video/mp4" || s.codec != "avc1+mp4a" {
		t.Errorf("%+v", s)
	}
	if s, _ := see(t, reel{brand: "isom", tracks: []string{"vide"}}.film()); s.codec != "avc1" {
		t.Errorf("%+v", s)
	}
}

func TestFilmsThatAreRefused(t *testing.T) {
	add := func(b []byte) func([][]byte) [][]byte {
		return func(moov [][]byte) [][]byte { return append(moov, b) }
	}
	for name, c := range map[string]struct {
		reel reel
		key  string
	}{
		"61 s":                       {reel{brand: "isom", seconds: 61}, "evidence.film_long"},
		"tracks longer than it says": {reel{brand: "isom", media: 3600}, "evidence.film_long"},
		"sound alone":                {reel{brand: "M4V ", tracks: []string{"soun"}}, "evidence.film_no_picture"},
		"no track":                   {reel{brand: "isom", tracks: []string{}}, "evidence.film_no_picture"},
		"fragments":                  {reel{brand: "isom", extra: add(bx("mvex"))}, "evidence.film_streamed"},
		"fragments beside it":        {reel{brand: "isom", tail: bx("moof")}, "evidence.film_streamed"},
		"data in another file":       {reel{brand: "isom", flags: 1}, "evidence.damaged"},
		"two movies":                 {reel{brand: "isom", tail: bx("moov", make([]byte, 8))}, "evidence.damaged"},
		"a box past the end":         {reel{brand: "isom", tail: append(u32(100), "free"...)}, "evidence.damaged"},
		"a box shorter than itself":  {reel{brand: "isom", tail: append(u32(7), "free"...)}, "evidence.damaged"},
		"a long box past the end":    {reel{brand: "isom", tail: append(append(u32(1), "free"...), u32(math.MaxUint32, 0)...)}, "evidence.damaged"},
		"bytes behind it":            {reel{brand: "isom", tail: []byte("tail")}, "evidence.damaged"},
		"a ZIP behind it":            {reel{brand: "isom", tail: bx("free", zipOf(t))}, "evidence.polyglot"},
		"no length":                  {reel{brand: "isom", extra: func(m [][]byte) [][]byte { return m[1:] }}, "evidence.damaged"},
		"no time scale":              {reel{brand: "isom", extra: add(bx("mvhd", make([]byte, 100)))}, "evidence.damaged"},
		"a track without values":     {reel{brand: "isom", extra: add(bx("trak", bx("mdia", bx("hdlr"))))}, "evidence.damaged"},
		"places past the end": {reel{brand: "isom", extra: add(bx("trak", bx("mdia", bx("hdlr", u32(0, 0), []byte("vide")),
			bx("minf", bx("stbl", bx("stco", u32(0, 1, 1<<30)))))))}, "evidence.damaged"},
		"more places than there are": {reel{brand: "isom", extra: add(bx("trak", bx("mdia", bx("minf", bx("stbl", bx("stco", u32(0, 1<<30)))))))}, "evidence.damaged"},
		"boxes without end":          {reel{brand: "isom", extra: add(bytes.Repeat(bx("free"), maxBoxes))}, "evidence.damaged"},
		"an image's brand":           {reel{brand: "heic"}, "evidence.is_heic"},
		"a sound's brand":            {reel{brand: "M4A "}, "evidence.kind_unknown"},
	} {
		if name == "an image's brand" || name == "a sound's brand" {
			b := c.reel.film()
			copy(b[20:], c.reel.brand) // instead of mp41
			refused(t, name, b, c.key)
			continue
		}
		refused(t, name, c.reel.film(), c.key)
	}
}

// A film that was not sent to its end, or lost its beginning, is refused wherever it was cut.
func TestCutFilmsAreRefused(t *testing.T) {
	for name, r := range reels {
		film := r.film()
		for n := range len(film) - 8 - len(secret) { // the last box is none of the film's
			if _, err := look(t, film[:n]); errs.CodeOf(err) != errs.Invalid {
				t.Fatalf("%s, the first %d bytes of %d: %v", name, n, len(film), err)
			}
		}
	}
}

// The reader of a blanked film gives the same from any place, in pieces of any length.
func TestBlankedIsReadFromAnywhere(t *testing.T) {
	film := reel{brand: "qt  ", late: true}.film()
	s, whole := see(t, film)
	for from := 0; from < len(whole); from += 7 {
		if at, err := s.view.Seek(int64(from), io.SeekStart); at != int64(from) || err != nil {
			t.Fatal(at, err)
		}
		var got []byte
		for piece := make([]byte, 1+from%13); len(got) < 100; {
			n, err := s.view.Read(piece)
			got = append(got, piece[:n]...)
			if err == io.EOF {
				break
			} else if err != nil {
				t.Fatal(err)
			}
		}
		if !bytes.HasPrefix(whole[from:], got) {
			t.Fatalf("from %d it reads %q", from, got)
		}
	}
}

// Whatever is taken for a film: reading it ends, and what is shown is as long as it and is itself a film of the same
// length and codec with nothing left to blank.
func FuzzFilm(f *testing.F) {
	for _, name := range slices.Sorted(func(yield func(string) bool) {
		for n := range reels {
			if !yield(n) {
				return
			}
		}
	}) {
		f.Add(reels[name].film())
	}
	f.Add(reel{brand: "isom", extra: func(m [][]byte) [][]byte { return append(m, bx("trak", bx("mdia", bx("hdlr")))) }}.film())
	f.Fuzz(func(t *testing.T, b []byte) {
		if len(b) > 1<<20 {
			return
		}
		m, err := readFilm(bytes.NewReader(b), int64(len(b)))
		if err != nil {
			if errs.CodeOf(err) != errs.Invalid {
				t.Fatalf("refused with %v", err)
			}
			return
		}
		view, err := io.ReadAll(newBlanked(bytes.NewReader(b), int64(len(b)), m.edits))
		if err != nil || len(view) != len(b) {
			t.Fatalf("%d bytes of %d, %v", len(view), len(b), err)
		}
		for i := 1; i < len(m.edits); i++ {
			if m.edits[i-1].end > m.edits[i].start {
				t.Fatalf("%+v reaches into %+v", m.edits[i-1], m.edits[i])
			}
		}
		again, err := readFilm(bytes.NewReader(view), int64(len(view)))
		if err != nil || again.millis != m.millis {
			t.Fatalf("what is shown is no film: %v", err)
		}
		if twice, _ := io.ReadAll(newBlanked(bytes.NewReader(view), int64(len(view)), again.edits)); !bytes.Equal(twice, view) {
			t.Fatal("what was blanked is blanked once more")
		}
	})
}

func TestLengths(t *testing.T) {
	v1 := func(scale uint32, units uint64) []byte {
		return binary.BigEndian.AppendUint64(append(append([]byte{1}, make([]byte, 19)...), u32(scale)...), units)
	}
	for _, c := range []struct {
		p    []byte
		want int64
	}{
		{u32(0, 0, 0, 600, 36_000), 60_000},
		{u32(0, 0, 0, 1, math.MaxUint32), math.MaxUint32 * 1000},
		{v1(90_000, 90_000*61), 61_000},
		{v1(1, math.MaxUint64/1000), 1 << 53},
		{v1(1000, math.MaxUint64), 1 << 53},
		{v1(1, math.MaxUint64), 0},
		{u32(0, 0, 0, 0, 1), 0},
		{u32(0, 0, 0, 600), 0},
		{u32(0x02000000, 0, 0, 600, 1), 0},
	} {
		got, err := length(c.p)
		if got != c.want || (err != nil) != (c.want == 0) {
			t.Errorf("%x: %d, %v, want %d", c.p, got, err, c.want)
		}
	}
}
