package evidence

import (
	"bytes"
	"context"
	"errors"
	"image"
	"image/jpeg"
	"image/png"
	"io"
	"os"
	"runtime"

	"golang.org/x/image/webp"

	"github.com/sanbao/sanbao/errs"
)

const (
	maxPixels    = 50_000_000 // of a photo: refused before anything is unpacked
	viewSide     = 2560       // pixels, the longer side of what is shown
	thumbSide    = 320
	viewQuality  = 85
	thumbQuality = 80
)

// lookAtImage decodes a photo and draws it anew: nothing of the file but its pixels is in what is shown.
func (k *Desk) lookAtImage(ctx context.Context, f File, size int64, is format) (seen, error) {
	decode, config := jpeg.Decode, jpeg.DecodeConfig
	switch is {
	case pngFile:
		decode, config = png.Decode, png.DecodeConfig
	case webpFile:
		decode, config = webp.Decode, webp.DecodeConfig
	}
	c, err := config(io.NewSectionReader(f, 0, size))
	if err != nil {
		return seen{}, damaged(err)
	}
	if c.Width <= 0 || c.Height <= 0 {
		return seen{}, refuse("evidence.damaged")
	}
	if int64(c.Width)*int64(c.Height) > maxPixels {
		return seen{}, refuse("evidence.pixels", errs.Args{"width": c.Width, "height": c.Height, "mega": maxPixels / 1_000_000})
	}
	about, err := aboutImage(f, size, is)
	if err != nil {
		return seen{}, err
	}
	need := int64(c.Width) * int64(c.Height) * about.bytesAPixel
	need = min(memoryForImages, max(need, memoryForImages/int64(runtime.GOMAXPROCS(0)))) // no more of them than processors
	if err := k.memory.Acquire(ctx, need); err != nil {
		return seen{}, err
	}
	defer k.memory.Release(need)
	img, err := decode(io.NewSectionReader(f, 0, size))
	if err != nil {
		return seen{}, damaged(err)
	}
	b := img.Bounds()
	large := shrink(img, viewSide)
	img = nil // as large as all the rest together
	large = turn(large, about.orientation)
	view, err := encode(large, viewQuality)
	if err != nil {
		return seen{}, err
	}
	thumb, err := encode(shrink(large, thumbSide), thumbQuality)
	s := seen{kind: Image, mediaType: string(is), viewType: string(jpegFile), width: int64(b.Dx()), height: int64(b.Dy()),
		view: bytes.NewReader(view), thumb: thumb}
	if about.orientation >= 5 {
		s.width, s.height = s.height, s.width
	}
	return s, err
}

// damaged is the refusal of a photo that cannot be decoded; what reading itself met is our fault.
func damaged(err error) error {
	if disk := (*os.PathError)(nil); errors.As(err, &disk) {
		return err
	}
	return errs.Wrap(err, errs.Invalid, "evidence.damaged")
}

func encode(img image.Image, quality int) ([]byte, error) {
	var b bytes.Buffer
	err := jpeg.Encode(&b, img, &jpeg.Options{Quality: quality})
	return b.Bytes(), err
}
