package example_test

import (
	"slices"
	"testing"

	"mppsim/wallet/catalogue"
	"mppsim/wallet/catalogue/example"
	"mppsim/wallet/jsontree"
)

func load(t *testing.T) *catalogue.Catalogue {
	t.Helper()
	c, err := catalogue.Load()
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// each runs a test for both messages of every operation.
func each(t *testing.T, test func(t *testing.T, op *catalogue.Operation, part catalogue.Part)) {
	t.Helper()
	c := load(t)
	for d := range c.Doors {
		for i := range c.Doors[d].Operations {
			op := &c.Doors[d].Operations[i]
			for _, part := range []catalogue.Part{catalogue.Request, catalogue.Response} {
				t.Run(op.FullName()+"/"+string(part), func(t *testing.T) {
					t.Parallel()
					test(t, op, part)
				})
			}
		}
	}
}

// TestEveryRuleOfEveryFieldIsKeptAndBroken holds the validator against the messages made for each rule.
func TestEveryRuleOfEveryFieldIsKeptAndBroken(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, op *catalogue.Operation, part catalogue.Part) {
		for _, c := range example.Cases(op, part) {
			body := c.Message.Write(jsontree.Layout{})
			v := op.Validate(part, body)
			broken := slices.ContainsFunc(v.Violations, func(v catalogue.Violation) bool { return v.Path == c.Path && v.Rule == c.Rule })
			switch {
			case c.Keeps && len(v.Violations) > 0:
				t.Errorf("%s: %v\n%s", c.Name, v.Violations, body)
			case !c.Keeps && !broken:
				t.Errorf("%s: %s is not among %v\n%s", c.Name, c.Rule, v.Violations, body)
			}
		}
	})
}

// TestEveryFieldHasBothKinds watches that no field gets away without a case of each kind.
func TestEveryFieldHasBothKinds(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, op *catalogue.Operation, part catalogue.Part) {
		breaks := map[string]bool{}
		for _, c := range example.Cases(op, part) {
			breaks[c.Path] = breaks[c.Path] || !c.Keeps
			if c.Keeps == (len(op.ValidateTree(part, c.Message).Violations) > 0) {
				t.Errorf("%s: keeps is %v", c.Name, c.Keeps)
			}
		}
		example.Message(op, part).Walk(func(path string, _ *jsontree.Node) {
			if path != "" && !breaks[path] {
				t.Errorf("%s: nothing breaks it", path)
			}
		})
	})
}

func TestLeastMessageIsCompleteAndSmall(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, op *catalogue.Operation, part catalogue.Part) {
		least := example.Least(op, part)
		if v := op.ValidateTree(part, least); len(v.Violations)+len(v.Unknown) > 0 {
			t.Fatalf("%+v\n%s", v, least.Write(jsontree.Layout{}))
		}
		for _, m := range least.Members {
			if f := catalogue.Find(op.Fields(part), m.Name); f.Need == catalogue.Optional {
				t.Errorf("%s is not needed", m.Name)
			}
		}
	})
}
