package desk

import (
	"bytes"
	"image"
	"image/png"
	"regexp"
	"strconv"
	"testing"
)

// The picture for screens and the one for printers show the same modules, inside the blank border scanners need.
func TestQRPictures(t *testing.T) {
	for _, text := range []string{"https://returns.example/p/a/policy", "http://127.0.0.1:8080/p/cosmetics/policy/CO-5001?x=" + string(bytes.Repeat([]byte("长"), 60))} {
		path, side, err := qrPath(text)
		if err != nil {
			t.Fatal(err)
		}
		b, err := qrPNG(text)
		if err != nil {
			t.Fatal(err)
		}
		pic, err := png.Decode(bytes.NewReader(b))
		if err != nil || pic.Bounds() != image.Rect(0, 0, side*pngModule, side*pngModule) {
			t.Fatal(err, pic.Bounds(), side)
		}
		drawn := map[image.Point]bool{}
		for _, m := range regexp.MustCompile(`M(\d+) (\d+)h(\d+)v1`).FindAllStringSubmatch(path, -1) {
			var n [3]int
			for i := range n {
				if n[i], err = strconv.Atoi(m[i+1]); err != nil {
					t.Fatal(err)
				}
			}
			for x := n[0]; x < n[0]+n[2]; x++ {
				drawn[image.Pt(x, n[1])] = true
			}
		}
		for y := range side {
			for x := range side {
				r, _, _, _ := pic.At(x*pngModule+3, y*pngModule+3).RGBA()
				inside := image.Pt(x, y).In(image.Rect(quiet, quiet, side-quiet, side-quiet))
				if got := r == 0; got != drawn[image.Pt(x, y)] || got && !inside {
					t.Fatalf("module %d,%d: PNG %v, SVG %v", x, y, got, drawn[image.Pt(x, y)])
				}
			}
		}
		for i := range 7 { // the upper edge of the first finder pattern, and the blank line below it
			if !drawn[image.Pt(quiet+i, quiet)] || drawn[image.Pt(quiet+i, quiet+7)] {
				t.Fatal("no finder pattern")
			}
		}
	}
}
