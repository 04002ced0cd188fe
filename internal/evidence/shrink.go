package evidence

import (
	"image"
	"image/color"
	"image/draw"
)

// fit is the size of a picture whose longer side is at most side.
func fit(w, h, side int) (int, int) {
	if max(w, h) <= side {
		return w, h
	}
	if w >= h {
		return side, max(1, (h*side+w/2)/w)
	}
	return max(1, (w*side+h/2)/h), side
}

// shrink draws a picture on white so that its longer side is at most side. Every pixel is the mean of the area it
// covers, weighed exactly, so that a hairline in a stone grows faint but is not lost. It reads the source row by row
// and holds one row of it beside the result.
//
// Lengths are counted in 1/dw and 1/dh of a source pixel, so that all weights are whole: a pixel's weights sum to
// sw × sh ≤ 50 million, and 255 times that fits.
func shrink(src image.Image, side int) *image.RGBA {
	b := src.Bounds()
	sw, sh := b.Dx(), b.Dy()
	dw, dh := fit(sw, sh, side)
	out := image.NewRGBA(image.Rect(0, 0, dw, dh))
	row := image.NewRGBA(image.Rect(0, 0, sw, 1))
	white := image.NewUniform(color.White)
	sums := make([]uint64, 3*dw)  // of the source row, across
	areas := make([]uint64, 3*dw) // of the row being drawn
	y := 0                        // row being drawn
	for sy := range sh {
		draw.Draw(row, row.Rect, white, image.Point{}, draw.Src)
		draw.Draw(row, row.Rect, src, image.Pt(b.Min.X, b.Min.Y+sy), draw.Over)
		across(sums, row.Pix, sw, dw)
		for left := dh; left > 0; { // how much of the source row is not drawn yet
			w := min(left, (y+1)*sh-(sy*dh+dh-left))
			for i, s := range sums {
				areas[i] += s * uint64(w)
			}
			left -= w
			if sy*dh+dh-left == (y+1)*sh {
				store(out.Pix[y*out.Stride:], areas, uint64(sw)*uint64(sh))
				clear(areas)
				y++
			}
		}
	}
	return out
}

// across sums a row of sw pixels into dw.
func across(sums []uint64, pix []uint8, sw, dw int) {
	clear(sums)
	x, at := 0, 0 // pixel being summed, place in units of 1/dw
	for sx := range sw {
		r, g, b := uint64(pix[4*sx]), uint64(pix[4*sx+1]), uint64(pix[4*sx+2])
		for left := dw; left > 0; {
			w := min(left, (x+1)*sw-at)
			sums[3*x] += r * uint64(w)
			sums[3*x+1] += g * uint64(w)
			sums[3*x+2] += b * uint64(w)
			left -= w
			at += w
			if at == (x+1)*sw {
				x++
			}
		}
	}
}

// store writes a finished row.
func store(pix []uint8, areas []uint64, whole uint64) {
	for x := range len(areas) / 3 {
		for c := range 3 {
			pix[4*x+c] = uint8((areas[3*x+c] + whole/2) / whole)
		}
		pix[4*x+3] = 0xff
	}
}

// turn applies an orientation of EXIF: 2 to 4 mirror and turn by half, 5 to 8 change width and height.
func turn(src *image.RGBA, orientation int) *image.RGBA {
	if orientation <= 1 || orientation > 8 {
		return src
	}
	w, h := src.Rect.Dx(), src.Rect.Dy()
	dw, dh := w, h
	if orientation >= 5 {
		dw, dh = h, w
	}
	out := image.NewRGBA(image.Rect(0, 0, dw, dh))
	for y := range dh {
		for x := range dw {
			sx, sy := x, y
			switch orientation {
			case 2:
				sx = w - 1 - x
			case 3:
				sx, sy = w-1-x, h-1-y
			case 4:
				sy = h - 1 - y
			case 5:
				sx, sy = y, x
			case 6:
				sx, sy = y, h-1-x
			case 7:
				sx, sy = w-1-y, h-1-x
			case 8:
				sx, sy = w-1-y, x
			}
			copy(out.Pix[y*out.Stride+4*x:][:4], src.Pix[sy*src.Stride+4*sx:][:4])
		}
	}
	return out
}
