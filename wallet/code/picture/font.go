package picture

import "image"

// Size of a glyph in dots; one more dot stands between two of them.
const (
	glyphWidth  = 5
	glyphHeight = 7
)

// glyph returns the dots of a character of a caption, a row per number, the leftmost dot in the highest of five bits.
// There are only digits, the star that masks them and the blank that groups them.
func glyph(r rune) [glyphHeight]uint8 {
	switch r {
	case '0':
		return [...]uint8{0b01110, 0b10001, 0b10011, 0b10101, 0b11001, 0b10001, 0b01110}
	case '1':
		return [...]uint8{0b00100, 0b01100, 0b00100, 0b00100, 0b00100, 0b00100, 0b01110}
	case '2':
		return [...]uint8{0b01110, 0b10001, 0b00001, 0b00010, 0b00100, 0b01000, 0b11111}
	case '3':
		return [...]uint8{0b11111, 0b00010, 0b00100, 0b00010, 0b00001, 0b10001, 0b01110}
	case '4':
		return [...]uint8{0b00010, 0b00110, 0b01010, 0b10010, 0b11111, 0b00010, 0b00010}
	case '5':
		return [...]uint8{0b11111, 0b10000, 0b11110, 0b00001, 0b00001, 0b10001, 0b01110}
	case '6':
		return [...]uint8{0b00110, 0b01000, 0b10000, 0b11110, 0b10001, 0b10001, 0b01110}
	case '7':
		return [...]uint8{0b11111, 0b00001, 0b00010, 0b00100, 0b01000, 0b01000, 0b01000}
	case '8':
		return [...]uint8{0b01110, 0b10001, 0b10001, 0b01110, 0b10001, 0b10001, 0b01110}
	case '9':
		return [...]uint8{0b01110, 0b10001, 0b10001, 0b01111, 0b00001, 0b00010, 0b01100}
	case '*':
		return [...]uint8{0b00000, 0b10101, 0b01110, 0b11111, 0b01110, 0b10101, 0b00000}
	}
	return [glyphHeight]uint8{}
}

// captionDots returns the width of a caption in dots.
func captionDots(caption string) int { return len(caption)*(glyphWidth+1) - 1 }

// paintCaption writes the caption with dots of a side in pixels.
func paintCaption(img *image.Paletted, caption string, left, top, side int) {
	for i, r := range caption {
		rows := glyph(r)
		for d := range glyphWidth * glyphHeight {
			x, y := d%glyphWidth, d/glyphWidth
			if rows[y]&(1<<(glyphWidth-1-x)) != 0 {
				paintDot(img, left+(i*(glyphWidth+1)+x)*side, top+y*side, side)
			}
		}
	}
}

func paintDot(img *image.Paletted, left, top, side int) {
	for i := range side * side {
		img.SetColorIndex(left+i%side, top+i/side, dark)
	}
}
