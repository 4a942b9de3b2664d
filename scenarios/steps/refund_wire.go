package steps

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"mppsim/scenarios/acquirer"
	"mppsim/scenarios/tolerance"
	"mppsim/scenarios/world"
	"mppsim/wallet/aps"
	"mppsim/wallet/control"
	"mppsim/wallet/money"
	"mppsim/wallet/trace"
)

// refundWireSteps are refunds between acquirer and Alipay+.
func refundWireSteps() []Step {
	return []Step{
		step("refund", `the shop refunds `+worth+` (\d+) times at once`, `the shop refunds 2.50 5 times at once`,
			"So many refunds of the payment are asked for at the same instant.", refundAtOnce),
		step("refund", `the shop refunds `+worth+` in another currency`, `the shop refunds 3.00 in another currency`,
			"The till names another currency than the payment's.", refundInOther),
		step("Alipay+", `Alipay\+ leaves the refund undecided`, `Alipay+ leaves the refund undecided`,
			"Refunds are not executed, and the answer is U UNKNOWN_EXCEPTION, until Alipay+ executes or refuses them.", leaveRefund),
		step("Alipay+", `Alipay\+ executes the refund`, `Alipay+ executes the refund`,
			"The next attempt of the undecided refund succeeds.", truthfulRefunds),
		step("Alipay+", `Alipay\+ refuses the refund with (F [A-Z_]+)`, `Alipay+ refuses the refund with F PROCESS_FAIL`,
			"Every further attempt of the undecided refund fails with this.", refuseRefund),
		step("Alipay+", `Alipay\+ answers refunds truthfully again`, `Alipay+ answers refunds truthfully again`,
			"What was wrong with the answers to refunds is over.", truthfulRefunds),
		step("refund", `the refund of `+worth+` is refused without a word to Alipay\+`,
			`the refund of 4.01 is refused without a word to Alipay+`,
			"The acquirer refuses the shop's latest refund, and no refund of this amount reaches Alipay+.", refusedSilently),
		step("refund", `exactly one refund of `+worth+` reaches Alipay\+`, `exactly one refund of 19.99 reaches Alipay+`,
			"One refund message, once, of this amount and of this payment.", oneRefundSent),
		step("refund", `the acquirer does not repeat the refund`, `the acquirer does not repeat the refund`,
			"One refund message, now and at the end of the scenario; one that the acquirer gave up before our answer does not count.", notRepeated),
		step("refund", `every refund message is the same`, `every refund message is the same`,
			"Repetitions of a refund carry its identifier, its amount and its payment unchanged.", sameRefunds),
		step("refund", `every refund message has the currency of its payment`, `every refund message has the currency of its payment`,
			"Whatever the till says, Alipay+ is asked for the payment's currency.", refundCurrencies),
		step("refund", `an inquiry has told the acquirer of the refund`, `an inquiry has told the acquirer of the refund`,
			"As a condition: an answer to an inquiry has listed the refund as done.", refundListed),
	}
}

func refundAtOnce(ctx context.Context, amount string, times int) error {
	for range times {
		if err := refundPart(ctx, amount); err != nil {
			return err
		}
	}
	return nil
}

func refundInOther(ctx context.Context, amount string) error {
	w := world.From(ctx)
	p, err := w.PaymentBy("")
	if err != nil {
		return err
	}
	part, err := world.AmountIn(amount, otherCurrency(w, p))
	if err != nil {
		return err
	}
	r, err := w.Refund(ctx, world.RefundOrder{Payment: p, Amount: part})
	if err != nil {
		return err
	}
	_, err = r.Answer(ctx)
	return err
}

// otherCurrency is one that a shop sells in, the payment's own first, with as many decimals; else the dollar or the euro.
func otherCurrency(w *world.World, p *world.Payment) string {
	own := p.Charge.Amount.Currency
	decimals, _ := money.Decimals(own)
	candidates := slices.Clone(p.Charge.Shop.Currencies)
	for _, s := range w.Facts().Shops {
		candidates = append(candidates, s.Currencies...)
	}
	for _, c := range append(candidates, "USD", "EUR") {
		if n, known := money.Decimals(c); known && n == decimals && c != own {
			return c
		}
	}
	return "EUR"
}

const undecidedRefundKey = "fault of the undecided refund"

func leaveRefund(ctx context.Context) error {
	w := world.From(ctx)
	unknown := aps.Result{Code: "UNKNOWN_EXCEPTION", Status: aps.Unknown}
	armed, err := w.Arm(ctx, "refused-result", aps.Refund, world.Params(control.Params{Result: &unknown}))
	if err != nil {
		return err
	}
	w.Remember(undecidedRefundKey, armed.ID)
	return nil
}

// truthfulRefunds lifts every fault that is aimed at refunds.
func truthfulRefunds(ctx context.Context) error {
	w := world.From(ctx)
	for _, f := range w.Faults() {
		if f.Spec.Aim.API != aps.Refund {
			continue
		}
		if err := w.Sim().Lift(ctx, f.ID); err != nil {
			return fmt.Errorf("answer refunds truthfully: %w", err)
		}
	}
	return nil
}

// refuseRefund arms the refusal first: the later fault decides what a message is answered with that meets both.
func refuseRefund(ctx context.Context, text string) error {
	w := world.From(ctx)
	result, err := parseResult(text)
	if err != nil {
		return err
	}
	if err := armFor(ctx, "refused-result", aim{aps.Refund, 1, 0}, control.Params{Result: &result}); err != nil {
		return err
	}
	id, _ := w.Recall(undecidedRefundKey).(string)
	if err := w.Sim().Lift(ctx, id); err != nil {
		return fmt.Errorf("refuse the refund: %w", err)
	}
	return nil
}

// refundsOf are the refund messages of a payment that ask for an amount.
func refundsOf(p *world.Payment, amount money.Amount) []trace.Exchange {
	return slices.DeleteFunc(p.RefundCalls(), func(e trace.Exchange) bool {
		return member(e.Request.Body, "refundAmount", "value") != fmt.Sprint(amount.Value)
	})
}

func refusedSilently(ctx context.Context, text string) error {
	w := world.From(ctx)
	r, err := w.RefundBy("")
	if err != nil {
		return err
	}
	amount, err := world.AmountIn(text, r.Order.Refund.Currency)
	if err != nil {
		return err
	}
	silent := func(context.Context) error {
		if sent := refundsOf(r.Payment, amount); len(sent) > 0 {
			return w.Fail("a refund of "+amount.String()+" is refused without a word to Alipay+", "a refund message", evidence(w, sent)...)
		}
		return nil
	}
	_, err = w.Await(ctx, tolerance.Reaction, "the refund is refused", func(*world.View) bool {
		return len(refundsOf(r.Payment, amount)) > 0 || len(r.Samples()) > 0 && r.State() != acquirer.Pending
	})
	if err != nil {
		return err
	}
	if err := catchUp(ctx); err != nil {
		return err
	}
	if err := silent(ctx); err != nil {
		return err
	}
	w.AtEnd(silent)
	if r.State() == acquirer.Failed {
		return nil
	}
	if err := firstRefundWord(ctx, r); err != nil {
		return err
	}
	return w.Fail("a refund of "+amount.String()+" is refused", "the shop sees "+string(r.State()), w.Told(r.Last()))
}

func oneRefundSent(ctx context.Context, text string) error {
	w := world.From(ctx)
	p, err := w.PaymentBy("")
	if err != nil {
		return err
	}
	amount, err := world.AmountIn(text, p.Charge.Amount.Currency)
	if err != nil {
		return err
	}
	met, err := w.Await(ctx, tolerance.Reaction, "the refund at Alipay+", func(*world.View) bool { return len(p.RefundCalls()) > 0 })
	if err != nil {
		return err
	}
	if !met {
		return w.Fail("a refund of "+amount.String()+" reaches Alipay+", "none; the shop sees "+refundState(w), refundEvidence(w)...)
	}
	if err := isRefundOf(ctx, p, p.RefundCalls()[0], amount); err != nil {
		return err
	}
	return notRepeated(ctx)
}

// prompt is how soon an answer comes that no acquirer has given up waiting for.
const prompt = 200 * time.Millisecond

// slow reports that an answer took so long, without being made to, that the acquirer may not have waited for it.
func slow(e trace.Exchange) bool { return e.Answered.Sub(e.Received) > prompt }

// notRepeated judges now and at the end of the scenario.
func notRepeated(ctx context.Context) error {
	w := world.From(ctx)
	p, err := w.PaymentBy("")
	if err != nil {
		return err
	}
	judge := func(context.Context) error {
		if sent := slices.DeleteFunc(answeredCalls(p.RefundCalls()), slow); len(sent) > 1 {
			return w.Fail("one refund message, as Alipay+ has answered it for good", fmt.Sprintf("%d", len(sent)), evidence(w, sent)...)
		}
		return nil
	}
	if err := catchUp(ctx); err != nil {
		return err
	}
	w.AtEnd(judge)
	return judge(ctx)
}

// isRefundOf judges amount and payment of a refund message.
func isRefundOf(ctx context.Context, p *world.Payment, e trace.Exchange, amount money.Amount) error {
	w := world.From(ctx)
	want := amount.Currency + " " + fmt.Sprint(amount.Value)
	body := e.Request.Body
	if got := member(body, "refundAmount", "currency") + " " + member(body, "refundAmount", "value"); got != want {
		return w.Fail("the refund asks for "+want+" in the smallest unit", got, w.Ex(e))
	}
	book, err := bookOf(ctx, p)
	if err != nil {
		return err
	}
	request, payment := member(body, "paymentRequestId"), member(body, "paymentId")
	right := (request == "" || request == book.PaymentRequestID) && (payment == "" || payment == book.PaymentID)
	if !right || request+payment == "" {
		return w.Fail("the refund names the payment "+book.PaymentRequestID+" or "+book.PaymentID,
			fmt.Sprintf("paymentRequestId %q, paymentId %q", request, payment), w.Ex(e))
	}
	if member(body, "refundRequestId") == "" {
		return w.Fail("the refund carries a refundRequestId", "none", w.Ex(e))
	}
	return nil
}

func sameRefunds(ctx context.Context) error {
	w := world.From(ctx)
	p, err := w.PaymentBy("")
	if err != nil {
		return err
	}
	calls := p.RefundCalls()
	if len(calls) == 0 {
		return w.NotReached("the acquirer sent no refund to Alipay+", "ACQ-REF-01")
	}
	for _, e := range calls[1:] {
		if what, differs := differentRefund(calls[0], e); differs {
			return w.Fail("a repeated refund is the same refund", "another "+what, w.Ex(e), w.Ex(calls[0]))
		}
	}
	return nil
}

// differentRefund compares what makes a refund; an identifier of the payment that only one message names is no difference.
func differentRefund(a, b trace.Exchange) (what string, differs bool) {
	for _, path := range [][]string{{"refundRequestId"}, {"refundAmount", "value"}, {"refundAmount", "currency"}} {
		x, y := member(a.Request.Body, path...), member(b.Request.Body, path...)
		if x != y {
			return fmt.Sprintf("%s, %q instead of %q", path[0], y, x), true
		}
	}
	for _, id := range []string{"paymentRequestId", "paymentId"} {
		x, y := member(a.Request.Body, id), member(b.Request.Body, id)
		if x != y && x != "" && y != "" {
			return fmt.Sprintf("%s, %q instead of %q", id, y, x), true
		}
	}
	return "", false
}

func refundCurrencies(ctx context.Context) error {
	w := world.From(ctx)
	p, err := w.PaymentBy("")
	if err != nil {
		return err
	}
	met, err := w.Await(ctx, tolerance.Reaction, "a refund at Alipay+", func(*world.View) bool { return len(p.RefundCalls()) > 0 })
	if err != nil {
		return err
	}
	if !met {
		return w.NotReached("the acquirer sent no refund to Alipay+", "ACQ-REF-01")
	}
	judge := func(context.Context) error {
		for _, e := range p.RefundCalls() {
			if got := member(e.Request.Body, "refundAmount", "currency"); got != p.Charge.Amount.Currency {
				return w.Fail("refunds of the payment are in "+p.Charge.Amount.Currency, got, w.Ex(e))
			}
		}
		return nil
	}
	if err := catchUp(ctx); err != nil {
		return err
	}
	w.AtEnd(judge)
	return judge(ctx)
}

func refundListed(ctx context.Context) error {
	w := world.From(ctx)
	p, err := w.PaymentBy("")
	if err != nil {
		return err
	}
	met, err := w.Await(ctx, tolerance.RefundDecided, "an inquiry that lists the refund", func(*world.View) bool {
		return slices.ContainsFunc(p.Exchanges(aps.InquiryPayment), listsRefund)
	})
	if err == nil && !met {
		return w.NotReached("the acquirer asked for nothing that would have told it of the refund")
	}
	return err
}

// listsRefund reports whether an answer to an inquiry says that a refund of the payment is done.
func listsRefund(e trace.Exchange) bool {
	var answer struct {
		Transactions []struct {
			Type   string `json:"transactionType"`
			Status string `json:"transactionStatus"`
		} `json:"transactions"`
	}
	if !reached(e) || json.Unmarshal(e.Response.Body, &answer) != nil {
		return false
	}
	for _, t := range answer.Transactions {
		if t.Type == "REFUND" && t.Status == "SUCCESS" {
			return true
		}
	}
	return false
}
