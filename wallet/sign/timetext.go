package sign

import (
	"net/url"
	"strconv"
	"strings"
	"time"
)

// timeLayouts are the forms in which libraries write a time.
func timeLayouts() []string {
	return []string{
		"2006-01-02T15:04:05Z07:00", "2006-01-02T15:04:05.000Z07:00", "2006-01-02T15:04:05.000000Z07:00", "2006-01-02T15:04:05.000000000Z07:00",
		time.RFC3339Nano, "2006-01-02T15:04:05-0700", "2006-01-02T15:04:05.000-0700", "2006-01-02T15:04:05-07:00", "2006-01-02T15:04:05.000-07:00",
		"2006-01-02T15:04:05", "2006-01-02 15:04:05", "20060102150405", "2006-01-02T15:04:05.0000000Z07:00",
		"Mon, 02 Jan 2006 15:04:05 GMT", time.RFC1123Z, time.UnixDate,
	}
}

func timeVariants(text string, others []string) []variant {
	list := []variant{
		{fieldTime, "time-left-out", "the time is not signed", ""},
		{fieldTime, "time-left-out", "the word null is signed instead of the time", "null"},
		{fieldTime, "time-encoding", "the time is signed percent-encoded", url.QueryEscape(text)},
		{fieldTime, "time-encoding", "the time is signed with a blank for its +", strings.ReplaceAll(text, "+", " ")},
	}
	for _, other := range others {
		mistake, how := Mistake("other-time"), "another time is signed: "+other
		if text == "" {
			mistake, how = "time-missing", "the header with the time is missing, but a time is signed: "+other
		}
		list = append(list, variant{fieldTime, mistake, how, other})
	}
	at, ok := parseTime(text)
	if !ok {
		return list
	}
	east := time.FixedZone("", 8*60*60)
	for _, layout := range timeLayouts() {
		for _, zone := range []*time.Location{at.Location(), time.UTC, east} {
			list = append(list, otherTimeForm(at.In(zone).Format(layout)))
		}
	}
	for _, form := range []string{strconv.FormatInt(at.UnixMilli(), 10), strconv.FormatInt(at.Unix(), 10)} {
		list = append(list, otherTimeForm(form))
	}
	return list
}

func otherTimeForm(form string) variant {
	return variant{fieldTime, "other-time-form", "the time is signed in another form than it is sent: " + form, form}
}

// rareTimes lists time texts that are too many to be tried together with other mistakes: any zone, and another
// reading of the clock.
func rareTimes(text string) []variant {
	at, ok := parseTime(text)
	if !ok {
		return nil
	}
	var list []variant
	for minutes := -12 * 60; minutes <= 14*60; minutes += 30 {
		local := at.In(time.FixedZone("", minutes*60))
		for _, layout := range timeLayouts() {
			list = append(list, otherTimeForm(local.Format(layout)))
		}
		list = append(list, otherTimeForm(local.Format("2006-01-02T15:04:05Z")), otherTimeForm(local.Format("2006-01-02T15:04:05.000Z")))
	}
	for _, reading := range clockReadings(text) {
		list = append(list, variant{fieldTime, SecondClock, "the time that was signed is not that of the header: " + reading, reading})
	}
	return list
}

// parseTime reads the documented forms of time, ISO 8601 with offset or a count of milliseconds; also one of seconds.
func parseTime(text string) (time.Time, bool) {
	for _, layout := range []string{time.RFC3339Nano, "2006-01-02T15:04:05.999999999-0700"} {
		if at, err := time.Parse(layout, text); err == nil {
			return at, true
		}
	}
	n, err := strconv.ParseInt(text, 10, 64)
	switch {
	case err == nil && len(text) == 13:
		return time.UnixMilli(n).UTC(), true
	case err == nil && len(text) == 10:
		return time.Unix(n, 0).UTC(), true
	}
	return time.Time{}, false
}

// clockReadings returns times near the given one in the same form, nearest first: what a second look at the clock
// would have given. Forms finer than milliseconds are beyond guessing.
func clockReadings(text string) []string {
	at, ok := parseTime(text)
	if !ok {
		return nil
	}
	form, step, count := timeForm(text)
	var list []string
	for i := 1; i <= count; i++ {
		list = append(list, form(at.Add(time.Duration(i)*step)), form(at.Add(-time.Duration(i)*step)))
	}
	return append(list, readingsInSeconds(at)...)
}

// readingsInSeconds are other readings of the clock that were written to the second.
func readingsInSeconds(at time.Time) []string {
	var list []string
	for i := 1; i <= 60; i++ {
		for _, near := range []time.Time{at.Add(time.Duration(i) * time.Second), at.Add(-time.Duration(i) * time.Second)} {
			list = append(list, near.UTC().Format(time.RFC3339), near.Format(time.RFC3339), strconv.FormatInt(near.Unix(), 10))
		}
	}
	return list
}

// timeForm returns how a time text is written, its resolution, and how many steps of it are worth trying.
func timeForm(text string) (form func(time.Time) string, step time.Duration, count int) {
	if len(text) == 13 && !strings.ContainsAny(text, "-T") {
		return func(t time.Time) string { return strconv.FormatInt(t.UnixMilli(), 10) }, time.Millisecond, 3000
	}
	if len(text) == 10 && !strings.ContainsAny(text, "-T") {
		return func(t time.Time) string { return strconv.FormatInt(t.Unix(), 10) }, time.Second, 60
	}
	zone := "Z07:00"
	if !strings.HasSuffix(text, "Z") {
		zone = "-07:00"
		if text[max(0, len(text)-3)] != ':' {
			zone = "-0700"
		}
	}
	digits := fractionDigits(text)
	layout := "2006-01-02T15:04:05"
	if digits > 0 {
		layout += "." + strings.Repeat("0", digits)
	}
	step, count = time.Second, 60
	for range min(digits, 3) {
		step, count = step/10, 3000
	}
	if digits > 3 {
		count = 0
	}
	return func(t time.Time) string { return t.Format(layout + zone) }, step, count
}

// fractionDigits counts the decimals of the seconds.
func fractionDigits(text string) int {
	_, fraction, found := strings.Cut(text, ".")
	if !found {
		return 0
	}
	return len(fraction) - len(strings.TrimLeft(fraction, "0123456789"))
}
