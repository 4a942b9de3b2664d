package cli

import (
	"bytes"
	"context"
	"errors"
	"image"
	"image/jpeg"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"mppsim/wallet/code/picture"
	"mppsim/wallet/code/scan"
)

// photo writes a picture file.
func photo(t *testing.T, name string, write func(*bytes.Buffer) error) string {
	t.Helper()
	var file bytes.Buffer
	if err := write(&file); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, file.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestPicturesAreRead(t *testing.T) {
	t.Parallel()
	symbol, err := picture.OrderCode("https://qr.alipayplus.com/281666130000123456")
	if err != nil {
		t.Fatal(err)
	}
	img, err := symbol.Image(picture.Size{Pixels: picture.SmallImage})
	if err != nil {
		t.Fatal(err)
	}
	tests := map[string]func(*bytes.Buffer) error{
		"code.png": func(b *bytes.Buffer) error { return png.Encode(b, img) },
		"code.jpg": func(b *bytes.Buffer) error { return jpeg.Encode(b, img, &jpeg.Options{Quality: 60}) },
	}
	for name, write := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r, err := readPicture(t.Context(), photo(t, name, write))
			if err != nil || r.Text != "https://qr.alipayplus.com/281666130000123456" {
				t.Errorf("%+v, %v", r, err)
			}
		})
	}
}

func TestPicturesThatCannotBeRead(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		write func(*bytes.Buffer) error
		want  string
	}{
		"grey.png":  {func(b *bytes.Buffer) error { return png.Encode(b, image.NewGray(image.Rect(0, 0, 300, 300))) }, "no QR code or Code 128 was found"},
		"text.png":  {func(b *bytes.Buffer) error { _, err := b.WriteString("no picture"); return err }, "neither a PNG nor a JPEG"},
		"torn.png":  {func(b *bytes.Buffer) error { _, err := b.WriteString("\x89PNG\r\n\x1a\n"); return err }, "neither a PNG nor a JPEG"},
		"large.png": {func(b *bytes.Buffer) error { return png.Encode(b, image.NewGray(image.Rect(0, 0, 4001, 4000))) }, "picture is too large: 4001 by 4000 pixels"},
		"heavy.png": {func(b *bytes.Buffer) error { _, err := b.Write(make([]byte, scan.MaxBytes+1)); return err }, "picture is too large: more than"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			file := photo(t, name, tt.write)
			_, err := readPicture(t.Context(), file)
			code, _ := exitCode(err)
			if code != ExitUsage || !strings.Contains(err.Error(), tt.want) || !strings.Contains(err.Error(), name) {
				t.Errorf("exit code %d: %v", code, err)
			}
		})
	}
}

// TestALookEnds gives the search no time: it says that there is no code, as after three seconds.
func TestALookEnds(t *testing.T) {
	t.Parallel()
	file := photo(t, "grey.png", func(b *bytes.Buffer) error { return png.Encode(b, image.NewGray(image.Rect(0, 0, 300, 300))) })
	_, err := look(t.Context(), file, 0)
	if code, _ := exitCode(err); code != ExitUsage || !strings.Contains(err.Error(), "no QR code or Code 128 was found") {
		t.Errorf("exit code %d: %v", code, err)
	}
}

func TestABrokenOffLookIsNoUsageError(t *testing.T) {
	t.Parallel()
	file := photo(t, "grey.png", func(b *bytes.Buffer) error { return png.Encode(b, image.NewGray(image.Rect(0, 0, 300, 300))) })
	ctx, stop := context.WithCancel(t.Context())
	stop()
	if _, err := readPicture(ctx, file); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}
