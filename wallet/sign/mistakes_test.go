package sign

import (
	"os"
	"regexp"
	"strings"
	"testing"
)

func TestEachMistakeIsDescribedOnce(t *testing.T) {
	t.Parallel()
	seen := make(map[Mistake]bool)
	name := regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)
	for _, d := range Descriptions() {
		if seen[d.Mistake] || !name.MatchString(string(d.Mistake)) {
			t.Errorf("%q is described twice or is no name", d.Mistake)
		}
		seen[d.Mistake] = true
		if d.Title == "" || len(d.Change) < 10 || !strings.ContainsAny(d.Change[len(d.Change)-1:], ".)") {
			t.Errorf("%s: title %q, change %q", d.Mistake, d.Title, d.Change)
		}
	}
	if len(seen) < 70 {
		t.Errorf("only %d mistakes", len(seen))
	}
}

// Whatever the lists of variants may diagnose must be described, and so must the constants.
func TestWhatCanBeDiagnosedIsDescribed(t *testing.T) {
	t.Parallel()
	m := explained()
	m.Body = []byte("\ufeff\r\n" + string(m.Body))
	e := Evidence{Message: m, Host: "h", OtherClientIDs: []string{"x"}, OtherTimes: []string{"y"}, OtherTargets: []string{"/z"}}
	bare := Evidence{Message: Message{Method: "POST", Target: "/"}, OtherClientIDs: []string{"x"}, OtherTimes: []string{"y"}}
	all := append(variants(e), variants(bare)...)
	all = append(all, variantsOfBody(e)...)
	all = append(all, wholes(split(m))...)
	all = append(all, rareTimes(m.Time)...)
	for _, v := range all {
		if _, ok := Describe(v.mistake); !ok {
			t.Errorf("%s (%s) is not described", v.mistake, v.text)
		}
		if v.text == "" {
			t.Errorf("%s has no text", v.mistake)
		}
	}
	source, err := os.ReadFile("mistakes.go")
	if err != nil {
		t.Fatal(err)
	}
	constants := regexp.MustCompile(`Mistake = "([a-z0-9-]+)"`).FindAllSubmatch(source, -1)
	if len(constants) < 25 {
		t.Fatalf("%d constants found", len(constants))
	}
	for _, c := range constants {
		if _, ok := Describe(Mistake(c[1])); !ok && string(c[1]) != string(NoMistake) {
			t.Errorf("constant %s is not described", c[1])
		}
	}
	if d, ok := Describe("no-such-mistake"); ok || d.Change != "" {
		t.Errorf("an unknown mistake is described: %+v", d)
	}
}
