package features_test

import (
	"strings"
	"testing"

	"mppsim/features"
)

func TestTheEmbeddedCatalogueIsSound(t *testing.T) {
	t.Parallel()
	c, err := features.Load()
	if err != nil {
		t.Fatal(err)
	}
	if got := len(c.Requirements); got != 285 {
		t.Errorf("%d requirements, want 285: entries are never dropped", got)
	}
	if got := len(c.NotObserved); got != 13 {
		t.Errorf("%d rules that cannot be observed, want 13", got)
	}
	r, ok := c.Find("acq-can-03")
	if !ok || r.Area() != "CAN" || r.Level != features.Must {
		t.Errorf("ACQ-CAN-03: %+v", r)
	}
	if _, ok := c.Find("ACQ-CAN-99"); ok {
		t.Error("found a requirement that does not exist")
	}
}

func TestMissingNamesTheCapabilitiesThatAreNotDeclared(t *testing.T) {
	t.Parallel()
	r := features.Requirement{Needs: []string{"upm", "refund", "fx"}}
	if got := strings.Join(r.Missing([]string{"upm", "notify"}), " "); got != "refund fx" {
		t.Errorf("missing %q", got)
	}
}

const sound = `
catalogue: test
version: "1"
areas: { CAN: cancellation }
capabilities: { upm: codes }
requirements:
- id: ACQ-CAN-01
  level: MUST
  title: t
  requirement: r
  needs: [upm]
  stimulus: s
  observe: { by: wire, pass: p, fail: [f] }
  defect: d
  dialect: both
  source: [page]
  confidence: documented
`

func TestParse(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, from, to, want string
	}{
		{"sound", "", "", ""},
		{"unknown key", "  title: t", "  titel: t", "titel"},
		{"no version", `version: "1"`, `version: ""`, "version must be set"},
		{"bad id", "ACQ-CAN-01", "CAN-1", "not of the form ACQ-AREA-NN"},
		{"unknown area", "ACQ-CAN-01", "ACQ-REF-01", "unknown area REF"},
		{"unknown capability", "[upm]", "[upm, teleport]", "unknown capability teleport"},
		{"bad level", "MUST", "OUGHT", `level: "OUGHT" is none of MUST, SHOULD, MAY`},
		{"bad dialect", "dialect: both", "dialect: latin", `dialect: "latin"`},
		{"bad observer", "by: wire", "by: ear", `observe.by: "ear"`},
		{"bad confidence", "confidence: documented", "confidence: hearsay", `confidence: "hearsay"`},
		{"no title", "  title: t", "  title: ''", "title is missing"},
		{"no fail condition", "fail: [f]", "fail: []", "observe.fail is missing"},
		{"no source", "source: [page]", "source: []", "source is missing"},
		{"not YAML", "areas: {", "areas: [", "catalogue.yaml"},
		{"nothing in it", sound, "catalogue: c\nversion: '1'\n", "requirements: none"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			_, err := features.Parse("catalogue.yaml", []byte(strings.Replace(sound, tt.from, tt.to, 1)))
			if tt.want == "" {
				if err != nil {
					t.Fatal(err)
				}
				return
			}
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("error %v, want one with %q", err, tt.want)
			}
		})
	}
}

func TestAnIDIsUsedOnce(t *testing.T) {
	t.Parallel()
	_, entry, _ := strings.Cut(sound, "requirements:\n")
	_, err := features.Parse("c", []byte(sound+entry))
	if err == nil || !strings.Contains(err.Error(), "used twice") {
		t.Errorf("error %v, want one about the id used twice", err)
	}
}
