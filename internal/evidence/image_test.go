package evidence

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"io"
	"os"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/sanbao/sanbao/errs"
)

func decodeJPEG(t testing.TB, b []byte) image.Image {
	t.Helper()
	img, err := jpeg.Decode(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	return img
}

// named is the colour in the middle of a quarter: r, g, b or w.
func named(img image.Image, right, below bool) string {
	b := img.Bounds()
	x, y := b.Min.X+b.Dx()/4, b.Min.Y+b.Dy()/4
	if right {
		x += b.Dx() / 2
	}
	if below {
		y += b.Dy() / 2
	}
	r, g, bl, _ := img.At(x, y).RGBA()
	switch high := func(v uint32) bool { return v > 0xc000 }; {
	case high(r) && high(g) && high(bl):
		return "w"
	case high(r):
		return "r"
	case high(g):
		return "g"
	case high(bl):
		return "b"
	}
	return "?"
}

// quarters are the colours from left to right, above and below.
func quarters(img image.Image) string {
	return named(img, false, false) + named(img, true, false) + named(img, false, true) + named(img, true, true)
}

// upright is what people see of red, green above blue, white, by the orientation a camera noted (EXIF 2.32, 4.6.4).
var upright = map[uint16]string{0: "rgbw", 1: "rgbw", 2: "grwb", 3: "wbgr", 4: "bwrg", 5: "rbgw", 6: "brwg", 7: "wgbr", 8: "gwrb", 9: "rgbw"}

func TestOrientationIsApplied(t *testing.T) {
	flat := jpegOf(t, corners(60, 40))
	for o, want := range upright {
		for name, file := range map[string][]byte{
			"big-endian":    with(flat, exif(binary.BigEndian, o)),
			"little-endian": with(flat, segment(0xe0, []byte("JFIF\x00")), exif(binary.LittleEndian, o)),
			"twice":         with(flat, exif(binary.BigEndian, o), segment(0xe1, []byte("http://ns.adobe.com/xap/1.0/\x00<x/>"))),
			"png":           pngWith(pngOf(t, corners(60, 40)), chunk("eXIf", tiff(binary.BigEndian, o))),
		} {
			s, view := see(t, file)
			img := decodeJPEG(t, view)
			if got := quarters(img); got != want {
				t.Errorf("%s, orientation %d: %s, want %s", name, o, got, want)
			}
			if b := img.Bounds(); int64(b.Dx()) != s.width || int64(b.Dy()) != s.height || (s.width < s.height) != (o >= 5 && o <= 8) {
				t.Errorf("%s, orientation %d: %v, said to be %d × %d", name, o, b, s.width, s.height)
			}
			if got := quarters(decodeJPEG(t, s.thumb)); got != want {
				t.Errorf("%s, orientation %d: small picture %s", name, o, got)
			}
		}
	}
}

// Nothing the camera wrote is in what is shown: no place, no name, no segment of notes at all.
func TestNotesOfTheCameraAreGone(t *testing.T) {
	flat := jpegOf(t, corners(60, 40))
	text := slices.Concat([]byte("Comment\x00"), []byte(secret))
	for name, file := range map[string][]byte{
		"exif":    with(flat, exif(binary.BigEndian, 6)),
		"xmp":     with(flat, segment(0xe1, append([]byte("http://ns.adobe.com/xap/1.0/\x00"), secret...))),
		"iptc":    with(flat, segment(0xed, append([]byte("Photoshop 3.0\x00"), secret...))),
		"comment": with(flat, segment(0xfe, []byte(secret))),
		"behind":  append(slices.Clone(flat), secret...),
		"png":     pngWith(pngOf(t, corners(60, 40)), chunk("tEXt", text), chunk("eXIf", tiff(binary.LittleEndian, 1))),
	} {
		if !bytes.Contains(file, []byte(secret)) {
			t.Fatalf("%s: the test is wrong", name)
		}
		s, view := see(t, file)
		for what, shown := range map[string][]byte{"view": view, "thumb": s.thumb} {
			if bytes.Contains(shown, []byte(secret)) || bytes.Contains(shown, []byte("Exif")) {
				t.Errorf("%s: the %s tells it", name, what)
			}
			for at := 2; shown[at+1] != 0xda; at += 2 + int(binary.BigEndian.Uint16(shown[at+2:])) {
				if m := shown[at+1]; m >= 0xe0 && m <= 0xef || m == 0xfe {
					t.Errorf("%s: the %s has segment %x", name, what, m)
				}
			}
		}
	}
}

func TestPhotosAreDescribed(t *testing.T) {
	see := func(b []byte) (seen, image.Image) {
		s, view := see(t, b)
		if s.kind != Image || s.viewType != "image/jpeg" || s.millis != 0 || s.codec != "" {
			t.Errorf("%+v", s)
		}
		return s, decodeJPEG(t, view)
	}
	if s, img := see(jpegOf(t, corners(3000, 1000))); s.mediaType != "image/jpeg" || s.width != 3000 || s.height != 1000 || img.Bounds() != image.Rect(0, 0, 2560, 853) {
		t.Errorf("%s %d × %d, %v", s.mediaType, s.width, s.height, img.Bounds())
	} else if small := decodeJPEG(t, s.thumb).Bounds(); small != image.Rect(0, 0, 320, 107) {
		t.Errorf("small picture %v", small)
	}
	if s, img := see(pngOf(t, corners(1, 1))); s.mediaType != "image/png" || img.Bounds() != image.Rect(0, 0, 1, 1) {
		t.Errorf("%s, %v", s.mediaType, img.Bounds())
	}
	if s, _ := see(webpPhoto(t)); s.mediaType != "image/webp" || s.width != 1 || s.height != 1 {
		t.Errorf("%+v", s)
	}
	long := image.NewGray(image.Rect(0, 0, 1, 20_000))
	if _, img := see(pngOf(t, long)); img.Bounds() != image.Rect(0, 0, 1, 2560) {
		t.Errorf("%v", img.Bounds())
	}
	clear := image.NewNRGBA(image.Rect(0, 0, 8, 8)) // nothing but transparent
	if _, img := see(pngOf(t, clear)); quarters(img) != "wwww" {
		t.Errorf("transparent is shown as %s", quarters(img))
	}
}

func TestFilesThatAreRefused(t *testing.T) {
	photo := jpegOf(t, corners(60, 40))
	archive := zipOf(t)
	huge := slices.Clone(photo)
	sof := bytes.Index(huge, []byte{0xff, 0xc0})
	binary.BigEndian.PutUint32(huge[sof+5:], 60_000<<16|60_000)
	for _, c := range []struct {
		what string
		file []byte
		key  string
	}{
		{"a ZIP", archive, "evidence.is_archive"},
		{"a ZIP behind a photo", append(slices.Clone(photo), archive...), "evidence.polyglot"},
		{"a ZIP behind a photo, and something behind that", slices.Concat(photo, archive, []byte("x")), "evidence.polyglot"},
		{"a ZIP before the end of a photo", with(photo, segment(0xfe, archive)), "evidence.polyglot"},
		{"a ZIP behind a PNG", append(pngOf(t, corners(4, 4)), archive...), "evidence.polyglot"},
		{"a PDF", []byte("%PDF-1.7\n"), "evidence.is_document"},
		{"a PDF in a photo", with(photo, segment(0xfe, []byte("%PDF-1.7"))), "evidence.polyglot"},
		{"a page in a photo", with(photo, segment(0xfe, []byte("<SCRIPT>alert(1)</script>"))), "evidence.polyglot"},
		{"a page", []byte("<!doctype html><script>"), "evidence.kind_unknown"},
		{"a drawing with a script", []byte(`<svg xmlns="http://www.w3.org/2000/svg"><script/></svg>`), "evidence.kind_unknown"},
		{"one byte", []byte{0xff}, "evidence.kind_unknown"},
		{"a GIF", []byte("GIF89a"), "evidence.is_other_image"},
		{"HEIC", bx("ftyp", []byte("heic"), u32(0), []byte("mif1heic")), "evidence.is_heic"},
		{"HEIC by its second brand", bx("ftyp", []byte("xxxx"), u32(0), []byte("heic")), "evidence.is_heic"},
		{"Matroska", []byte("\x1aE\xdf\xa3matroska"), "evidence.is_other_film"},
		{"AVI", []byte("RIFF\x00\x00\x00\x00AVI LIST"), "evidence.is_other_film"},
		{"a program", []byte("\x7fELF"), "evidence.kind_unknown"},
		{"a PNG of 3.6 gigapixels", pngHeader(60_000, 60_000), "evidence.pixels"},
		{"a JPEG of 3.6 gigapixels", huge, "evidence.pixels"},
		{"a PNG of no pixels", pngHeader(0, 5), "evidence.damaged"},
		{"a PNG without pixels", pngHeader(50, 50), "evidence.damaged"},
		{"a WebP without anything", []byte("RIFF\x04\x00\x00\x00WEBP"), "evidence.damaged"},
		{"a JPEG without anything", []byte{0xff, 0xd8, 0xff, 0xd9}, "evidence.damaged"},
		{"a JPEG of scans", append(slices.Clone(photo[:len(photo)-2]), bytes.Repeat([]byte{0xff, 0xda, 0, 2}, maxScans)...), "evidence.damaged"},
		{"a JPEG of segments", slices.Concat([]byte{0xff, 0xd8}, bytes.Repeat([]byte{0xff, 0xfe, 0, 2}, maxSegments+1), photo[2:]), "evidence.damaged"},
	} {
		refused(t, c.what, c.file, c.key)
	}
	// A ZIP's end inside a photo that is none is no ZIP.
	if _, err := look(t, with(photo, segment(0xfe, []byte("PK\x05\x06 is how an archive ends, and this is none")))); err != nil {
		t.Error(err)
	}
}

// A photo that says it is larger than it may be is refused before anything is unpacked.
func TestBombsCostNothing(t *testing.T) {
	bomb := pngHeader(50_001, 1000)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	refused(t, "a bomb", bomb, "evidence.pixels")
	runtime.ReadMemStats(&after)
	if got := after.TotalAlloc - before.TotalAlloc; got > 1<<20 {
		t.Errorf("%d bytes", got)
	}
}

// A photo that was not sent to its end is refused wherever it was cut.
func TestCutPhotosAreRefused(t *testing.T) {
	for name, file := range map[string][]byte{"jpeg": with(jpegOf(t, corners(60, 40)), exif(binary.BigEndian, 6)), "png": pngOf(t, corners(60, 40)), "webp": webpPhoto(t)} {
		most := len(file)
		if name == "png" {
			most -= 12 // a PNG without its last chunk, which is empty, has all its pixels
		}
		for n := 1; n < most; n += 1 + n/40 {
			if _, err := look(t, file[:n]); errs.CodeOf(err) != errs.Invalid {
				t.Errorf("%s, the first %d of %d bytes: %v", name, n, len(file), err)
			}
		}
	}
}

// What reading itself meets is not the file's fault.
func TestFaultsOfTheDiskAreOurs(t *testing.T) {
	k := &Desk{memory: newMemory()}
	photo := jpegOf(t, corners(600, 400))
	_, err := k.look(t.Context(), broken{bytes.NewReader(photo)}, int64(len(photo)))
	if errs.CodeOf(err) != errs.Internal {
		t.Errorf("%v", err)
	}
}

// Shrinking keeps the mean of the light, and nothing it draws is brighter or darker than what was there.
func TestShrinkKeepsTheMean(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w, h := rapid.IntRange(1, 40).Draw(t, "w"), rapid.IntRange(1, 40).Draw(t, "h")
		side := rapid.IntRange(1, 50).Draw(t, "side")
		img := image.NewGray(image.Rect(3, 5, 3+w, 5+h)) // not at the origin
		least, most, sum := uint8(255), uint8(0), 0
		for i := range img.Pix {
			img.Pix[i] = rapid.Byte().Draw(t, "light")
			least, most, sum = min(least, img.Pix[i]), max(most, img.Pix[i]), sum+int(img.Pix[i])
		}
		out := shrink(img, side)
		dw, dh := fit(w, h, side)
		if out.Rect != image.Rect(0, 0, dw, dh) || max(dw, dh) != min(side, max(w, h)) {
			t.Fatalf("%d × %d to %d: %v", w, h, side, out.Rect)
		}
		got := 0
		for y := range dh {
			for x := range dw {
				c := out.RGBAAt(x, y)
				if c.R < least || c.R > most || c.R != c.G || c.G != c.B || c.A != 255 {
					t.Fatalf("%v at %d, %d", c, x, y)
				}
				got += int(c.R)
			}
		}
		if d := sum*dw*dh - got*w*h; d > w*h*dw*dh || -d > w*h*dw*dh { // half a step of rounding a pixel, doubled
			t.Fatalf("the mean was %d/%d and is %d/%d", sum, w*h, got, dw*dh)
		}
	})
}

// A hairline on a stone can still be seen when the photo is a tenth as wide.
func TestShrinkKeepsAHairline(t *testing.T) {
	img := image.NewGray(image.Rect(0, 0, 3200, 20))
	for i := range img.Pix {
		img.Pix[i] = 200
	}
	for y := range 20 {
		img.SetGray(1603, y, color.Gray{0})
	}
	if c := shrink(img, 320).RGBAAt(160, 1).R; c != 180 {
		t.Errorf("%d", c)
	}
}

// Of many photos at once only as many are decoded as the memory allows; one that waits gives up with its caller.
func TestPhotosWaitForMemory(t *testing.T) {
	k := &Desk{memory: newMemory()}
	if err := k.memory.Acquire(t.Context(), memoryForImages); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := contextThatEnds(t)
	done := make(chan error)
	photo := jpegOf(t, corners(60, 40))
	go func() {
		_, err := k.look(ctx, bytes.NewReader(photo), int64(len(photo)))
		done <- err
	}()
	cancel()
	if err := <-done; err == nil || errs.CodeOf(err) != errs.Internal {
		t.Errorf("%v", err)
	}
	k.memory.Release(memoryForImages)
	if _, err := k.look(t.Context(), bytes.NewReader(photo), int64(len(photo))); err != nil {
		t.Error(err)
	}
}

func TestNames(t *testing.T) {
	for in, want := range map[string]string{
		"IMG_0001.JPG":                   "IMG_0001.JPG",
		`D:\photos\liu\照片.jpg`:           "照片.jpg",
		"../../etc/passwd":               "passwd",
		"a\x00b\nc\u202egpj.exe":         "abcgpj.exe",
		"😀<script>.png":                  "😀<script>.png",
		"\u0645\u0631\u062d\u0628\u0627": "\u0645\u0631\u062d\u0628\u0627",
		strings.Repeat("长", 200):         strings.Repeat("长", 119) + "…",
		"photos/":                        "",
	} {
		if got := cleanName(in); got != want {
			t.Errorf("%q became %q, want %q", in, got, want)
		}
	}
}

// Whatever is taken for a photo: looking at it ends, and what is shown is a JPEG within its bounds without notes.
func FuzzLook(f *testing.F) {
	flat := jpegOf(f, corners(24, 16))
	f.Add(with(flat, exif(binary.BigEndian, 6)))
	f.Add(with(flat, exif(binary.LittleEndian, 3)))
	f.Add(pngWith(pngOf(f, corners(9, 5)), chunk("eXIf", tiff(binary.BigEndian, 8))))
	f.Add(webpPhoto(f))
	f.Add(reel{brand: "isom"}.film())
	f.Add(zipOf(f))
	f.Fuzz(func(t *testing.T, b []byte) {
		if len(b) == 0 || len(b) > 1<<18 {
			return
		}
		if c, _, err := image.DecodeConfig(bytes.NewReader(b)); err == nil && c.Width*c.Height > 1<<20 {
			return // allowed, and slow
		}
		s, err := look(t, b)
		if err != nil {
			if errs.CodeOf(err) != errs.Invalid {
				t.Fatalf("refused with %v", err)
			}
			return
		}
		view, err := io.ReadAll(s.view)
		if err != nil {
			t.Fatal(err)
		}
		if s.kind == Film {
			return
		}
		for what, c := range map[string]struct {
			b    []byte
			side int
		}{"view": {view, viewSide}, "thumb": {s.thumb, thumbSide}} {
			img := decodeJPEG(t, c.b).Bounds()
			if img.Empty() || max(img.Dx(), img.Dy()) > c.side || bytes.Contains(c.b[:4], []byte{0xff, 0xe1}) {
				t.Fatalf("%s: %v", what, img)
			}
		}
	})
}

// BenchmarkPhoto is a photo of twelve megapixels as phones take it, from the file to all that is shown of it: processor
// time, and by how much the process grows (on Linux), collecting garbage as rarely as the server does.
func BenchmarkPhoto(b *testing.B) {
	img := corners(4000, 3000)
	for i := range img.Pix { // grain, as a sensor has it
		img.Pix[i] ^= byte(i*2654435761>>24) & 15
	}
	photo := with(jpegOf(b, img), exif(binary.BigEndian, 6))
	img = nil
	k := &Desk{memory: newMemory()}
	defer debug.SetGCPercent(debug.SetGCPercent(400))
	debug.FreeOSMemory()
	_ = os.WriteFile("/proc/self/clear_refs", []byte("5"), 0) // forgets the peak so far; without it the peak is too high
	before, busy := resident(b, "VmRSS"), processor(b)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := k.look(b.Context(), bytes.NewReader(photo), int64(len(photo))); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64((processor(b)-busy).Milliseconds())/float64(b.N), "cpu-ms/op")
	b.ReportMetric(float64(resident(b, "VmHWM")-before)/1024, "peak-MiB")
	b.ReportMetric(float64(len(photo))/(1<<20), "photo-MiB")
}

// processor is the time this process has kept processors busy.
func processor(b *testing.B) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// resident is a number of /proc/self/status in KiB, 0 where there is none.
func resident(b *testing.B, name string) (kib int) {
	text, _ := os.ReadFile("/proc/self/status")
	for line := range strings.Lines(string(text)) {
		if n, ok := strings.CutPrefix(line, name+":"); ok {
			if _, err := fmt.Sscan(n, &kib); err != nil {
				b.Fatal(err)
			}
		}
	}
	return kib
}
