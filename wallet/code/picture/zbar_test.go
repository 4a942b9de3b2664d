package picture_test

import (
	"encoding/xml"
	"fmt"
	"image"
	"image/png"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// zbarBatch is how many files one call of zbarimg gets.
const zbarBatch = 100

// independentReader finds zbarimg, which shares no code with us. Without it nothing here is proved, so that
// its absence is a failure.
func independentReader(t testing.TB) string {
	t.Helper()
	path, err := exec.LookPath("zbarimg")
	if err != nil {
		t.Fatalf("zbarimg is missing: pictures are proved by an independent reader; install it (Debian: apt-get install zbar-tools; macOS: brew install zbar): %v", err)
	}
	return path
}

// reading is what zbarimg saw in a picture.
type reading struct {
	Type string `xml:"type,attr"`
	Data string `xml:"data"`
}

func (r reading) String() string { return r.Type + " " + r.Data }

// settings let zbarimg look for the symbologies that payments use. Left alone, it also sees some digits of
// Interleaved 2 of 5, which has no checksum, in the pattern of one QR code in a hundred.
func settings() []string {
	return []string{"--xml", "--quiet", "--nodbus", "-Sdisable", "-Sqrcode.enable", "-Scode128.enable"}
}

// readAll returns what zbarimg reads in each of the files.
func readAll(t testing.TB, files []string) map[string][]reading {
	t.Helper()
	program := independentReader(t)
	found := make(map[string][]reading)
	for start := 0; start < len(files); start += zbarBatch {
		batch := files[start:min(start+zbarBatch, len(files))]
		cmd := exec.CommandContext(t.Context(), program, append(settings(), batch...)...)
		out, err := cmd.Output()
		if err != nil && cmd.ProcessState.ExitCode() != 4 { // 4: some picture without a code
			t.Fatalf("zbarimg: %v", err)
		}
		var report struct {
			Sources []struct {
				File    string    `xml:"href,attr"`
				Symbols []reading `xml:"index>symbol"`
			} `xml:"source"`
		}
		if err := xml.Unmarshal(out, &report); err != nil {
			t.Fatalf("zbarimg: %v in %s", err, out)
		}
		for _, s := range report.Sources {
			found[s.File] = s.Symbols
		}
	}
	return found
}

// album collects pictures with what must be read in them.
type album struct {
	t     testing.TB
	dir   string
	files []string
	want  map[string]reading
}

func newAlbum(t testing.TB) *album {
	t.Helper()
	return &album{t: t, dir: t.TempDir(), want: make(map[string]reading)}
}

// add writes a PNG file.
func (a *album) add(name string, file []byte, want reading) {
	a.t.Helper()
	path := filepath.Join(a.dir, fmt.Sprintf("%04d-%s.png", len(a.files), strings.Map(plainName, name)))
	if err := os.WriteFile(path, file, 0o600); err != nil {
		a.t.Fatal(err)
	}
	a.files = append(a.files, path)
	a.want[path] = want
}

func (a *album) addImage(name string, img image.Image, want reading) {
	a.t.Helper()
	var b strings.Builder
	if err := png.Encode(&b, img); err != nil {
		a.t.Fatal(err)
	}
	a.add(name, []byte(b.String()), want)
}

func plainName(r rune) rune {
	if (r >= 'a' && r <= 'z') || (r >= '0' && r <= '9') {
		return r
	}
	return '-'
}

// check reads every picture and reports how many were read right.
func (a *album) check() {
	a.t.Helper()
	found := readAll(a.t, a.files)
	right := 0
	for _, file := range a.files {
		got := found[file]
		if len(got) != 1 || got[0] != a.want[file] {
			a.t.Errorf("%s: zbarimg read %v instead of %v", filepath.Base(file), got, a.want[file])
			continue
		}
		right++
	}
	a.t.Logf("zbarimg read %d of %d pictures", right, len(a.files))
}
