package aps_test

import (
	"testing"
	"time"

	"mppsim/wallet/aps"
)

// FuzzParseTime: what is read as a time can be written in the form of the protocol, and then reads as the same second.
func FuzzParseTime(f *testing.F) {
	for _, text := range []string{
		"2019-04-04T12:08:56+05:30", "2025-02-20T08:51:49.09Z", "2019-07-12T12:08:56.253+05:30", "2026-11-21T22:17:34+0000", "1795299216356",
		"2026-11-21T22:17:34.1234567Z", "2026-11-21T22:17:34+08", "-999999999999", "0000000000000", "2026-02-30T00:00:00Z", "",
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		at, err := aps.ParseTime(text)
		if err != nil {
			return
		}
		if year := at.UTC().Year(); year < 1 || year > 9998 {
			return // beyond four digits in UTC+8
		}
		again, err := aps.ParseTime(aps.FormatTime(at))
		if err != nil || !again.Equal(at.Truncate(time.Second)) {
			t.Fatalf("%q is %s, written anew %s, %v", text, at, again, err)
		}
	})
}
