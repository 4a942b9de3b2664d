package cli

import (
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"mppsim/fixtures"
	"mppsim/wallet/money"
	"mppsim/wallet/quote"
)

func (a *app) ratesCommand() *cobra.Command {
	var file, date string
	cmd := &cobra.Command{
		Use:   "rates [AMOUNT CURRENCY CURRENCY]",
		Short: "Show the exchange rates, or convert an amount",
		Long: `Without arguments it writes the board of exchange rates as YAML, to be changed and given to
` + "`mppsim serve --rates FILE`" + `. With an amount and two currencies it converts the amount as a payment
of the day would be: with the quote of that day and the rounding of the protocol.`,
		Example: `  mppsim rates > rates.yaml             a file to change
  mppsim rates 5.00 SGD MYR             what a payer with ringgit pays for SGD 5.00
  mppsim rates 1999 JPY IDR --rates rates.yaml --date 2026-11-22`,
		Args: cobra.MatchAll(cobra.MaximumNArgs(3), func(_ *cobra.Command, args []string) error {
			if len(args) == 1 || len(args) == 2 {
				return usagef("give an amount and two currencies, such as `mppsim rates 5.00 SGD MYR`, or nothing")
			}
			return nil
		}),
		RunE: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return a.showRates(file)
			}
			return a.convert(file, date, args[0], strings.ToUpper(args[1]), strings.ToUpper(args[2]))
		},
	}
	cmd.Flags().StringVar(&file, "rates", "", "file with exchange rates (default: built in)")
	cmd.Flags().StringVar(&date, "date", "", "day of the quote in UTC+8, as YYYY-MM-DD (default: today)")
	return cmd
}

func (a *app) showRates(file string) error {
	text := fixtures.Rates
	if file != "" {
		if _, err := readRates(file); err != nil {
			return err
		}
		var err error
		if text, err = os.ReadFile(file); err != nil { //nolint:gosec // the user names the file
			return usagef("--rates: %w", err)
		}
	}
	a.printf("%s", text)
	return nil
}

func (a *app) convert(file, date, text, from, to string) error {
	at, err := dayOf(date)
	if err != nil {
		return err
	}
	board, err := readRates(file)
	if err != nil {
		return err
	}
	if board == nil {
		if board, err = quote.BuiltIn(); err != nil {
			return internalf("%w", err)
		}
	}
	amount, err := money.ParseMajor(from, text)
	if err != nil {
		return usagef("%w", err)
	}
	converted, q, err := board.Convert(amount, to, at)
	if err != nil {
		return usagef("%w", err)
	}
	a.printf("%s %s = %s %s\n", amount.Currency, amount.Major(), converted.Currency, converted.Major())
	if !q.IsZero() {
		a.printf("%s at %s, quote %s\n", q.Pair, q.Price, q.ID)
	}
	return nil
}

// dayOf is noon in UTC+8 of a date; without one it is now.
func dayOf(date string) (time.Time, error) {
	if date == "" {
		return time.Now(), nil
	}
	day, err := time.Parse(time.DateOnly, date)
	if err != nil {
		return day, usagef("--date %q: want YYYY-MM-DD, such as 2026-11-22", date)
	}
	return day.Add(4 * time.Hour), nil
}

// readRates reads the file that --rates names; no file, no board.
func readRates(file string) (*quote.Board, error) {
	if file == "" {
		return nil, nil //nolint:nilnil // no file named: the built-in rates hold
	}
	text, err := os.ReadFile(file) //nolint:gosec // the user names the file
	if err != nil {
		return nil, usagef("--rates: %w", err)
	}
	board, err := quote.Parse(file, text)
	if err != nil {
		return nil, usagef("--rates: %w", err)
	}
	return board, nil
}
