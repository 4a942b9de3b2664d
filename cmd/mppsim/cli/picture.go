package cli

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"mppsim/wallet/code/picture"
	"mppsim/wallet/code/scan"
)

// longestLook is how long a picture is searched for a code: a person would hold the phone differently by then.
const longestLook = 3 * time.Second

// readPicture finds the code in a picture file.
func readPicture(ctx context.Context, name string) (scan.Result, error) {
	return look(ctx, name, longestLook)
}

// look searches a picture file for a code, for a while.
func look(ctx context.Context, name string, longest time.Duration) (r scan.Result, err error) {
	file, err := os.Open(name) //nolint:gosec // the user names the file
	if err != nil {
		return r, usagef("picture: %w", err)
	}
	defer func() { err = firstOf(err, file.Close()) }()
	looking, stop := context.WithTimeout(ctx, longest)
	defer stop()
	r, err = scan.Read(looking, file)
	switch {
	case err == nil:
		return r, nil
	case ctx.Err() != nil:
		return r, ctx.Err()
	case errors.Is(err, scan.ErrNoCode):
		return r, usagef("%s: no QR code or Code 128 was found in the picture: cut it closer to the code, or take it sharper and larger", name)
	case errors.Is(err, scan.ErrPicture):
		return r, usagef("%s: is neither a PNG nor a JPEG picture", name)
	case errors.Is(err, scan.ErrTooLarge):
		return r, usagef("%s: %w: cut it closer to the code", name, err)
	}
	return r, usagef("%s: %w", name, err)
}

// drawable is the error of a flag with a file into which no picture can be drawn, told before anything is done.
func drawable(flag, file string) error {
	if kind := strings.ToLower(filepath.Ext(file)); file != "" && kind != ".png" && kind != ".svg" {
		return usagef("%s %s: the name must end in .png or .svg", flag, file)
	}
	return writable(flag, file)
}

// savePicture writes a picture of a symbol in the format that the file's name asks for; without a name it does nothing.
func savePicture(s picture.Symbol, out string) (err error) {
	if out == "" {
		return nil
	}
	write, known := map[string]func(io.Writer) error{
		".png": func(w io.Writer) error { return s.PNG(w, picture.Size{}) },
		".svg": func(w io.Writer) error { return s.SVG(w, 0) },
	}[strings.ToLower(filepath.Ext(out))]
	if !known {
		return usagef("--out %s: the name must end in .png or .svg", out)
	}
	file, err := os.Create(out) //nolint:gosec // the user names the file
	if err != nil {
		return usagef("--out: %w", err)
	}
	defer func() { err = firstOf(err, file.Close()) }()
	if err := write(file); err != nil {
		return internalf("--out %s: %w", out, err)
	}
	return nil
}
