package desk

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"strings"

	"github.com/boombuler/barcode"
	"github.com/boombuler/barcode/qr"
)

// quiet is the blank border of a QR code in modules (ISO/IEC 18004).
const quiet = 4

// pngModule is the side of a module of a PNG in pixels: some 30 mm at the 300 dpi of a label printer.
const pngModule = 8

// qrPath is a QR code as the path of an SVG, one unit a module, with the side of the whole.
func qrPath(text string) (path string, side int, err error) {
	code, err := qr.Encode(text, qr.M, qr.Auto)
	if err != nil {
		return "", 0, fmt.Errorf("QR code: %w", err)
	}
	var b strings.Builder
	n := code.Bounds().Dx()
	for y := range n {
		for x := 0; x < n; x++ {
			from := x
			for x < n && dark(code, x, y) {
				x++
			}
			if x > from {
				fmt.Fprintf(&b, "M%d %dh%dv1h-%dz", from+quiet, y+quiet, x-from, x-from)
			}
		}
	}
	return b.String(), n + 2*quiet, nil
}

func dark(code barcode.Barcode, x, y int) bool {
	r, _, _, _ := code.At(x, y).RGBA()
	return r == 0
}

// qrSVG is a QR code as a picture of its own.
func qrSVG(text string) ([]byte, error) {
	path, side, err := qrPath(text)
	if err != nil {
		return nil, err
	}
	return fmt.Appendf(nil, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" shape-rendering="crispEdges"><path fill="#fff" d="M0 0h%dv%dH0z"/><path d="%s"/></svg>`+"\n",
		side, side, side, side, path), nil
}

// qrPNG is the same for programs that print packing slips and take no SVG.
func qrPNG(text string) ([]byte, error) {
	code, err := qr.Encode(text, qr.M, qr.Auto)
	if err != nil {
		return nil, fmt.Errorf("QR code: %w", err)
	}
	n := code.Bounds().Dx() + 2*quiet
	pic := image.NewPaletted(image.Rect(0, 0, n*pngModule, n*pngModule), color.Palette{color.White, color.Black})
	for y := range n * pngModule {
		for x := range n * pngModule {
			mx, my := x/pngModule-quiet, y/pngModule-quiet
			if image.Pt(mx, my).In(code.Bounds()) && dark(code, mx, my) {
				pic.SetColorIndex(x, y, 1)
			}
		}
	}
	var b bytes.Buffer
	err = png.Encode(&b, pic)
	return b.Bytes(), err
}
