package journal

import (
	"fmt"
	"slices"

	"mppsim/wallet/trace"
)

// cut shortens the bodies of an entry to MaxBody and notes what is missing. The given entry's
// messages are not changed.
func cut(e Entry) Entry {
	if x := e.Exchange; x != nil {
		copied := *x
		copied.Notes = cutBoth(&copied.Request, &copied.Response, x.Notes)
		e.Exchange = &copied
	}
	if c := e.Call; c != nil {
		copied := *c
		copied.Notes = cutBoth(&copied.Request, &copied.Response, c.Notes)
		e.Call = &copied
	}
	return e
}

func cutBoth(request, response *trace.Message, notes []string) []string {
	notes = slices.Clone(notes)
	for _, m := range []struct {
		name    string
		message *trace.Message
	}{{"request", request}, {"response", response}} {
		if size := len(m.message.Body); size > MaxBody {
			m.message.Body = m.message.Body[:MaxBody]
			notes = append(notes, fmt.Sprintf("%s body: the first %d of %d bytes are kept", m.name, MaxBody, size))
		}
	}
	return notes
}
