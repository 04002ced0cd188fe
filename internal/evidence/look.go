package evidence

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"io"
	"runtime"
	"slices"
	"strings"

	"github.com/sanbao/sanbao/errs"
)

// seen is what a file turned out to be, and what is shown of it.
type seen struct {
	kind                Kind
	mediaType, viewType string
	codec               string
	width, height       int64
	millis              int64
	view                io.ReadSeeker
	thumb               []byte // nil for a film
}

// format is a kind of file, found in its content.
type format string

const (
	jpegFile format = "image/jpeg"
	pngFile  format = "image/png"
	webpFile format = "image/webp"
	mp4File  format = "video/mp4"
	movFile  format = "video/quicktime"
)

func (f format) film() bool { return f == mp4File || f == movFile }

// look finds out what a whole file is and makes what is shown of it. Nothing of the file is believed that is not needed
// for that, and nothing that is large is read into memory before it is known to fit.
func (k *Desk) look(ctx context.Context, f File, size int64) (seen, error) {
	is, err := sniff(f, size, size)
	if err != nil {
		return seen{}, err
	}
	if err := alone(f, size); err != nil {
		return seen{}, err
	}
	if is.film() {
		if err := k.memory.Acquire(ctx, memoryForFilm); err != nil {
			return seen{}, err
		}
		defer k.memory.Release(memoryForFilm)
		return lookAtFilm(f, size, is)
	}
	s, err := k.lookAtImage(ctx, f, size, is)
	if s.width*s.height > 1<<20 {
		runtime.GC() // what decoding left is more than all else a server holds, and collected rarely it would pile up: a hundredth of the work
	}
	return s, err
}

const headLength = 1024

// sniff says what a file is by how it begins. have bytes of it are there, whole is how long it says it will be.
func sniff(f io.ReaderAt, have, whole int64) (format, error) {
	head := make([]byte, min(have, headLength))
	if _, err := f.ReadAt(head, 0); err != nil && !errors.Is(err, io.EOF) {
		return "", err
	}
	is, err := formatOf(head)
	switch {
	case err != nil:
		return "", err
	case !is.film() && whole > maxImage:
		return "", refuse("evidence.image_large", mib(maxImage))
	case bytes.Contains(head, []byte("%PDF-")) || script(head):
		return "", refuse("evidence.polyglot")
	}
	return is, nil
}

// refuse is the answer to content that is not taken. Its text says what to do.
func refuse(key string, args ...errs.Args) error { return errs.New(errs.Invalid, key, args...) }

// others are kinds of file that people send by mistake, by how they begin.
var others = []struct {
	at   int
	text string
	key  string
}{
	{0, "PK\x03\x04", "evidence.is_archive"},
	{0, "PK\x05\x06", "evidence.is_archive"},
	{0, "Rar!", "evidence.is_archive"},
	{0, "7z\xbc\xaf\x27\x1c", "evidence.is_archive"},
	{0, "\x1f\x8b", "evidence.is_archive"},
	{0, "%PDF-", "evidence.is_document"},
	{0, "\xd0\xcf\x11\xe0", "evidence.is_document"},
	{0, "GIF8", "evidence.is_other_image"},
	{0, "BM", "evidence.is_other_image"},
	{0, "II*\x00", "evidence.is_other_image"},
	{0, "MM\x00*", "evidence.is_other_image"},
	{8, "AVI ", "evidence.is_other_film"},
	{0, "\x1aE\xdf\xa3", "evidence.is_other_film"},    // Matroska, WebM
	{0, "\x30\x26\xb2\x75", "evidence.is_other_film"}, // Windows Media
	{0, "FLV\x01", "evidence.is_other_film"},
	{0, "\x00\x00\x01\xba", "evidence.is_other_film"}, // MPEG programme stream
}

func formatOf(head []byte) (format, error) {
	is := func(at int, text string) bool { return len(head) >= at && bytes.HasPrefix(head[at:], []byte(text)) }
	switch {
	case is(0, "\xff\xd8\xff"):
		return jpegFile, nil
	case is(0, "\x89PNG\r\n\x1a\n"):
		return pngFile, nil
	case is(0, "RIFF") && is(8, "WEBP"):
		return webpFile, nil
	case is(4, "ftyp"):
		return brandOf(head)
	case is(4, "moov"), is(4, "mdat"), is(4, "wide"), is(4, "skip"), is(4, "free"), is(4, "pnot"):
		return movFile, nil // QuickTime before there were brands
	}
	for _, o := range others {
		if is(o.at, o.text) {
			return "", refuse(o.key)
		}
	}
	return "", refuse("evidence.kind_unknown")
}

var (
	heicBrands = []string{"heic", "heix", "hevc", "hevx", "heim", "heis", "hevm", "hevs", "mif1", "msf1", "avif", "avis"}
	mp4Brands  = []string{"isom", "iso2", "iso3", "iso4", "iso5", "iso6", "iso7", "iso8", "iso9", "mp41", "mp42", "avc1", "M4V ", "M4VH", "M4VP",
		"MSNV", "XAVC", "3gp4", "3gp5", "3gp6", "3gp7", "3g2a", "hvc1"}
)

// brandOf tells the kinds of ISO 14496-12 files apart: the first brand that is known says which it is.
func brandOf(head []byte) (format, error) {
	n := min(int(binary.BigEndian.Uint32(head)), len(head))
	for at := 8; at+4 <= n; at += 4 {
		if at == 12 {
			continue // the minor version
		}
		switch b := string(head[at : at+4]); {
		case b == "qt  ":
			return movFile, nil
		case slices.Contains(mp4Brands, b):
			return mp4File, nil
		case slices.Contains(heicBrands, b):
			return "", refuse("evidence.is_heic")
		}
	}
	return "", refuse("evidence.kind_unknown")
}

// script says whether the beginning of a file is also what a browser would run.
func script(head []byte) bool {
	text := strings.ToLower(string(head))
	return slices.ContainsFunc([]string{"<script", "<html", "<!doctype", "<svg", "<?php", "<iframe"}, func(s string) bool { return strings.Contains(text, s) })
}

const (
	zipEnd     = "PK\x05\x06" // begins the last record of an archive (APPNOTE 4.3.16), which says how long its list of files is
	zipList    = "PK\x01\x02" // begins that list, which stands before it
	zipEndLen  = 22
	zipComment = 0xffff
)

// alone refuses a file that is a ZIP archive too: an archive is read from its end, so one can be hidden behind a photo.
func alone(f io.ReaderAt, size int64) error {
	tail := make([]byte, min(size, zipEndLen+zipComment))
	from := size - int64(len(tail))
	if _, err := f.ReadAt(tail, from); err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	for at := bytes.LastIndex(tail, []byte(zipEnd)); at >= 0; at = bytes.LastIndex(tail[:at], []byte(zipEnd)) {
		if len(tail)-at < zipEndLen {
			continue
		}
		list := make([]byte, len(zipList))
		start := from + int64(at) - int64(binary.LittleEndian.Uint32(tail[at+12:]))
		if start < 0 {
			continue
		}
		if _, err := f.ReadAt(list, start); err != nil {
			return err
		}
		if string(list) == zipList {
			return refuse("evidence.polyglot")
		}
	}
	return nil
}
