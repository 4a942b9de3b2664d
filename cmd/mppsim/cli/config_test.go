package cli_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestFlagsOverEnvironmentOverFile asks what would run: the selection tells where its value came from.
func TestFlagsOverEnvironmentOverFile(t *testing.T) {
	t.Parallel()
	dir := trial(t)
	file := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	everywhere := file("everywhere.yaml", "only: [ACQ-UPM-03]\nprofile: "+filepath.Join(dir, "acquirer.yaml")+"\ncertify:\n  dry-run: true\n")
	sections := file("sections.yaml", "certify:\n  only: [ACQ-UPM-03, ACQ-UPM-10]\n  dry-run: true\n  profile: "+
		filepath.Join(dir, "acquirer.yaml")+"\npreflight:\n  profile: other.yaml\n")
	scalar := file("scalar.yaml", "certify:\n  only: ACQ-UPM-10\n  dry-run: true\n  profile: "+filepath.Join(dir, "acquirer.yaml")+"\n")
	const pays, password = "charge/acq-upm-03", "acq-upm-10"
	tests := map[string]struct {
		args []string
		env  map[string]string
		want []string
		not  []string
	}{
		"file": {[]string{"certify", "--config", everywhere}, nil, []string{pays}, []string{password}},
		"file named by the environment": {
			[]string{"certify"},
			map[string]string{"MPPSIM_CONFIG": everywhere},
			[]string{pays},
			[]string{password},
		},
		"flag names another file": {
			[]string{"certify", "--config", scalar},
			map[string]string{"MPPSIM_CONFIG": everywhere},
			[]string{password},
			[]string{pays},
		},
		"section with a list":  {[]string{"certify", "--config", sections}, nil, []string{pays, password}, nil},
		"section with a value": {[]string{"certify", "--config", scalar}, nil, []string{password}, []string{pays}},
		"environment over file": {
			[]string{"certify", "--config", everywhere},
			map[string]string{"MPPSIM_ONLY": "ACQ-UPM-10"},
			[]string{password},
			[]string{pays},
		},
		"flag over environment": {
			[]string{"certify", "--config", everywhere, "--only", "ACQ-UPM-03"},
			map[string]string{"MPPSIM_ONLY": "ACQ-UPM-10"},
			[]string{pays},
			[]string{password},
		},
		"environment alone": {
			[]string{"certify"},
			map[string]string{"MPPSIM_ONLY": "ACQ-UPM-10", "MPPSIM_DRY_RUN": "true", "MPPSIM_PROFILE": filepath.Join(dir, "acquirer.yaml")},
			[]string{password},
			[]string{pays},
		},
		"empty file": {[]string{"certify", "--config", file("nothing.yaml", "# nothing\n"), "--dry-run", "--only", "ACQ-UPM-03", "--profile", filepath.Join(dir, "acquirer.yaml")}, nil, []string{pays}, nil},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := call(t, tt.env, tt.args...)
			if got.code != 0 {
				t.Fatalf("exit code %d: %s", got.code, got.err)
			}
			for _, want := range tt.want {
				if !strings.Contains(got.out, want) {
					t.Errorf("%q is missing:\n%s", want, got.out)
				}
			}
			for _, not := range tt.not {
				if strings.Contains(got.out, not) {
					t.Errorf("%q is there:\n%s", not, got.out)
				}
			}
		})
	}
}
