package turn_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"mppsim/wallet/turn"
)

type wall struct{ at time.Time }

func (w *wall) now() time.Time { return w.at }

func desk() (*turn.Desk, *wall) {
	w := &wall{at: time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC)}
	return turn.New(w.now), w
}

// tell shows the desk: runs at work, then those that wait.
func tell(d *turn.Desk) string {
	var words []string
	for _, t := range d.List() {
		word := t.Run
		if t.Alone {
			word += "!"
		}
		if !t.Granted {
			word = "(" + word + ")"
		}
		words = append(words, word)
	}
	return strings.Join(words, " ")
}

func TestTurns(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		asks string // a run, with ! for alone and - for the end
		want string
	}{
		"side by side":                         {"a b c", "a b c"},
		"alone waits":                          {"a b c!", "a b (c!)"},
		"and keeps those who come later":       {"a b c! d", "a b (c!) (d)"},
		"those at work go on":                  {"a b c! a b", "a b (c!)"},
		"when they are done it is alone":       {"a b c! d a- b- c!", "c! (d)"},
		"and then the others follow":           {"a c! d a- c! c- d", "d"},
		"two alone come one after the other":   {"a! b! c! a- c! b!", "b! (c!)"},
		"a run that wants more makes room":     {"a b a! b!", "(a!) (b!)"},
		"and the first of the two is alone":    {"a b a! b! b! a!", "a! (b!)"},
		"a run alone goes back to work":        {"a! b a b", "b a"},
		"who never had a turn ends it in vain": {"a b-", "a"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d, _ := desk()
			for word := range strings.FieldsSeq(tt.asks) {
				if run, over := strings.CutSuffix(word, "-"); over {
					d.End(run)
					continue
				}
				run, alone := strings.CutSuffix(word, "!")
				d.Ask(run, alone, time.Minute)
			}
			if got := tell(d); got != tt.want {
				t.Errorf("%s after %s; want %s", got, tt.asks, tt.want)
			}
		})
	}
}

func TestASilentRunLosesItsTurnAndWakesTheOthers(t *testing.T) {
	t.Parallel()
	d, w := desk()
	d.Ask("dead", false, 10*time.Second)
	own, others, changed := d.Ask("b", true, time.Minute)
	if own.Granted || len(others) != 1 || others[0].Run != "dead" {
		t.Fatalf("%+v, behind %v", own, others)
	}
	if at, found := d.Next(); !found || !at.Equal(w.at.Add(10*time.Second)) {
		t.Errorf("the next turn ends at %s", at)
	}
	w.at = w.at.Add(11 * time.Second)
	if own, others, _ = d.Ask("b", true, time.Minute); !own.Granted || len(others) != 0 {
		t.Errorf("%+v, behind %v", own, others)
	}
	select {
	case <-changed:
	default:
		t.Error("nobody was woken")
	}
	d.Ask("c", false, time.Minute)
	if _, others, _ = d.Ask("b", true, time.Minute); len(others) != 1 || others[0].Run != "c" {
		t.Errorf("%v wait for the one that is alone", others)
	}
	if at := d.Others("b"); len(at) != 0 {
		t.Errorf("%v beside the one that is alone", at)
	}
}

func TestWhoIsAloneIsAlone(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		d, w := desk()
		for range rapid.IntRange(1, 60).Draw(t, "steps") {
			run := fmt.Sprint(rapid.IntRange(0, 4).Draw(t, "run"))
			switch rapid.IntRange(0, 4).Draw(t, "what") {
			case 0:
				d.End(run)
			case 1:
				w.at = w.at.Add(time.Duration(rapid.IntRange(0, 3).Draw(t, "later")) * time.Second)
			default:
				d.Ask(run, rapid.Bool().Draw(t, "alone"), 5*time.Second)
			}
			granted := slices.DeleteFunc(d.List(), func(t turn.Turn) bool { return !t.Granted })
			if len(granted) > 1 && slices.ContainsFunc(granted, func(t turn.Turn) bool { return t.Alone }) {
				t.Fatalf("one is alone among %+v", granted)
			}
		}
		for range 5 { // all who wait come, one after the other
			for _, x := range d.List() {
				d.Ask(x.Run, x.Alone, time.Hour)
			}
			for _, x := range d.List() {
				if x.Granted {
					d.End(x.Run)
				}
			}
		}
		if left := d.List(); len(left) > 0 {
			t.Fatalf("%+v waits for ever", left)
		}
	})
}
