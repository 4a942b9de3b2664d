package scan

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"image"
	"image/color"
	"image/draw"
	"image/jpeg"
	"io"
	"strings"
	"testing"

	"github.com/makiuchi-d/gozxing"

	"mppsim/wallet/code/picture"
)

const digits = "251001020123456789012345"

func drawn(t testing.TB, kind picture.Symbology) *image.Paletted {
	t.Helper()
	s, err := picture.PaymentCode(digits, kind, picture.Masked)
	if err != nil {
		t.Fatal(err)
	}
	img, err := s.Image(picture.Size{DPI: 150})
	if err != nil {
		t.Fatal(err)
	}
	return img
}

func TestFiles(t *testing.T) {
	t.Parallel()
	for _, kind := range []picture.Symbology{picture.QRCode, picture.Code128} {
		var pngFile, jpegFile bytes.Buffer
		s, err := picture.PaymentCode(digits, kind, picture.Full)
		if err != nil {
			t.Fatal(err)
		}
		if err := s.PNG(&pngFile, picture.Size{}); err != nil {
			t.Fatal(err)
		}
		if err := jpeg.Encode(&jpegFile, drawn(t, kind), &jpeg.Options{Quality: 60}); err != nil {
			t.Fatal(err)
		}
		for name, file := range map[string]io.Reader{"PNG": &pngFile, "JPEG": &jpegFile} {
			got, err := Read(t.Context(), file)
			if err != nil || got.Text != digits || got.Kind != kind || got.How == "" {
				t.Errorf("%s of %s: %+v, %v", name, kind, got, err)
			}
		}
	}
}

// hugePNG announces a picture of a size and contains none.
func hugePNG(width, height uint32) string {
	header := []byte("IHDR")
	header = binary.BigEndian.AppendUint32(header, width)
	header = binary.BigEndian.AppendUint32(header, height)
	header = append(header, 8, 0, 0, 0, 0)
	sum := binary.BigEndian.AppendUint32(nil, crc32.ChecksumIEEE(header))
	return "\x89PNG\r\n\x1a\n\x00\x00\x00\x0d" + string(header) + string(sum)
}

type brokenFile struct{}

func (brokenFile) Read([]byte) (int, error) { return 0, io.ErrClosedPipe }

func TestFilesThatAreRefused(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		file io.Reader
		want error
	}{
		{"nothing", strings.NewReader(""), ErrPicture},
		{"text", strings.NewReader("251001020123456789012345"), ErrPicture},
		{"GIF", strings.NewReader("GIF89a\x01\x00\x01\x00"), ErrPicture},
		{"PNG without header", strings.NewReader("\x89PNG\r\n\x1a\n"), ErrPicture},
		{"PNG without picture", strings.NewReader(hugePNG(10, 10)), ErrPicture},
		{"JPEG without picture", strings.NewReader("\xff\xd8\xff\xe0"), ErrPicture},
		{"PNG too large", strings.NewReader(hugePNG(4001, 4000)), ErrTooLarge},
		{"PNG far too large", strings.NewReader(hugePNG(60_000, 60_000)), ErrTooLarge},
		{"file too large", io.LimitReader(zeros{}, MaxBytes+1), ErrTooLarge},
		{"file that breaks", brokenFile{}, io.ErrClosedPipe},
	}
	for _, test := range tests {
		if _, err := Read(t.Context(), test.file); !errors.Is(err, test.want) {
			t.Errorf("%s: %v, want %v", test.name, err, test.want)
		}
	}
	if _, err := Image(t.Context(), image.NewUniform(color.White)); !errors.Is(err, ErrTooLarge) {
		t.Errorf("picture without end: %v", err)
	}
	if _, err := Image(t.Context(), image.NewGray(image.Rectangle{})); !errors.Is(err, ErrTooLarge) {
		t.Errorf("picture without pixels: %v", err)
	}
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { clear(p); return len(p), nil }

func TestPicturesWithoutCode(t *testing.T) {
	t.Parallel()
	blank := image.NewGray(image.Rect(0, 0, 60, 40))
	if _, err := Image(t.Context(), blank); !errors.Is(err, ErrNoCode) {
		t.Errorf("black: %v", err)
	}
	for x := range 60 {
		for y := range 40 {
			blank.SetGray(x, y, color.Gray{Y: uint8(x * y)})
		}
	}
	if got, err := Image(t.Context(), blank); !errors.Is(err, ErrNoCode) {
		t.Errorf("pattern: %+v, %v", got, err)
	}
	if _, err := Image(t.Context(), image.NewGray(image.Rect(0, 0, 1, 1))); !errors.Is(err, ErrNoCode) {
		t.Errorf("one pixel: %v", err)
	}
}

func TestSearchEndsWithTheContext(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := Image(ctx, image.NewGray(image.Rect(0, 0, 100, 100)))
	if !errors.Is(err, ErrNoCode) || !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
}

func TestTransparentGroundIsWhite(t *testing.T) {
	t.Parallel()
	code := drawn(t, picture.QRCode)
	img := image.NewNRGBA(code.Rect.Add(image.Pt(40, 30)))
	for i, ink := range code.Pix {
		if ink != 0 {
			img.Set(40+i%code.Stride, 30+i/code.Stride, color.Black)
		}
	}
	if got, err := Image(t.Context(), img); err != nil || got.Text != digits {
		t.Errorf("%+v, %v", got, err)
	}
}

// A code in a corner of a phone's photo, a screen, a table.
func TestCodeInALargePicture(t *testing.T) {
	t.Parallel()
	for _, kind := range []picture.Symbology{picture.QRCode, picture.Code128} {
		scene := image.NewGray(image.Rect(0, 0, 1600, 1200))
		draw.Draw(scene, scene.Rect, image.NewUniform(color.Gray{Y: 170}), image.Point{}, draw.Src)
		code := drawn(t, kind)
		draw.Draw(scene, code.Rect.Add(image.Pt(900, 800)), code, image.Point{}, draw.Src)
		if got, err := Image(t.Context(), scene); err != nil || got.Text != digits {
			t.Errorf("%s: %+v, %v", kind, got, err)
		}
	}
}

func TestShortBarsAreNoise(t *testing.T) {
	t.Parallel()
	for text, found := range map[string]bool{"1234567": false, "12345678": true} {
		s, err := picture.Bars(text)
		if err != nil {
			t.Fatal(err)
		}
		img, err := s.Image(picture.Size{Pixels: 400})
		if err != nil {
			t.Fatal(err)
		}
		if got, ok := readBars(grayOf(img)); ok != found || found && got != text {
			t.Errorf("%s: %q, %t", text, got, ok)
		}
	}
}

// wildReader fails as no library should.
type wildReader struct{ gozxing.Reader }

func (wildReader) Decode(*gozxing.BinaryBitmap, map[gozxing.DecodeHintType]any) (*gozxing.Result, error) {
	var none []int
	return nil, errors.New(string(rune(none[0])))
}

func TestReaderThatPanicsFindsNothing(t *testing.T) {
	t.Parallel()
	source := sourceOf(image.NewGray(image.Rect(0, 0, 50, 50)))
	if text, found := read(wildReader{}, gozxing.NewHybridBinarizer(source)); found {
		t.Errorf("found %q", text)
	}
}

func TestTurnsGoTheWholeWay(t *testing.T) {
	t.Parallel()
	g := image.NewGray(image.Rect(0, 0, 40, 20))
	g.SetGray(3, 5, color.Gray{Y: 200})
	four := quarterTurn(quarterTurn(quarterTurn(quarterTurn(g))))
	if !bytes.Equal(four.Pix, g.Pix) {
		t.Error("four quarter turns change the picture")
	}
	one, by90 := quarterTurn(g), turned(g, 90)
	if one.Rect.Dx() != 20 || one.GrayAt(14, 3).Y != 200 || by90.GrayAt(14, 3).Y < 190 {
		t.Errorf("a quarter turn goes astray: %v, %v", one.GrayAt(14, 3), by90.GrayAt(14, 3))
	}
}

func TestBlurKeepsTheLight(t *testing.T) {
	t.Parallel()
	g := image.NewGray(image.Rect(0, 0, 31, 21))
	g.SetGray(15, 10, color.Gray{Y: 255})
	soft := blurred(g, 1.5)
	middle, beside, below := soft.GrayAt(15, 10).Y, soft.GrayAt(17, 10).Y, soft.GrayAt(15, 12).Y
	if middle < 15 || middle > 20 || beside != below || beside >= middle || soft.GrayAt(0, 0).Y != 0 {
		t.Errorf("a point becomes %d, %d and %d", middle, beside, below)
	}
	for i := range g.Pix {
		g.Pix[i] = 255
	}
	for i, v := range blurred(g, 4).Pix {
		if v < 254 {
			t.Fatalf("white becomes %d at %d", v, i)
		}
	}
	if blurred(g, 0) != g {
		t.Error("no blur changes the picture")
	}
}

func FuzzRead(f *testing.F) {
	var file bytes.Buffer
	if err := jpeg.Encode(&file, image.NewGray(image.Rect(0, 0, 24, 24)), nil); err != nil {
		f.Fatal(err)
	}
	f.Add(file.Bytes())
	f.Add([]byte(hugePNG(5, 5)))
	f.Fuzz(func(_ *testing.T, data []byte) {
		if len(data) > 2000 {
			return // the search in large pictures is slow
		}
		if img, err := decode(data); err == nil && img.Bounds().Dx()*img.Bounds().Dy() < 10_000 {
			readQR(grayOf(img))
			readBars(grayOf(img))
		}
	})
}

func BenchmarkRead(b *testing.B) {
	for _, kind := range []picture.Symbology{picture.QRCode, picture.Code128} {
		img := drawn(b, kind)
		b.Run(strings.ReplaceAll(string(kind), " ", ""), func(b *testing.B) {
			for b.Loop() {
				if _, err := Image(b.Context(), img); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
	b.Run("Nothing", func(b *testing.B) {
		blank := image.NewGray(image.Rect(0, 0, 1000, 1000))
		for b.Loop() {
			if _, err := Image(b.Context(), blank); !errors.Is(err, ErrNoCode) {
				b.Fatal(err)
			}
		}
	})
}
