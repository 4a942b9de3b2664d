package picture_test

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"regexp"
	"strings"
	"testing"

	"mppsim/wallet/code/picture"
)

// rasterised draws a symbol's SVG: the rectangles of its first path and the disc of the icon. It is written
// after the SVG standard, not after the code that writes the drawing.
func rasterised(t *testing.T, s picture.Symbol, mm float64) image.Image {
	t.Helper()
	var b bytes.Buffer
	if err := s.SVG(&b, mm); err != nil {
		t.Fatal(err)
	}
	var svg struct {
		ViewBox string `xml:"viewBox,attr"`
		Paths   []struct {
			D string `xml:"d,attr"`
		} `xml:"path"`
		Circles []struct {
			X float64 `xml:"cx,attr"`
			Y float64 `xml:"cy,attr"`
			R float64 `xml:"r,attr"`
		} `xml:"circle"`
	}
	if err := xml.Unmarshal(b.Bytes(), &svg); err != nil {
		t.Fatal(err)
	}
	const scale = 4
	var x0, y0, width, height int
	if _, err := fmt.Sscanf(svg.ViewBox, "%d %d %d %d", &x0, &y0, &width, &height); err != nil {
		t.Fatal(err)
	}
	img := image.NewGray(image.Rect(0, 0, width*scale, height*scale))
	fill(img, img.Rect, color.White)
	for _, m := range regexp.MustCompile(`M(\d+) (\d+)h(\d+)v(\d+)h-(\d+)z`).FindAllString(svg.Paths[0].D, -1) {
		var x, y, dx, dy, back int
		if _, err := fmt.Sscanf(m, "M%d %dh%dv%dh-%dz", &x, &y, &dx, &dy, &back); err != nil || back != dx {
			t.Fatalf("%s: %v", m, err)
		}
		fill(img, image.Rect(x*scale, y*scale, (x+dx)*scale, (y+dy)*scale), color.Black)
	}
	for _, c := range svg.Circles {
		fill(img, image.Rect(int(scale*(c.X-c.R)), int(scale*(c.Y-c.R)), int(scale*(c.X+c.R)), int(scale*(c.Y+c.R))), color.Gray{Y: 90})
	}
	return img
}

func fill(img draw.Image, r image.Rectangle, c color.Color) {
	draw.Draw(img, r, image.NewUniform(c), image.Point{}, draw.Src)
}

// screen shows text as a terminal does, a cell being 8 pixels wide and 16 high.
func screen(t *testing.T, text string, darkGround bool) image.Image {
	t.Helper()
	text = regexp.MustCompile("\x1b\\[[0-9;]*m").ReplaceAllString(text, "")
	lines := strings.Split(strings.TrimSuffix(text, "\n"), "\n")
	img := image.NewGray(image.Rect(0, 0, 8*len([]rune(lines[0]))+64, 16*len(lines)+64))
	ground, ink := color.Gray{Y: 255}, color.Gray{Y: 0}
	if darkGround {
		ground, ink = ink, ground
	}
	fill(img, img.Rect, ground)
	quarters := map[rune]image.Rectangle{
		'▀': image.Rect(0, 0, 8, 8), '▄': image.Rect(0, 8, 8, 16), '█': image.Rect(0, 0, 8, 16),
		'▌': image.Rect(0, 0, 4, 16), '▐': image.Rect(4, 0, 8, 16),
	}
	for y, line := range lines {
		for x, r := range []rune(line) {
			fill(img, quarters[r].Add(image.Pt(32+8*x, 32+16*y)), ink)
		}
	}
	return img
}
