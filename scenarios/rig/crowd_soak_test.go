//go:build soak

package rig_test

import (
	"testing"

	"mppsim/scenarios"
	"mppsim/scenarios/rig"
)

// manyTesters are four parts of the suite of some fifteen scenarios each and more, which overlap.
var manyTesters = [][]string{
	{"UPM", "ACQ-IDM-01", "ACQ-NTF-18", "ACQ-SEC-24"},
	{"RES", "ACQ-UPM-10", "ACQ-NTF-18"},
	{"CAN", "INQ", "ACQ-IDM-01"},
	{"REF", "NTF", "ACQ-UPM-03"},
}

func TestSoakFourTestersWithWholeAreasDoNotDisturbEachOther(t *testing.T) {
	t.Parallel()
	c := newTown(t, rig.Options{})
	c.expectPeace(c.together(manyTesters...))
}

func TestSoakFourTestersFindEachDefectInTheirOwnOrders(t *testing.T) {
	t.Parallel()
	for _, requirement := range []string{"ACQ-UPM-10", "ACQ-RES-01", "ACQ-CAN-03", "ACQ-REF-02"} {
		t.Run(requirement, func(t *testing.T) {
			c := newTown(t, rig.Options{Defects: []string{firstDefect(t, requirement)}})
			part := []string{requirement, "ACQ-UPM-03"}
			c.expectFinding(c.together(part, part, part, part), requirement)
		})
	}
}

func TestSoakTheWholeSuiteBehindProxiesAccusesNobody(t *testing.T) {
	t.Parallel()
	for name, carries := range map[string]string{"that carry little": "[late]", "that carry less than is said": "[late, reset, silence, cut, stall, status]"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r, _ := behind(t, rig.Options{}, carries)
			result, _ := certify(t, r, func(*scenarios.Options) {})
			if hidden := expectHidden(t, result); hidden == 0 {
				t.Errorf("nothing was hidden:\n%s", scenesOf(result))
			}
		})
	}
}
