package document

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"strings"
)

// Read takes the doc comments of the types of a package from its source.
func Read(source fs.FS) (Words, error) {
	files, err := fs.Glob(source, "*.go")
	if err != nil {
		return nil, err
	}
	words := make(Words)
	for _, name := range files {
		text, err := fs.ReadFile(source, name)
		if err != nil {
			return nil, err
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, text, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			return nil, fmt.Errorf("doc comments: %w", err)
		}
		words.take(file)
	}
	return words, nil
}

func (w Words) take(file *ast.File) {
	for _, d := range file.Decls {
		g, ok := d.(*ast.GenDecl)
		if !ok || g.Tok != token.TYPE {
			continue
		}
		for _, spec := range g.Specs {
			t, ok := spec.(*ast.TypeSpec)
			if !ok {
				continue
			}
			w.put(t.Name.Name, g.Doc, t.Doc)
			if s, ok := t.Type.(*ast.StructType); ok {
				w.takeFields(t.Name.Name, s)
			}
		}
	}
}

func (w Words) takeFields(owner string, s *ast.StructType) {
	for _, f := range s.Fields.List {
		for _, name := range f.Names {
			w.put(owner+"."+name.Name, f.Doc, f.Comment)
		}
	}
}

func (w Words) put(name string, comments ...*ast.CommentGroup) {
	for _, c := range comments {
		if text := strings.Join(strings.Fields(c.Text()), " "); text != "" {
			w[name] = text
		}
	}
}
