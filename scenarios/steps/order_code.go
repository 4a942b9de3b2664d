package steps

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"mppsim/scenarios/acquirer"
	"mppsim/scenarios/tolerance"
	"mppsim/scenarios/world"
	"mppsim/wallet/aps"
	"mppsim/wallet/control"
	"mppsim/wallet/trace"
)

// orderCodeSteps are orders whose code the shop shows: created, shown, not shown any longer.
func orderCodeSteps() []Step {
	return []Step{
		step("code", `the shop creates (an|a|\d+) (order|private order) codes? of `+worth+`(?:, wished to be valid for `+lasting+`)?`,
			`the shop creates an order code of 250.00`,
			"The shop asks for a code that the payer scans: of Alipay+, or the acquirer's own. Several are made one after another.", createCodes),
		step("Alipay+", `Alipay\+ accepts the order (without a code|with the barcode before the QR code|with a code that ends after `+lasting+`)`,
			`Alipay+ accepts the order without a code`,
			"What Alipay+ hands out for the order to be shown.", acceptWith),
		step("Alipay+", `Alipay\+ hands out a code although it refuses the order with (F [A-Z_]+)`,
			`Alipay+ hands out a code although it refuses the order with F MERCHANT_NOT_REGISTERED`,
			"The answer to the order is a refusal with a stray code.", refuseWithCode),
		step("code", `the shop is shown the code of Alipay\+ unchanged`, `the shop is shown the code of Alipay+ unchanged`,
			"The QR text that the shop is given is what Alipay+ handed out, byte for byte, and the order is open.", codeUnchanged),
		step("code", `the shop is shown no code of `+whose+`( any longer)?`, `the shop is shown no code of the payment`,
			"Nothing to be displayed was ever handed out, or is handed out now.", noCode),
		step("code", `each order has an identifier and a code of its own`, `each order has an identifier and a code of its own`,
			"No two orders of the scenario share an identifier at Alipay+ or a code.", ownCodes),
		step("code", `the shop knows when the code ends, or is not shown it any longer`, `the shop knows when the code ends, or is not shown it any longer`,
			"The end of the code that Alipay+ handed out has reached the shop, or the acquirer keeps to it.", endKnown),
		step("code", `no second order reaches Alipay\+ before the first one is closed`, `no second order reaches Alipay+ before the first one is closed`,
			"Another identifier for the same order appears only after the first one was cancelled or found final.", noSecondOrder),
	}
}

func createCodes(ctx context.Context, many, kind, amount, wish string) error {
	n, err := strconv.Atoi(many)
	if err != nil {
		n = 1
	}
	order := world.ChargeOrder{Product: acquirer.ProductOrderCode}
	if kind == "private order" {
		order.Product = acquirer.ProductPrivateOrderCode
	}
	if wish != "" {
		if order.Validity, err = span(wish); err != nil {
			return err
		}
	}
	order.Unsampled = n > 10 // nobody asks about so many orders once a second
	for range n {
		p, err := charge(ctx, amount, order)
		if err != nil {
			return err
		}
		if err := firstWord(ctx, p); err != nil {
			return err
		}
	}
	return nil
}

// codeBlame names the requirement that is to blame when a payment has no code that leads to its order.
func codeBlame(p *world.Payment) string {
	if p.Charge.Product == acquirer.ProductPrivateOrderCode {
		return "ACQ-POC-01"
	}
	return "ACQ-OC-03"
}

// shownCode waits for the code of a payment; without one the scenario has not reached its question.
func shownCode(ctx context.Context, p *world.Payment) (string, error) {
	w := world.From(ctx)
	if err := codeOrEnd(ctx, p); err != nil {
		return "", err
	}
	if code := p.Shown().Code; code != "" {
		return code, nil
	}
	return "", w.NotReached(fmt.Sprintf("the shop has no code to show; it sees the payment as %s", p.State()), codeBlame(p))
}

// codeOrEnd waits until the shop has a code to show, or sees the payment as decided.
func codeOrEnd(ctx context.Context, p *world.Payment) error {
	_, err := world.From(ctx).Await(ctx, tolerance.Reaction, "the code that the shop shows", func(*world.View) bool {
		return p.Shown().Code != "" || told(p, []acquirer.State{acquirer.Paid, acquirer.Failed, acquirer.Closed})
	})
	return err
}

func acceptWith(ctx context.Context, how, after string) error {
	alter := control.Alteration{Remove: []string{"orderCodeForm"}}
	switch {
	case strings.HasPrefix(how, "with the barcode"):
		alter = control.Alteration{Set: map[string]json.RawMessage{"orderCodeForm.codeDetails": json.RawMessage(barcodeFirst)}}
	case after != "":
		d, err := span(after)
		if err != nil {
			return err
		}
		w := world.From(ctx)
		end, err := json.Marshal(w.Clock().Now().Add(w.Scale(d)).UTC().Format(time.RFC3339Nano))
		if err != nil {
			return fmt.Errorf("write the end of the code: %w", err)
		}
		alter = control.Alteration{Set: map[string]json.RawMessage{"orderCodeForm.expireTime": end}}
	}
	return armFor(ctx, "answer-altered", aim{aps.Pay, 1, 0}, control.Params{Alter: alter})
}

func refuseWithCode(ctx context.Context, text string) error {
	result, err := parseResult(text)
	if err != nil {
		return err
	}
	told, err := json.Marshal(result)
	if err != nil {
		return fmt.Errorf("write the refusal: %w", err)
	}
	alter := control.Alteration{Set: map[string]json.RawMessage{"result": told}}
	return armFor(ctx, "answer-altered", aim{aps.Pay, 1, 0}, control.Params{Alter: alter})
}

// barcodeFirst is a code in four forms, of which the last is the QR text.
const barcodeFirst = `[
	{"codeValueType":"BARCODE","codeValue":"281002049999123456","displayType":"TEXT"},
	{"codeValueType":"QRCODE","codeValue":"https://pictures.example/small.png","displayType":"SMALLIMAGE"},
	{"codeValueType":"QRCODE","codeValue":"https://pictures.example/big.png","displayType":"BIGIMAGE"},
	{"codeValueType":"QRCODE","codeValue":"https://qr.alipayplus.com/281002049999123abc","displayType":"TEXT"}]`

// givenForm is what Alipay+ handed out for an order.
type givenForm struct {
	Expires string `json:"expireTime"`
	Details []struct {
		Kind    string `json:"codeValueType"`
		Value   string `json:"codeValue"`
		Display string `json:"displayType"`
	} `json:"codeDetails"`
}

// given reads what Alipay+ has handed out for a payment, out of the first answer to its order that carries a code.
func given(p *world.Payment) (form givenForm, pay trace.Exchange, found bool) {
	for _, e := range p.Pays() {
		if form := formOf(e); reached(e) && len(form.Details) > 0 {
			return form, e, true
		}
	}
	return form, pay, false
}

// formOf is what one answer hands out; an answer that cannot be read, or has no form, hands out nothing.
func formOf(pay trace.Exchange) givenForm {
	var told struct {
		Form givenForm `json:"orderCodeForm"`
	}
	if json.Unmarshal(pay.Response.Body, &told) != nil {
		return givenForm{}
	}
	return told.Form
}

// text is the QR text of a form.
func (f givenForm) text() string {
	for _, d := range f.Details {
		if d.Kind == "QRCODE" && d.Display == "TEXT" {
			return d.Value
		}
	}
	return ""
}

func codeUnchanged(ctx context.Context) error {
	w := world.From(ctx)
	p, err := w.PaymentBy("")
	if err != nil {
		return err
	}
	if err := chargeOver(ctx, p); err != nil {
		return err
	}
	form, pay, found := given(p)
	if !found {
		return w.NotReached("Alipay+ has handed out no code: the order was answered with "+answerText(pay), "ACQ-OC-01")
	}
	if err := codeOrEnd(ctx, p); err != nil {
		return err
	}
	if err := unheard(ctx, p); err != nil {
		return err
	}
	if p.Shown().Code == "" && p.State() == acquirer.Paid {
		return w.NotReached("the shop sees an order as paid that nobody has scanned", "ACQ-OC-04")
	}
	if got := p.Shown().Code; got != form.text() {
		return w.Fail("the shop is given the code "+form.text(), fmt.Sprintf("%q", got), append(shown(w, p), w.Ex(pay))...)
	}
	if s, ever := p.Ever(statesOf("unsuccessful")...); ever {
		return w.Fail("an accepted order is open", string(s.State()), w.Shown(s), w.Ex(pay))
	}
	return nil
}

func noCode(ctx context.Context, which, now string) error {
	w := world.From(ctx)
	payments, err := chosen(ctx, which)
	if err != nil {
		return err
	}
	for _, p := range payments {
		if err := firstWord(ctx, p); err != nil {
			return err
		}
		if _, err := w.Query(ctx, p); err != nil {
			return fmt.Errorf("ask for the payment: %w", err)
		}
		samples := p.Samples()
		if now != "" {
			samples = samples[len(samples)-1:]
		}
		i := slices.IndexFunc(samples, func(s world.Sample) bool { return s.Payment.Shown.Code != "" })
		if i >= 0 {
			return w.Fail("no code to be displayed", fmt.Sprintf("%s with the code %s", samples[i].State(), samples[i].Payment.Shown.Code), w.Shown(samples[i]))
		}
	}
	return nil
}

func ownCodes(ctx context.Context) error {
	w := world.From(ctx)
	ids, codes := map[string]*world.Payment{}, map[string]*world.Payment{}
	for _, p := range w.Payments() {
		code, err := shownCode(ctx, p)
		if err != nil {
			return err
		}
		if other, twice := codes[code]; twice {
			return w.Fail("each order has a code of its own", "two orders show "+code, append(shown(w, p), shown(w, other)...)...)
		}
		if len(p.RequestIDs()) == 0 {
			return w.NotReached("no order with the shop's number "+p.Charge.Reference+" reached Alipay+", "ACQ-MSG-16")
		}
		if len(p.RequestIDs()) > 1 {
			return w.Fail("each order reaches Alipay+ under one identifier of its own",
				fmt.Sprintf("order %s: %d identifiers", p.Charge.Reference, len(p.RequestIDs())), shown(w, p)...)
		}
		id := p.RequestIDs()[0]
		if other, twice := ids[id]; twice {
			return w.Fail("each order has an identifier of its own", "two orders have "+id, append(shown(w, p), shown(w, other)...)...)
		}
		codes[code], ids[id] = p, p
	}
	return nil
}

func endKnown(ctx context.Context) error {
	w := world.From(ctx)
	p, err := w.PaymentBy("")
	if err != nil {
		return err
	}
	form, pay, found := given(p)
	if !found {
		return w.NotReached("Alipay+ has handed out no code", "ACQ-OC-01")
	}
	if _, err := shownCode(ctx, p); err != nil {
		return err
	}
	now, err := w.Query(ctx, p)
	if err != nil {
		return fmt.Errorf("ask for the payment: %w", err)
	}
	if now.Shown.Code == "" || tellsEnd(p, form.Expires) {
		return nil
	}
	return w.Fail("the shop is told that the code ends at "+form.Expires+", or is not shown it after that",
		"the code, without its end", w.Shown(p.Last()), w.Ex(pay))
}

// tellsEnd reports whether any answer to the shop carries the end of the code, mapped by the profile or as it stands.
func tellsEnd(p *world.Payment, end string) bool {
	return slices.ContainsFunc(p.Samples(), func(s world.Sample) bool {
		return s.Payment.Shown.Expires != "" || strings.Contains(string(s.Payment.Call.Response.Body), end)
	})
}

func noSecondOrder(ctx context.Context) error {
	w := world.From(ctx)
	p, err := w.PaymentBy("")
	if err != nil {
		return err
	}
	if len(p.Pays()) == 0 {
		return w.NotReached("the acquirer sent no order to Alipay+", "ACQ-OC-01")
	}
	judge := func(context.Context) error { return twiceOpen(w, p) }
	if err := judge(ctx); err != nil {
		return err
	}
	w.AtEnd(judge)
	return nil
}

// twiceOpen fails when an order went to Alipay+ under a second identifier while the first one was undecided.
func twiceOpen(w *world.World, p *world.Payment) error {
	pays := p.Pays()
	for _, again := range pays[1:] {
		if again.PaymentRequestID == pays[0].PaymentRequestID {
			continue
		}
		over, ended := earliest(p.Exchanges(), func(e trace.Exchange) bool {
			return e.PaymentRequestID == pays[0].PaymentRequestID && (confirmsCancel(e) || saysOutcome(e, aps.Failure))
		})
		if !ended || again.Received.Before(from(over)) {
			return w.Fail("a replacement only after the first order was closed or found final",
				"a second order with the identifier "+again.PaymentRequestID, w.Ex(again), w.Ex(pays[0]))
		}
	}
	return nil
}

// errNoDecode says that a step speaks of an answer that nobody has asked for.
var errNoDecode = errors.New("no step has asked the acquirer about a code")
