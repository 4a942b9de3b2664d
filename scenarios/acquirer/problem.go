package acquirer

import "fmt"

// Place is a place in a profile: what an error points at.
type Place struct {
	File string
	Line int    // from 1; 0 for a value that was given from outside the file
	Key  string // dotted path of keys, such as verbs.query.response.state
}

// String writes the place as every message about a profile begins.
func (p Place) String() string {
	where := "profile " + p.File
	if p.Line > 0 {
		where = fmt.Sprintf("%s:%d", where, p.Line)
	}
	if p.Key == "" {
		return where
	}
	return where + ": " + p.Key
}

// Problem is something wrong in a profile, with what mends it.
type Problem struct {
	Place Place
	What  string
	Mend  string
}

// String is the message for people: place, what is wrong, how to mend it.
func (p Problem) String() string {
	text := p.Place.String() + ": " + p.What
	if p.Mend != "" {
		text += "; " + p.Mend
	}
	return text
}
