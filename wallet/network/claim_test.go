package network_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"mppsim/wallet/aps"
	"mppsim/wallet/jsontree"
	"mppsim/wallet/money"
	"mppsim/wallet/network"
)

// present makes an order that payers come to, and returns the text that leads to it.
func (w *world) present(id string, minor int64, product aps.Product) string {
	w.t.Helper()
	req := w.request(id, "", minor)
	req.Product = product
	a, err := w.Pay(w.t.Context(), aps.Subject{Timeline: w.line.ID, PaymentRequestID: id}, &req, nil)
	if err != nil {
		w.t.Fatal(err)
	}
	w.want("order "+id, a.Result.Code, "PAYMENT_IN_PROCESS")
	return a.Payment.Offer.Texts()[0]
}

func (w *world) scan(text, customer string) aps.UserPayAnswer {
	w.t.Helper()
	a, err := w.UserInitiatedPay(w.t.Context(), aps.UserPay{PspID: "W", Code: text, CustomerID: customer})
	if err != nil {
		w.t.Fatal(err)
	}
	return a
}

// report is the wallet's word about a payment.
func (w *world) report(a aps.UserPayAnswer, code, customer string) string {
	w.t.Helper()
	note := aps.WalletNotification{Outcome: aps.ResultOf(code), PaymentRequestID: a.PaymentRequestID}
	if code == "SUCCESS" {
		note.PaymentID, note.Time, note.Amount, note.PayTo, note.CustomerID = "W1", w.line.Clock.Now(), a.Amount, a.PayTo, customer
	}
	result, err := w.NotifyPayment(w.t.Context(), note)
	if err != nil {
		w.t.Fatal(err)
	}
	return result.Code
}

func TestOneOfManyScannersGetsTheOrder(t *testing.T) {
	t.Parallel()
	w := newWorld(t, network.RhythmOff)
	text := w.present("P1", 1000, aps.ByOrderCode)
	var mu sync.Mutex
	got := make(map[string]int)
	var all sync.WaitGroup
	for i := range 20 {
		all.Go(func() {
			a, err := w.UserInitiatedPay(t.Context(), aps.UserPay{PspID: "W", Code: text, CustomerID: fmt.Sprintf("C%d", i%10)})
			mu.Lock()
			defer mu.Unlock()
			if err != nil {
				t.Error(err)
			}
			got[a.Result.Code]++
		})
	}
	all.Wait()
	if got["SUCCESS"] != 2 || got["REPEAT_REQ_INCONSISTENT"] != 18 {
		t.Errorf("answers %v, want both scans of one user to succeed", got)
	}
}

func TestTheWalletReportsOnlyItsUsersOrder(t *testing.T) {
	t.Parallel()
	w := newWorld(t, network.RhythmOff)
	a := w.scan(w.present("P1", 1000, aps.ByOrderCode), "C")
	w.want("somebody else's success", w.report(a, "SUCCESS", "D"), "REPEAT_REQ_INCONSISTENT")
	other := a
	other.Amount.Value = 999
	w.want("another amount", w.report(other, "SUCCESS", "C"), "REPEAT_REQ_INCONSISTENT")
	w.want("still open", w.ask("P1"), "PAYMENT_IN_PROCESS")
	w.want("the user's success", w.report(a, "SUCCESS", "C"), "SUCCESS")
	w.want("paid", w.ask("P1"), "SUCCESS")
	if w.shop() != 1000 {
		t.Errorf("the shop has %d", w.shop())
	}
}

// TestLateSuccessGoesBack: an order that was closed meanwhile is cancelled at the wallet (mpp-api §4.3).
func TestLateSuccessGoesBack(t *testing.T) {
	t.Parallel()
	w := newWorld(t, network.RhythmOff)
	a := w.scan(w.present("P1", 1000, aps.ByCashier), "C")
	w.want("cancel", w.revoke("P1"), "SUCCESS")
	before := w.wallet.called("cancel")
	w.report(a, "SUCCESS", "C")
	w.eventually("the cancellation at the wallet", func() bool { return w.wallet.called("cancel") > before })
	w.want("outcome", w.ask("P1"), "ORDER_IS_CLOSED")
	if w.shop() != 0 {
		t.Errorf("the shop has %d", w.shop())
	}
}

// TestALostReportIsAskedFor: without the wallet's notification the network learns the outcome by asking.
func TestALostReportIsAskedFor(t *testing.T) {
	t.Parallel()
	w := newWorld(t, network.RhythmOff)
	text := w.present("P1", 1000, aps.ByOrderCode)
	w.line.Clock.Advance(10 * time.Second)
	if n := w.wallet.called("inquiry"); n != 0 {
		t.Errorf("a wallet that nobody used was asked %d times", n)
	}
	w.scan(text, "C")
	w.wallet.say(aps.ResultOf("SUCCESS"))
	w.line.Clock.Advance(3 * time.Second)
	w.want("outcome", w.ask("P1"), "SUCCESS")
}

func TestOrdersEndByTheirProductsTime(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		product aps.Product
		named   time.Duration // 0: none
		life    time.Duration
	}{
		{aps.ByOrderCode, 0, 5 * time.Minute},
		{aps.ByEntryCode, 0, 5 * time.Minute},
		{aps.ByCashier, 0, 10 * time.Minute},
		{aps.ByCashier, time.Hour, 10 * time.Minute},
		{aps.ByCashier, time.Minute, time.Minute},
		{aps.ByOrderCode, 20 * time.Minute, 20 * time.Minute},
	} {
		w := newWorld(t, network.RhythmOff)
		req := w.request("P1", "", 1000)
		req.Product = tt.product
		if tt.named > 0 {
			req.Expiry = w.wall.Now().Add(tt.named)
		}
		a, err := w.Pay(t.Context(), aps.Subject{Timeline: w.line.ID}, &req, nil)
		if err != nil {
			t.Fatal(err)
		}
		w.line.Clock.Advance(tt.life - time.Second)
		w.want(string(tt.product)+" before", w.ask("P1"), "PAYMENT_IN_PROCESS")
		w.line.Clock.Advance(time.Second)
		w.want(string(tt.product)+" after", w.ask("P1"), "ORDER_IS_CLOSED")
		w.want("scanned", w.scan(a.Payment.Offer.Texts()[0], "C").Result.Code, "EXPIRED_CODE")
	}
}

func TestMalformedQuestionsOfWallets(t *testing.T) {
	t.Parallel()
	w := newWorld(t, network.RhythmOff)
	text := w.present("P1", 1000, aps.ByOrderCode)
	for _, tt := range []struct{ name, code, customer, want string }{
		{"no code", "", "C", "PARAM_ILLEGAL"},
		{"no customer", text, "", "PARAM_ILLEGAL"},
		{"too long", strings.Repeat("é", 513), "C", "PARAM_ILLEGAL"},
	} {
		w.want(tt.name, w.scan(tt.code, tt.customer).Result.Code, tt.want)
	}
	w.acquirer.decode = func(string) *jsontree.Node { return aps.NewAnswer(aps.ResultOf("INVALID_CODE")).Node() }
	w.want("the longest", w.scan(strings.Repeat("é", 512), "C").Result.Code, "INVALID_CODE")
}

// TestSimultaneousScansOfAPrivateCode: the acquirer is asked twice, but there is one order.
func TestSimultaneousScansOfAPrivateCode(t *testing.T) {
	t.Parallel()
	w := newWorld(t, network.RhythmOff)
	w.acquirer.decode = func(string) *jsontree.Node {
		amount := aps.AmountNode(money.Of("SGD", 1000))
		return aps.NewAnswer(aps.ResultOf("SUCCESS")).Text("codeType", "ORDER_CODE").Text("paymentRequestId", "P1").Object("paymentAmount", amount).Node()
	}
	var mu sync.Mutex
	ids := make(map[string]bool)
	var all sync.WaitGroup
	for range 10 {
		all.Go(func() {
			a, err := w.UserInitiatedPay(t.Context(), aps.UserPay{PspID: "W", Code: "https://shop/281", CustomerID: "C"})
			mu.Lock()
			defer mu.Unlock()
			if err != nil || a.Result.Code != "SUCCESS" {
				t.Errorf("answer %+v, error %v", a.Result, err)
			}
			ids[a.PaymentRequestID] = true
		})
	}
	all.Wait()
	list, err := w.Orders(t.Context(), w.line.ID)
	if err != nil || len(ids) != 1 || len(list) != 1 {
		t.Errorf("%d ids, %d orders, error %v", len(ids), len(list), err)
	}
}

func TestAutoDebitPaysByToken(t *testing.T) {
	t.Parallel()
	w := newWorld(t, network.RhythmCertify)
	charge := func(id, token string) string {
		req := w.request(id, "", 1000)
		req.Product, req.Token = aps.ByAutoDebit, token
		s, err := w.Locate(t.Context(), aps.Marks{PaymentRequestID: id, Token: token})
		if err != nil {
			t.Fatal(err)
		}
		if token == "token" && (s.Timeline != w.line.ID || s.Payer != "payer" || s.Match != "code") {
			t.Errorf("the charge belongs to %+v", s)
		}
		a, err := w.Pay(t.Context(), s, &req, nil)
		if err != nil {
			t.Fatal(err)
		}
		return a.Result.Code
	}
	w.want("charge", charge("P1", "token"), "SUCCESS")
	if asked := w.wallet.last; asked.CustomerID != "C" || asked.Code != "" || asked.Product != aps.ByAutoDebit {
		t.Errorf("the wallet was asked %+v", asked)
	}
	w.want("unknown token", charge("P2", "stolen"), "INVALID_TOKEN")
	w.want("cancel", w.revoke("P1"), "SUCCESS")
	if w.shop() != 0 {
		t.Errorf("the shop has %d", w.shop())
	}
	w.wallet.pay = func(aps.WalletPay) (aps.WalletPayAnswer, error) {
		return aps.WalletPayAnswer{Result: aps.ResultOf("USER_BALANCE_NOT_ENOUGH")}, nil
	}
	w.want("no money", charge("P3", "token"), "USER_BALANCE_NOT_ENOUGH")
	w.want("payer unknown to us", charge("P4", "lost"), "USER_BALANCE_NOT_ENOUGH")
}
