package network_test

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"mppsim/wallet/aps"
	"mppsim/wallet/jsontree"
	"mppsim/wallet/network"
)

func TestGuessersHaveToWait(t *testing.T) {
	t.Parallel()
	w := newWorld(t, network.RhythmOff)
	w.acquirer.decode = func(string) *jsontree.Node { return aps.NewAnswer(aps.ResultOf("INVALID_CODE")).Node() }
	text := w.present("P1", 1000, aps.ByOrderCode)
	for i := range 10 {
		w.want("guess", w.scan(fmt.Sprint("guess", i), "C").Result.Code, "INVALID_CODE")
	}
	a := w.scan(text, "C")
	if w.want("the right one", a.Result.Code, "REQUEST_TRAFFIC_EXCEED_LIMIT"); a.Result.Status != aps.Unknown {
		t.Errorf("the user may not ask again: %+v", a.Result)
	}
	w.want("another user", w.scan("guess", "D").Result.Code, "INVALID_CODE")
	w.line.Clock.Advance(time.Minute)
	w.want("a minute later", w.scan(text, "C").Result.Code, "SUCCESS")
	for range 20 {
		w.want("a code that is one is no guess", w.scan(text, "C").Result.Code, "SUCCESS")
	}
}

func TestGuessesAtOnceAreAllCounted(t *testing.T) {
	t.Parallel()
	w := newWorld(t, network.RhythmOff)
	w.acquirer.decode = func(string) *jsontree.Node { return aps.NewAnswer(aps.ResultOf("INVALID_CODE")).Node() }
	var all sync.WaitGroup
	for i := range 10 {
		all.Go(func() { w.scan(fmt.Sprint("guess", i), "C") })
	}
	all.Wait()
	w.want("the next", w.scan("guess", "C").Result.Code, "REQUEST_TRAFFIC_EXCEED_LIMIT")
}
