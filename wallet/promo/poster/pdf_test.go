package poster_test

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/color"
	"io"
	"math"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/qrcode"

	"mppsim/wallet/promo/poster"
)

func pdfOf(t *testing.T, p poster.Poster) string {
	t.Helper()
	var b bytes.Buffer
	if err := p.WritePDF(&b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// The code of a PDF of every size is read by a reader that sees only its rectangles.
func TestPDFsAreRead(t *testing.T) {
	t.Parallel()
	for _, size := range poster.Sizes() {
		bitmap, err := gozxing.NewBinaryBitmapFromImage(rectangles(t, pdfOf(t, sample(size))))
		if err != nil {
			t.Fatal(err)
		}
		read, err := qrcode.NewQRCodeReader().Decode(bitmap, nil)
		if err != nil || read.GetText() != sample(size).Text {
			t.Errorf("%s: read %v, %v", size, read, err)
		}
	}
}

// rectangles paints the rectangles of a page in their colours, two pixels a millimetre.
func rectangles(t *testing.T, file string) image.Image {
	t.Helper()
	box := regexp.MustCompile(`MediaBox\[0 0 ([\d.]+) ([\d.]+)\]`).FindStringSubmatch(file)
	const pixels = 2
	size := func(text string) int { return int(math.Round(number(t, text) * 25.4 / 72 * pixels)) }
	width, height := size(box[1]), size(box[2])
	img := image.NewGray(image.Rect(0, 0, width, height))
	ink := color.Gray{}
	steps := regexp.MustCompile(`(?m)^([\d.]+) ([\d.]+) ([\d.]+) (?:rg|([\d.]+) re(?: f)?)$`).FindAllStringSubmatch(file, -1)
	if len(steps) < 200 {
		t.Fatalf("%d rectangles and colours", len(steps))
	}
	for _, s := range steps {
		if s[4] == "" {
			ink = color.Gray{Y: uint8(255 * number(t, s[2]))}
			continue
		}
		left, low := number(t, s[1])*pixels, number(t, s[2])*pixels
		for y := math.Round(low); y < math.Round(low+number(t, s[4])*pixels); y++ {
			for x := math.Round(left); x < math.Round(left+number(t, s[3])*pixels); x++ {
				img.SetGray(int(x), height-1-int(y), ink)
			}
		}
	}
	return img
}

func number(t *testing.T, text string) float64 {
	t.Helper()
	n, err := strconv.ParseFloat(text, 64)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// Every object stands where the table of the file says, and the page has the size of the paper.
func TestPDFsAreWellFormed(t *testing.T) {
	t.Parallel()
	for size, points := range map[string]string{"A3": "841.890 1190.551", "A4": "595.276 841.890", "A5": "419.528 595.276", "A6": "297.638 419.528"} {
		file := pdfOf(t, sample(size))
		start := regexp.MustCompile(`startxref\n(\d+)\n%%EOF\n$`).FindStringSubmatch(file)
		if start == nil || !strings.HasPrefix(file, "%PDF-1.4\n") || !strings.HasPrefix(file[int(number(t, start[1])):], "xref\n0 9\n") {
			t.Fatalf("%s has no table at its end", size)
		}
		for i, at := range regexp.MustCompile(`(?m)^(\d{10}) 00000 n $`).FindAllStringSubmatch(file, -1) {
			if !strings.HasPrefix(file[int(number(t, at[1])):], fmt.Sprintf("%d 0 obj\n", i+1)) {
				t.Errorf("%s: object %d does not stand at %s", size, i+1, at[1])
			}
		}
		length := regexp.MustCompile(`/Length (\d+)>>\nstream\n`).FindStringSubmatchIndex(file)
		if end := length[1] + int(number(t, file[length[2]:length[3]])); !strings.HasPrefix(file[end:], "\nendstream") {
			t.Errorf("%s: the page's length is wrong", size)
		}
		if !strings.Contains(file, "MediaBox[0 0 "+points+"]") {
			t.Errorf("%s: %s", size, regexp.MustCompile(`MediaBox[^\]]*`).FindString(file))
		}
		for what, want := range map[string]string{"the code": fmt.Sprintf("<%x>", "RP0123456789"), "Chinese": "/Han 7.875 Tf <652f4ed85b9d7ea25305>"} {
			if size == "A6" && !strings.Contains(file, want) {
				t.Errorf("%s is missing: %s", what, want)
			}
		}
	}
}

func TestPDFsThatCannotBeDrawn(t *testing.T) {
	t.Parallel()
	if err := sample("A7").WritePDF(io.Discard); !errors.Is(err, poster.ErrSize) {
		t.Errorf("A7: %v", err)
	}
}
