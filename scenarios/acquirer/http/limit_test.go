package httpdriver

import (
	"context"
	"errors"
	"testing"
	"time"

	"mppsim/wallet/clock"
)

func TestLimiterSpacesCalls(t *testing.T) {
	t.Parallel()
	c := clock.NewManual(time.Unix(0, 0))
	l := newLimiter(c, 50)
	for i, want := range []time.Duration{0, 20 * time.Millisecond, 40 * time.Millisecond} {
		if got := l.reserve(); got != want {
			t.Errorf("call %d waits %s, want %s", i, got, want)
		}
	}
	c.Advance(time.Second)
	if got := l.reserve(); got != 0 {
		t.Errorf("after a pause a call waits %s", got)
	}
}

func TestLimiterGivesUpWithItsCaller(t *testing.T) {
	t.Parallel()
	l := newLimiter(clock.NewManual(time.Unix(0, 0)), 1)
	if err := l.wait(context.Background()); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if err := l.wait(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("error is %v", err)
	}
}

func TestNoLimit(t *testing.T) {
	t.Parallel()
	l := newLimiter(clock.NewManual(time.Unix(0, 0)), 0)
	for range 3 {
		if got := l.reserve(); got != 0 {
			t.Errorf("a call waits %s", got)
		}
	}
}

func TestRefusalStatuses(t *testing.T) {
	t.Parallel()
	class := Refusal{Statuses: []Status{{Class: 4}}}
	named := Refusal{Statuses: []Status{{Code: 401}, {Code: 503}}}
	tests := []struct {
		rule   Refusal
		status int
		want   bool
	}{
		{class, 400, true},
		{class, 404, true},
		{class, 422, true},
		{class, 401, false},
		{class, 403, false},
		{class, 429, false},
		{class, 503, false},
		{class, 200, false},
		{named, 401, true},
		{named, 503, true},
		{named, 400, false},
	}
	for _, tt := range tests {
		if got := tt.rule.covers(tt.status); got != tt.want {
			t.Errorf("%+v covers %d: %v", tt.rule.Statuses, tt.status, got)
		}
	}
}

func TestParseTime(t *testing.T) {
	t.Parallel()
	want := time.Date(2020, 1, 2, 3, 4, 5, 0, time.UTC)
	for _, text := range []string{"2020-01-02T03:04:05Z", "2020-01-02T11:04:05+08:00", "1577934245", "1577934245000"} {
		if got, err := parseTime(text, Path{}); err != nil || !got.Equal(want) {
			t.Errorf("%s is %v, %v", text, got, err)
		}
	}
	if _, err := parseTime("yesterday", Path{Text: "time"}); err == nil {
		t.Error("yesterday is a time")
	}
}
