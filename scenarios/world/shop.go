package world

import (
	"fmt"
	"slices"
	"strings"

	"mppsim/scenarios/acquirer"
	"mppsim/wallet/money"
)

// Shop finds a shop by its role in the profile. "" and "the shop" mean the first one, "another shop" and
// "the second shop" the next one of a different merchant. A role that the profile does not have is a
// mistake of feature or profile.
func (w *World) Shop(role string) (acquirer.Shop, error) {
	shops := w.setup.Facts.Shops
	if len(shops) == 0 {
		return acquirer.Shop{}, fmt.Errorf("the profile has no shop")
	}
	switch role {
	case "", "the shop", "shop":
		return shops[0], nil
	case "another shop", "the other shop", "the second shop":
		for _, s := range shops[1:] {
			if s.Merchant != shops[0].Merchant {
				return s, nil
			}
		}
		return acquirer.Shop{}, fmt.Errorf("the profile has no shop of a second merchant")
	}
	for _, s := range shops {
		if s.Role == role {
			return s, nil
		}
	}
	return acquirer.Shop{}, fmt.Errorf("the profile has no shop %q", role)
}

// ShopWithCurrency finds a shop that charges in a currency.
func (w *World) ShopWithCurrency(currency string) (acquirer.Shop, bool) {
	for _, s := range w.setup.Facts.Shops {
		if slices.Contains(s.Currencies, currency) {
			return s, true
		}
	}
	return acquirer.Shop{}, false
}

// ShopWithDecimals finds a shop that charges in a currency with so many decimals, and that currency. IDR is left
// out: it has rules of its own.
func (w *World) ShopWithDecimals(decimals int) (acquirer.Shop, string, bool) {
	for _, s := range w.setup.Facts.Shops {
		for _, c := range s.Currencies {
			if n, known := money.Decimals(c); known && n == decimals && c != "IDR" {
				return s, c, true
			}
		}
	}
	return acquirer.Shop{}, "", false
}

// Amount reads an amount of a feature for a shop. Features write major units with two decimals, as in
// "250.00". A shop whose currency has three decimals charges 250.000; one whose currency has none charges as
// many units as there are hundredths, 25000, so that 0.01 and 4.01 have their counterparts there too.
func (w *World) Amount(text string, shop acquirer.Shop) (money.Amount, error) {
	if len(shop.Currencies) == 0 {
		return money.Amount{}, fmt.Errorf("shop %q has no currency in the profile", shop.Role)
	}
	return AmountIn(text, shop.Currencies[0])
}

// AmountIn reads an amount of a feature in a currency, see Amount. One that is not written with two decimals is what
// the currency makes of it.
func AmountIn(text, currency string) (money.Amount, error) {
	decimals, known := money.Decimals(currency)
	if !known {
		return money.Amount{}, fmt.Errorf("amount %s: unknown currency %q", text, currency)
	}
	whole, fraction, _ := strings.Cut(text, ".")
	switch {
	case decimals == 0 && len(fraction) == 2:
		whole, fraction = hundredths(whole, fraction), ""
	case len(fraction) > decimals && strings.Trim(fraction[decimals:], "0") == "":
		fraction = fraction[:decimals]
	}
	if fraction != "" {
		whole += "." + fraction
	}
	amount, err := money.ParseMajor(currency, whole)
	if err != nil {
		return money.Amount{}, fmt.Errorf("amount %s: %w", text, err)
	}
	return amount, nil
}

// hundredths writes an amount with two decimals as a count of hundredths.
func hundredths(whole, fraction string) string {
	sign, digits := "", whole
	if rest, negative := strings.CutPrefix(whole, "-"); negative {
		sign, digits = "-", rest
	}
	if digits = strings.TrimLeft(digits+fraction, "0"); digits == "" {
		digits = "0"
	}
	return sign + digits
}
