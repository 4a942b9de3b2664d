//go:build soak

package scan

import "testing"

// TestSoakDamagedPictures prints the table of reading success.
func TestSoakDamagedPictures(t *testing.T) {
	t.Log("\n" + readDamaged(t, damages(), 20))
}
