package storm

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"mppsim/features"
	"mppsim/scenarios"
	"mppsim/scenarios/plan"
)

func book(t testing.TB) Book {
	t.Helper()
	b, err := Builtin()
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// capable lists every capability of the catalogue.
func capable(t testing.TB) []string {
	t.Helper()
	c, err := features.Load()
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for name := range c.Capabilities {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// Each action is one phrase of the features, needs what the catalogue knows, and waits for words that something gives.
func TestEveryActionCanBePlayed(t *testing.T) {
	t.Parallel()
	vocabulary, known := scenarios.Vocabulary(), capable(t)
	given := map[string]bool{small: true, dear: true, "charge": true, "cancellation": true, "refund": true, owing: true} // by the price, and by troubles
	for _, a := range book(t).All() {
		for _, word := range a.Gives {
			given[word] = true
		}
	}
	for _, a := range book(t).All() {
		for line := range strings.Lines(a.Text) {
			text, matching := strings.TrimSpace(fill(line, "25.00")), 0
			for _, phrase := range vocabulary {
				if phrase.Pattern.MatchString(text) {
					matching++
				}
			}
			if matching != 1 && !strings.HasPrefix(text, "|") {
				t.Errorf("%q fits %d phrases", text, matching)
			}
		}
		for _, need := range a.Needs {
			if !slices.Contains(known, need) {
				t.Errorf("%q needs the unknown capability %s", a.Text, need)
			}
		}
		for _, word := range slices.Concat(a.Wants, a.Bars) {
			if !given[word] {
				t.Errorf("%q waits for the word %q, which nothing gives", a.Text, word)
			}
		}
	}
}

// Whatever the seed: a story is a feature that the runner takes, made the same way twice, within what the acquirer can do.
func TestStoriesArePlayable(t *testing.T) {
	t.Parallel()
	all, pages := capable(t), book(t)
	catalogue, err := Catalogue()
	if err != nil {
		t.Fatal(err)
	}
	judgement := regexp.MustCompile("^" + Judgement + "$")
	patterns := []*regexp.Regexp{judgement}
	for _, p := range scenarios.Vocabulary() {
		patterns = append(patterns, p.Pattern)
	}
	rapid.Check(t, func(t *rapid.T) {
		able := rapid.SliceOfDistinct(rapid.SampledFrom(all), rapid.ID).Draw(t, "capabilities")
		number, seed := rapid.IntRange(1, 50).Draw(t, "number"), rapid.Uint64().Draw(t, "seed")
		stories := newTeller(pages, seed, able).stories(number)
		longer := newTeller(pages, seed, able).stories(number + 3)
		if diff := cmp.Diff(stories, longer[:number], cmp.AllowUnexported(Step{})); diff != "" {
			t.Fatalf("the same seed made other stories in a longer storm:\n%s", diff)
		}
		story := stories[number-1]
		scripts, err := plan.Read(fstest.MapFS{file: {Data: Feature("A test.", story)}})
		if err != nil || len(scripts) != 1 {
			t.Fatalf("%d scripts: %v\n%s", len(scripts), err, story.Text())
		}
		if _, err := plan.Consistency(catalogue, scripts, ids()); err != nil {
			t.Fatal(err)
		}
		for _, step := range scripts[0].Steps {
			if !slices.ContainsFunc(patterns, func(p *regexp.Regexp) bool { return p.MatchString(step.Text) }) {
				t.Fatalf("no phrase for %q", step.Text)
			}
		}
		if !slices.Contains(able, "refund") && strings.Contains(story.Text(), "refund") {
			t.Fatalf("a refund for an acquirer that gives none:\n%s", story.Text())
		}
	})
}

func TestShare(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		amount string
		of     int64
		want   string
	}{{"25.00", 5, "5.00"}, {"25.00", 3, "8.33"}, {"0.01", 5, ""}, {"1200", 5, "240"}, {"7", 3, "2"}, {"12.345", 3, "4.115"}, {"0.105", 5, "0.021"}} {
		if got := share(tt.amount, tt.of); got != tt.want {
			t.Errorf("a share of %s by %d is %q, want %q", tt.amount, tt.of, got, tt.want)
		}
	}
}

func TestParseBookNamesFileAndMistake(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"shops: []": "storm.yaml: shops, openings and payers must not be empty",
		"shops: [{text: x}]\nopenings: [{text: y}]\npayers: [{text: a payer}]":    `storm.yaml: shops: "x" has no amounts`,
		"shops: [{amounts: ['1']}]\nopenings: [{text: y}]\npayers: [{weight: 3}]": "storm.yaml: an action has no text",
		"shops: [{amuonts: ['1']}]": "storm.yaml: ",
	} {
		if _, err := ParseBook("storm.yaml", []byte(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", text, err, want)
		}
	}
}

// The runner finds each story in a folder of its own, in the order in which they were told, whatever else it asks of a folder.
func TestEachStoryIsAFeature(t *testing.T) {
	t.Parallel()
	stories, told := shelf{}, newTeller(book(t), 7, capable(t)).stories(11)
	for i, s := range told {
		stories[fmt.Sprintf("%06d", i)] = Feature("A test.", s)
	}
	if err := fstest.TestFS(stories, "000000/"+file, "000010/"+file); err != nil {
		t.Error(err)
	}
	scripts, err := plan.Read(stories)
	if err != nil || len(scripts) != len(told) {
		t.Fatalf("%d scripts: %v", len(scripts), err)
	}
	for i, s := range scripts {
		if s.Scenario.Name != told[i].Name() || !strings.HasPrefix(s.Scenario.ID, "storm/") || len(s.Source) > 4000 {
			t.Errorf("script %d is %s (%s), and %d octets long", i, s.Scenario.Name, s.Scenario.ID, len(s.Source))
		}
	}
}
