// Package wallet holds the rules of the wallet itself, of payment codes, orders, promotions, red packets and risk control, with
// the features that show them. They are proved by the simulator's own tests and never scored against an acquirer.
package wallet

import (
	"embed"
	"fmt"
	"io/fs"

	"go.yaml.in/yaml/v4"
)

//go:embed rules.yaml */*.feature
var files embed.FS

// Rule is one rule of the wallet.
type Rule struct {
	ID     string `yaml:"id"` // UP, MP, CI, RP, RC, PR or K with a number
	Title  string `yaml:"title"`
	Rule   string `yaml:"rule"`
	Source string `yaml:"source"` // title of the document that asks for it
}

// Files returns the features: one folder per area.
func Files() fs.FS { return files }

// Areas are the folders of the features.
func Areas() []string {
	return []string{"code", "order", "identity", "promotion", "redpacket", "commission", "risk"}
}

// Rules reads the catalogue. An error means that this build is broken.
func Rules() ([]Rule, error) {
	raw, err := files.ReadFile("rules.yaml")
	if err != nil {
		return nil, err
	}
	var rules []Rule
	if err := yaml.Load(raw, &rules, yaml.WithKnownFields()); err != nil {
		return nil, fmt.Errorf("rules.yaml: %w", err)
	}
	return rules, nil
}
