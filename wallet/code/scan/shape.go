package scan

import (
	"image"
	"math"
)

// shrunk makes a picture smaller so that no side is longer.
func shrunk(g *image.Gray, side int) *image.Gray {
	longest := max(g.Rect.Dx(), g.Rect.Dy())
	if longest <= side {
		return g
	}
	return scaled(g, float64(side)/float64(longest))
}

// scaled changes the size by a factor: areas are averaged when it shrinks, neighbours are mixed when it grows.
func scaled(g *image.Gray, factor float64) *image.Gray {
	w := max(1, int(math.Round(float64(g.Rect.Dx())*factor)))
	h := max(1, int(math.Round(float64(g.Rect.Dy())*factor)))
	if factor < 1 {
		return averaged(g, w, h)
	}
	out := image.NewGray(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			out.Pix[y*out.Stride+x] = sample(g, (float64(x)+0.5)/factor-0.5, (float64(y)+0.5)/factor-0.5)
		}
	}
	return out
}

// averaged gives each pixel the mean of the area that it stands for, in whole pixels of the original.
func averaged(g *image.Gray, w, h int) *image.Gray {
	sums, out := integral(g), image.NewGray(image.Rect(0, 0, w, h))
	oldW, oldH := g.Rect.Dx(), g.Rect.Dy()
	for y := range h {
		top, bottom := y*oldH/h, max((y+1)*oldH/h, y*oldH/h+1)
		for x := range w {
			left, right := x*oldW/w, max((x+1)*oldW/w, x*oldW/w+1)
			sum := sums[bottom*(oldW+1)+right] - sums[top*(oldW+1)+right] - sums[bottom*(oldW+1)+left] + sums[top*(oldW+1)+left]
			out.Pix[y*out.Stride+x] = uint8(sum / uint32((bottom-top)*(right-left)))
		}
	}
	return out
}

// sample mixes the four pixels around a point. Outside the picture, its border goes on.
func sample(g *image.Gray, x, y float64) uint8 {
	w, h := g.Rect.Dx(), g.Rect.Dy()
	left, top := int(math.Floor(x)), int(math.Floor(y))
	fx, fy := int(256*(x-float64(left))), int(256*(y-float64(top)))
	x0, x1 := min(max(left, 0), w-1), min(max(left+1, 0), w-1)
	upper, lower := g.Pix[min(max(top, 0), h-1)*g.Stride:], g.Pix[min(max(top+1, 0), h-1)*g.Stride:]
	a := int(upper[x0])*(256-fx) + int(upper[x1])*fx
	b := int(lower[x0])*(256-fx) + int(lower[x1])*fx
	return uint8((a*(256-fy) + b*fy + 1<<15) >> 16)
}

// turned rotates a picture about its middle by degrees, clockwise, on a white canvas that holds all of it.
func turned(g *image.Gray, degrees float64) *image.Gray {
	sin, cos := math.Sincos(degrees * math.Pi / 180)
	w, h := float64(g.Rect.Dx()), float64(g.Rect.Dy())
	const tiny = 1e-6 // what sines of right angles are off
	newW := int(math.Ceil(math.Abs(w*cos) + math.Abs(h*sin) - tiny))
	newH := int(math.Ceil(math.Abs(w*sin) + math.Abs(h*cos) - tiny))
	out := image.NewGray(image.Rect(0, 0, newW, newH))
	for y := range newH {
		for x := range newW {
			dx, dy := float64(x)+0.5-float64(newW)/2, float64(y)+0.5-float64(newH)/2
			oldX, oldY := dx*cos+dy*sin+w/2, -dx*sin+dy*cos+h/2
			shade := uint8(255)
			if oldX >= 0 && oldX < w && oldY >= 0 && oldY < h {
				shade = sample(g, oldX-0.5, oldY-0.5)
			}
			out.Pix[y*out.Stride+x] = shade
		}
	}
	return out
}

// quarterTurn rotates by 90 degrees without loss.
func quarterTurn(g *image.Gray) *image.Gray {
	w, h := g.Rect.Dx(), g.Rect.Dy()
	out := image.NewGray(image.Rect(0, 0, h, w))
	for y := range h {
		for x := range w {
			out.Pix[x*out.Stride+h-1-y] = g.Pix[y*g.Stride+x]
		}
	}
	return out
}
