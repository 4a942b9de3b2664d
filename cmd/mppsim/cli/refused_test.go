package cli_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"mppsim/cmd/mppsim/cli"
	"mppsim/scenarios/setup"
)

// result is what a call of the command line came to.
type result struct {
	code     int
	out, err string
}

// call runs a command in this process; dir stands for the folder of the trial profile.
func call(t *testing.T, env map[string]string, args ...string) result {
	t.Helper()
	var out, complaints bytes.Buffer
	code := cli.Main(t.Context(), args, cli.IO{
		In: strings.NewReader(""), Out: &out, Err: &complaints,
		Env: func(name string) (string, bool) { v, ok := env[name]; return v, ok },
	})
	return result{code, out.String(), complaints.String()}
}

// trial writes the reference profile with its keys, and a few unusable files beside it.
func trial(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	if _, err := setup.Init(dir, setup.Reference); err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{
		"list.yaml": "- profile\n", "unknown-flag.yaml": "parallel: 4\nseeed: 5\n", "unknown-command.yaml": "certfy:\n  parallel: 4\n",
		"bad-value.yaml": "certify:\n  parallel: many\n", "broken.yaml": "parallel: [4\n", "empty.yaml": "# nothing\n",
		"broken-profile.yaml": "name: [\n", "bare.yaml": "name: Bare\n", "taken": "a file, no folder", "bad.key": "no key",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// TestRefused calls the command line with input that no command can work with. Each refusal has its exit code and
// names the place and the mend. DIR stands for the folder with the trial profile.
func TestRefused(t *testing.T) {
	t.Parallel()
	dir := trial(t)
	const profile = "--profile DIR/acquirer.yaml --set alipayplus.listen=127.0.0.1:0"
	tests := map[string]struct {
		args string
		env  string // NAME=value
		code int
		want []string
	}{
		"unknown command":               {"certfy", "", 2, []string{`unknown command "certfy"`, "certify", "mppsim --help"}},
		"unknown flag":                  {"certify --seeed 4", "", 2, []string{"--seeed", "did you mean --seed?"}},
		"unknown flag like no other":    {"certify --quux", "", 2, []string{"unknown flag: --quux", "COMMAND --help"}},
		"unknown short flag":            {"certify -z", "", 2, []string{"-z"}},
		"flag without its value":        {"certify --profile", "", 2, []string{"needs an argument: --profile"}},
		"argument too many":             {"certify acme.yaml", "", 2, []string{"acme.yaml"}},
		"number that is none":           {"certify --parallel many", "", 2, []string{`"many"`, "--parallel"}},
		"negative number":               {"certify " + profile + " --parallel -1", "", 2, []string{"--parallel -1", "from 1 to 256"}},
		"number zero":                   {"certify " + profile + " --parallel 0", "", 2, []string{"--parallel 0", "from 1 to 256"}},
		"charge below zero":             {"till charge ORDER-7 -5 --payer rich", "", 2, []string{"AMOUNT -5: an amount must be above zero"}},
		"refund below zero":             {"till refund ORDER-7 R-1 -5.00", "", 2, []string{"AMOUNT -5.00: an amount must be above zero"}},
		"refund below zero, quoted":     {"till refund " + profile + " -- ORDER-7 R-1 -5.00", "", 2, []string{"AMOUNT -5.00: an amount must be above zero"}},
		"refund of nothing":             {"till refund " + profile + " ORDER-7 R-1 0", "", 2, []string{"AMOUNT 0: an amount must be above zero"}},
		"time that goes back":           {"time alice -3m", "", 2, []string{"MOVE -3m: time does not go back"}},
		"number too large":              {"certify " + profile + " --parallel 1000", "", 2, []string{"--parallel 1000", "from 1 to 256"}},
		"seed that is none":             {"certify --seed x", "", 2, []string{`"x"`, "--seed"}},
		"bool that is none":             {"certify --quiet=maybe", "", 2, []string{`"maybe"`, "--quiet"}},
		"leniency like no other":        {"serve --lenient always", "", 2, []string{"--lenient", `"always"`}},
		"limit of older traffic":        {"serve --trace-limit 0", "", 2, []string{"--trace-limit 0", "MiB"}},
		"rate that is none":             {"serve --rate 50", "", 2, []string{"--rate", `"50"`, "50/s"}},
		"age below zero":                {"serve --max-age -1s", "", 2, []string{"--max-age -1s", "10m"}},
		"no profile":                    {"certify --profile DIR/missing.yaml", "", 2, []string{"missing.yaml", "mppsim init"}},
		"profile is a folder":           {"certify --profile DIR", "", 2, []string{"directory"}},
		"profile is no YAML":            {"certify --profile DIR/broken-profile.yaml", "", 2, []string{"broken-profile.yaml:"}},
		"profile lacks everything":      {"certify --profile DIR/bare.yaml", "", 2, []string{"bare.yaml", "verbs"}},
		"secret is missing":             {"certify --profile DIR/acquirer.yaml", "-", 2, []string{"REFACQUIRER_TOKEN"}},
		"set without a value":           {"certify " + profile + " --set time.factor", "", 2, []string{`--set "time.factor"`, "path=value"}},
		"set without a path":            {"certify " + profile + " --set =1", "", 2, []string{`--set "=1"`, "path=value"}},
		"set of no such path":           {"certify " + profile + " --set time.factr=1", "", 2, []string{"time.factr"}},
		"set to an impossible value":    {"certify " + profile + " --set time.factor=0", "", 2, []string{"time.factor"}},
		"nothing selected":              {"certify " + profile + " --only ACQ-XXX-99", "", 2, []string{"ACQ-XXX-99", "mppsim list"}},
		"selection misspelt":            {"certify " + profile + " --only ACQ-UPM-1O", "", 2, []string{`mppsim: selection "ACQ-UPM-1O"`, "did you mean ACQ-UPM-1"}},
		"selection of none":             {"certify " + profile + " --only '@no-such-tag'", "", 2, []string{"nothing"}},
		"tag expression incomplete":     {"certify " + profile + " --only '@alone and'", "", 2, []string{"@alone and", "tag expression"}},
		"nothing selected, dry":         {"certify --profile DIR/acquirer.yaml --dry-run --only ACQ-XXX-99", "", 2, []string{"ACQ-XXX-99"}},
		"out is a file":                 {"certify " + profile + " --only ACQ-UPM-03 --out DIR/taken", "", 2, []string{"taken"}},
		"out is empty":                  {"certify " + profile + " --out=", "", 2, []string{"--out: name a folder"}},
		"at is no address":              {"certify " + profile + " --at simulator", "", 2, []string{`--at "simulator"`, "http://127.0.0.1:8881"}},
		"at is nobody's":                {"certify " + profile + " --at http://127.0.0.1:1", "", 3, []string{"no simulator answers there", "mppsim serve"}},
		"log level":                     {"certify " + profile + " --log-level loud", "", 2, []string{`--log-level "loud"`, "debug, info, warn or error"}},
		"listen address":                {"certify " + profile + " --set alipayplus.listen=nowhere", "", 2, []string{"nowhere"}},
		"configuration file missing":    {"list --config DIR/missing.yaml", "", 2, []string{"configuration file", "missing.yaml"}},
		"configuration file is a list":  {"list --config DIR/list.yaml", "", 2, []string{"list.yaml:1", "flag: value"}},
		"configuration file is no YAML": {"list --config DIR/broken.yaml", "", 2, []string{"broken.yaml", "line"}},
		"configuration: unknown flag":   {"list --config DIR/unknown-flag.yaml", "", 2, []string{"unknown-flag.yaml:2", `"seeed"`, "did you mean seed?"}},
		"configuration: no command":     {"list --config DIR/unknown-command.yaml", "", 2, []string{"unknown-command.yaml:1", "did you mean certify?"}},
		"configuration: bad value":      {"certify --config DIR/bad-value.yaml", "", 2, []string{"bad-value.yaml:2", "parallel", "many"}},
		"environment: bad value":        {"certify", "MPPSIM_PARALLEL=many", 2, []string{`MPPSIM_PARALLEL="many"`}},
		"environment: no file":          {"list", "MPPSIM_CONFIG=/nowhere/mppsim.yaml", 2, []string{"configuration file", "nowhere"}},
		"unknown area":                  {"list XYZ", "", 2, []string{`"XYZ"`, "ACQ-CAN-03", "UPM"}},
		"list for a broken profile":     {"list --profile DIR/bare.yaml", "", 2, []string{"bare.yaml"}},
		"unknown requirement":           {"explain ACQ-UPM-100", "", 2, []string{"ACQ-UPM-100", "did you mean ACQ-UPM-10?"}},
		"explain nothing":               {"explain", "", 2, []string{"accepts 1 arg"}},
		"unknown defect":                {"demo --defect takes-time-out-as-declined", "", 2, []string{"did you mean takes-timeout-as-declined?", "refacquirer defects"}},
		"unknown habit":                 {"demo --habit polls-never", "", 2, []string{"polls-never", "refacquirer habits"}},
		"acquirer to start is missing":  {"demo --acquirer DIR/missing", "", 2, []string{"--acquirer", "missing"}},
		"acquirer that cannot start":    {"demo --acquirer DIR/taken --only ACQ-UPM-03", "", 3, []string{"start the acquirer"}},
		"template":                      {"init --dir DIR/new --template referenz", "", 2, []string{"--template", "did you mean reference?"}},
		"init over files":               {"init --dir DIR", "", 2, []string{"acquirer.yaml is there already", "another folder"}},
		"init in a file":                {"init --dir DIR/taken", "", 2, []string{"--dir", "taken"}},
		"public URL of init":            {"init --dir DIR/new --public-url sim.example.com", "", 2, []string{"--public-url", "https://sim.example.com"}},
		"public URL of serve":           {"serve --public-url ftp://sim.example.com", "", 2, []string{"--public-url", "https://sim.example.com"}},
		"rhythm":                        {"serve --notifications never", "", 2, []string{"--notifications", "sandbox"}},
		"acquirer's key":                {"serve --acquirer-key DIR/bad.key", "", 2, []string{"--acquirer-key", "bad.key"}},
		"acquirer's key missing":        {"serve --acquirer-key DIR/missing.pub", "", 2, []string{"--acquirer-key", "missing.pub"}},
		"network key":                   {"serve --network-key DIR/keys/acquirer.pub", "", 2, []string{"--network-key", "acquirer.pub"}},
		"address to listen on":          {"serve --listen 192.0.2.1:1", "", 3, []string{"--listen 192.0.2.1:1", "choose another address"}},
		"simulator's port is taken": {
			"certify --profile DIR/acquirer.yaml --set alipayplus.listen=192.0.2.1:1", "", 3, []string{"acquirer.yaml: alipayplus.listen 192.0.2.1:1", "--at"},
		},
		"preflight's port is taken": {
			"preflight --profile DIR/acquirer.yaml --set alipayplus.listen=192.0.2.1:1", "", 3, []string{"alipayplus.listen", "--at"},
		},
		"nothing selected, port taken": {
			"certify --profile DIR/acquirer.yaml --set alipayplus.listen=192.0.2.1:1 --only ACQ-XXX-99", "", 2, []string{"ACQ-XXX-99"},
		},
		"key over a file":    {"keys new DIR/keys/acquirer.key", "", 2, []string{"acquirer.key is there already"}},
		"key without a name": {"keys new DIR/", "", 2, []string{"acquirer.key"}},
		"key of no key":      {"keys show DIR/bad.key", "", 2, []string{"bad.key", "neither a private nor a public"}},
		"keys of nothing":    {"keys", "", 2, []string{"mppsim keys new FILE"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			env := map[string]string{"REFACQUIRER_TOKEN": "word", "REFACQUIRER_URL": "http://127.0.0.1:1"}
			if key, value, ok := strings.Cut(tt.env, "="); ok {
				env[key] = value
			} else if tt.env == "-" {
				env = nil
			}
			got := call(t, env, words(strings.ReplaceAll(tt.args, "DIR", dir))...)
			if got.code != tt.code {
				t.Errorf("exit code %d, want %d; %s%s", got.code, tt.code, got.out, got.err)
			}
			for _, want := range tt.want {
				if !strings.Contains(got.err, want) {
					t.Errorf("the complaint lacks %q:\n%s", want, got.err)
				}
			}
			if strings.Contains(got.err, "goroutine ") {
				t.Errorf("a stack trace is no complaint:\n%s", got.err)
			}
		})
	}
}

// words splits a line at blanks; a part in single quotes is one word.
func words(line string) []string {
	var list []string
	for i, part := range strings.Split(line, "'") {
		if i%2 == 1 {
			list = append(list, part)
			continue
		}
		list = append(list, strings.Fields(part)...)
	}
	return list
}
