package catalogue

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// check lists what is wrong with the door as a whole.
func (d *Door) check(folder string) []error {
	var problems []error
	if d.Name != folder {
		problems = append(problems, fmt.Errorf("catalogue: %s/door.yaml: door is %q", folder, d.Name))
	}
	seen := map[string]bool{}
	for _, c := range d.Codes {
		if err := d.checkCode(c); err != nil {
			problems = append(problems, fmt.Errorf("catalogue: %s/codes.yaml: %s: %w", folder, c.Name, err))
		}
		if seen[c.Name] {
			problems = append(problems, fmt.Errorf("catalogue: %s/codes.yaml: %s stands there twice", folder, c.Name))
		}
		seen[c.Name] = true
	}
	return problems
}

func (d *Door) checkCode(c Code) error {
	if !slices.Contains([]string{"S", "F", "U"}, c.Status) {
		return fmt.Errorf("status %q", c.Status)
	}
	if c.Meaning == "" || c.Action == "" || c.Message == "" || len(c.Calls) == 0 {
		return errors.New("calls, message, meaning and action must be set")
	}
	if err := c.Confidence.check(); err != nil {
		return err
	}
	for _, call := range c.Calls {
		if !slices.Contains([]string{group(ToNetwork), group(ToAcquirer), group(ToWallet)}, call) && !slices.ContainsFunc(d.Operations, func(o Operation) bool { return o.Name == call }) {
			return fmt.Errorf("calls: unknown operation %q", call)
		}
	}
	return nil
}

func (c Confidence) check() error {
	if slices.Contains([]Confidence{Documented, SDK, Related, Observed, Engineering}, c) {
		return nil
	}
	return fmt.Errorf("confidence %q", c)
}

// check reports what is wrong with an operation.
func (o *Operation) check() error {
	problems := []error{o.Confidence.check()}
	if o.Name == "" || o.Title == "" || len(o.Source) == 0 || !strings.HasPrefix(o.Path, "/") {
		problems = append(problems, errors.New("operation, title, source and path must be set"))
	}
	if !slices.Contains([]Direction{ToNetwork, ToAcquirer, ToWallet}, o.Direction) {
		problems = append(problems, fmt.Errorf("direction %q", o.Direction))
	}
	if o.Served() && o.Address == "" {
		problems = append(problems, errors.New("address: where the partner is reached must be set"))
	}
	if len(o.Codes) == 0 {
		problems = append(problems, errors.New("no result code"))
	}
	problems = append(problems, checkFields(o.Request), checkFields(o.Response), o.checkIdempotency())
	return errors.Join(problems...)
}

func (o *Operation) checkIdempotency() error {
	if o.Idempotency == nil {
		return nil
	}
	for _, path := range slices.Concat(o.Idempotency.Key, o.Idempotency.Compared) {
		if Find(o.Request, path) == nil {
			return fmt.Errorf("idempotency: no field %q in the request", path)
		}
	}
	if code := o.Idempotency.Mismatch; code != "" {
		if _, ok := o.Code(code); !ok {
			return fmt.Errorf("idempotency: %s is not among the codes", code)
		}
	}
	if (len(o.Idempotency.Compared) > 0) != (o.Idempotency.Mismatch != "") {
		return errors.New("idempotency: compared and mismatch belong together")
	}
	return nil
}

func checkFields(fields []Field) error {
	var problems []error
	seen := map[string]bool{}
	Walk(fields, func(path string, f *Field) {
		if err := f.check(fields, strings.Contains(path, "[].")); err != nil {
			problems = append(problems, fmt.Errorf("%s: %w", path, err))
		}
		if seen[path] {
			problems = append(problems, fmt.Errorf("%s: stands there twice", path))
		}
		seen[path] = true
	})
	return errors.Join(problems...)
}

func (f *Field) check(all []Field, inList bool) error {
	switch {
	case f.Name == "" || strings.ContainsAny(f.Name, ". []"):
		return fmt.Errorf("name %q", f.Name)
	case !slices.Contains([]Need{Required, Conditional, Optional}, f.Need):
		return fmt.Errorf("need %q", f.Need)
	case (f.Need == Conditional) != (f.When != nil):
		return errors.New("a condition belongs to a conditional field, and only there")
	case f.When != nil && inList:
		return errors.New("conditions inside a list are not supported")
	case f.Kind == Object && len(f.Fields) == 0:
		return errors.New("an object without fields")
	case f.Kind != Object && len(f.Fields) > 0:
		return errors.New("a scalar with fields")
	case f.Format != "" && f.Kind != Text:
		return errors.New("format belongs to a string")
	case f.Least != nil && f.Kind != Integer:
		return errors.New("least belongs to an integer")
	case f.Items > 0 && !f.List:
		return errors.New("items belongs to a list")
	case f.Confidence != "" && f.Confidence.check() != nil:
		return f.Confidence.check()
	}
	if _, known := format(f.Format); f.Format != "" && !known {
		return fmt.Errorf("unknown format %q", f.Format)
	}
	if f.When != nil {
		return f.When.check(all)
	}
	return nil
}
