package demo

import (
	"bytes"
	"image"
	"image/color"
	"image/draw"
	"image/jpeg"

	"github.com/sanbao/sanbao/internal/evidence"
)

// Pictures of the demo are drawn here: nobody's photo is shipped. They show what the case is about, no more.

// sheet is a picture being drawn, 960 by 720, on a table before a wall.
type sheet struct{ *image.RGBA }

func newSheet() sheet {
	s := sheet{image.NewRGBA(image.Rect(0, 0, 960, 720))}
	return s.box(0, 0, 960, 400, 0xd9d4cc).box(0, 400, 960, 320, 0xb79f83)
}

func (s sheet) box(x, y, w, h int, rgb uint32) sheet {
	draw.Draw(s, image.Rect(x, y, x+w, y+h), image.NewUniform(opaque(rgb)), image.Point{}, draw.Src)
	return s
}

// oval fills an ellipse about a centre.
func (s sheet) oval(cx, cy, rx, ry int, rgb uint32) sheet {
	return s.arc(cx, cy, rx, ry, cy-ry, cy+ry, rgb)
}

// arc fills what of an ellipse lies between two heights.
func (s sheet) arc(cx, cy, rx, ry, top, bottom int, rgb uint32) sheet {
	for y := top; y <= bottom; y++ {
		for x := cx - rx; x <= cx+rx; x++ {
			if dx, dy := x-cx, y-cy; dx*dx*ry*ry+dy*dy*rx*rx <= rx*rx*ry*ry {
				s.SetRGBA(x, y, opaque(rgb))
			}
		}
	}
	return s
}

func opaque(rgb uint32) color.RGBA {
	return color.RGBA{R: uint8(rgb >> 16), G: uint8(rgb >> 8), B: uint8(rgb), A: 255} //nolint:gosec // bytes are cut off on purpose
}

// shoe is a pair's half from the side; gap is how far its sole hangs open at the toe.
func shoe(upper, sole uint32, gap int) sheet {
	s := newSheet().oval(480, 590, 380, 40, 0x8f7a62) // its shadow
	s.arc(480, 560, 350, 60, 545, 600, sole).box(132, 545, 60, 50, sole)
	s.arc(480, 560-gap, 340, 190, 370-gap, 545-gap, upper).box(140, 300, 190, 246, upper).oval(235, 300, 95, 34, 0x3a322c)
	for i := range gap { // opens towards the toe
		s.box(820-i*9, 546-i, i*9, 1, 0x2a1d16)
	}
	for i := range 4 { // laces
		s.box(380+i*58, 395+i*14, 44, 9, 0xefeae2)
	}
	return s
}

// receipt is a cobbler's, with his red stamp.
func receipt() sheet {
	s := newSheet().box(300, 70, 360, 600, 0x9c8a74).box(290, 60, 360, 600, 0xfbfaf6).box(380, 100, 180, 26, 0x333333)
	for i := range 7 {
		s.box(330, 180+i*46, 150+(i*37)%60, 12, 0x777777).box(540, 180+i*46, 70, 12, 0x777777)
	}
	return s.box(330, 510, 280, 3, 0x333333).box(500, 530, 110, 22, 0x222222).oval(400, 580, 62, 62, 0xc8453b).oval(400, 580, 54, 54, 0xfbfaf6).oval(400, 580, 20, 20, 0xc8453b)
}

// jar is a jar of cream from above: under its foil, or opened.
func jar(opened bool) sheet {
	s := newSheet().oval(490, 400, 280, 270, 0x8f7a62).oval(470, 380, 280, 270, 0xf3efe9).oval(470, 380, 250, 240, 0xd2b48c)
	if opened {
		return s.oval(470, 380, 236, 226, 0xfff8f0).oval(520, 400, 120, 70, 0xeadfd2)
	}
	return s.oval(470, 380, 236, 226, 0xc9ced3).oval(430, 330, 120, 90, 0xdde1e5).oval(720, 380, 60, 34, 0xb7bdc3)
}

// rash is a cheek with red spots; where somebody's health is shown, few may look (S3-05).
func rash() sheet {
	s := newSheet().oval(480, 380, 400, 330, 0xecc4a6)
	for i := range 23 {
		s.oval(300+(i*137)%360, 230+(i*89)%280, 9+i%9, 8+i%7, 0xd9786c)
	}
	return s
}

// carton is one that something heavy stood on.
func carton() sheet {
	s := newSheet().oval(480, 610, 390, 40, 0x8f7a62).box(140, 300, 680, 300, 0xb88a55).box(140, 300, 680, 12, 0x8a6236).box(440, 300, 80, 300, 0xd8c08f)
	for i := range 120 { // the pressed-in top
		s.box(240+i*2, 300, 480-i*4, 1+i/2, 0x9a7144)
	}
	return s.box(250, 420, 130, 5, 0x7a5530).box(560, 470, 170, 5, 0x7a5530)
}

// tubes are two of cleanser, their inner seals on.
func tubes() sheet {
	s := newSheet()
	for _, x := range []int{300, 560} {
		s.oval(x+60, 640, 110, 18, 0x8f7a62).box(x-30, 110, 180, 14, 0xcfd8dc).box(x-20, 124, 160, 400, 0xf4f7f8).box(x, 524, 120, 100, 0x9fc5b8).box(x+10, 250, 100, 14, 0x7fa99b).box(x+10, 284, 70, 10, 0xb4c9c2)
	}
	return s
}

// bag is one of biscuits, closed or torn open.
func bag(opened bool) sheet {
	s := newSheet().oval(480, 640, 280, 30, 0x8f7a62).box(260, 130, 440, 490, 0xb5482f).box(260, 130, 440, 34, 0x8d3521).box(330, 240, 300, 90, 0xf3e3c3)
	s.oval(480, 460, 110, 90, 0xd9a860).oval(440, 440, 14, 12, 0x6b4223).oval(510, 480, 16, 12, 0x6b4223).oval(490, 420, 12, 10, 0x6b4223)
	if opened {
		for i := range 130 {
			s.box(420+i, 130, 1, 90-abs(i-65), 0x2a1d16)
		}
		return s.oval(640, 650, 60, 24, 0xe3b872)
	}
	return s
}

func abs(n int) int { return max(n, -n) }

// necklace is a gold chain with its tamper tag on.
func necklace() sheet {
	s := newSheet().box(180, 90, 600, 560, 0x2c3a4a)
	for i := range 60 {
		x, y := 250+i*8, 150+(i-30)*(i-30)/-3+300
		s.oval(x, y, 9, 7, 0xe2b13c).oval(x, y, 4, 3, 0x2c3a4a)
	}
	return s.box(472, 448, 6, 80, 0xd8d8d8).box(430, 526, 90, 60, 0xf2f2f2).box(444, 544, 62, 6, 0x999999).box(444, 560, 40, 6, 0x999999)
}

// bangle is one of jadeite held against the light, with a line in it.
func bangle() sheet {
	s := newSheet().box(0, 0, 960, 720, 0x23302b).oval(480, 370, 300, 290, 0x9fd3b4).oval(480, 370, 270, 260, 0xc4e6d0).oval(480, 370, 210, 200, 0x23302b)
	for i := range 70 {
		s.oval(650+i, 200+i*i/90, 2, 2, 0x4d6f5c)
	}
	return s.oval(400, 140, 60, 18, 0xe8f6ec)
}

// thread is a biscuit with something black in it.
func thread() sheet {
	s := newSheet().oval(490, 400, 300, 280, 0x8f7a62).oval(470, 380, 300, 280, 0xd9a860).oval(470, 380, 280, 260, 0xe3b872)
	for i := range 14 {
		s.oval(290+(i*151)%360, 210+(i*97)%330, 18, 14, 0x6b4223)
	}
	for x := range 260 { // bent
		s.oval(350+x, 360+(x-130)*(x-130)/220, 4, 4, 0x17130f)
	}
	return s
}

// shows hands in a picture of the case's first line.
func (c *scene) shows(who, name string, picture sheet, sensitive bool) {
	if c.err != nil {
		return
	}
	var b bytes.Buffer
	if c.err = jpeg.Encode(&b, picture, &jpeg.Options{Quality: 85}); c.err != nil {
		return
	}
	size := int64(b.Len())
	place := evidence.Place{CaseID: c.view.Case.ID, LineID: c.line()}
	u, err := c.app.Evidence.Begin(c.ctx, c.shop.ID, who, evidence.Start{Place: place, Name: name, Size: size, Sensitive: sensitive})
	if err == nil {
		_, err = c.app.Evidence.Continue(c.ctx, c.shop.ID, u.ID, evidence.Piece{Size: size, Data: bytes.NewReader(b.Bytes())})
	}
	c.err = err
}
