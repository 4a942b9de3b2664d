// Package scan reads QR codes and Code 128 from pictures, also from bad ones: rotated, small, blurred, noisy, unevenly
// lit, light on dark. Within these bounds, each alone, every code of the soak test is read (the table is printed by make soak):
// any rotation for QR and for bars; modules of 2 pixels and more; a blur (Gaussian) of half a module; noise with
// a standard deviation of 60 of 255 at modules of 6 pixels. Beyond them a code may be missed, but is not misread.
package scan

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/jpeg"
	"image/png"
	"io"

	"mppsim/wallet/code/picture"
)

// What can be wrong with a picture, for errors.Is.
var (
	ErrNoCode   = errors.New("no QR code or Code 128 found")
	ErrPicture  = errors.New("neither a PNG nor a JPEG picture")
	ErrTooLarge = errors.New("picture is too large")
)

// Bounds of what is looked at. Larger pictures cost too much time and memory.
const (
	MaxPixels = 16_000_000
	MaxBytes  = 20 << 20
)

// shortestBars is the number of characters below which bars are taken for a play of noise: Code 128 has a checksum of 1
// in 103 only. Payment codes have 16 digits at least.
const shortestBars = 8

// Result is what stands in a picture.
type Result struct {
	Text string
	Kind picture.Symbology
	How  string // which treatment of the picture made it readable
}

// Read finds a code in a PNG or JPEG file (ErrPicture, ErrTooLarge, ErrNoCode). Not finding one takes up to some
// seconds of CPU; the context ends the search earlier, and the error tells both.
func Read(ctx context.Context, file io.Reader) (Result, error) {
	data, err := io.ReadAll(io.LimitReader(file, MaxBytes+1))
	if err != nil {
		return Result{}, fmt.Errorf("read picture: %w", err)
	}
	if len(data) > MaxBytes {
		return Result{}, fmt.Errorf("read picture: %w: more than %d octets", ErrTooLarge, MaxBytes)
	}
	img, err := decode(data)
	if err != nil {
		return Result{}, fmt.Errorf("read picture: %w", err)
	}
	return Image(ctx, img)
}

// decode decodes the two formats, after a look at the size that the header announces.
func decode(data []byte) (image.Image, error) {
	header, body := png.DecodeConfig, png.Decode
	switch {
	case bytes.HasPrefix(data, []byte("\x89PNG\r\n")):
	case bytes.HasPrefix(data, []byte{0xFF, 0xD8, 0xFF}):
		header, body = jpeg.DecodeConfig, jpeg.Decode
	default:
		return nil, ErrPicture
	}
	c, err := header(bytes.NewReader(data))
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrPicture, err)
	}
	if err := checkSize(c.Width, c.Height); err != nil {
		return nil, err
	}
	img, err := body(bytes.NewReader(data))
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrPicture, err)
	}
	return img, nil
}

func checkSize(width, height int) error {
	if width < 1 || height < 1 || width > MaxPixels/height {
		return fmt.Errorf("%w: %d by %d pixels instead of up to %d in all", ErrTooLarge, width, height, MaxPixels)
	}
	return nil
}

// Image finds a code in a decoded picture (ErrTooLarge, ErrNoCode); see Read.
func Image(ctx context.Context, img image.Image) (Result, error) {
	size := img.Bounds().Size()
	if err := checkSize(size.X, size.Y); err != nil {
		return Result{}, err
	}
	gray := grayOf(img)
	for _, step := range ladder() {
		if err := ctx.Err(); err != nil {
			return Result{}, fmt.Errorf("%w before the search was given up: %w", ErrNoCode, err)
		}
		if r, found := step.try(gray); found {
			return r, nil
		}
	}
	return Result{}, ErrNoCode
}
