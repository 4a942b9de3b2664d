package cli

import (
	"strings"

	"mppsim/wallet/aps"
	"mppsim/wallet/catalogue"
)

// denied are the operations that the acquirer may not call, as the catalogue spells them; in-store cancel goes by
// cancelPayment.
func denied(where string, names []string) ([]aps.API, error) {
	protocol, err := catalogue.Load()
	if err != nil {
		return nil, err
	}
	list := make([]aps.API, 0, len(names))
	for _, name := range names {
		api, found := callable(protocol, name)
		if !found {
			return nil, usagef("%s %q: acquirers call no such operation; `mppsim api` lists them", where, name)
		}
		list = append(list, api)
	}
	return list, nil
}

// callable finds an operation that acquirers call at any door.
func callable(protocol *catalogue.Catalogue, name string) (aps.API, bool) {
	for _, door := range protocol.Doors {
		op, found := protocol.Operation(door.Name, name)
		switch {
		case !found || op.Served() || op.Partner() != "acquirer":
		case strings.EqualFold(name, "cancel"):
			return aps.CancelPayment, true
		default:
			return aps.API(op.Name), true
		}
	}
	return "", false
}
