package scan

import (
	"image"
	"image/color"
	"image/draw"
	"math"
)

// grayOf copies a picture into shades of gray, on white ground, with its left upper corner at 0, 0.
func grayOf(img image.Image) *image.Gray {
	b := img.Bounds()
	g := image.NewGray(image.Rect(0, 0, b.Dx(), b.Dy()))
	draw.Draw(g, g.Rect, image.NewUniform(color.White), image.Point{}, draw.Src)
	draw.Draw(g, g.Rect, img, b.Min, draw.Over)
	return g
}

// mapped replaces each shade.
func mapped(g *image.Gray, shade func(uint8) uint8) *image.Gray {
	var table [256]uint8
	for i := range table {
		table[i] = shade(uint8(i))
	}
	out := image.NewGray(g.Rect)
	for i, v := range g.Pix {
		out.Pix[i] = table[v]
	}
	return out
}

func inverted(g *image.Gray) *image.Gray {
	return mapped(g, func(v uint8) uint8 { return 255 - v })
}

// stretched spreads the shades over the whole range, but for half a percent at both ends.
func stretched(g *image.Gray) *image.Gray {
	var count [256]int
	for _, v := range g.Pix {
		count[v]++
	}
	tail := len(g.Pix) / 200
	low, high := 0, 255
	for n := count[low]; n <= tail && low < 255; n += count[low] {
		low++
	}
	for n := count[high]; n <= tail && high > low; n += count[high] {
		high--
	}
	if high <= low {
		return g
	}
	return mapped(g, func(v uint8) uint8 { return clamp(float64(int(v)-low) * 255 / float64(high-low)) })
}

func clamp(v float64) uint8 { return uint8(math.Round(min(max(v, 0), 255))) }

// integral returns the sums of all pixels above and left of each corner, row by row, in rows of width+1.
func integral(g *image.Gray) []uint32 {
	w, h := g.Rect.Dx(), g.Rect.Dy()
	sums := make([]uint32, (w+1)*(h+1)) // 16 million pixels of 255 fit
	for y := range h {
		row := uint32(0)
		for x := range w {
			row += uint32(g.Pix[y*g.Stride+x])
			sums[(y+1)*(w+1)+x+1] = sums[y*(w+1)+x+1] + row
		}
	}
	return sums
}

// aroundMean calls for each pixel with its shade and the mean shade of the square around it.
func aroundMean(g *image.Gray, side int, shade func(v uint8, mean float64) uint8) *image.Gray {
	w, h := g.Rect.Dx(), g.Rect.Dy()
	sums, out := integral(g), image.NewGray(g.Rect)
	for y := range h {
		top, bottom := max(0, y-side/2), min(h, y+side/2+1)
		for x := range w {
			left, right := max(0, x-side/2), min(w, x+side/2+1)
			sum := sums[bottom*(w+1)+right] - sums[top*(w+1)+right] - sums[bottom*(w+1)+left] + sums[top*(w+1)+left]
			i := y*g.Stride + x
			out.Pix[i] = shade(g.Pix[i], float64(sum)/float64((bottom-top)*(right-left)))
		}
	}
	return out
}

// threshold is black where a pixel is 8 % darker than a sixteenth of the picture around it (Bradley and Roth).
func threshold(g *image.Gray) *image.Gray {
	return aroundMean(g, max(g.Rect.Dx(), g.Rect.Dy())/16, func(v uint8, mean float64) uint8 {
		if float64(v) < mean*0.92 {
			return 0
		}
		return 255
	})
}

// flattened takes uneven light away: each pixel is divided by the mean around it.
func flattened(g *image.Gray) *image.Gray {
	return aroundMean(g, max(g.Rect.Dx(), g.Rect.Dy())/12, func(v uint8, mean float64) uint8 {
		return clamp(float64(v) / max(mean, 1) * 160)
	})
}

// sharpened adds what a blur takes away, so many times.
func sharpened(g *image.Gray, sigma, amount float64) *image.Gray {
	soft, out := blurred(g, sigma), image.NewGray(g.Rect)
	for i, v := range g.Pix {
		out.Pix[i] = clamp(float64(v) + amount*(float64(v)-float64(soft.Pix[i])))
	}
	return out
}

// blurred is a Gaussian blur with a standard deviation in pixels, first along rows, then along columns.
func blurred(g *image.Gray, sigma float64) *image.Gray {
	if sigma <= 0 {
		return g
	}
	kernel := gaussian(sigma)
	return alongColumns(alongRows(g, kernel), kernel)
}

// gaussian returns half the bell, the middle first, in 1/65536.
func gaussian(sigma float64) []int {
	n := int(math.Ceil(3 * sigma))
	weights, total := make([]float64, n+1), 0.0
	for i := range weights {
		weights[i] = math.Exp(-float64(i*i) / (2 * sigma * sigma))
		total += weights[i] * float64(min(i, 1)+1)
	}
	kernel := make([]int, n+1)
	for i, w := range weights {
		kernel[i] = int(math.Round(w / total * 65536))
	}
	return kernel
}

// alongRows weighs each pixel with its neighbours in its row; the border goes on outside.
func alongRows(g *image.Gray, kernel []int) *image.Gray {
	w, n := g.Rect.Dx(), len(kernel)-1
	out, padded := image.NewGray(g.Rect), make([]int, w+2*n)
	for y := range g.Rect.Dy() {
		row := g.Pix[y*g.Stride : y*g.Stride+w]
		for i := range padded {
			padded[i] = int(row[min(max(i-n, 0), w-1)])
		}
		for x := range w {
			sum := kernel[0] * padded[x+n]
			for i := 1; i <= n; i++ {
				sum += kernel[i] * (padded[x+n-i] + padded[x+n+i])
			}
			out.Pix[y*out.Stride+x] = rounded(sum)
		}
	}
	return out
}

// alongColumns is the same for columns, a whole row at a time.
func alongColumns(g *image.Gray, kernel []int) *image.Gray {
	w, h := g.Rect.Dx(), g.Rect.Dy()
	out, sums := image.NewGray(g.Rect), make([]int, w)
	row := func(y int) []uint8 {
		y = min(max(y, 0), h-1)
		return g.Pix[y*g.Stride : y*g.Stride+w]
	}
	for y := range h {
		for x, v := range row(y) {
			sums[x] = kernel[0] * int(v)
		}
		for i := 1; i < len(kernel); i++ {
			below := row(y + i)
			for x, v := range row(y - i) {
				sums[x] += kernel[i] * (int(v) + int(below[x]))
			}
		}
		for x, sum := range sums {
			out.Pix[y*out.Stride+x] = rounded(sum)
		}
	}
	return out
}

// rounded turns a sum of shades weighed in 1/65536 into a shade.
func rounded(sum int) uint8 { return uint8(min((sum+32768)>>16, 255)) }
