package httpdriver

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"mppsim/scenarios/acquirer"
	"mppsim/wallet/money"
)

// Data is what a template may use. Which fields a verb has is told by fieldsOf.
type Data struct {
	Shop            acquirer.Shop
	Amount          Money
	Currency        string // as the shop writes it
	Code            string
	Reference       string
	Description     string
	Payment         string
	Refund          RefundData
	Number          string
	Reason          string
	Validity        string // whole seconds; empty: no wish
	acquirer.Online        // of the cashier
	Day             string // of UTC+8, YYYY-MM-DD
	Report          acquirer.Report
	Clock           ClockData
}

// RefundData is the refund of a refund verb: its sum and the acquirer's own id.
type RefundData struct {
	Money
	ID string
}

// Money is a sum that a template writes in the form that the API wants.
type Money struct {
	unknown  bool // written as nothing
	amount   money.Amount
	text     string // as the shop would write it, if not as the amount says
	currency string
}

// Minor writes minor units. A sum that is not a whole number of them is an error: such an API
// cannot be asked for it.
func (m Money) Minor() (string, error) {
	if m.unknown {
		return "", nil
	}
	if m.text == "" {
		return strconv.FormatInt(m.amount.Value, 10), nil
	}
	amount, err := money.ParseMajor(m.amount.Currency, m.text)
	if err != nil {
		return "", fmt.Errorf("%s %s cannot be written in minor units: %w", m.amount.Currency, m.text, err)
	}
	return strconv.FormatInt(amount.Value, 10), nil
}

// Major writes major units with the decimals of the currency, or the shop's own text.
func (m Money) Major() string {
	if m.unknown {
		return ""
	}
	if m.text != "" {
		return m.text
	}
	return m.amount.Major()
}

// Currency is the currency as the shop writes it.
func (m Money) Currency() string {
	if m.currency != "" {
		return m.currency
	}
	return m.amount.Currency
}

// fieldsOf lists the fields that a verb's templates may use.
func fieldsOf(verb string, extras []string) []string {
	fields := slices.Clone(verbFields()[verb])
	if verb == acquirer.VerbHealth {
		return nil
	}
	fields = append(fields, ".Shop.Role", ".Shop.Merchant", ".Shop.Store", ".Shop.Terminal", ".Shop.Region", ".Shop.Settlement")
	for _, name := range extras {
		fields = append(fields, ".Shop.Extra."+name)
	}
	return fields
}

func verbFields() map[string][]string {
	payment := []string{".Payment", ".Reference", ".Amount.Minor", ".Amount.Major", ".Amount.Currency"}
	refund := append(slices.Clone(payment), ".Number")
	order := []string{".Amount.Minor", ".Amount.Major", ".Amount.Currency", ".Currency", ".Reference", ".Description", ".Validity"}
	fields := map[string][]string{
		acquirer.VerbChargeCode: {".Code", ".Amount.Minor", ".Amount.Major", ".Amount.Currency", ".Currency", ".Reference", ".Description"},
		acquirer.VerbQuery:      payment,
		acquirer.VerbCancel:     payment,
		acquirer.VerbReceipt:    payment,
		acquirer.VerbRefund: append(slices.Clone(refund),
			".Refund.Minor", ".Refund.Major", ".Refund.Currency", ".Currency", ".Reason"),
		acquirer.VerbQueryRefund: append(slices.Clone(refund), ".Refund.ID"),
	}
	for _, product := range acquirer.FurtherProducts() {
		fields[acquirer.CreateVerb(product)] = order
	}
	online := []string{".Device.Terminal", ".Device.OS", ".Wallet", ".Buyer", ".Return"}
	fields[acquirer.CreateVerb(acquirer.ProductCashier)] = append(slices.Clone(order), online...)
	fields[acquirer.VerbWallets] = append([]string{".Amount.Minor", ".Amount.Major", ".Amount.Currency", ".Currency"}, online...)
	fields[acquirer.VerbImport] = []string{".Day", ".Report.Name", ".Report.Text"}
	fields[acquirer.VerbDifferences] = []string{".Day"}
	fields[acquirer.VerbSetClock] = []string{".Clock.Ahead", ".Clock.Time"}
	return fields
}

// sample is data of the right shape, to try templates with.
func sample(extras []string) Data {
	one := Money{amount: money.Of("SGD", 100)}
	shop := acquirer.Shop{Role: "r", Merchant: "m", Store: "s", Terminal: "t", Region: "SG", Settlement: "SGD", Extra: map[string]string{}}
	for _, name := range extras {
		shop.Extra[name] = "x"
	}
	return Data{
		Shop: shop, Amount: one, Currency: "SGD", Code: strings.Repeat("2", 18), Reference: "r", Description: "d",
		Payment: "p", Refund: RefundData{Money: one, ID: "i"}, Number: "n", Reason: "w", Validity: "1",
		Online: acquirer.Online{Device: acquirer.Device{Terminal: "APP", OS: "IOS"}, Wallet: "w", Buyer: "b", Return: "https://shop.example/"},
		Day:    "2026-01-01", Report: acquirer.Report{Name: "n", Text: "t"},
		Clock: ClockData{Ahead: "1", Time: "2026-01-01T00:00:00Z"},
	}
}

func ofCharge(c acquirer.Charge) Data {
	m := Money{amount: c.Amount, text: c.AmountText, currency: c.Currency}
	return Data{
		Shop: c.Shop, Amount: m, Currency: m.Currency(), Code: c.Code, Reference: c.Reference, Description: c.Description,
		Validity: wholeSeconds(c.Validity), Online: c.Online,
	}
}

func wholeSeconds(d time.Duration) string {
	if d <= 0 {
		return ""
	}
	return strconv.FormatInt(int64(d/time.Second), 10)
}

func ofWallets(q acquirer.WalletsQuestion) Data {
	m := Money{amount: q.Amount, unknown: q.Amount.Value == 0, currency: q.Amount.Currency}
	return Data{Shop: q.Shop, Amount: m, Currency: m.Currency(), Online: q.Online}
}

func ofPayment(ref acquirer.PaymentRef) Data {
	return Data{Shop: ref.Shop, Amount: Money{amount: ref.Amount}, Reference: ref.Reference, Payment: ref.Payment}
}

func ofRefund(r acquirer.RefundOrder) Data {
	data := ofPayment(r.PaymentRef)
	m := Money{amount: r.Refund, text: r.Text, currency: r.Currency}
	data.Refund, data.Currency, data.Number, data.Reason = RefundData{Money: m}, m.Currency(), r.Number, r.Reason
	return data
}

func ofRefundRef(ref acquirer.RefundRef) Data {
	data := ofPayment(ref.PaymentRef)
	data.Refund.ID, data.Number = ref.Refund, ref.Number
	return data
}
