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
	codes    []control.PaymentCode // that the payer fetched last
	order    string                // text that leads to the newest order
	scans    []control.Scan
	customer string // whom the shop noted
	settled  []control.Statement
}

func newWorld(t *testing.T) *world {
	t.Helper()
	sim, err := wallet.New(wallet.Options{
		SigningOff: true, Notification: control.NotificationRhythm{Mode: "off"},
		CodeDomains: wallet.CodeDomains{Entry: []string{"entry.shop.example"}},
	})
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
	answer, err := w.call(ctx, api, body)
	return textOf(answer, "result.resultCode"), err
}

func (w *world) call(ctx context.Context, api, body string) (*jsontree.Node, error) {
	r := httptest.NewRequestWithContext(ctx, http.MethodPost, "/aps/api/v1/payments/"+api, strings.NewReader(body))
	r.Header.Set("Client-Id", wallet.DefaultClientID)
	r.Header.Set("Request-Time", time.Now().UTC().Format(time.RFC3339))
	r.Header.Set("Content-Type", "application/json; charset=UTF-8")
	answer := httptest.NewRecorder()
	w.door.ServeHTTP(answer, r)
	root, err := jsontree.Parse(answer.Body.Bytes())
	if err != nil {
		return nil, fmt.Errorf("%s: %w", api, err)
	}
	if textOf(root, "result.resultCode") == "" {
		return nil, fmt.Errorf("%s: no result in %s", api, answer.Body)
	}
	return root, nil
}

// sale is what the shop asks for.
type sale struct {
	price  money.Amount
	region string
	code   string // payment code; empty: the payer comes to the order
	factor string // members of paymentFactor
}

// Members of paymentFactor by product.
const (
	byCode      = `"isInStorePayment":"true","isCashierPayment":"false","inStorePaymentScenario":"PaymentCode"`
	byOrderCode = `"isInStorePayment":"true","isCashierPayment":"true","inStorePaymentScenario":"OrderCode"`
	byEntryCode = `"isInStorePayment":"true","isCashierPayment":"true","inStorePaymentScenario":"EntryCode"`
	byCashier   = `"isInStorePayment":"false","isCashierPayment":"true","presentmentMode":"UNIFIED"`
)

// buy pays by a new code of the payer in a store of a region.
func (w *world) buy(ctx context.Context, price, region string) error {
	c, err := w.sim.IssueCode(ctx, w.payer().ID, control.CodeSpec{})
	if err != nil {
		return err
	}
	return w.charge(ctx, price, region, c.Digits)
}

// charge lets the shop scan a payment code.
func (w *world) charge(ctx context.Context, price, region, code string) error {
	amount, err := sgd(price)
	if err != nil {
		return err
	}
	_, err = w.sell(ctx, sale{price: amount, region: region, code: code, factor: byCode})
	return err
}

// sell makes a pay call and returns its answer.
func (w *world) sell(ctx context.Context, s sale) (*jsontree.Node, error) {
	id := fmt.Sprint("P", len(w.payments)+1)
	w.payments = append(w.payments, id)
	method := `"paymentMethodType":"CONNECT_WALLET"`
	if s.code != "" {
		method += fmt.Sprintf(`,"paymentMethodId":%q`, s.code)
	}
	answer, err := w.call(ctx, "pay", fmt.Sprintf(`{"paymentRequestId":%[1]q,"paymentAmount":{"currency":%[2]q,"value":"%[3]d"},`+
		`"order":{"referenceOrderId":"o","orderDescription":"tea","orderAmount":{"currency":%[2]q,"value":"%[3]d"},`+
		`"merchant":{"referenceMerchantId":"M","merchantName":"M","merchantMCC":"5411","merchantAddress":{"region":%[4]q},`+
		`"store":{"referenceStoreId":"S","storeName":"S","storeMCC":"5411"}},"env":{"userAgent":"AlipayConnect/1.0"}},`+
		`"paymentMethod":{%[5]s},"paymentFactor":{%[6]s},"settlementStrategy":{"settlementCurrency":%[2]q},`+
		`"paymentRedirectUrl":"https://shop.example/back"}`, id, s.price.Currency, s.price.Value, s.region, method, s.factor))
	if err == nil {
		w.result = textOf(answer, "result.resultCode")
	}
	return answer, err
}

// textOf is the text at a path; empty if there is none.
func textOf(n *jsontree.Node, path string) string {
	if v := n.Get(path); v != nil {
		return v.Text
	}
	return ""
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
