package cli

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing/fstest"
)

// ownFeatures reads feature files that are to be played instead of the suite; nil where there are none.
func ownFeatures(files []string) (fs.FS, error) {
	if len(files) == 0 {
		return nil, nil //nolint:nilnil // nobody has any
	}
	own := fstest.MapFS{}
	for _, file := range files {
		text, err := os.ReadFile(file) //nolint:gosec // the user names the file
		if err != nil {
			return nil, usagef("--feature: %w", err)
		}
		name := strings.TrimSuffix(filepath.Base(file), ".feature") + ".feature"
		if own[name] != nil {
			return nil, usagef("--feature %s: another file has the same name; scenarios are known by it", file)
		}
		own[name] = &fstest.MapFile{Data: text}
	}
	return own, nil
}
