package walletrules_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"mppsim/wallet"
	"mppsim/wallet/clock"
	"mppsim/wallet/control"
	"mppsim/wallet/jsontree"
	"mppsim/wallet/money"
)

// world is one scenario: a simulator of its own that an acquirer without signatures calls, on a timeline that begins on the
// third of a month, so that months do not end by accident.
type world struct {
	sim      *wallet.Simulator
	door     http.Handler
	line     string
	payers   []control.Payer
	code     control.RedPacketCode
	campaign control.RedPacketCampaign
	claim    control.Claim
	claimErr error
	payments []string // ids of the acquirer's, oldest first
	result   string   // of the last one
	refunds  int
	settled  []control.Statement
}

func newWorld(t *testing.T) *world {
	t.Helper()
	sim, err := wallet.New(wallet.Options{SigningOff: true, Notification: control.NotificationRhythm{Mode: "off"}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = sim.Close() })
	now := time.Now().In(clock.UTC8())
	third := time.Date(now.Year(), now.Month()+1, 3, 12, 0, 0, 0, clock.UTC8())
	line, err := sim.OpenTimeline(t.Context(), control.TimelineSpec{
		Name: "rules", Offset: third.Sub(now), Notification: control.NotificationRhythm{Mode: "off"},
	})
	if err != nil {
		t.Fatal(err)
	}
	return &world{sim: sim, door: sim.Handler(), line: line.ID}
}

func sgd(text string) (money.Amount, error) { return money.ParseMajor("SGD", text) }

func (w *world) payer() control.Payer { return w.payers[len(w.payers)-1] }

func (w *world) last() string { return w.payments[len(w.payments)-1] }

// send makes a call as an acquirer and returns the result code.
func (w *world) send(ctx context.Context, api, body string) (string, error) {
	r := httptest.NewRequestWithContext(ctx, http.MethodPost, "/aps/api/v1/payments/"+api, strings.NewReader(body))
	r.Header.Set("Client-Id", wallet.DefaultClientID)
	r.Header.Set("Request-Time", time.Now().UTC().Format(time.RFC3339))
	r.Header.Set("Content-Type", "application/json; charset=UTF-8")
	answer := httptest.NewRecorder()
	w.door.ServeHTTP(answer, r)
	root, err := jsontree.Parse(answer.Body.Bytes())
	if err != nil {
		return "", fmt.Errorf("%s: %w", api, err)
	}
	if code := root.Get("result.resultCode"); code != nil {
		return code.Text, nil
	}
	return "", fmt.Errorf("%s: no result in %s", api, answer.Body)
}

// buy pays by the payer's code in a store of a region.
func (w *world) buy(ctx context.Context, price, region string) error {
	amount, err := sgd(price)
	if err != nil {
		return err
	}
	c, err := w.sim.IssueCode(ctx, w.payer().ID, control.CodeSpec{})
	if err != nil {
		return err
	}
	id := fmt.Sprint("P", len(w.payments)+1)
	w.payments = append(w.payments, id)
	w.result, err = w.send(ctx, "pay", fmt.Sprintf(`{"paymentRequestId":%q,"paymentAmount":{"currency":"SGD","value":"%[2]d"},`+
		`"order":{"referenceOrderId":"o","orderDescription":"tea","orderAmount":{"currency":"SGD","value":"%[2]d"},`+
		`"merchant":{"referenceMerchantId":"M","merchantName":"M","merchantMCC":"5411","merchantAddress":{"region":%[4]q},`+
		`"store":{"referenceStoreId":"S","storeName":"S","storeMCC":"5411"}}},`+
		`"paymentMethod":{"paymentMethodType":"CONNECT_WALLET","paymentMethodId":%[3]q},`+
		`"paymentFactor":{"isInStorePayment":"true","isCashierPayment":"false","inStorePaymentScenario":"PaymentCode"},`+
		`"settlementStrategy":{"settlementCurrency":"SGD"}}`, id, amount.Value, c.Digits, region))
	return err
}

// seen is the payer's newest payment.
func (w *world) seen(ctx context.Context) (control.Payment, error) {
	p, err := w.sim.Payer(ctx, w.payer().ID)
	if err != nil || len(p.Payments) == 0 {
		return control.Payment{}, fmt.Errorf("payer %s has %d payments: %w", p.ID, len(p.Payments), err)
	}
	return p.Payments[len(p.Payments)-1], nil
}

// moved sums what an account gained, without top-ups.
func (w *world) moved(ctx context.Context, account string) (money.Amount, error) {
	sum := money.Of("SGD", 0)
	entries, err := w.sim.Entries(ctx, w.line)
	for _, e := range entries {
		if e.Account == account && e.Kind != "top-up" {
			sum.Value += e.Amount.Value
		}
	}
	return sum, err
}

func (w *world) wantMoved(ctx context.Context, account, amount string, sign int64) error {
	want, err := sgd(amount)
	if err != nil {
		return err
	}
	got, err := w.moved(ctx, account)
	if got.Value *= sign; err == nil && got != want {
		return fmt.Errorf("%s moved by %s, want %s", account, got, want)
	}
	return err
}

func (w *world) coupon(ctx context.Context) (control.Coupon, error) {
	list, err := w.sim.Coupons(ctx, w.payer().ID)
	if err != nil || len(list) == 0 {
		return control.Coupon{}, fmt.Errorf("the payer has %d coupons: %w", len(list), err)
	}
	return list[len(list)-1], nil
}

// month is the month of the timeline.
func (w *world) month(ctx context.Context) (string, error) {
	line, err := w.sim.Timeline(ctx, w.line)
	return line.Now.In(clock.UTC8()).Format("2006-01"), err
}
