package steps

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	messages "github.com/cucumber/messages/go/v21"

	"mppsim/scenarios/acquirer"
	"mppsim/scenarios/tolerance"
	"mppsim/scenarios/world"
	"mppsim/wallet/aps"
	"mppsim/wallet/control"
	"mppsim/wallet/money"
	"mppsim/wallet/trace"
)

// saleSteps let shops make sales that differ in what the till says.
func saleSteps() []Step {
	return []Step{
		step("shop", `a shop whose currency (has (?:two|no|three) decimals|is [A-Z]{3})`, `a shop whose currency has no decimals`,
			"The sales that follow are this shop's.", atShop),
		step("charge", `the shop makes these sales`, `the shop makes these sales`,
			"One new payer and one payment per row, all at once. Columns: amount (as the shop writes it), smallest units, "+
				"description and order number (a text, or so many characters), currency (upper case, lower case), optional texts (blank).", makeSales),
		step("charge", `the shop charges (\d+) new payers `+worth+` at once`, `the shop charges 20 new payers 1.00 at once`,
			"So many payments of the same amount, as fast as the acquirer takes them.", chargeMany),
		step("charge", `each shop charges a new payer `+worth, `each shop charges a new payer 12.00`,
			"One payment in every shop of the profile, in its own currency.", chargeEverywhere),
		step("charge", `each shop has taken `+worth+` from a payer whose payment Alipay\+ tells only when it is asked`,
			`each shop has taken 12.00 from a payer whose payment Alipay+ tells only when it is asked`,
			"One after the other: Alipay+ executes the charge, answers U UNKNOWN_EXCEPTION, and sends no notification.", takeEverywhere),
	}
}

// shopKey remembers the shop of the scenario when it is not the profile's first.
const shopKey = "shop of the scenario"

// till is a shop and the currency that it charges in.
type till struct {
	shop     acquirer.Shop
	currency string
}

func atShop(ctx context.Context, which string) error {
	w := world.From(ctx)
	decimals := map[string]int{"has no decimals": 0, "has two decimals": 2, "has three decimals": 3}
	if n, counted := decimals[which]; counted {
		shop, currency, ok := w.ShopWithDecimals(n)
		if !ok {
			return fmt.Errorf("the profile has no shop whose currency %s", which)
		}
		w.Remember(shopKey, till{shop, currency})
		return nil
	}
	currency := strings.TrimPrefix(which, "is ")
	shop, ok := w.ShopWithCurrency(currency)
	if !ok {
		return fmt.Errorf("the profile has no shop that sells in %s", currency)
	}
	w.Remember(shopKey, till{shop, currency})
	return nil
}

// ownTill is the scenario's shop: the one that a step chose, else the profile's first.
func ownTill(w *world.World) (till, error) {
	if chosen, ok := w.Recall(shopKey).(till); ok {
		return chosen, nil
	}
	shop, err := w.Shop("")
	if err != nil {
		return till{}, err
	}
	if len(shop.Currencies) == 0 {
		return till{}, fmt.Errorf("shop %q has no currency in the profile", shop.Role)
	}
	return till{shop, shop.Currencies[0]}, nil
}

func makeSales(ctx context.Context, table *messages.PickleTable) error {
	w := world.From(ctx)
	at, err := ownTill(w)
	if err != nil {
		return err
	}
	var orders []world.ChargeOrder
	for _, row := range rows(table) {
		order, err := saleOf(w, at, row)
		if err != nil {
			return err
		}
		orders = append(orders, order)
	}
	return chargeAll(ctx, orders)
}

// rows reads a table whose first row names its columns.
func rows(table *messages.PickleTable) []map[string]string {
	var list []map[string]string
	for i, row := range table.Rows {
		if i == 0 {
			continue
		}
		named := make(map[string]string, len(row.Cells))
		for j, cell := range row.Cells {
			if j < len(table.Rows[0].Cells) {
				named[table.Rows[0].Cells[j].Value] = cell.Value
			}
		}
		list = append(list, named)
	}
	return list
}

// saleOf reads one row; an unknown column or word is a mistake of the feature.
func saleOf(w *world.World, at till, row map[string]string) (world.ChargeOrder, error) {
	order := world.ChargeOrder{Shop: at.shop, Amount: money.Of(at.currency, 1200)}
	for column, cell := range row {
		var err error
		switch column {
		case "amount":
			order.Amount, order.AmountText, err = asWritten(cell, at.currency)
		case "smallest units":
			order.Amount.Value, err = strconv.ParseInt(cell, 10, 64)
		case "description":
			order.Description = long(cell, "")
		case "order number":
			order.Reference = long(cell, w.NextNumber())
		case "currency":
			order.Currency, err = spelled(cell, at.currency)
		case "optional texts":
			order.Blank = cell == "blank"
		default:
			err = fmt.Errorf("no column is named %q", column)
		}
		if err != nil {
			return order, fmt.Errorf("sale %v: %w", row, err)
		}
	}
	return order, nil
}

// asWritten keeps an amount as the shop writes it, also one that its currency cannot express.
func asWritten(text, currency string) (money.Amount, string, error) {
	amount, err := world.AmountIn(text, currency)
	if err == nil {
		return amount, amount.Major(), nil
	}
	if _, numeric := strconv.ParseFloat(text, 64); numeric != nil {
		return money.Amount{}, "", err
	}
	return money.Of(currency, 0), text, nil
}

func spelled(how, currency string) (string, error) {
	switch how {
	case "upper case":
		return currency, nil
	case "lower case":
		return strings.ToLower(currency), nil
	}
	return "", fmt.Errorf("currency in %q", how)
}

// long reads a text: so many characters of a kind, or the text itself. A number, when given, stands in front,
// so that the text stays unlike any other of the run.
func long(text, number string) string {
	count, kind, _ := strings.Cut(text, " ")
	unit, known := map[string]string{"letters": "x", "characters": "7", "Chinese characters": "咖", "emoji": "☕"}[kind]
	n, err := strconv.Atoi(count)
	if err != nil || !known {
		return strings.TrimSpace(number + " " + text)
	}
	return number + strings.Repeat(unit, max(0, n-len(number)))
}

// mostSampled is how many payments are queried once a second side by side; more would only slow the acquirer down.
const mostSampled = 10

func chargeMany(ctx context.Context, n int, amount string) error {
	w := world.From(ctx)
	at, err := ownTill(w)
	if err != nil {
		return err
	}
	worth, err := world.AmountIn(amount, at.currency)
	if err != nil {
		return err
	}
	orders := make([]world.ChargeOrder, n)
	for i := range orders {
		orders[i] = world.ChargeOrder{Shop: at.shop, Amount: worth, Unsampled: n > mostSampled}
	}
	return chargeAll(ctx, orders)
}

func chargeEverywhere(ctx context.Context, amount string) error {
	var orders []world.ChargeOrder
	for _, shop := range world.From(ctx).Facts().Shops {
		worth, err := world.From(ctx).Amount(amount, shop)
		if err != nil {
			return err
		}
		orders = append(orders, world.ChargeOrder{Shop: shop, Amount: worth})
	}
	return chargeAll(ctx, orders)
}

func takeEverywhere(ctx context.Context, amount string) error {
	w := world.From(ctx)
	for _, shop := range w.Facts().Shops {
		worth, err := w.Amount(amount, shop)
		if err != nil {
			return err
		}
		payer, err := w.NewPayer(ctx, rich)
		if err != nil {
			return err
		}
		if err := tellWhenAsked(ctx); err != nil {
			return err
		}
		if _, err := w.Charge(ctx, world.ChargeOrder{Shop: shop, Amount: worth, Payer: payer}); err != nil {
			return err
		}
		if err := hasSeen(ctx, "paid"); err != nil {
			return err
		}
	}
	return nil
}

// tellWhenAsked keeps the outcome of the latest payer's charge from its answer and from notifications.
func tellWhenAsked(ctx context.Context) error {
	if err := answerAimed(ctx, aim{aps.Pay, 1, 1}, "U UNKNOWN_EXCEPTION", true); err != nil {
		return err
	}
	return armFor(ctx, "notification-lost", aim{aps.NotifyPayment, 1, 0}, control.Params{})
}

// chargeAll prepares a payer for each order, then charges them all.
func chargeAll(ctx context.Context, orders []world.ChargeOrder) error {
	w := world.From(ctx)
	for i := range orders {
		payer, err := w.NewPayer(ctx, rich)
		if err != nil {
			return err
		}
		orders[i].Payer = payer
	}
	for _, order := range orders {
		if _, err := w.Charge(ctx, order); err != nil {
			return err
		}
	}
	return nil
}

// turnedAway reports that the acquirer took the charge back to the shop: it refused the call, or shows the
// payment as failed, without a word to Alipay+.
func turnedAway(p *world.Payment) bool {
	answer, answered := p.Answered()
	return answered && len(p.Pays()) == 0 && (answer.Refused || in(p.State(), statesOf("unsuccessful")))
}

// arrived waits until the payment's charge has reached Alipay+; otherwise the scenario has not got to its question.
func arrived(ctx context.Context, p *world.Payment) error {
	if err := answeredFor(ctx, p); err != nil {
		return err
	}
	if len(p.RequestIDs()) > 0 {
		return nil
	}
	return world.From(ctx).NotReached("no charge for order "+p.Charge.Reference+" reached Alipay+", "ACQ-UPM-03")
}

// answeredFor waits until the charge has reached Alipay+ or was turned away.
func answeredFor(ctx context.Context, p *world.Payment) error {
	w := world.From(ctx)
	_, err := w.Await(ctx, tolerance.PaySent, "the charge at Alipay+ or its refusal", func(*world.View) bool {
		return len(p.Pays()) > 0 || turnedAway(p)
	})
	if err != nil || !turnedAway(p) {
		return err
	}
	return catchUp(ctx) // the charge may be on its way from the simulator's record to us
}

// catchUp waits until everything that the simulator has recorded of the scenario by now is known here.
func catchUp(ctx context.Context) error {
	w := world.From(ctx)
	recorded, err := w.Sim().Exchanges(ctx, control.ExchangeQuery{Timeline: w.Timeline()})
	if err != nil {
		return fmt.Errorf("read the record: %w", err)
	}
	_, err = w.Await(ctx, tolerance.PaySent, "the traffic recorded so far", func(v *world.View) bool {
		known := make(map[string]bool, len(v.Exchanges))
		for _, e := range v.Exchanges {
			known[e.ID] = true
		}
		return !slices.ContainsFunc(recorded, func(e trace.Exchange) bool { return !known[e.ID] })
	})
	return err
}
