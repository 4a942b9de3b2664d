package catalogue

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"
)

//go:embed data
var embedded embed.FS

// Load reads the embedded catalogue. An error means that this build is broken.
func Load() (*Catalogue, error) {
	files, err := fs.Sub(embedded, "data")
	if err != nil {
		return nil, fmt.Errorf("catalogue: %w", err)
	}
	return Read(files)
}

// Read reads a catalogue: types.yaml, and a folder for each door with door.yaml, codes.yaml, types.yaml
// and one file per operation. All mistakes are reported together.
func Read(files fs.FS) (*Catalogue, error) {
	common := map[string][]Field{}
	if err := readYAML(files, "types.yaml", &common); err != nil {
		return nil, err
	}
	doors, err := fs.Glob(files, "*/door.yaml")
	if err != nil || len(doors) == 0 {
		return nil, fmt.Errorf("catalogue: no door: %w", errors.Join(err, fs.ErrNotExist))
	}
	c := &Catalogue{}
	var problems []error
	for _, name := range doors {
		d, err := readDoor(files, path.Dir(name), common)
		c.Doors = append(c.Doors, d)
		problems = append(problems, err)
	}
	if err := errors.Join(problems...); err != nil {
		return nil, err
	}
	slices.SortStableFunc(c.Doors, func(a, b Door) int { return a.Rank - b.Rank })
	return c, nil
}

func readYAML(files fs.FS, name string, into any) error {
	raw, err := fs.ReadFile(files, name)
	if err == nil {
		err = yaml.Load(raw, into, yaml.WithKnownFields())
	}
	if err != nil {
		return fmt.Errorf("catalogue: %s: %w", name, err)
	}
	return nil
}

// operationFile is an operation as it is written down: types are named, and codes are exceptions.
type operationFile struct {
	Operation `yaml:",inline"`
	Messages  struct {
		Request  messageFile `yaml:"request"`
		Response messageFile `yaml:"response"`
	} `yaml:"messages"`
	Here []Code `yaml:"codes"` // what a code of the table means, or demands, at this operation
}

// messageFile lists fields and what is stricter here than in their shared types.
type messageFile struct {
	Fields []Field      `yaml:"fields"`
	Refine []refinement `yaml:"refine"`
}

type refinement struct {
	Path  string     `yaml:"path"`
	Need  Need       `yaml:"need"`
	When  *Condition `yaml:"when"`
	Words string     `yaml:"words"`
	Least *int64     `yaml:"least"`
	Enum  []string   `yaml:"enum"`
	Text  string     `yaml:"text"`
	Borne bool       `yaml:"borne"`
}

func readDoor(files fs.FS, folder string, common map[string][]Field) (Door, error) {
	var d Door
	own := map[string][]Field{}
	err := errors.Join(
		readYAML(files, path.Join(folder, "door.yaml"), &d),
		readYAML(files, path.Join(folder, "codes.yaml"), &d.Codes),
		readYAML(files, path.Join(folder, "types.yaml"), &own),
	)
	if err != nil {
		return d, err
	}
	types := maps.Clone(common)
	maps.Copy(types, own)
	names, err := fs.Glob(files, path.Join(folder, "*.yaml"))
	problems := []error{err}
	for _, name := range names {
		if slices.Contains([]string{"door.yaml", "codes.yaml", "types.yaml"}, path.Base(name)) {
			continue
		}
		op, err := readOperation(files, name, &d, types)
		if err != nil {
			problems = append(problems, fmt.Errorf("catalogue: %s: %w", name, err))
		}
		d.Operations = append(d.Operations, op)
	}
	if d.Types, err = d.used(types); err != nil {
		problems = append(problems, fmt.Errorf("catalogue: %s: %w", folder, err))
	}
	problems = append(problems, d.check(folder)...)
	return d, errors.Join(problems...)
}

// used lists the shared types that occur in the door's messages.
func (d *Door) used(types map[string][]Field) ([]Type, error) {
	names := map[string]bool{}
	for i := range d.Operations {
		for _, part := range []Part{Request, Response} {
			Walk(d.Operations[i].Fields(part), func(_ string, f *Field) { names[f.TypeName()] = true })
		}
	}
	var used []Type
	for _, name := range slices.Sorted(maps.Keys(names)) {
		shared, ok := types[name]
		if !ok {
			continue // a scalar
		}
		fields, err := expand(shared, types, 0)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		used = append(used, Type{Name: name, Fields: fields})
	}
	return used, nil
}

func readOperation(files fs.FS, name string, d *Door, types map[string][]Field) (Operation, error) {
	var file operationFile
	if err := readYAML(files, name, &file); err != nil {
		return Operation{}, err
	}
	op := file.Operation
	op.Door = d.Name
	var errRequest, errResponse, errCodes error
	op.Request, errRequest = file.Messages.Request.expand(types)
	op.Response, errResponse = file.Messages.Response.expand(types)
	op.Codes, errCodes = d.codesOf(&op, file.Here)
	return op, errors.Join(errRequest, errResponse, errCodes, op.check())
}

// group is the word by which a code names all operations of a direction.
func group(d Direction) string {
	switch d {
	case ToAcquirer:
		return "acquirer"
	case ToWallet:
		return "wallet"
	case ToNetwork:
	}
	return "all"
}

// codesOf selects the codes that an operation can answer and lays over them what is particular here.
func (d *Door) codesOf(op *Operation, here []Code) ([]Code, error) {
	var codes []Code
	var problems []error
	for _, c := range d.Codes {
		all := slices.Contains(c.Calls, group(op.Direction))
		if all || slices.Contains(c.Calls, op.Name) {
			codes = append(codes, c)
		}
	}
	for _, special := range here {
		i := slices.IndexFunc(codes, func(c Code) bool { return c.Name == special.Name })
		if i < 0 {
			problems = append(problems, fmt.Errorf("codes: %s is not among the operation's codes", special.Name))
			continue
		}
		codes[i] = codes[i].with(special)
	}
	return codes, errors.Join(problems...)
}

func (c Code) with(special Code) Code {
	lay := func(over string, under *string) {
		if over != "" {
			*under = over
		}
	}
	lay(special.Meaning, &c.Meaning)
	lay(special.Action, &c.Action)
	lay(special.Source, &c.Source)
	lay(special.NoCause, &c.NoCause)
	lay(string(special.Confidence), (*string)(&c.Confidence))
	return c
}

// maxNesting bounds types that contain themselves.
const maxNesting = 8

func (m messageFile) expand(types map[string][]Field) ([]Field, error) {
	fields, err := expand(m.Fields, types, 0)
	if err != nil {
		return nil, err
	}
	var problems []error
	for _, r := range m.Refine {
		f := Find(fields, r.Path)
		if f == nil {
			problems = append(problems, fmt.Errorf("refine: no field %q", r.Path))
			continue
		}
		r.apply(f)
	}
	return fields, errors.Join(problems...)
}

func (r refinement) apply(f *Field) {
	if r.Need != "" {
		f.Need, f.When, f.Words = r.Need, r.When, r.Words
	}
	if r.Least != nil {
		f.Least = r.Least
	}
	if r.Enum != nil {
		f.Enum = r.Enum
	}
	if r.Text != "" {
		f.Text = r.Text
	}
	f.Borne = f.Borne || r.Borne
}

// expand copies fields with the members of their shared types, so that each operation has fields of its own.
func expand(fields []Field, types map[string][]Field, depth int) ([]Field, error) {
	if depth > maxNesting {
		return nil, errors.New("a type contains itself")
	}
	out := slices.Clone(fields)
	for i := range out {
		if err := out[i].resolve(types, depth); err != nil {
			return nil, fmt.Errorf("%s: %w", out[i].Name, err)
		}
	}
	return out, nil
}

func (f *Field) resolve(types map[string][]Field, depth int) (err error) {
	if f.Need == "" {
		f.Need = Optional
	}
	name, list := strings.CutPrefix(f.Type, "[]")
	f.List, f.Kind = list, Kind(name)
	if slices.Contains(scalars(), f.Kind) {
		return nil
	}
	members := f.Fields
	if f.Kind != Object {
		shared, ok := types[name]
		if !ok {
			return fmt.Errorf("unknown type %q", f.Type)
		}
		f.Kind, members = Object, shared
	}
	f.Fields, err = expand(members, types, depth+1)
	return err
}

// Codes reads the result codes of a door and nothing else: cheaper than Load for who wants only them.
func Codes(door string) ([]Code, error) {
	var codes []Code
	err := readYAML(embedded, path.Join("data", door, "codes.yaml"), &codes)
	return codes, err
}
