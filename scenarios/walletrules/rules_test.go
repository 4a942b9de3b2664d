package walletrules_test

import (
	"bytes"
	"io/fs"
	"regexp"
	"testing"

	"github.com/cucumber/godog"

	rules "mppsim/features/wallet"
)

// TestWalletRules plays every feature of the wallet's rules.
func TestWalletRules(t *testing.T) {
	t.Parallel()
	var report bytes.Buffer
	suite := godog.TestSuite{
		ScenarioInitializer: func(sc *godog.ScenarioContext) { newWorld(t).register(sc) },
		Options: &godog.Options{
			Format: "progress", Output: &report, NoColors: true, Strict: true, Concurrency: 4, FS: rules.Files(),
			Paths: rules.Areas(),
		},
	}
	if code := suite.Run(); code != 0 {
		t.Errorf("godog ends with %d\n%s", code, report.String())
	}
	if played := regexp.MustCompile(`(?m)^(\d+) scenarios \(\d+ passed\)$`).FindString(report.String()); played == "" {
		t.Errorf("not every scenario passed, or none was played:\n%s", report.String())
	}
}

// Each rule of the catalogue has its Rule in a feature, with the same title, and no feature has a rule beyond them.
func TestEveryRuleIsShown(t *testing.T) {
	t.Parallel()
	list, err := rules.Rules()
	if err != nil || len(list) < 67 {
		t.Fatalf("%d rules, %v", len(list), err)
	}
	shown := make(map[string]string)
	tagged := regexp.MustCompile(`(?m)^  @(\S+)\n  Rule: (.+)$`)
	err = fs.WalkDir(rules.Files(), ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || path == "rules.yaml" {
			return err
		}
		text, err := fs.ReadFile(rules.Files(), path)
		for _, found := range tagged.FindAllSubmatch(text, -1) {
			shown[string(found[1])] = string(found[2])
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range list {
		if shown[r.ID] != r.Title || r.Rule == "" || r.Source == "" {
			t.Errorf("rule %s %q is shown as %q", r.ID, r.Title, shown[r.ID])
		}
		delete(shown, r.ID)
	}
	if len(shown) > 0 {
		t.Errorf("rules that are in no catalogue: %v", shown)
	}
}
