package wallet_test

import (
	"testing"
	"time"

	"mppsim/wallet/control"
	"mppsim/wallet/sign"
)

func TestPayInquireCancel(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.open("off")
	p := r.payer("rich")
	a := r.pay("P1", r.code(p), "25000")
	want(t, "pay", a.code(), "SUCCESS")
	want(t, "wallet", text(a.body, "walletBrandName"), "Kaleido Pay")
	want(t, "amount", text(a.body, "paymentAmount.value"), "25000")
	r.wantMoved("payer/"+p.ID, -25000)
	r.wantMoved("shop/M-1", 25000)
	r.wantMoved("wallet", 0)
	i := r.inquire("P1")
	want(t, "inquiry", i.code()+" "+i.outcome(), "SUCCESS SUCCESS")
	want(t, "payment id", text(i.body, "paymentId"), text(a.body, "paymentId"))
	want(t, "cancel", r.cancel("P1").code(), "SUCCESS")
	want(t, "second cancel", r.cancel("P1").code(), "SUCCESS")
	want(t, "inquiry after it", r.inquire("P1").outcome(), "ORDER_IS_CLOSED")
	r.wantMoved("payer/"+p.ID, 0)
	r.wantMoved("shop/M-1", 0)
	want(t, "refund of a cancelled payment", r.refund("P1", "R1", "1").code(), "ORDER_IS_CLOSED")
}

func TestRefunds(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.open("off")
	p := r.payer("rich")
	want(t, "pay", r.pay("P1", r.code(p), "1000").code(), "SUCCESS")
	want(t, "first part", r.refund("P1", "R1", "600").code(), "SUCCESS")
	first := r.refund("P1", "R1", "600")
	want(t, "the same again", first.code(), "SUCCESS")
	want(t, "with another amount", r.refund("P1", "R1", "400").code(), "REPEAT_REQ_INCONSISTENT")
	want(t, "too much", r.refund("P1", "R2", "401").code(), "REFUND_AMOUNT_EXCEED")
	want(t, "unknown payment", r.refund("P9", "R3", "1").code(), "ORDER_NOT_EXIST")
	want(t, "cancel after a refund", r.cancel("P1").code(), "PROCESS_FAIL")
	want(t, "the rest", r.refund("P1", "R4", "400").code(), "SUCCESS")
	r.wantMoved("payer/"+p.ID, 0)
	r.wantMoved("shop/M-1", 0)
	i := r.inquire("P1")
	want(t, "outcome", i.outcome(), "SUCCESS")
	want(t, "listed refund", text(i.body, "transactions.1.transactionRequestId"), "R1")
}

func TestRepeatsAndCodes(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.open("off")
	p := r.payer("rich")
	code := r.code(p)
	body := r.payBody("P1", code, "1000")
	first, second := r.call("pay", body), r.call("pay", body)
	want(t, "repetition", text(second.body, "paymentId"), text(first.body, "paymentId"))
	want(t, "repetition with another amount", r.pay("P1", code, "999").code(), "REPEAT_REQ_INCONSISTENT")
	want(t, "used code", r.pay("P2", code, "1000").code(), "INVALID_CODE")
	want(t, "unknown code", r.pay("P3", "251001020000000000000000", "1000").code(), "INVALID_CODE")
	old := r.code(p)
	if _, err := r.api.MoveTimeline(t.Context(), r.timeline, control.Move{By: 61 * time.Second}); err != nil {
		t.Fatal(err)
	}
	want(t, "old code", r.pay("P4", old, "1000").code(), "EXPIRED_CODE")
	r.wantMoved("payer/"+p.ID, -1000)
	poor := r.payer("poor")
	want(t, "no money", r.pay("P5", r.code(poor), "1000").code(), "USER_BALANCE_NOT_ENOUGH")
}

func TestPasswordAndNotification(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.open("certify")
	p := r.payer("always-password")
	want(t, "pay", r.pay("P1", r.code(p), "1000").code(), "PAYMENT_IN_PROCESS")
	want(t, "inquiry", r.inquire("P1").outcome(), "PAYMENT_IN_PROCESS")
	r.wantMoved("payer/"+p.ID, 0)
	if _, err := r.api.EnterPassword(t.Context(), p.ID, control.PayerAct{}); err != nil {
		t.Fatal(err)
	}
	n := r.awaitNotices(1)[0]
	want(t, "notified outcome", text(n.body, "paymentResult.resultStatus"), "S")
	want(t, "notified amount", text(n.body, "paymentAmount.value"), "1000")
	if n.valid != sign.Valid {
		t.Errorf("signature of the notification is %s", n.valid)
	}
	want(t, "inquiry after it", r.inquire("P1").outcome(), "SUCCESS")
	r.wantMoved("payer/"+p.ID, -1000)
	r.last("notifyPayment") // recorded when its acknowledgement is in
	list, err := r.api.Exchanges(t.Context(), control.ExchangeQuery{Timeline: r.timeline, Wait: time.Second})
	if err != nil || len(list) != 4 {
		t.Fatalf("%d exchanges recorded, error %v", len(list), err)
	}
	for _, e := range list {
		if e.Signature.Verdict != "valid" || e.PaymentRequestID != "P1" {
			t.Errorf("exchange %d %s: signature %+v, payment %s", e.Seq, e.API, e.Signature, e.PaymentRequestID)
		}
	}
}

func TestExpiryClosesAndNotifies(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.open("certify")
	p := r.payer("always-password")
	want(t, "pay", r.pay("P1", r.code(p), "1000").code(), "PAYMENT_IN_PROCESS")
	if _, err := r.api.MoveTimeline(t.Context(), r.timeline, control.Move{By: 61 * time.Second}); err != nil {
		t.Fatal(err)
	}
	want(t, "inquiry", r.inquire("P1").outcome(), "ORDER_IS_CLOSED")
	want(t, "notification", text(r.awaitNotices(1)[0].body, "paymentResult.resultCode"), "ORDER_IS_CLOSED")
	if late, err := r.api.EnterPassword(t.Context(), p.ID, control.PayerAct{}); err == nil && late.State == "SUCCESS" {
		t.Errorf("the payer could confirm after the expiry: %+v", late)
	}
	r.wantMoved("payer/"+p.ID, 0)
}

func TestCancelBeforePay(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.open("off")
	p := r.payer("rich")
	want(t, "inquiry", r.inquire("P1").code(), "ORDER_NOT_EXIST")
	want(t, "cancel", r.cancel("P1").code(), "SUCCESS")
	want(t, "late pay", r.pay("P1", r.code(p), "1000").code(), "ORDER_IS_CLOSED")
	r.wantMoved("payer/"+p.ID, 0)
}

func TestCancelWindowAndRefundWindow(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.open("off")
	p := r.payer("rich")
	want(t, "pay", r.pay("P1", r.code(p), "1000").code(), "SUCCESS")
	move := func(m control.Move) {
		t.Helper()
		if _, err := r.api.MoveTimeline(t.Context(), r.timeline, m); err != nil {
			t.Fatal(err)
		}
	}
	move(control.Move{ToTime: "00:16"})
	want(t, "cancel too late", r.cancel("P1").code(), "CANCEL_WINDOW_EXCEED")
	want(t, "refund instead", r.refund("P1", "R1", "400").code(), "SUCCESS")
	move(control.Move{Days: 366})
	want(t, "refund too late", r.refund("P1", "R2", "400").code(), "REFUND_WINDOW_EXCEED")
	r.wantMoved("payer/"+p.ID, -600)
}

func TestPromotionIsGrossForTheAcquirer(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.open("off")
	p, err := r.api.CreatePayer(t.Context(), control.PayerSpec{
		Timeline: r.timeline, Template: "rich",
		Promotions: []control.PromotionSpec{{Name: "10 off", Type: "CASHLESS_FIXED_VOUCHER", Savings: sgd(1000), Sponsor: "fair"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	a := r.pay("P1", r.code(p), "11000")
	want(t, "pay", a.code()+text(a.body, "paymentAmount.value"), "SUCCESS11000")
	i := r.inquire("P1")
	want(t, "told savings", text(i.body, "paymentPromoInfo.paymentPromoDetails.0.savingsAmount.value"), "1000")
	r.wantMoved("payer/"+p.ID, -10000)
	r.wantMoved("sponsor/fair", -1000)
	r.wantMoved("shop/M-1", 11000)
	want(t, "refund", r.refund("P1", "R1", "3333").code(), "SUCCESS")
	want(t, "refund of the rest", r.refund("P1", "R2", "7667").code(), "SUCCESS")
	r.wantMoved("payer/"+p.ID, 0)
	r.wantMoved("sponsor/fair", 0)
	r.wantMoved("shop/M-1", 0)
}
