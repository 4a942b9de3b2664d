package catalogue

import "slices"

// Sample returns a text that the scalar field accepts.
func (f *Field) Sample() string {
	switch {
	case len(f.Enum) > 0:
		return f.Enum[0]
	case f.Format != "":
		return f.spelling().passing
	case f.Kind == Number:
		return "1.25"
	case f.Kind == Flag:
		return "true"
	case f.Kind == Text:
		return clip(f.Name, f.Max)
	default:
		return form(f.Kind).passing
	}
}

// Bad returns a text whose form the scalar field refuses; empty where every text has the right form.
func (f *Field) Bad() string {
	switch {
	case f.Format != "":
		return f.spelling().failing
	case slices.Contains([]Kind{Text, Number, Flag}, f.Kind):
		return ""
	default:
		return f.spelling().failing
	}
}

// Pattern is the exact form of the field's texts as a regular expression; empty where none says it.
func (f *Field) Pattern() string {
	return f.spelling().pattern
}

// spelling is the form of the field's texts: its format's, or else its kind's.
func (f *Field) spelling() spelling {
	if s, ok := format(f.Format); ok {
		return s
	}
	return form(f.Kind)
}

func clip(s string, most int) string {
	if r := []rune(s); most > 0 && len(r) > most {
		return string(r[:most])
	}
	return s
}
