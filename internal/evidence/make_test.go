package evidence

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/base64"
	"encoding/binary"
	"hash/crc32"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"math/rand/v2"
	"os"
	"slices"
	"syscall"
	"testing"
)

// Photos and films for tests are made here, byte by byte, so that everything in them is known.

// corners is a picture whose quarters are red and green above, blue and white below.
func corners(w, h int) *image.RGBA {
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			c := color.RGBA{0xff, 0xff, 0xff, 0xff}
			switch {
			case y < h/2 && x < w/2:
				c = color.RGBA{0xff, 0, 0, 0xff}
			case y < h/2:
				c = color.RGBA{0, 0xff, 0, 0xff}
			case x < w/2:
				c = color.RGBA{0, 0, 0xff, 0xff}
			}
			img.SetRGBA(x, y, c)
		}
	}
	return img
}

func jpegOf(t testing.TB, img image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, img, &jpeg.Options{Quality: 95}); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func pngOf(t testing.TB, img image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// secret is what a camera wrote into a file and nobody else is to read.
const secret = "22.5431N 113.9535E Liu's phone"

// tiff is a TIFF structure with an orientation and a place (GPS) in it.
func tiff(order binary.AppendByteOrder, orientation uint16) []byte {
	head := []byte("II*\x00")
	if order.String() == binary.BigEndian.String() {
		head = []byte("MM\x00*")
	}
	b := order.AppendUint32(head, 8)
	b = order.AppendUint16(b, 3)
	entry := func(tag, typ uint16, n uint32, value []byte) {
		b = order.AppendUint32(order.AppendUint16(order.AppendUint16(b, tag), typ), n)
		b = append(b, append(value, 0, 0, 0, 0)[:4]...)
	}
	entry(0x010f, 2, uint32(len(secret)), order.AppendUint32(nil, 8+2+3*12+4)) // make
	entry(0x0112, 3, 1, order.AppendUint16(nil, orientation))
	entry(0x8825, 4, 1, order.AppendUint32(nil, 8+2+3*12+4)) // GPS directory
	return append(order.AppendUint32(b, 0), secret...)
}

// segment is a marker segment of JPEG.
func segment(marker byte, data []byte) []byte {
	return append(binary.BigEndian.AppendUint16([]byte{0xff, marker}, uint16(len(data)+2)), data...)
}

// with puts segments behind the beginning of a JPEG.
func with(photo []byte, segments ...[]byte) []byte {
	return slices.Concat(append([][]byte{photo[:2]}, append(segments, photo[2:])...)...)
}

func exif(order binary.AppendByteOrder, orientation uint16) []byte {
	return segment(0xe1, append([]byte("Exif\x00\x00"), tiff(order, orientation)...))
}

// chunk is a chunk of PNG.
func chunk(kind string, data []byte) []byte {
	b := append(binary.BigEndian.AppendUint32(nil, uint32(len(data))), kind...)
	b = append(b, data...)
	return binary.BigEndian.AppendUint32(b, crc32.ChecksumIEEE(b[4:]))
}

// pngWith puts chunks behind a PNG's header.
func pngWith(photo []byte, chunks ...[]byte) []byte {
	const head = 8 + 25
	return slices.Concat(append([][]byte{photo[:head]}, append(chunks, photo[head:])...)...)
}

// pngHeader is a PNG that says it is so large, and has nothing in it.
func pngHeader(w, h uint32) []byte {
	ihdr := append(binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(nil, w), h), 8, 2, 0, 0, 0)
	return slices.Concat([]byte("\x89PNG\r\n\x1a\n"), chunk("IHDR", ihdr), chunk("IDAT", nil), chunk("IEND", nil))
}

// webpPhoto is one lossless pixel.
func webpPhoto(t testing.TB) []byte {
	t.Helper()
	b, err := base64.StdEncoding.DecodeString("UklGRhoAAABXRUJQVlA4TA0AAAAvAAAAEAcQERGIiP4HAA==")
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func zipOf(t testing.TB) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	f, err := w.Create("run.exe")
	if err == nil {
		_, err = f.Write([]byte("MZ…"))
	}
	if err == nil {
		err = w.SetComment("unpack me")
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// bx is a box of a film.
func bx(kind string, content ...[]byte) []byte {
	all := slices.Concat(content...)
	return append(append(binary.BigEndian.AppendUint32(nil, uint32(len(all)+8)), kind...), all...)
}

func u32(v ...uint32) (b []byte) {
	for _, n := range v {
		b = binary.BigEndian.AppendUint32(b, n)
	}
	return b
}

// reel is a film to be made.
type reel struct {
	brand   string // "" leaves ftyp out
	seconds uint32 // 5 when 0
	media   uint32 // seconds the tracks say; seconds when 0
	tracks  []string
	quarter bool   // turned by 90°
	late    bool   // moov behind the data, as phones write it
	long    bool   // 64-bit length of the data, 64-bit places
	flags   uint32 // of where the data is, but for the bit that says here
	extra   func(moov [][]byte) [][]byte
	tail    []byte
}

const sampleLength = 64

// sample is what a track's only chunk holds.
func sample(handler string) []byte { return bytes.Repeat([]byte(handler), sampleLength/4) }

// film makes a film with one chunk per track, a place beside everything that can have one, and data that belongs to
// nobody before the first chunk.
func (r reel) film() []byte {
	if r.seconds == 0 {
		r.seconds = 5
	}
	if r.media == 0 {
		r.media = r.seconds
	}
	if r.tracks == nil {
		r.tracks = []string{"vide", "soun", "meta"}
	}
	var head []byte
	if r.brand != "" {
		head = bx("ftyp", []byte(r.brand), u32(512), []byte(r.brand), []byte("mp41"))
	}
	head = append(head, bx("free", []byte(secret))...)
	data := []byte(secret)
	at := make([]uint32, len(r.tracks))
	for i, h := range r.tracks {
		at[i] = uint32(len(data))
		data = append(data, sample(h)...)
	}
	mdat := bx("mdat", data)
	before := 8
	if r.long {
		mdat = append(append(u32(1), "mdat"...), append(binary.BigEndian.AppendUint64(nil, uint64(len(data)+16)), data...)...)
		before = 16
	}
	start := len(head) + before
	moov := r.moov(at, 0)
	if !r.late {
		start += len(moov)
	}
	moov = r.moov(at, uint32(start))
	uuid := bx("uuid", []byte(secret))
	if r.late {
		return slices.Concat(head, mdat, moov, uuid, r.tail)
	}
	return slices.Concat(head, moov, mdat, uuid, r.tail)
}

func (r reel) moov(at []uint32, start uint32) []byte {
	place := bx("udta", bx("\xa9xyz", []byte(secret)), bx("loci", []byte(secret)))
	parts := [][]byte{bx("mvhd", u32(0, 0, 0, 600, r.seconds*600), make([]byte, 80))}
	for i, h := range r.tracks {
		parts = append(parts, r.trak(h, at[i]+start, place))
	}
	parts = append(parts, place, bx("meta", bx("keys", []byte("com.apple.quicktime.location.ISO6709")), bx("ilst", []byte(secret))))
	if r.extra != nil {
		parts = r.extra(parts)
	}
	return bx("moov", parts...)
}

func (r reel) trak(handler string, at uint32, place []byte) []byte {
	codec, media := "mebx", "nmhd"
	switch handler {
	case "vide":
		codec, media = "avc1", "vmhd"
	case "soun":
		codec, media = "mp4a", "smhd"
	}
	matrix := u32(0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000)
	if r.quarter {
		matrix = u32(0, 0x10000, 0, 0xffff0000, 0, 0, 0, 0, 0x40000000)
	}
	places := bx("stco", u32(0, 1, at))
	if r.long {
		places = bx("co64", u32(0, 1, 0, at))
	}
	stbl := bx("stbl", bx("stsd", u32(0, 1, 16), []byte(codec), make([]byte, 8)), bx("stts", u32(0, 1, 1, r.media*600)), bx("stsc", u32(0, 1, 1, 1, 1)),
		bx("stsz", u32(0, sampleLength, 1)), places)
	minf := bx("minf", bx(media, make([]byte, 12)), bx("dinf", bx("dref", u32(0, 1, 12), []byte("url "), u32(r.flags^1))), stbl)
	return bx("trak", bx("tkhd", make([]byte, 40), matrix, u32(1920<<16, 1080<<16)), place,
		bx("mdia", bx("mdhd", u32(0, 0, 0, 600, r.media*600, 0)), bx("hdlr", u32(0, 0), []byte(handler), make([]byte, 13)), minf),
		bx("meta", []byte(secret)))
}

// broken is a file whose disk fails behind its beginning.
type broken struct{ *bytes.Reader }

func (b broken) ReadAt(p []byte, at int64) (int, error) {
	if at > 2000 {
		return 0, &os.PathError{Op: "read", Path: "photo", Err: syscall.EIO}
	}
	n, err := b.Reader.ReadAt(p[:min(len(p), 2000)], at)
	return n, err
}

func contextThatEnds(t *testing.T) (context.Context, context.CancelFunc) {
	return context.WithCancel(t.Context())
}

// noise is bytes that do not repeat.
func noise(n int) []byte {
	b := make([]byte, n)
	_, _ = rand.NewChaCha8([32]byte{1}).Read(b)
	return b
}
