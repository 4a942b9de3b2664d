// Package features holds what an acquirer is certified against: the requirement catalogue, and
// the Gherkin features that exercise it, by flow. Both are data and embedded; nothing here runs them.
package features

import (
	"embed"
	"io/fs"
	"sync"
)

//go:embed catalogue.yaml */*.feature
var files embed.FS

// Files returns the embedded features: one folder per flow, *.feature in it.
func Files() fs.FS { return files }

// Load returns the embedded catalogue, which everybody shares and nobody changes. An error means that this build
// is broken.
func Load() (*Catalogue, error) { return load() }

// load reads it once: that takes longer than many a scenario.
var load = sync.OnceValues(func() (*Catalogue, error) {
	raw, err := files.ReadFile("catalogue.yaml")
	if err != nil {
		return nil, err
	}
	return Parse("features/catalogue.yaml", raw)
})
