package evidence

import "os"

// Names are the blobs of evidence: original, view and, of a photo, thumb.
func (e Evidence) Names() []string {
	names := []string{e.SHA256, e.view.String()}
	if e.thumb != nil {
		names = append(names, e.thumb.String())
	}
	return names
}

var (
	Corners   = corners
	JPEGOf    = jpegOf
	PNGOf     = pngOf
	ZipOf     = zipOf
	Noise     = noise
	WithPlace = func(photo []byte) []byte { return with(photo, segment(0xfe, []byte(secret))) }
	FilmOf    = func(seconds uint32, tail ...byte) []byte {
		return reel{brand: "qt  ", late: true, seconds: seconds, extra: func(m [][]byte) [][]byte { return append(m, bx("free", tail)) }}.film()
	}
)

const (
	Secret     = secret
	MinChunk   = minChunk
	UploadLife = uploadLife
	SweepAfter = sweepAfter
)

// TempFiles lists what lies in a folder for temporary files.
func TempFiles(dir string) (names []string) {
	list, err := os.ReadDir(dir)
	if err != nil {
		return []string{err.Error()}
	}
	for _, e := range list {
		names = append(names, e.Name())
	}
	return names
}
