package trace

import (
	"bytes"
	"context"
	"iter"
	"slices"
	"sort"
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
	Wallet   bool   // also what passed between Alipay+ and wallets
}

// Recorder keeps exchanges in the order in which they ended. It is safe for concurrent use.
type Recorder struct {
	options Options
	spill   *spill

	mu      sync.Mutex
	kept    []held                 // ascending Seq
	strays  map[string][]*Exchange // those of them that belong to no timeline, by the id of their payment
	lines   lines                  // those that belong to one
	local   []*local               // those of the wallet's leg inside this program, ascending Seq
	bytes   int
	last    uint64
	dropped uint64
	arrived chan struct{} // closed at the next arrival; nil while nobody waits
}

// held is an exchange in memory.
type held struct {
	*Exchange
	size int // when it came; measuring it again would cost as much as all else that is done to drop it
}

// NewRecorder makes an empty recorder.
func NewRecorder(o Options) *Recorder {
	if o.Count <= 0 {
		o.Count = defaultCount
	}
	if o.Bytes <= 0 {
		o.Bytes = defaultBytes
	}
	r := &Recorder{options: o, strays: make(map[string][]*Exchange), lines: make(lines)}
	if o.Dir != "" {
		r.spill = newSpill(o.Dir, o.Disk)
	}
	return r
}

// Add keeps an exchange under the next number and returns the number. An error means that an older
// exchange could not be moved to the file; the new one is kept.
func (r *Recorder) Add(e Exchange) (uint64, error) { return r.Keep(&e) }

// Keep is Add without a copy: the exchange is the recorder's from then on, and only Amend may change it.
func (r *Recorder) Keep(e *Exchange) (uint64, error) {
	size := size(e)
	r.mu.Lock()
	defer r.mu.Unlock()
	r.last++
	e.Seq = r.last
	r.kept = append(r.kept, held{e, size})
	r.lines.add(e)
	if e.stray() {
		r.strays[e.PaymentRequestID] = append(r.strays[e.PaymentRequestID], e)
	}
	r.bytes += size
	err := r.trim()
	r.ring()
	return r.last, err
}

// ring wakes those who wait for an arrival.
func (r *Recorder) ring() {
	if r.arrived != nil {
		close(r.arrived)
		r.arrived = nil
	}
}

// stray reports that the exchange may find its timeline later.
func (e *Exchange) stray() bool { return e.Match == "" && e.PaymentRequestID != "" }

// trim moves the oldest exchanges out of memory until the bounds are kept.
func (r *Recorder) trim() error {
	var firstErr error
	for len(r.kept) > 1 && (len(r.kept) > r.options.Count || r.bytes > r.options.Bytes) {
		oldest := r.kept[0]
		r.kept[0] = held{}
		r.kept = r.kept[1:]
		r.bytes -= oldest.size
		r.forgetStray(oldest.Exchange)
		r.lines.remove(oldest.Exchange)
		if r.spill == nil {
			r.dropped++
			continue
		}
		dropped, err := r.spill.write(*oldest.Exchange)
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
	if found = append(found, recent...); q.Wallet {
		found = inOrder(found)
	}
	if q.Limit > 0 {
		found = found[:min(len(found), q.Limit)]
	}
	return found, filed, arrived, nil
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
	for e := range r.recent(q) {
		if q.full(len(recent)) {
			break
		}
		if q.fits(e) {
			recent = append(recent, *e)
		}
	}
	if q.Wallet {
		recent = inOrder(append(recent, q.inside(r.local)...))
	}
	return recent, filed, older, r.nextArrival()
}

// recent goes through what is in memory and may fit, oldest first.
func (r *Recorder) recent(q Query) iter.Seq[*Exchange] {
	if q.Timeline != "" {
		return slices.Values(r.lines[q.Timeline])
	}
	return func(yield func(*Exchange) bool) {
		for _, e := range r.kept[position(r.kept, q.After+1):] {
			if !yield(e.Exchange) {
				return
			}
		}
	}
}

// position is where the exchange with a number stands in a list, or the first one after it.
func position(list []held, seq uint64) int {
	return sort.Search(len(list), func(i int) bool { return list[i].Seq >= seq })
}

func (r *Recorder) nextArrival() <-chan struct{} {
	if r.arrived == nil {
		r.arrived = make(chan struct{})
	}
	return r.arrived
}

// fits looks at an exchange where it is, and first at what most fail: whoever looks holds up everybody else.
func (q Query) fits(e *Exchange) bool {
	return (q.Timeline == "" || e.Timeline == q.Timeline) && e.Seq > q.After && (q.Wallet || !e.ofWallet()) && (q.About == "" || e.Names(q.About))
}

// ofWallet reports whether the exchange passed between Alipay+ and a wallet.
func (e *Exchange) ofWallet() bool { return e.Leg == NetworkToWallet || e.Leg == WalletToNetwork }

// Names reports whether the exchange is about a payment or refund with this id, or its request mentions it as a word.
func (e *Exchange) Names(id string) bool {
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
		if fits(*e.Exchange) {
			return *e.Exchange, true
		}
	}
	return Exchange{}, false
}

// Amend changes an exchange that is still in memory. Its number stays.
func (r *Recorder) Amend(seq uint64, change func(*Exchange)) {
	r.mu.Lock()
	defer r.mu.Unlock()
	i := position(r.kept, seq)
	if i == len(r.kept) || r.kept[i].Seq != seq {
		return
	}
	e := r.kept[i].Exchange
	r.forgetStray(e)
	r.lines.remove(e)
	change(e)
	if e.Seq = seq; e.stray() {
		r.strays[e.PaymentRequestID] = append(r.strays[e.PaymentRequestID], e)
	}
	r.lines.add(e)
}

// Attribute gives the strays of a payment to a timeline that was found later, by the payment's id.
func (r *Recorder) Attribute(paymentRequestID, timeline string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, e := range r.strays[paymentRequestID] {
		r.lines.remove(e)
		e.Timeline, e.Match = timeline, "order"
		r.lines.add(e)
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
