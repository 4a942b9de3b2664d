package wallet_test

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"mppsim/wallet"
	"mppsim/wallet/aps"
	"mppsim/wallet/control"
	"mppsim/wallet/trace"
)

// What is lost between Alipay+ and a wallet leaves an outcome unknown, and never money.

// await waits for what happens by itself.
func await(t testing.TB, what string, done func() bool) {
	t.Helper()
	for deadline := time.Now().Add(30 * time.Second); time.Now().Before(deadline); time.Sleep(10 * time.Millisecond) {
		if done() {
			return
		}
	}
	t.Fatalf("%s: not within 30 s", what)
}

func TestALostAnswerToPayIsInquired(t *testing.T) {
	t.Parallel()
	for name, what := range map[string]loss{"the connection breaks": theAnswer, "no answer in time": inTime} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newPair(t, impatient)
			payer := p.hand.payer("rich")
			p.shop.expect("order-P1")
			code := p.hand.code(payer)
			p.toWallet.lose("pay", 1, what)
			want(t, "pay", p.shop.pay("P1", code, "500").code(), "PAYMENT_IN_PROCESS")
			want(t, "so far", p.shop.inquire("P1").outcome(), "PAYMENT_IN_PROCESS")
			p.shop.moveUntil(time.Second, func() bool { return p.shop.inquire("P1").outcome() == "SUCCESS" })
			p.wantCharged(payer, 500)
			p.balanced()
			lost := legs(p.shop)
			want(t, "recorded", told(lost, aps.Pay), "0 ")
			want(t, "inquired", told(lost, aps.InquiryPayment), "200 S")
		})
	}
}

// impatient has Alipay+ wait for a wallet no longer than a test should.
func impatient(network, _ *wallet.Options) { network.ForeignWallet.Patience = 300 * time.Millisecond }

// told is the first message of an operation: HTTP status and result.
func told(list []trace.Exchange, api aps.API) string {
	for _, e := range list {
		if e.API == string(api) {
			status := ""
			if e.Result != nil {
				status = e.Result.Status
			}
			return fmt.Sprintf("%d %s", e.Response.Status, status)
		}
	}
	return "nothing"
}

func TestALostPayIsClosedForGood(t *testing.T) {
	t.Parallel()
	p := newPair(t)
	payer := p.hand.payer("rich")
	p.shop.expect("order-P1")
	code := p.hand.code(payer)
	p.toWallet.lose("pay", 1, theRequest)
	want(t, "pay", p.shop.pay("P1", code, "500").code(), "PAYMENT_IN_PROCESS")
	p.shop.moveUntil(5*time.Second, func() bool { return p.shop.inquire("P1").outcome() == "ORDER_IS_CLOSED" })
	want(t, "the wallet was told", told(legs(p.hand), aps.CancelPayment), "200 S")
	p.wantCharged(payer, 0)
	p.balanced()
}

func TestALostRefundIsGivenOnce(t *testing.T) {
	t.Parallel()
	for name, again := range map[string]bool{"the acquirer repeats it": true, "Alipay+ repeats it": false} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newPair(t)
			payer := p.hand.payer("rich")
			p.shop.expect("order-P1")
			want(t, "pay", p.shop.pay("P1", p.hand.code(payer), "500").code(), "SUCCESS")
			p.toWallet.lose("refund", 1, theAnswer)
			want(t, "refund", p.shop.refund("P1", "R1", "200").code(), "UNKNOWN_EXCEPTION")
			want(t, "more than is left", p.shop.refund("P1", "R2", "301").code(), "REFUND_AMOUNT_EXCEED")
			if again {
				want(t, "again", p.shop.refund("P1", "R1", "200").code(), "SUCCESS")
			}
			await(t, "the refund is booked", func() bool { return p.shop.moved("shop/M-1") == 300 })
			p.wantCharged(payer, 300)
			p.balanced()
		})
	}
}

func TestALostCancellationIsRepeated(t *testing.T) {
	t.Parallel()
	p := newPair(t)
	payer := p.hand.payer("rich")
	p.shop.expect("order-P1")
	want(t, "pay", p.shop.pay("P1", p.hand.code(payer), "500").code(), "SUCCESS")
	p.toWallet.lose("cancelPayment", 1, theRequest)
	want(t, "cancel", p.shop.cancel("P1").code(), "UNKNOWN_EXCEPTION")
	want(t, "again", p.shop.cancel("P1").code(), "SUCCESS")
	p.wantCharged(payer, 0)
	p.balanced()
}

// TestNotificationsAreRepeatedUntilAcknowledged: with the same content, two minutes after the first one was lost, and not
// once more after the acknowledgement (mpp-api §4.7).
func TestNotificationsAreRepeatedUntilAcknowledged(t *testing.T) {
	t.Parallel()
	p := newPair(t)
	payer := p.hand.payer("always-password")
	p.shop.expect("order-P1")
	want(t, "pay", p.shop.pay("P1", p.hand.code(payer), "500").code(), "PAYMENT_IN_PROCESS")
	p.toNetwork.lose("notifyPayment", 2, theRequest)
	want(t, "password", must[control.Payment](t)(p.hand.api.EnterPassword(t.Context(), payer.ID, control.PayerAct{})).State, "SUCCESS")
	want(t, "nobody was told", p.shop.inquire("P1").outcome(), "PAYMENT_IN_PROCESS")
	p.hand.move(119 * time.Second)
	want(t, "not yet", p.shop.inquire("P1").outcome(), "PAYMENT_IN_PROCESS")
	p.hand.move(time.Second)
	want(t, "lost again", p.shop.inquire("P1").outcome(), "PAYMENT_IN_PROCESS")
	p.hand.move(10 * time.Minute)
	want(t, "told", p.shop.inquire("P1").outcome(), "SUCCESS")
	p.hand.move(48 * time.Hour)
	var bodies []string
	for _, e := range legs(p.hand) {
		if e.API == string(aps.NotifyPayment) {
			bodies = append(bodies, string(e.Request.Body))
		}
	}
	if len(bodies) != 3 || bodies[0] != bodies[1] || bodies[1] != bodies[2] {
		t.Errorf("notifications %q", bodies)
	}
	p.wantCharged(payer, 500)
	p.balanced()
}

// TestALateSuccessGoesBack: the wallet takes the money of an order that Alipay+ has closed meanwhile; the notification is
// acknowledged and a cancellation follows (mpp-api §4.3).
func TestALateSuccessGoesBack(t *testing.T) {
	t.Parallel()
	p := newPair(t)
	payer := p.hand.payer("always-password")
	p.shop.expect("order-P1")
	want(t, "pay", p.shop.pay("P1", p.hand.code(payer), "500").code(), "PAYMENT_IN_PROCESS")
	p.toWallet.lose("cancelPayment", -1, theRequest)
	p.shop.moveUntil(5*time.Second, func() bool { return p.shop.inquire("P1").outcome() == "ORDER_IS_CLOSED" })
	want(t, "password", must[control.Payment](t)(p.hand.api.EnterPassword(t.Context(), payer.ID, control.PayerAct{})).State, "SUCCESS")
	p.wantCharged(payer, 500)
	p.toWallet.mend()
	await(t, "the money comes back", func() bool { return p.charged(payer) == 0 })
	want(t, "outcome", p.shop.inquire("P1").outcome(), "ORDER_IS_CLOSED")
	p.balanced()
}

// TestWhateverIsLostTheBooksAgree plays payments, refunds and cancellations while messages are lost at random, both ways;
// when the wire is mended, both books come to say the same.
func TestWhateverIsLostTheBooksAgree(t *testing.T) {
	t.Parallel()
	p := newPair(t)
	random, fate := rand.New(rand.NewPCG(4, 8)), rand.New(rand.NewPCG(15, 16))
	lossy := func(string) loss { return loss(fate.IntN(3)) } // called under a lock
	payers := []control.Payer{p.hand.payer("rich"), p.hand.payer("rich")}
	for i := range 24 {
		id, payer := fmt.Sprintf("P%d", i), payers[i%2]
		p.shop.expect("order-" + id)
		code := p.hand.code(payer)
		p.toWallet.set(lossy)
		p.shop.pay(id, code, "1000")
		switch random.IntN(3) {
		case 0:
			p.shop.refund(id, "R"+id, "400")
		case 1:
			p.shop.cancel(id)
		}
		p.toWallet.mend()
	}
	p.shop.move(2 * time.Minute) // what is open expires
	await(t, "the books agree", func() bool { return p.difference()["SGD"] == 0 })
	paid := p.charged(payers[0]) + p.charged(payers[1])
	if shop := p.shop.moved("shop/M-1"); shop != paid {
		t.Errorf("the shop has %d, the payers gave %d", shop, paid)
	}
}
