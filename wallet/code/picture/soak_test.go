//go:build soak

package picture_test

import "testing"

// TestSoakRoundTrip draws 1,000 codes of each sort in their usual sizes; another reader must read all of them.
func TestSoakRoundTrip(t *testing.T) {
	for _, s := range sorts() {
		t.Run(s.name, func(t *testing.T) {
			a := newAlbum(t)
			s.fill(a, 1000, false)
			a.check()
		})
	}
}
