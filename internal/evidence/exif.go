package evidence

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
)

// about is what has to be known of a photo besides its pixels.
type about struct {
	orientation int   // of EXIF, 1 to 8; 1 is upright
	bytesAPixel int64 // what decoding it holds, at most
}

const (
	maxScans    = 200    // of a progressive photo, where ten are usual: each is a walk over all its pixels
	maxSegments = 10_000 // a file with more of them is not a photo
	maxExif     = 64 << 10
)

// aboutImage reads the orientation and nothing else of what the camera wrote. A broken note is no note.
func aboutImage(f io.ReaderAt, size int64, is format) (about, error) {
	a := about{orientation: 1, bytesAPixel: 12}
	read := jpegSegments
	switch is {
	case pngFile:
		read = pngChunks
	case webpFile:
		read = webpChunks
	}
	err := read(f, size, &a)
	if is == jpegFile && err == nil {
		err = fewScans(f, size)
	}
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		err = nil // the decoder will say so
	}
	return a, err
}

// jpegSegments walks to the first scan (ITU T.81 annex B).
func jpegSegments(f io.ReaderAt, size int64, a *about) error {
	a.bytesAPixel = 4
	var head [4]byte
	at := int64(2)
	for range maxSegments {
		if _, err := f.ReadAt(head[:], at); err != nil {
			return err
		}
		if head[0] != 0xff {
			return nil
		}
		switch marker := head[1]; {
		case marker == 0xff: // filling
			at++
			continue
		case marker == 0x01 || marker >= 0xd0 && marker <= 0xd7: // without a length
			at += 2
			continue
		case marker == 0xda || marker == 0xd9:
			return nil
		case marker == 0xc2:
			a.bytesAPixel = 16 // progressive: all coefficients are held
		case marker == 0xe1 && a.orientation == 1:
			note, err := readNote(f, at+4, int64(binary.BigEndian.Uint16(head[2:]))-2)
			if err != nil {
				return err
			}
			if len(note) > 6 && string(note[:6]) == "Exif\x00\x00" {
				a.orientation = orientation(note[6:])
			}
		}
		at += 2 + int64(binary.BigEndian.Uint16(head[2:]))
	}
	return refuse("evidence.damaged")
}

// fewScans refuses a photo that would keep the decoder busy for hours. Inside a scan no byte ff stands before da.
func fewScans(f io.ReaderAt, size int64) error {
	b := make([]byte, 64<<10)
	n := 0
	for at := int64(0); at < size; at += int64(len(b)) - 1 { // a byte is read twice: the marker may lie across
		got, err := f.ReadAt(b, at)
		if err != nil && !errors.Is(err, io.EOF) {
			return err
		}
		if n += bytes.Count(b[:got], []byte{0xff, 0xda}); n > maxScans {
			return refuse("evidence.damaged")
		}
	}
	return nil
}

func readNote(f io.ReaderAt, at, length int64) ([]byte, error) {
	if length <= 0 || length > maxExif {
		return nil, nil
	}
	b := make([]byte, length)
	_, err := f.ReadAt(b, at)
	return b, err
}

// pngChunks looks for the chunk eXIf.
func pngChunks(f io.ReaderAt, size int64, a *about) error {
	return chunks(f, size, 8, 12, 4, binary.BigEndian, func(kind string, note []byte) {
		if kind == "eXIf" {
			a.orientation = orientation(note)
		}
	})
}

// webpChunks looks for the chunk EXIF, and for the end: the decoder does not miss it.
func webpChunks(f io.ReaderAt, size int64, a *about) error {
	var length [4]byte
	if _, err := f.ReadAt(length[:], 4); err != nil {
		return err
	}
	if 8+int64(binary.LittleEndian.Uint32(length[:])) > size {
		return refuse("evidence.damaged")
	}
	return chunks(f, size, 12, 8, 0, binary.LittleEndian, func(kind string, note []byte) {
		if kind == "EXIF" {
			if len(note) > 6 && string(note[:6]) == "Exif\x00\x00" { // some write it as JPEG has it
				note = note[6:]
			}
			a.orientation = orientation(note)
		}
	})
}

// chunks walks the chunks of a file from a place on: frame is what surrounds the data, and the kind stands before the
// length (kindAt 0) or behind it (4).
func chunks(f io.ReaderAt, size, at, frame int64, kindAt int, order binary.ByteOrder, see func(kind string, note []byte)) error {
	var head [8]byte
	for n := 0; at+frame <= size; n++ {
		if n == maxSegments {
			return refuse("evidence.damaged")
		}
		if _, err := f.ReadAt(head[:], at); err != nil {
			return err
		}
		kind, length := string(head[kindAt:][:4]), int64(order.Uint32(head[4-kindAt:]))
		if kind == "eXIf" || kind == "EXIF" {
			note, err := readNote(f, at+8, length)
			if err != nil {
				return err
			}
			see(kind, note)
		}
		if frame == 8 {
			length += length & 1 // RIFF fills up to even lengths
		}
		at += frame + length
	}
	return nil
}

// orientation finds tag 0x0112 of the first directory of a TIFF structure; 1 where it is not or makes no sense.
func orientation(tiff []byte) int {
	if len(tiff) < 8 {
		return 1
	}
	var order binary.ByteOrder = binary.LittleEndian
	switch string(tiff[:4]) {
	case "II*\x00":
	case "MM\x00*":
		order = binary.BigEndian
	default:
		return 1
	}
	at := int64(order.Uint32(tiff[4:]))
	if at+2 > int64(len(tiff)) {
		return 1
	}
	entries := int64(order.Uint16(tiff[at:]))
	for at += 2; entries > 0 && at+12 <= int64(len(tiff)); entries, at = entries-1, at+12 {
		const short = 3
		if order.Uint16(tiff[at:]) != 0x0112 || order.Uint16(tiff[at+2:]) != short {
			continue
		}
		if o := int(order.Uint16(tiff[at+8:])); o >= 1 && o <= 8 {
			return o
		}
		return 1
	}
	return 1
}
