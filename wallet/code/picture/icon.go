package picture

import (
	"image"
	"math"
)

// iconShare is the largest part of the code's width that the icon in the middle may take. The display rules say
// 15 % of the code without saying of what; a share of the width keeps them in either reading (mpp-api §6.2).
const iconShare = 0.15

// holeFor returns the side of the square in the middle, in modules, that is kept free: the icon and half a module of
// light around it. It is odd like the width of every QR code, so that it lies on whole modules.
func holeFor(width int) int {
	hole := int(iconShare*float64(width)) + 1
	if hole%2 == 0 {
		hole--
	}
	return max(hole, 3)
}

func (s Symbol) inHole(x, y int) bool {
	low := (s.width - s.hole) / 2
	in := func(i int) bool { return i >= low && i < low+s.hole }
	return s.hole > 0 && in(x) && in(y)
}

// Parts of the icon, measured in its radius.
const (
	armLength = 0.62 // from the middle to the end of an arm
	armHalf   = 0.17 // half the width of an arm
)

// ink is what a point of the picture is painted with; the palette gives its colour.
type ink = uint8

const (
	light ink = iota
	dark
	blue
)

// iconAt returns the ink at a point given in radii from the icon's centre: a disc with a light plus.
func iconAt(x, y float64) ink {
	x, y = math.Abs(x), math.Abs(y)
	plus := (x <= armHalf && y <= armLength) || (y <= armHalf && x <= armLength)
	if plus || math.Hypot(x, y) > 1 {
		return light
	}
	return blue
}

// paintIcon paints the icon into the hole, whose left upper corner and side are given in pixels.
func paintIcon(img *image.Paletted, left, top, side, module int) {
	radius := float64(side-module) / 2
	centre := float64(side) / 2
	for y := range side {
		for x := range side {
			at := iconAt((float64(x)+0.5-centre)/radius, (float64(y)+0.5-centre)/radius)
			img.SetColorIndex(left+x, top+y, at)
		}
	}
}
