package gateway

import (
	"net/http"
	"strings"
)

// route is an operation behind its door. The zero operation stands for a path that means none.
type route struct {
	door *door
	operation
	miss string // how the path differs from the operation's
}

// Handler routes the acquirer's calls. A path that is nearly right leads to the operation that it
// means; the call is noted, and refused where the gateway is strict. No path has variables, so that a table of all of
// them does what a router would, for a tenth of its price.
func (g *Gateway) Handler() http.Handler {
	doors := g.doors()
	table := routes(doors)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		path := r.URL.EscapedPath()
		to, known := table[path]
		switch {
		case known:
		case !strings.HasPrefix(path, "/"):
			http.NotFound(w, r)
			return
		default:
			to = meant(doors, r.URL.Path, path)
		}
		g.serve(w, r, to)
	})
}

// routes lists every operation under each of its paths; the first one that asks for a path has it.
func routes(doors []*door) map[string]route {
	table := make(map[string]route)
	for _, d := range doors {
		for _, op := range d.operations {
			for _, path := range append([]string{op.path}, op.also...) {
				if _, taken := table[path]; !taken {
					table[path] = route{door: d, operation: op}
				}
			}
		}
	}
	return table
}

// meant guesses the operation from the last segment of a path: letter case, trailing slashes, another
// version, missing segments or percent-encoding do not hide it. The first door stands for a path that names none. What was
// sent is told.
func meant(doors []*door, path, sent string) route {
	lower := strings.ToLower(strings.TrimRight(path, "/"))
	d := doors[0]
	for _, other := range doors {
		if strings.HasPrefix(lower, "/"+string(other.name)+"/") {
			d = other
		}
	}
	last := lower[strings.LastIndexByte(lower, '/')+1:]
	for _, op := range d.operations {
		if last == strings.ToLower(op.path[strings.LastIndexByte(op.path, '/')+1:]) {
			return route{door: d, operation: op, miss: "the path is " + sent + " instead of " + op.path}
		}
	}
	return route{door: d, miss: "the path " + sent + " belongs to no operation"}
}
