package control

import (
	"bytes"
	"maps"
	"net/http"
	"sync"
)

// KeyHeader names a request that changes something. A request that comes again under the key of an earlier one, because its
// connection broke before there was an answer, gets the answer to the earlier one: nothing is done twice, unless the earlier one
// was broken off in the middle.
const KeyHeader = "Idempotency-Key"

const (
	keptAnswers = 1024     // a request is repeated at once or never
	longestKept = 64 << 10 // octets of an answer
)

// answers are the latest answers by the keys of their requests.
type answers struct {
	mu    sync.Mutex
	byKey map[string]*answer
	keys  []string // oldest first
}

// answer is what a request was answered; the request may still be under way.
type answer struct {
	over   chan struct{}
	whole  bool // it may be given again
	status int
	header http.Header
	body   bytes.Buffer
}

// once carries out requests under the same key only once.
func once(next http.Handler) http.Handler {
	kept := &answers{byKey: map[string]*answer{}}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		key := r.Header.Get(KeyHeader)
		if key == "" || r.Method == http.MethodGet {
			next.ServeHTTP(w, r)
			return
		}
		for {
			a, first := kept.take(key)
			if first {
				kept.fill(key, a, next, w, r)
				return
			}
			select {
			case <-a.over:
			case <-r.Context().Done():
				return
			}
			if a.whole {
				a.give(w)
				return
			}
		}
	})
}

// take finds the answer to a key, or makes it for the first who asks.
func (s *answers) take(key string) (a *answer, first bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if a, known := s.byKey[key]; known {
		return a, false
	}
	a = &answer{over: make(chan struct{}), status: http.StatusOK}
	s.byKey[key], s.keys = a, append(s.keys, key)
	if len(s.keys) > keptAnswers {
		delete(s.byKey, s.keys[0])
		s.keys = s.keys[1:]
	}
	return a, true
}

// fill carries a request out. What its caller broke off has no answer that counts for another one.
func (s *answers) fill(key string, a *answer, next http.Handler, w http.ResponseWriter, r *http.Request) {
	finished := false
	defer func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		a.header = w.Header().Clone()
		if a.whole = finished && r.Context().Err() == nil && a.body.Len() <= longestKept; !a.whole {
			delete(s.byKey, key)
		}
		close(a.over)
	}()
	next.ServeHTTP(copied{w, a}, r)
	finished = true
}

// give answers once more.
func (a *answer) give(w http.ResponseWriter) {
	maps.Copy(w.Header(), a.header)
	w.WriteHeader(a.status)
	_, _ = w.Write(a.body.Bytes()) // an error here means that the caller is gone
}

// copied writes an answer twice.
type copied struct {
	http.ResponseWriter
	kept *answer
}

// WriteHeader is part of http.ResponseWriter.
func (c copied) WriteHeader(status int) {
	c.kept.status = status
	c.ResponseWriter.WriteHeader(status)
}

// Write is part of http.ResponseWriter.
func (c copied) Write(p []byte) (int, error) {
	if c.kept.body.Len() <= longestKept {
		c.kept.body.Write(p)
	}
	return c.ResponseWriter.Write(p)
}
