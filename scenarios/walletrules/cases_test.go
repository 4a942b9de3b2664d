package walletrules_test

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v4"

	rules "mppsim/features/wallet"
)

// checkCase is one case by which a wallet's interface is checked.
type checkCase struct {
	ID     string   `yaml:"id"`
	Drive  string   `yaml:"drive"`
	Expect string   `yaml:"expect"`
	Tests  []string `yaml:"tests"`
}

// Each case names tests that exist: a test that is renamed or removed must not leave its case alone.
func TestEveryCaseHasItsTests(t *testing.T) {
	t.Parallel()
	raw, err := os.ReadFile("testdata/cases.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var cases []checkCase
	if err := yaml.Load(raw, &cases, yaml.WithKnownFields()); err != nil {
		t.Fatal(err)
	}
	tests := make(map[string]map[string]bool)
	seen := make(map[string]bool)
	for _, c := range cases {
		if seen[c.ID] || c.ID == "" || c.Drive == "" || c.Expect == "" || len(c.Tests) == 0 {
			t.Errorf("case %q is incomplete, or stands there twice", c.ID)
		}
		seen[c.ID] = true
		for _, test := range c.Tests {
			folder, name, _ := strings.Cut(test, ":")
			if tests[folder] == nil {
				tests[folder] = testsIn(t, filepath.Join("../..", folder))
			}
			if !tests[folder][name] {
				t.Errorf("case %s: there is no test %s", c.ID, test)
			}
		}
	}
	for id := range strings.FieldsSeq(`P01 P02 P03 P04 P05 P06 P07 P08 P09 P10 P11 I01 I02 I03 I04 I05 C01 C02 C03 C04 C05 R01 R02 R03 R04 R05 R06
		G01 G02 G03 G04 U01 U02 U03 N01 N02 N03 M01 K01 K02 K03 K04
		RP01 RP02 RP03 RP04 RP05 RP06 RP07 RP08 RP09 RP10 RP11 RP12 RP13 RC01 RC02 RC03 RC04 RC05 RC06`) {
		if !seen[id] {
			t.Errorf("case %s is missing", id)
		}
	}
}

// testsIn are the names of a package's tests.
func testsIn(t *testing.T, folder string) map[string]bool {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(folder, "*_test.go"))
	if err != nil || len(files) == 0 {
		t.Fatalf("%s has no tests: %v", folder, err)
	}
	names := make(map[string]bool)
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range regexp.MustCompile(`(?m)^func (Test\w+)\(`).FindAllSubmatch(text, -1) {
			names[string(m[1])] = true
		}
	}
	return names
}

// Every document that the wallet follows has rules, and no rule follows another one.
func TestEveryDocumentHasRules(t *testing.T) {
	t.Parallel()
	list, err := rules.Rules()
	if err != nil {
		t.Fatal(err)
	}
	documents := []string{
		"Red Packet QR Code", "Red Packet campaign", "Order Code Payment", "Support Alipay+ marketing activities", "User-Presented Mode Payment",
	}
	count := make(map[string]int)
	for _, r := range list {
		if count[r.Source]++; !slices.Contains(documents, r.Source) {
			t.Errorf("rule %s follows %q", r.ID, r.Source)
		}
	}
	for _, d := range documents {
		if count[d] < 6 {
			t.Errorf("%s has %d rules", d, count[d])
		}
	}
}
