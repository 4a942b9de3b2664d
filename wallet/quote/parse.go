package quote

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v4"

	"mppsim/fixtures"
	"mppsim/wallet/money"
)

// BuiltIn is the board of fixtures/rates.yaml.
func BuiltIn() (*Board, error) { return Parse("the built-in rates.yaml", fixtures.Rates) }

// Parse reads a rates.yaml; fixtures/rates.yaml explains its keys. Every error names the file,
// the line, the key and what is expected there.
func Parse(name string, text []byte) (*Board, error) {
	var document yaml.Node
	if len(bytes.TrimSpace(text)) > 0 {
		if err := yaml.Load(text, &document); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
	}
	if len(document.Content) != 1 || document.Content[0].Kind != yaml.MappingNode {
		return nil, fmt.Errorf("%s: want the keys pivot, decimals and prices", name)
	}
	p := parser{board: &Board{name: name, decimals: 8, prices: map[Pair][]price{}}}
	if err := eachKey(document.Content[0], p.key); err != nil {
		return nil, fmt.Errorf("%s:%w", name, err)
	}
	if p.board.pivot == "" {
		return nil, fmt.Errorf("%s: pivot is missing: name the currency through which others are converted, such as USD", name)
	}
	if len(p.board.prices) == 0 {
		return nil, fmt.Errorf("%s: prices is missing or empty: give at least one, such as USD/SGD: 1.34", name)
	}
	return p.board, nil
}

type parser struct{ board *Board }

// eachKey visits a mapping and puts the line before an error.
func eachKey(mapping *yaml.Node, visit func(key string, value *yaml.Node) error) error {
	seen := make(map[string]bool)
	for i := 0; i+1 < len(mapping.Content); i += 2 {
		key, value := mapping.Content[i], mapping.Content[i+1]
		err := visit(key.Value, value)
		if err == nil && seen[key.Value] {
			err = fmt.Errorf("%s stands there twice: remove one", key.Value)
		}
		if err != nil {
			return fmt.Errorf("%d: %w", key.Line, err)
		}
		seen[key.Value] = true
	}
	return nil
}

func (p parser) key(key string, value *yaml.Node) error {
	switch key {
	case "pivot":
		p.board.pivot = value.Value
		return active(key, value.Value)
	case "decimals":
		n, err := strconv.Atoi(value.Value)
		if err != nil || n < 1 || n > 18 {
			return fmt.Errorf("decimals: %q: want a number from 1 to 18", value.Value)
		}
		p.board.decimals = n
		return nil
	case "prices":
		if value.Kind != yaml.MappingNode {
			return fmt.Errorf("prices: want lines such as USD/SGD: 1.34")
		}
		for i := 0; i+1 < len(value.Content); i += 2 {
			if err := p.pair(value.Content[i].Value, value.Content[i+1]); err != nil {
				return fmt.Errorf("prices.%s (line %d): %w", value.Content[i].Value, value.Content[i].Line, err)
			}
		}
		return nil
	}
	return fmt.Errorf("%s: unknown key; there are pivot, decimals and prices", key)
}

// pair reads the price of a pair, or its prices day by day.
func (p parser) pair(text string, value *yaml.Node) error {
	first, second, found := strings.Cut(text, "/")
	if !found || first == second {
		return fmt.Errorf("want two different currencies, such as USD/SGD")
	}
	for _, currency := range []string{first, second} {
		if err := active("pair", currency); err != nil {
			return err
		}
	}
	pair := Pair{First: first, Second: second}
	if _, twice := p.board.prices[pair]; twice {
		return fmt.Errorf("stands there twice: remove one")
	}
	items := []*yaml.Node{value}
	if value.Kind == yaml.SequenceNode {
		items = value.Content
	}
	for _, item := range items {
		if item.Kind != yaml.ScalarNode {
			return fmt.Errorf("want a price or a list of prices")
		}
		rate, err := money.ParseRate(first, second, item.Value)
		if err != nil {
			return err
		}
		p.board.prices[pair] = append(p.board.prices[pair], price{exact: rate.Price, text: item.Value})
	}
	if len(items) == 0 {
		return fmt.Errorf("the list of prices is empty")
	}
	return nil
}

func active(what, currency string) error {
	if _, ok := money.Decimals(currency); !ok {
		return fmt.Errorf("%s: %q is not an active ISO 4217 currency in upper case", what, currency)
	}
	return nil
}
