package killmatrix_test

import (
	"os"
	"slices"
	"testing"

	"go.yaml.in/yaml/v4"

	"mppsim/features"
)

// stormy sorts the defects of the money family by whether a storm finds them.
type stormy struct {
	Found []string `yaml:"found"`
	Not   []struct {
		Name string `yaml:"name"`
		Why  string `yaml:"why"`
	} `yaml:"not"`
}

func sorted(t *testing.T) stormy {
	t.Helper()
	raw, err := os.ReadFile("testdata/storm.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var s stormy
	if err := yaml.Load(raw, &s, yaml.WithKnownFields()); err != nil {
		t.Fatal(err)
	}
	return s
}

// TestStormsFindMoneyOrSayWhyNot: each defect that breaks a requirement about money stands in the list once.
func TestStormsFindMoneyOrSayWhyNot(t *testing.T) {
	t.Parallel()
	catalogue, err := features.Load()
	if err != nil {
		t.Fatal(err)
	}
	s := sorted(t)
	listed := slices.Clone(s.Found)
	for _, n := range s.Not {
		listed = append(listed, n.Name)
		if n.Why == "" {
			t.Errorf("%s: not said why a storm does not find it", n.Name)
		}
	}
	slices.Sort(listed)
	var family []string
	for _, k := range kills(t) {
		if slices.ContainsFunc(k.Fails, func(id string) bool { q, known := catalogue.Find(id); return known && q.Money }) {
			family = append(family, k.Name)
		}
	}
	slices.Sort(family)
	if !slices.Equal(listed, family) {
		t.Errorf("listed %v, the money family is %v", listed, family)
	}
}
