package reference_test

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"mppsim/wallet/catalogue"
	"mppsim/wallet/catalogue/reference"
)

func update() bool { return flag.Lookup("update").Value.String() == "true" }

func TestMain(m *testing.M) {
	flag.Bool("update", false, "rewrite the golden files")
	flag.Parse()
	os.Exit(m.Run())
}

func load(t *testing.T) *catalogue.Catalogue {
	t.Helper()
	c, err := catalogue.Load()
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestGolden(t *testing.T) {
	t.Parallel()
	c := load(t)
	operation := func(door, name string) string {
		op, ok := c.Operation(door, name)
		if !ok {
			t.Fatalf("no operation %s/%s", door, name)
		}
		return reference.Operation(op)
	}
	for name, got := range map[string]string{
		"list":              reference.List(c.Doors),
		"aps-pay":           operation("aps", "pay"),
		"aps-refund":        operation("aps", "refund"),
		"aps-notifyPayment": operation("aps", "notifyPayment"),
		"ams-pay":           operation("ams", "pay"),
		"code":              reference.Code(c, "ORDER_NOT_EXIST"),
	} {
		golden(t, name+".txt", got)
	}
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if update() {
		if err := os.WriteFile(path, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (rewrite it with -update): %s", name, diff)
	}
}

// TestNothingIsLeftOut also watches that lines stay readable.
func TestNothingIsLeftOut(t *testing.T) {
	t.Parallel()
	for _, d := range load(t).Doors {
		for i := range d.Operations {
			op := &d.Operations[i]
			text := reference.Operation(op)
			for _, part := range []catalogue.Part{catalogue.Request, catalogue.Response} {
				catalogue.Walk(op.Fields(part), func(path string, f *catalogue.Field) {
					if !strings.Contains(text, " "+f.Name+" ") && !strings.Contains(text, " "+f.Name+"\n") {
						t.Errorf("%s: %s is not told", op.FullName(), path)
					}
				})
			}
			for _, c := range op.Codes {
				if !strings.Contains(text, c.Status+" "+c.Name) {
					t.Errorf("%s: %s is not told", op.FullName(), c.Name)
				}
			}
			for line := range strings.Lines(text) {
				if utf8.RuneCountInString(line) > 140 {
					t.Errorf("%s: a line of %d characters: %s", op.FullName(), utf8.RuneCountInString(line), line)
				}
			}
		}
	}
}

func TestUnknownCode(t *testing.T) {
	t.Parallel()
	if got := reference.Code(load(t), "NO_SUCH_CODE"); got != "" {
		t.Errorf("told %q", got)
	}
}
