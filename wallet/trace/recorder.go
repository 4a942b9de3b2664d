package trace

import (
	"bytes"
	"context"
	"slices"
	"sync"
	"time"
)

// Limits of a recorder's memory.
const (
	defaultCount = 20_000
	defaultBytes = 64 << 20
)

// Options bound a recorder.
type Options struct {
	Count int    // exchanges kept in memory; default 20,000
	Bytes int    // bytes of bodies and headers kept in memory, about; default 64 MiB
	Dir   string // where older exchanges go; empty: they are dropped and counted
	// Disk is how many bytes of older exchanges the files in Dir hold; 0: any number. Beyond it the oldest eighth is dropped,
	// and counted.
	Disk int64
}

// Query selects recorded exchanges.
type Query struct {
	After    uint64 // only those with a higher Seq
	Timeline string // empty: all
	About    string // only exchanges that name this id or order number; empty: all
	Limit    int    // 0: all
}

// Recorder keeps exchanges in the order in which they ended. It is safe for concurrent use.
type Recorder struct {
	options Options
	spill   *spill

	mu      sync.Mutex
	kept    []*Exchange            // ascending Seq, without gaps
	strays  map[string][]*Exchange // those of them that belong to no timeline, by the id of their payment
	bytes   int
	last    uint64
	dropped uint64
	arrived chan struct{} // closed at the next arrival; nil while nobody waits
}

// NewRecorder makes an empty recorder.
func NewRecorder(o Options) *Recorder {
	if o.Count <= 0 {
		o.Count = defaultCount
	}
	if o.Bytes <= 0 {
		o.Bytes = defaultBytes
	}
	r := &Recorder{options: o, strays: make(map[string][]*Exchange)}
	if o.Dir != "" {
		r.spill = newSpill(o.Dir, o.Disk)
	}
	return r
}

// Add keeps an exchange under the next number and returns the number. An error means that an older
// exchange could not be moved to the file; the new one is kept.
func (r *Recorder) Add(e Exchange) (uint64, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.last++
	e.Seq = r.last
	r.kept = append(r.kept, &e)
	if e.stray() {
		r.strays[e.PaymentRequestID] = append(r.strays[e.PaymentRequestID], &e)
	}
	r.bytes += size(&e)
	err := r.trim()
	if r.arrived != nil {
		close(r.arrived)
		r.arrived = nil
	}
	return e.Seq, err
}

// stray reports that the exchange may find its timeline later.
func (e *Exchange) stray() bool { return e.Match == "" && e.PaymentRequestID != "" }

// trim moves the oldest exchanges out of memory until the bounds are kept.
func (r *Recorder) trim() error {
	var firstErr error
	for len(r.kept) > 1 && (len(r.kept) > r.options.Count || r.bytes > r.options.Bytes) {
		oldest := r.kept[0]
		r.kept[0] = nil
		r.kept = r.kept[1:]
		r.bytes -= size(oldest)
		r.forgetStray(oldest)
		if r.spill == nil {
			r.dropped++
			continue
		}
		dropped, err := r.spill.write(*oldest)
		r.dropped += dropped
		if err != nil {
			r.dropped++
			firstErr = err
		}
	}
	return firstErr
}

func (r *Recorder) forgetStray(e *Exchange) {
	if !e.stray() {
		return
	}
	left := slices.DeleteFunc(r.strays[e.PaymentRequestID], func(x *Exchange) bool { return x == e })
	if r.strays[e.PaymentRequestID] = left; len(left) == 0 {
		delete(r.strays, e.PaymentRequestID)
	}
}

func size(e *Exchange) int {
	n := 512 + len(e.Request.Body) + len(e.Response.Body) + len(e.Signature.Signed) + len(e.Signature.Found)
	for _, h := range []map[string][]string{e.Request.Header, e.Response.Header} {
		for name, values := range h {
			n += len(name)
			for _, v := range values {
				n += len(v)
			}
		}
	}
	return n
}

// Last returns the number of the latest exchange; 0 before the first.
func (r *Recorder) Last() uint64 {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.last
}

// Dropped counts the exchanges that were lost to the bounds.
func (r *Recorder) Dropped() uint64 {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.dropped
}

// Query returns what fits, oldest first.
func (r *Recorder) Query(q Query) ([]Exchange, error) {
	found, _, _, err := r.query(q)
	return found, err
}

// query also returns the number of the last exchange in the file: none of those changes any more.
func (r *Recorder) query(q Query) (found []Exchange, filed uint64, arrived <-chan struct{}, err error) {
	recent, filed, older, arrived := r.look(q)
	if found, err = older.all(q); err != nil {
		return nil, filed, arrived, err
	}
	if q.Limit > 0 {
		recent = recent[:min(len(recent), q.Limit-len(found))]
	}
	return append(found, recent...), filed, arrived, nil
}

// look returns what fits in memory and where in the file there may be more: both as they are at one moment, so that
// nothing is missed that moves from here to there.
func (r *Recorder) look(q Query) (recent []Exchange, filed uint64, older reading, arrived <-chan struct{}) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.kept) > 0 {
		filed = r.kept[0].Seq - 1
	}
	if q.After < filed {
		older = r.spill.begin(q)
	}
	for _, e := range r.kept[r.position(q.After+1):] {
		if q.full(len(recent)) {
			break
		}
		if q.fits(*e) {
			recent = append(recent, *e)
		}
	}
	return recent, filed, older, r.nextArrival()
}

// position is where the exchange with a number stands, or the first one after it.
func (r *Recorder) position(seq uint64) int {
	if len(r.kept) == 0 || seq <= r.kept[0].Seq {
		return 0
	}
	return int(min(seq-r.kept[0].Seq, uint64(len(r.kept))))
}

func (r *Recorder) nextArrival() <-chan struct{} {
	if r.arrived == nil {
		r.arrived = make(chan struct{})
	}
	return r.arrived
}

func (q Query) fits(e Exchange) bool {
	return e.Seq > q.After && (q.Timeline == "" || e.Timeline == q.Timeline) && (q.About == "" || e.names(q.About))
}

// names reports whether the exchange is about a payment or refund with this id, or its request mentions it as a word.
func (e *Exchange) names(id string) bool {
	return e.PaymentRequestID == id || e.PaymentID == id || e.RefundRequestID == id || mentions(e.Request.Body, id)
}

// mentions finds a word, which has no letter or digit of a longer one before or after it.
func mentions(text []byte, word string) bool {
	for from := 0; ; {
		at := bytes.Index(text[from:], []byte(word))
		if at < 0 {
			return false
		}
		start, end := from+at, from+at+len(word)
		if (start == 0 || !wordly(text[start-1])) && (end == len(text) || !wordly(text[end])) {
			return true
		}
		from = start + 1
	}
}

func wordly(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z'
}

func (q Query) full(count int) bool { return q.Limit > 0 && count >= q.Limit }

// Wait is Query, except that it waits up to limit (real time) for the first exchange that fits.
func (r *Recorder) Wait(ctx context.Context, q Query, limit time.Duration) ([]Exchange, error) {
	ctx, done := context.WithTimeout(ctx, limit)
	defer done()
	for {
		found, filed, arrived, err := r.query(q)
		if err != nil || len(found) > 0 {
			return found, err
		}
		q.After = max(q.After, filed)
		select {
		case <-arrived:
		case <-ctx.Done():
			return nil, nil
		}
	}
}

// Latest returns the latest exchange that fits a condition and is still in memory.
func (r *Recorder) Latest(fits func(Exchange) bool) (Exchange, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, e := range slices.Backward(r.kept) {
		if fits(*e) {
			return *e, true
		}
	}
	return Exchange{}, false
}

// Amend changes an exchange that is still in memory. Its number stays.
func (r *Recorder) Amend(seq uint64, change func(*Exchange)) {
	r.mu.Lock()
	defer r.mu.Unlock()
	i := r.position(seq)
	if i == len(r.kept) || r.kept[i].Seq != seq {
		return
	}
	e := r.kept[i]
	r.forgetStray(e)
	change(e)
	if e.Seq = seq; e.stray() {
		r.strays[e.PaymentRequestID] = append(r.strays[e.PaymentRequestID], e)
	}
}

// Attribute gives the strays of a payment to a timeline that was found later, by the payment's id.
func (r *Recorder) Attribute(paymentRequestID, timeline string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, e := range r.strays[paymentRequestID] {
		e.Timeline, e.Match = timeline, "order"
	}
	delete(r.strays, paymentRequestID)
}

// Close closes the file of older exchanges, if there is one.
func (r *Recorder) Close() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.spill == nil {
		return nil
	}
	return r.spill.close()
}
