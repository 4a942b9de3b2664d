package steps_test

import (
	"io/fs"
	"os"
	"path"
	"reflect"
	"strings"
	"testing"

	gherkin "github.com/cucumber/gherkin/go/v26"
	messages "github.com/cucumber/messages/go/v21"

	"mppsim/scenarios/steps"
)

// pickles compiles every feature of the repository.
func pickles(t *testing.T) []*messages.Pickle {
	t.Helper()
	var all []*messages.Pickle
	err := fs.WalkDir(os.DirFS("../../features"), ".", func(name string, _ fs.DirEntry, err error) error {
		if name == "wallet" {
			return fs.SkipDir // the wallet's own rules have steps of their own (scenarios/walletrules)
		}
		if err != nil || path.Ext(name) != ".feature" {
			return err
		}
		file, err := os.Open("../../features/" + name)
		if err != nil {
			return err
		}
		defer func() { _ = file.Close() }()
		ids := (&messages.Incrementing{}).NewId
		document, err := gherkin.ParseGherkinDocument(file, ids)
		if err != nil {
			return err
		}
		all = append(all, gherkin.Pickles(*document, name, ids)...)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(all) == 0 {
		t.Fatal("no feature found")
	}
	return all
}

func TestEveryStepOfTheFeaturesHasOnePhrase(t *testing.T) {
	t.Parallel()
	book := steps.All()
	for _, p := range pickles(t) {
		for _, s := range p.Steps {
			var matching []string
			for _, phrase := range book {
				if phrase.Pattern.MatchString(s.Text) {
					matching = append(matching, phrase.Pattern.String())
				}
			}
			if len(matching) != 1 {
				t.Errorf("%s: %q: %d phrases: %q", p.Uri, s.Text, len(matching), matching)
			}
		}
	}
}

func TestPhrases(t *testing.T) {
	t.Parallel()
	table := reflect.TypeFor[*messages.PickleTable]()
	for _, s := range steps.All() {
		t.Run(s.Example, func(t *testing.T) {
			t.Parallel()
			if s.Noun == "" || s.Doc == "" {
				t.Error("noun or doc is missing")
			}
			if !s.Pattern.MatchString(s.Example) {
				t.Errorf("the example does not match %s", s.Pattern)
			}
			if text := s.Pattern.String(); !strings.HasPrefix(text, "^") || !strings.HasSuffix(text, "$") {
				t.Errorf("the pattern %s matches parts of a text", text)
			}
			fn := reflect.TypeOf(s.Func)
			args := fn.NumIn() - 1
			if args > 0 && (fn.In(args) == table || fn.In(args).Kind() == reflect.Pointer) {
				args--
			}
			if groups := s.Pattern.NumSubexp(); groups != args {
				t.Errorf("%d groups, but the function takes %d texts", groups, args)
			}
		})
	}
}
