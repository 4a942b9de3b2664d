// Package features holds what an acquirer is certified against: the requirement catalogue, and
// the Gherkin features that exercise it, by flow. Both are data and embedded; nothing here runs them.
package features

import (
	"embed"
	"io/fs"
)

//go:embed catalogue.yaml */*.feature
var files embed.FS

// Files returns the embedded features: one folder per flow, *.feature in it.
func Files() fs.FS { return files }

// Load reads the embedded catalogue. An error means that this build is broken.
func Load() (*Catalogue, error) {
	raw, err := files.ReadFile("catalogue.yaml")
	if err != nil {
		return nil, err
	}
	return Parse("features/catalogue.yaml", raw)
}
