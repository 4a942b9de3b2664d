package trace_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"mppsim/wallet/trace"
)

func numbers(list []trace.Exchange) string {
	var s string
	for _, e := range list {
		s += fmt.Sprintf("%d ", e.Seq)
	}
	return s
}

func add(t *testing.T, r *trace.Recorder, list ...trace.Exchange) {
	t.Helper()
	for _, e := range list {
		if _, err := r.Add(e); err != nil {
			t.Fatal(err)
		}
	}
}

func query(t *testing.T, r *trace.Recorder, q trace.Query) string {
	t.Helper()
	list, err := r.Query(q)
	if err != nil {
		t.Fatal(err)
	}
	return numbers(list)
}

func TestQuery(t *testing.T) {
	t.Parallel()
	r := trace.NewRecorder(trace.Options{})
	for i := range 6 {
		add(t, r, trace.Exchange{Timeline: []string{"a", "b"}[i%2]})
	}
	for want, q := range map[string]trace.Query{
		"1 2 3 4 5 6 ": {}, "4 5 6 ": {After: 3}, "2 4 6 ": {Timeline: "b"}, "5 ": {After: 4, Timeline: "a"}, "1 2 ": {Limit: 2}, "": {After: 6},
	} {
		if got := query(t, r, q); got != want {
			t.Errorf("%+v: %q, want %q", q, got, want)
		}
	}
	if r.Last() != 6 {
		t.Errorf("last is %d", r.Last())
	}
}

func TestBoundsDropTheOldest(t *testing.T) {
	t.Parallel()
	byCount := trace.NewRecorder(trace.Options{Count: 3})
	byBytes := trace.NewRecorder(trace.Options{Bytes: 5000})
	for range 10 {
		add(t, byCount, trace.Exchange{})
		add(t, byBytes, trace.Exchange{Request: trace.Message{Body: make([]byte, 1000)}})
	}
	if got := query(t, byCount, trace.Query{}); got != "8 9 10 " || byCount.Dropped() != 7 {
		t.Errorf("by count: %s, %d dropped", got, byCount.Dropped())
	}
	if got := query(t, byBytes, trace.Query{}); got != "8 9 10 " || byBytes.Dropped() != 7 {
		t.Errorf("by bytes: %s, %d dropped", got, byBytes.Dropped())
	}
}

func TestOlderExchangesMoveToTheFile(t *testing.T) {
	t.Parallel()
	r := trace.NewRecorder(trace.Options{Count: 2, Dir: t.TempDir()})
	for i := range 6 {
		add(t, r, trace.Exchange{Timeline: []string{"a", "b"}[i%2], Request: trace.Message{Body: []byte{0xff, byte(i)}}})
	}
	if got := query(t, r, trace.Query{}); got != "1 2 3 4 5 6 " || r.Dropped() != 0 {
		t.Errorf("all: %s, %d dropped", got, r.Dropped())
	}
	if got := query(t, r, trace.Query{After: 1, Timeline: "b", Limit: 2}); got != "2 4 " {
		t.Errorf("some: %s", got)
	}
	list, err := r.Query(trace.Query{Limit: 1})
	if err != nil || string(list[0].Request.Body) != "\xff\x00" {
		t.Errorf("octets %q, error %v", list[0].Request.Body, err)
	}
	add(t, r, trace.Exchange{})
	if got := query(t, r, trace.Query{}); got != "1 2 3 4 5 6 7 " {
		t.Errorf("after reading: %s", got)
	}
	if err := r.Close(); err != nil {
		t.Error(err)
	}
}

// TestTheFileIsSearched compares queries over a file of many blocks with looking at everything.
func TestTheFileIsSearched(t *testing.T) {
	t.Parallel()
	const count = 1200
	r := trace.NewRecorder(trace.Options{Count: 100, Dir: t.TempDir()})
	for i := range count {
		add(t, r, trace.Exchange{Timeline: timelineOf(i)})
	}
	rapid.Check(t, func(rt *rapid.T) {
		q := trace.Query{
			After:    rapid.Uint64Range(0, count+1).Draw(rt, "after"),
			Timeline: rapid.SampledFrom([]string{"", "0", "3", "9", "none"}).Draw(rt, "timeline"),
			Limit:    rapid.SampledFrom([]int{0, 1, 50, 2000}).Draw(rt, "limit"),
		}
		want := ""
		for i, n := 0, 0; i < count && (q.Limit == 0 || n < q.Limit); i++ {
			if uint64(i) >= q.After && (q.Timeline == "" || timelineOf(i) == q.Timeline) {
				want += fmt.Sprint(i+1, " ")
				n++
			}
		}
		if got := query(t, r, q); got != want {
			rt.Fatalf("%+v found %s, want %s", q, got, want)
		}
	})
	if err := r.Close(); err != nil {
		t.Error(err)
	}
}

// timelineOf gives exchanges timelines that come and go.
func timelineOf(i int) string { return fmt.Sprint(i / 120) }

func TestStraysThatLeftMemoryAreNotAttributed(t *testing.T) {
	t.Parallel()
	r := trace.NewRecorder(trace.Options{Count: 2, Dir: t.TempDir()})
	stray := trace.Exchange{PaymentRequestID: "P1"}
	add(t, r, stray, stray, stray)
	r.Attribute("P1", "a")
	add(t, r, stray)
	if got := query(t, r, trace.Query{Timeline: "a"}); got != "2 3 " {
		t.Errorf("attributed %s", got)
	}
	if err := r.Close(); err != nil {
		t.Error(err)
	}
}

// TestOldFilesAreBounded writes ten times what the files may hold, while somebody reads all the time.
func TestOldFilesAreBounded(t *testing.T) {
	t.Parallel()
	const limit, count = 80_000, 2000
	dir := t.TempDir()
	left := filepath.Join(dir, "exchanges-000099.jsonl") // by an earlier run
	if err := os.WriteFile(left, []byte("{}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	r := trace.NewRecorder(trace.Options{Count: 10, Dir: dir, Disk: limit})
	done, read := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(read)
		for over := false; !over; {
			select {
			case <-done:
				over = true
			default:
			}
			list, err := r.Query(trace.Query{})
			if err != nil || len(list) > 1 && list[len(list)-1].Seq-list[0].Seq != uint64(len(list)-1) {
				t.Errorf("%d exchanges with gaps, %v", len(list), err)
				return
			}
		}
	}()
	for range count {
		add(t, r, trace.Exchange{Request: trace.Message{Body: make([]byte, 200)}})
	}
	close(done)
	<-read
	list, err := r.Query(trace.Query{})
	if err != nil || len(list) == 0 || uint64(len(list))+r.Dropped() != count || list[0].Seq != r.Dropped()+1 || list[len(list)-1].Seq != count {
		t.Errorf("%d are left, %d were dropped, %v", len(list), r.Dropped(), err)
	}
	if err := r.Close(); err != nil {
		t.Error(err)
	}
	if size := sizeOf(t, dir); size > limit+1000 || size < limit/2 {
		t.Errorf("the files hold %d bytes, want %d or a little less", size, limit)
	}
	if _, err := os.Stat(left); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a file of an earlier run is still there: %v", err)
	}
}

func sizeOf(t *testing.T, dir string) (size int64) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		info, err := e.Info()
		if err != nil {
			t.Fatal(err)
		}
		size += info.Size()
	}
	return size
}

func TestUnusableDirLosesOldExchangesOnly(t *testing.T) {
	t.Parallel()
	r := trace.NewRecorder(trace.Options{Count: 1, Dir: t.TempDir() + "/missing"})
	add(t, r, trace.Exchange{})
	if _, err := r.Add(trace.Exchange{}); err == nil {
		t.Error("no error")
	}
	if got := query(t, r, trace.Query{}); got != "2 " || r.Dropped() != 1 {
		t.Errorf("kept %s, %d dropped", got, r.Dropped())
	}
}

func TestWait(t *testing.T) {
	t.Parallel()
	r := trace.NewRecorder(trace.Options{})
	if list, err := r.Wait(t.Context(), trace.Query{}, 10*time.Millisecond); err != nil || list != nil {
		t.Errorf("nothing came, but %v, %v", list, err)
	}
	got := make(chan string)
	go func() {
		list, _ := r.Wait(context.Background(), trace.Query{Timeline: "a", After: 1}, time.Minute)
		got <- numbers(list)
	}()
	add(t, r, trace.Exchange{Timeline: "a"}, trace.Exchange{Timeline: "b"}, trace.Exchange{Timeline: "a"})
	if s := <-got; s != "3 " {
		t.Errorf("woken with %s", s)
	}
}

func TestAmendAndAttribute(t *testing.T) {
	t.Parallel()
	r := trace.NewRecorder(trace.Options{})
	add(t, r, trace.Exchange{PaymentRequestID: "P1"}, trace.Exchange{PaymentRequestID: "P2"}, trace.Exchange{PaymentRequestID: "P1", Timeline: "b", Match: "code"})
	r.Attribute("P1", "a")
	r.Attribute("", "a")
	r.Amend(2, func(e *trace.Exchange) { e.Executed, e.Seq = true, 99 })
	list, err := r.Query(trace.Query{})
	if err != nil {
		t.Fatal(err)
	}
	if list[0].Timeline != "a" || list[0].Match != "order" || list[1].Timeline != "" || list[2].Timeline != "b" {
		t.Errorf("attributed %+v", list)
	}
	if !list[1].Executed || list[1].Seq != 2 {
		t.Errorf("amended %+v", list[1])
	}
	if e, found := r.Latest(func(e trace.Exchange) bool { return e.PaymentRequestID == "P1" }); !found || e.Seq != 3 {
		t.Errorf("latest %+v", e)
	}
}

func TestManyWritersAndReaders(t *testing.T) {
	t.Parallel()
	r := trace.NewRecorder(trace.Options{Count: 50, Dir: t.TempDir()})
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			for range 100 {
				_, _ = r.Add(trace.Exchange{})
			}
		})
		all.Go(func() {
			for after := uint64(0); after < 400; {
				list, err := r.Wait(context.Background(), trace.Query{After: after}, time.Minute)
				if err != nil || len(list) == 0 || list[0].Seq != after+1 {
					t.Errorf("after %d came %s, error %v", after, numbers(list[:min(len(list), 2)]), err)
					return
				}
				after = list[len(list)-1].Seq
			}
		})
	}
	all.Wait()
}

func TestAStrayIsAttributedWhereverItIs(t *testing.T) {
	t.Parallel()
	r := trace.NewRecorder(trace.Options{Count: 2})
	add(t, r, trace.Exchange{PaymentRequestID: "P1"}, trace.Exchange{}, trace.Exchange{PaymentRequestID: "P1"})
	r.Amend(2, func(e *trace.Exchange) { e.PaymentRequestID = "P1" })
	r.Amend(1, func(*trace.Exchange) { t.Error("it is no longer kept") })
	r.Attribute("P1", "a")
	list, err := r.Query(trace.Query{Timeline: "a"})
	if err != nil || len(list) != 2 || list[0].Match != "order" || list[1].Match != "order" {
		t.Errorf("attributed %+v, %v", list, err)
	}
}
