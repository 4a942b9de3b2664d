package mpp

import (
	"math"
	"slices"
	"time"

	"mppsim/wallet/aps"
	"mppsim/wallet/clock"
	"mppsim/wallet/ledger"
	"mppsim/wallet/money"
	"mppsim/wallet/risk"
	"mppsim/wallet/store"
)

// visit is a payment in front of the wallet's checks.
type visit struct {
	payer   *payer
	payment *payment
	order   *aps.Order
	paid    tally
}

// tally is what a payer has paid until now, by days and years of UTC+8; amounts are minor units of one currency.
type tally struct {
	today    int64
	count    int   // of today's payments in any currency
	unproved int64 // of today's, without a password
	year     int64
}

// refusal is the first reason to refuse a payment among those of mpp-api §4.1.2, in the order of §4.1.1, or nil; risk control
// and the balance come after them.
func (v *visit) refusal() *aps.Result {
	c, debit := &v.payer.Character, v.payment.PayTo
	switch {
	case !c.Registered:
		return problem("USER_NOT_EXIST", "there is no such user")
	case !c.Active:
		return problem("USER_STATUS_ABNORMAL", "the account is frozen")
	case !c.Verified:
		return problem("USER_KYC_NOT_QUALIFIED", "the user has not been verified")
	case refusesCurrency(v):
		return problem("CURRENCY_NOT_SUPPORT", "the user cannot pay in this currency")
	case !c.Method, v.payment.Method != "":
		return problem("UNAVAILABLE_PAYMENT_METHOD", "no means of payment can be used")
	case c.UnregisteredMerchants:
		return problem("MERCHANT_NOT_REGISTERED", "the merchant is not registered")
	case exceeds(debit.Value, debit.Currency, c.SingleLimit):
		return problem("PAYMENT_AMOUNT_EXCEED_LIMIT", "more than one payment may have")
	case exceeds(sum(v.paid.today, debit.Value), debit.Currency, c.DailyAmount):
		return problem("USER_AMOUNT_EXCEED_LIMIT", "more than a day may have")
	case exceeds(sum(v.paid.year, debit.Value), debit.Currency, c.YearlyAmount):
		return problem("USER_AMOUNT_EXCEED_LIMIT", "more than a year may have")
	case c.DailyCount != nil && v.paid.count+1 > *c.DailyCount:
		return problem("PAYMENT_COUNT_EXCEED_LIMIT", "more payments than a day may have")
	case c.Risk:
		return problem("RISK_REJECT", "rejected by risk control")
	}
	return nil
}

// examine returns the first reason to refuse a payment, or nil, with what risk control said.
func (w *Wallet) examine(tx store.Tx, v *visit) (*aps.Result, []risk.Verdict, error) {
	if v.payer.Character.limitsSums() {
		var err error
		if v.paid, err = tallyOf(tx, v.payer.ID, v.payment.PayTo.Currency, v.payment.Created); err != nil {
			return nil, nil, err
		}
	}
	if refused := v.refusal(); refused != nil {
		return refused, nil, nil
	}
	verdicts, err := w.judge(tx, v)
	if err != nil {
		return nil, nil, err
	}
	if len(verdicts) > 0 {
		first := verdicts[0]
		return problem("RISK_REJECT", "rejected by risk control: "+first.Rule+": "+first.Reason), verdicts, nil
	}
	if v.payer.Character.ChecksBalanceLate {
		return nil, nil, nil
	}
	enough, err := covers(tx, v.payer, v.payment.PayTo)
	if err != nil || enough {
		return nil, nil, err
	}
	return problem("USER_BALANCE_NOT_ENOUGH", "the balance is not enough"), nil, nil
}

// inStore reports whether a payer stands in a store. Online shops and agreements may name one too.
func (v *visit) inStore() bool {
	switch v.payment.Product {
	case aps.ByCashier, aps.ByAutoDebit:
		return false
	case aps.ByPaymentCode, aps.ByOrderCode, aps.ByEntryCode:
		return true
	default:
		return v.payment.Code != "" || v.order.Merchant.Store != nil
	}
}

// judge lets the risk strategies look at a payment (mpp-api §9.2).
func (w *Wallet) judge(tx store.Tx, v *visit) ([]risk.Verdict, error) {
	c, shop := &v.payer.Character, &v.order.Merchant
	return w.risk.Judge(tx, v.payer.Timeline, v.payer.device(), risk.Facts{
		CustomerID: v.payer.CustomerID, Marks: c.Marks, Condition: c.Condition, PhoneRegion: c.PhoneRegion, DistanceKm: c.DistanceKm,
		Merchant: shop.ReferenceMerchantID, MCC: shop.MCC, StoreRegion: shop.Place(),
		InStore: v.inStore(), Promoted: len(v.payment.Promotions) > 0,
	}, v.payment.Created)
}

func refusesCurrency(v *visit) bool {
	accepted, own := v.payer.Character.Currencies, v.payer.Character.Currency
	if own != "" && v.payment.PayTo.Currency != own {
		return true
	}
	return len(accepted) > 0 && !slices.Contains(accepted, v.payment.Amount.Currency)
}

// exceeds reports whether minor units of a currency are more than a limit in major units.
func exceeds(value int64, currency string, limit *int64) bool {
	return limit != nil && value > major(currency, *limit).Value
}

// sum adds what is not negative; what is beyond counting is as much as can be counted.
func sum(a, b int64) int64 {
	if b > math.MaxInt64-a {
		return math.MaxInt64
	}
	return a + b
}

// covers reports whether a payer has the money.
func covers(tx store.Tx, p *payer, amount money.Amount) (bool, error) {
	balance, err := ledger.Balance(tx, ledger.PayerAccount(p.ID), amount.Currency)
	return balance.Value >= amount.Value, err
}

// tallyOf adds up a payer's successful payments of the day and the year of now in UTC+8.
func tallyOf(tx store.Tx, payerID, currency string, now time.Time) (tally, error) {
	list, err := paymentsOf(tx, payerID)
	if err != nil {
		return tally{}, err
	}
	var sum tally
	for _, p := range list {
		if p.State == Success {
			sum.add(p, currency, now)
		}
	}
	return sum, nil
}

func (t *tally) add(p payment, currency string, now time.Time) {
	value := p.PayTo.Value
	if p.PayTo.Currency != currency {
		value = 0
	}
	if p.Paid.In(clock.UTC8()).Year() == now.In(clock.UTC8()).Year() {
		t.year += value
	}
	if !sameDay(p.Paid, now) {
		return
	}
	t.count++
	t.today += value
	if !p.Proved {
		t.unproved += value
	}
}

func (c *Character) limitsSums() bool {
	return c.DailyAmount != nil || c.DailyCount != nil || c.YearlyAmount != nil
}

func sameDay(a, b time.Time) bool {
	ay, am, ad := a.In(clock.UTC8()).Date()
	by, bm, bd := b.In(clock.UTC8()).Date()
	return ay == by && am == bm && ad == bd
}

// asks reports whether a payment needs the password: by itself, or because of what was paid without one today (mpp-api §6.5).
func asks(tx store.Tx, owner *payer, amount money.Amount, now time.Time) (bool, error) {
	c := &owner.Character
	switch {
	case c.Password == AlwaysAsk, c.Password == AskAbove && amount.Value > major(amount.Currency, c.PasswordFree).Value:
		return true, nil
	case c.Password != AskAbove || c.PasswordFreeDaily == nil:
		return false, nil
	}
	paid, err := tallyOf(tx, owner.ID, amount.Currency, now)
	return exceeds(paid.unproved+amount.Value, amount.Currency, c.PasswordFreeDaily), err
}
