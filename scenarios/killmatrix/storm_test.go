package killmatrix_test

import (
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v4"

	"mppsim/features"
)

// stormy are the defects that break a requirement about money, by whether storms of a minute find them.
type stormy struct {
	Seen   []string          `yaml:"seen"`
	Unseen map[string]string `yaml:"unseen"` // with the reason
}

func listed(t *testing.T) stormy {
	t.Helper()
	raw, err := os.ReadFile("testdata/storm.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var list stormy
	if err := yaml.Load(raw, &list, yaml.WithKnownFields()); err != nil {
		t.Fatal(err)
	}
	return list
}

// Every defect that can cost money is either found by storms, or somebody has said why not.
func TestEveryMoneyDefectIsAQuestionForTheStorm(t *testing.T) {
	t.Parallel()
	catalogue, err := features.Load()
	if err != nil {
		t.Fatal(err)
	}
	list := listed(t)
	known := map[string]bool{}
	for _, k := range kills(t) {
		known[k.Name] = true
		money := slices.ContainsFunc(k.Fails, func(id string) bool {
			r, _ := catalogue.Find(id)
			return r.Money
		})
		seen, why := slices.Contains(list.Seen, k.Name), list.Unseen[k.Name]
		if money && !seen && strings.TrimSpace(why) == "" {
			t.Errorf("%s breaks a requirement about money (%s): is it seen by a storm?", k.Name, strings.Join(k.Fails, " "))
		}
		if seen && why != "" {
			t.Errorf("%s is both seen and unseen", k.Name)
		}
	}
	for _, name := range slices.Concat(list.Seen, slices.Collect(maps.Keys(list.Unseen))) {
		if !known[name] {
			t.Errorf("%s is no defect", name)
		}
	}
}
