// Package fault holds the catalogue of what can go wrong at Alipay+ and the plans by which it does: which
// fault hits which message of which transaction, how often, and what it makes of the message.
package fault

import (
	_ "embed"
	"errors"
	"fmt"
	"slices"
	"sync"

	"go.yaml.in/yaml/v4"

	"mppsim/wallet/aps"
	"mppsim/wallet/control"
)

//go:embed faults.yaml
var catalogueText []byte

// What is wrong with a fault that cannot be armed, for errors.Is.
var (
	ErrUnknown = errors.New("no such fault")
	ErrSpec    = errors.New("fault cannot be armed")
)

var readCatalogue = sync.OnceValues(func() ([]control.FaultKind, error) {
	var kinds []control.FaultKind
	if err := yaml.Unmarshal(catalogueText, &kinds); err != nil {
		return nil, fmt.Errorf("fault catalogue: %w", err)
	}
	for i := range kinds {
		kinds[i].APIs = spellOut(kinds[i].APIs)
	}
	return kinds, nil
})

// spellOut replaces the words for many operations by their names.
func spellOut(apis []string) []string {
	var list []string
	for _, word := range apis {
		switch word {
		case "calls":
			list = append(list, names(aps.CallsBesidePayments())...)
			list = append(list, names(aps.CallsInStore())...)
		case "callbacks":
			list = append(list, names(aps.CallbacksBesidePayments())...)
		default:
			list = append(list, word)
		}
	}
	return list
}

func names(apis []aps.API) []string {
	list := make([]string, len(apis))
	for i, api := range apis {
		list[i] = string(api)
	}
	return list
}

// besidePayments says that an operation is hit only by a fault that names it.
func besidePayments(api aps.API) bool {
	return slices.Contains(aps.CallsBesidePayments(), api) || slices.Contains(aps.CallsInStore(), api) || slices.Contains(aps.CallbacksBesidePayments(), api)
}

// Catalogue lists the kinds of faults.
func Catalogue() ([]control.FaultKind, error) {
	kinds, err := readCatalogue()
	return slices.Clone(kinds), err
}

func find(id string) (control.FaultKind, error) {
	kinds, err := readCatalogue()
	if err != nil {
		return control.FaultKind{}, err
	}
	i := slices.IndexFunc(kinds, func(k control.FaultKind) bool { return k.ID == id })
	if i < 0 {
		return control.FaultKind{}, fmt.Errorf("fault %q: %w: the catalogue (mppsim fault kinds) lists them", id, ErrUnknown)
	}
	return kinds[i], nil
}
