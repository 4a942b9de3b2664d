package steps

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"sync"
	"time"

	"mppsim/scenarios/acquirer"
	"mppsim/scenarios/tolerance"
	"mppsim/scenarios/world"
	"mppsim/wallet/aps"
	"mppsim/wallet/control"
	"mppsim/wallet/money"
	"mppsim/wallet/trace"
)

// notificationSteps send notifications and judge how they are answered.
func notificationSteps() []Step {
	return []Step{
		step("notification", `the payer pays, and Alipay\+ notifies the success`, `the payer pays, and Alipay+ notifies the success`,
			"The wallet takes the money, and a genuine notification says so.",
			func(ctx context.Context) error {
				return sendNotice(ctx, control.NotifySpec{Outcome: succeeded(), Pay: true})
			}),
		step("notification", `Alipay\+ notifies the outcome ([SFU] [A-Z_]+)`, `Alipay+ notifies the outcome F PROCESS_FAIL`,
			"A genuine notification with this outcome.", notifyResult),
		step("notification", `Alipay\+ notifies a success (of `+worth+`|in another currency)`, `Alipay+ notifies a success of 0.01`,
			"A genuine notification of success whose amount is not the payment's.", notifyOtherAmount),
		step("notification", `Alipay\+ notifies a success without (paymentRequestId|paymentResult)`,
			`Alipay+ notifies a success without paymentResult`,
			"A correctly signed notification that lacks the member.", notifyWithout),
		step("notification", `Alipay\+ notifies the outcome before it answers the charge`, `Alipay+ notifies the outcome before it answers the charge`,
			"The notification of the outcome overtakes the answer to the charge, which is U PAYMENT_IN_PROCESS.",
			func(ctx context.Context) error {
				return armFor(ctx, "notification-before-answer", aim{aps.Pay, 1, 1}, control.Params{})
			}),
		step("notification", `Alipay\+ says in every inquiry that the payment is ([SFU] [A-Z_]+)`,
			`Alipay+ says in every inquiry that the payment is U PAYMENT_IN_PROCESS`,
			"Inquiries lag behind and tell this outcome.", lagInquiries),
		step("notification", `Alipay\+ repeats the notification unless it was acknowledged`,
			`Alipay+ repeats the notification unless it was acknowledged`,
			"One more delivery of the payment's first notification, when the acquirer did not take that.", repeatNotice),
		step("notification", `the acquirer answers the notification with result SUCCESS`, `the acquirer answers the notification with result SUCCESS`,
			"HTTP 200, resultCode SUCCESS and resultStatus S.", answersSuccess),
		step("notification", `the acquirer does not acknowledge the notification`, `the acquirer does not acknowledge the notification`,
			"The latest notification is answered with anything but S.", notAcknowledged),
		step("state", `for `+lasting+` the shop goes on seeing the payment as paid`, `for 10 s the shop goes on seeing the payment as paid`,
			"From now on every sample shows the payment as paid.", goesOnPaid),
		step("notification", `the charge names a notification address that can be used`, `the charge names a notification address that can be used`,
			"paymentNotifyUrl is absolute, at most 2048 characters long and reachable.", usableAddress),
		step("charge", `(\d+) payments of `+worth+` wait for the payers' passwords`, `10 payments of 1.00 wait for the payers' passwords`,
			"So many new payers whose wallets ask for a password.", manyWait),
		step("notification", `the payers pay, and Alipay\+ notifies all successes at once`, `the payers pay, and Alipay+ notifies all successes at once`,
			"Every payer confirms, and the genuine notifications are delivered at the same instant.", notifyAll),
		step("notification", `each notification is acknowledged within `+lasting, `each notification is acknowledged within 5 s`,
			"Every notification that was sent at once is answered with S so soon, on the wall clock.", eachAcknowledged),
	}
}

// sendNotice delivers a notification about the latest payment.
func sendNotice(ctx context.Context, spec control.NotifySpec) error {
	_, err := notify(ctx, spec)
	return err
}

func notifyResult(ctx context.Context, text string) error {
	result, err := parseResult(text)
	if err != nil {
		return err
	}
	return sendNotice(ctx, control.NotifySpec{Outcome: &result})
}

func notifyOtherAmount(ctx context.Context, how, worth string) error {
	w := world.From(ctx)
	p, err := w.PaymentBy("")
	if err != nil {
		return err
	}
	amount := money.Of(otherCurrency(w, p), p.Charge.Amount.Value)
	if how != "in another currency" {
		if amount, err = world.AmountIn(worth, p.Charge.Amount.Currency); err != nil {
			return err
		}
	}
	wire, err := json.Marshal(amount)
	if err != nil {
		return fmt.Errorf("write %s: %w", amount, err)
	}
	alter := control.Alteration{Set: map[string]json.RawMessage{"paymentAmount": wire}}
	return sendNotice(ctx, control.NotifySpec{Outcome: succeeded(), Alter: alter})
}

func notifyWithout(ctx context.Context, member string) error {
	return sendNotice(ctx, control.NotifySpec{Outcome: succeeded(), Alter: control.Alteration{Remove: []string{member}}})
}

func lagInquiries(ctx context.Context, text string) error {
	result, err := parseResult(text)
	if err != nil {
		return err
	}
	return armFor(ctx, "answer-outcome", aim{aps.InquiryPayment, 1, 0}, control.Params{Outcome: &result})
}

func repeatNotice(ctx context.Context) error {
	w := world.From(ctx)
	p, err := w.PaymentBy("")
	if err != nil {
		return err
	}
	if err := arrived(ctx, p); err != nil {
		return err
	}
	if err := notifiable(ctx, p); err != nil {
		return err
	}
	met, err := w.Await(ctx, tolerance.PaySent, "the first notification", func(*world.View) bool {
		return len(p.Exchanges(aps.NotifyPayment)) > 0
	})
	if err != nil {
		return err
	}
	if !met {
		return w.NotReached("no notification could be delivered", "ACQ-NTF-03")
	}
	if sent := p.Exchanges(aps.NotifyPayment)[0]; reached(sent) && has(sent.Result, aps.Success) {
		return nil
	}
	return notifyOutcome(ctx)
}

// lastNotice is the notification that a step has sent last.
func lastNotice(w *world.World) (trace.Exchange, error) {
	sent, ok := w.Recall(notifiedKey).(trace.Exchange)
	if !ok {
		return trace.Exchange{}, fmt.Errorf("no step has sent a notification")
	}
	return sent, nil
}

func answersSuccess(ctx context.Context) error {
	w := world.From(ctx)
	sent, err := lastNotice(w)
	if err != nil {
		return err
	}
	if sent.Response.Status == http.StatusOK && has(sent.Result, aps.Success) && sent.Result.Code == "SUCCESS" {
		return nil
	}
	return w.Fail("a genuine notification is answered with HTTP 200 and S SUCCESS", answerText(sent), w.Ex(sent))
}

func notAcknowledged(ctx context.Context) error {
	w := world.From(ctx)
	sent, err := lastNotice(w)
	if err != nil {
		return err
	}
	if reached(sent) && has(sent.Result, aps.Success) {
		return w.Fail("such a notification is not acknowledged with S", answerText(sent), w.Ex(sent))
	}
	return nil
}

func goesOnPaid(ctx context.Context, window string) error {
	w := world.From(ctx)
	d, err := span(window)
	if err != nil {
		return err
	}
	p, err := w.PaymentBy("")
	if err != nil {
		return err
	}
	before := len(p.Samples())
	other := func() (world.Sample, bool) {
		for _, s := range p.Samples()[before:] {
			if s.State() != acquirer.Paid {
				return s, true
			}
		}
		return world.Sample{}, false
	}
	_, err = w.NeverFor(ctx, w.Scale(d), tolerance.Watch, "the paid payment is shown as something else", func(*world.View) bool {
		_, changed := other()
		return changed
	})
	if err != nil {
		return err
	}
	if s, changed := other(); changed {
		return w.Fail("a paid payment stays paid", fmt.Sprintf("%s, %s after the charge", s.State(), sinceCharge(p, s.At)), w.Shown(s))
	}
	return nil
}

// longestAddress is the limit of paymentNotifyUrl (api_acq/pay).
const longestAddress = 2048

func usableAddress(ctx context.Context) error {
	w := world.From(ctx)
	p, err := w.PaymentBy("")
	if err != nil {
		return err
	}
	if err := arrived(ctx, p); err != nil {
		return err
	}
	pay, _ := payOf(p)
	address := member(pay.Request.Body, "paymentNotifyUrl")
	if address == "" && w.Facts().Dialect == "ams" {
		return w.Fail("the charge names a paymentNotifyUrl", "none", w.Ex(pay))
	}
	if address == "" {
		return notifiable(ctx, p)
	}
	if len(address) > longestAddress {
		return w.Fail(fmt.Sprintf("paymentNotifyUrl has at most %d characters", longestAddress), fmt.Sprintf("%d", len(address)), w.Ex(pay))
	}
	if u, err := url.Parse(address); err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return w.Fail("paymentNotifyUrl is an absolute address", address, w.Ex(pay))
	}
	sent, err := notify(ctx, control.NotifySpec{})
	if err != nil {
		return err
	}
	if sent.Response.Status == 0 {
		return w.Fail("somebody answers at "+address, answerText(sent), w.Ex(sent), w.Ex(pay))
	}
	return nil
}

func manyWait(ctx context.Context, n int, amount string) error {
	w := world.From(ctx)
	for range n {
		payer, err := w.NewPayer(ctx, needsPassword)
		if err != nil {
			return err
		}
		if _, err := charge(ctx, amount, world.ChargeOrder{Payer: payer}); err != nil {
			return err
		}
	}
	for _, p := range w.Payments() {
		if err := chargeOver(ctx, p); err != nil {
			return err
		}
	}
	return nil
}

// noticesKey remembers the notifications that were sent at once.
const noticesKey = "notifications sent at once"

func notifyAll(ctx context.Context) error {
	w := world.From(ctx)
	payments := w.Payments()
	for _, p := range payments {
		if err := notifiable(ctx, p); err != nil {
			return err
		}
	}
	sent, problems := make([]trace.Exchange, len(payments)), make([]error, len(payments))
	var all sync.WaitGroup
	for i, p := range payments {
		all.Go(func() {
			spec := control.NotifySpec{PaymentRequestID: p.RequestIDs()[0], Outcome: succeeded(), Pay: true}
			sent[i], problems[i] = w.Sim().Notify(ctx, spec)
		})
	}
	all.Wait()
	for i, err := range problems {
		if err != nil {
			return fmt.Errorf("notify payment %s: %w", payments[i].Charge.Reference, err)
		}
	}
	w.Remember(noticesKey, sent)
	return nil
}

// eachAcknowledged judges on the wall clock: an acknowledgement is no timer that a set-up shortens.
func eachAcknowledged(ctx context.Context, within string) error {
	w := world.From(ctx)
	limit, err := span(within)
	if err != nil {
		return err
	}
	sent, ok := w.Recall(noticesKey).([]trace.Exchange)
	if !ok {
		return fmt.Errorf("no step has sent notifications at once")
	}
	for _, e := range sent {
		took := e.Answered.Sub(e.Received)
		if reached(e) && has(e.Result, aps.Success) && took <= limit {
			continue
		}
		return w.Fail("each of the notifications is acknowledged with S within "+within,
			fmt.Sprintf("%s after %s", answerText(e), took.Round(time.Millisecond)), w.Ex(e))
	}
	return nil
}
