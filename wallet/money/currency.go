package money

import (
	_ "embed"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
)

//go:embed iso4217.txt
var isoTable string

// table reads the embedded table once; the result is never written again.
var table = sync.OnceValue(func() map[string]int {
	decimals := make(map[string]int)
	for line := range strings.Lines(isoTable) {
		fields := strings.Fields(line)
		if len(fields) == 0 || fields[0] == "#" {
			continue
		}
		n, err := strconv.Atoi(fields[0])
		if err != nil {
			continue // the table's test proves that no line is lost here
		}
		for _, code := range fields[1:] {
			decimals[code] = n
		}
	}
	return decimals
})

// Decimals returns the number of decimals of a currency's minor unit (ISO 4217: SGD 2, JPY 0,
// KWD 3) and whether the currency is an active one.
func Decimals(currency string) (int, bool) {
	n, ok := table()[currency]
	return n, ok
}

// Currencies lists the active currencies in alphabetical order.
func Currencies() []string {
	codes := make([]string, 0, len(table()))
	for code := range table() {
		codes = append(codes, code)
	}
	slices.Sort(codes)
	return codes
}

func decimalsOf(currency string) (int, error) {
	n, ok := Decimals(currency)
	if !ok {
		return 0, fmt.Errorf("%w: %q is not an active ISO 4217 currency", ErrCurrency, currency)
	}
	return n, nil
}
