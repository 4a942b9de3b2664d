package steps

import (
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/url"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"mppsim/scenarios/world"
	"mppsim/wallet/aps"
	"mppsim/wallet/control"
	"mppsim/wallet/trace"
)

// privateCodeSteps are codes that the acquirer issues, and its answers when Alipay+ asks what is behind them.
func privateCodeSteps() []Step {
	return []Step{
		step("Alipay+", `Alipay\+ asks about the (first |second )?payment's code with "([^"]*)" appended`,
			`Alipay+ asks about the payment's code with "?amount=1" appended`,
			"Alipay+ asks the acquirer what is behind a text that begins as the payment's code.", askAltered),
		step("Alipay+", `Alipay\+ asks about a code that nobody has issued`, `Alipay+ asks about a code that nobody has issued`,
			"A text like the latest payment's code, but of no order.", askUnknown),
		step("Alipay+", `Alipay\+ asks (without a code|about a code of 600 characters|in broken JSON)`, `Alipay+ asks without a code`,
			"A correctly signed question that cannot be meant.", askMalformed),
		step("code", `the acquirer tells a complete order`, `the acquirer tells a complete order`,
			"The answer to the latest question is S with all that Alipay+ needs of an order-code payment.", completeOrder),
		step("code", `the acquirer tells the (first |second )?payment's amount(, or refuses the code)?`, `the acquirer tells the payment's amount`,
			"The answer to the latest question carries the amount that the shop asked for.", tellsAmount),
		step("code", `the acquirer tells the same order each time`, `the acquirer tells the same order each time`,
			"All answers about the payment's code agree in identifier, amount and order.", sameOrder),
		step("code", `the acquirer refuses the code(?: with ([A-Z_]+)(?: or ([A-Z_]+))?)?`, `the acquirer refuses the code with EXPIRED_CODE`,
			"The answer to the latest question is F.", refusesCode),
		step("code", `the acquirer has refused the code`, `the acquirer has refused the code`,
			"As a condition: the answer to the latest question is F.", hasRefusedCode),
		step("code", `every code is an address of its own at the registered domain`, `every code is an address of its own at the registered domain`,
			"https, on one of the registered domains, at most 512 characters, and no two alike.", goodAddresses),
		step("code", `no code leads to the next one`, `no code leads to the next one`,
			"The codes do not count, and what stands next to one of them leads to no order.", unguessable),
	}
}

// askedKey remembers the latest question that a step put by itself.
const askedKey = "question about a code"

// ask puts a question about a text, as if the payer had scanned it.
func ask(ctx context.Context, text string, alter control.Alteration) (trace.Exchange, error) {
	w := world.From(ctx)
	payer, err := w.PayerBy("")
	if err != nil {
		if payer, err = w.NewPayer(ctx, rich); err != nil {
			return trace.Exchange{}, err
		}
	}
	e, err := w.Sim().Decode(ctx, control.DecodeSpec{Text: text, Payer: payer.ID, Alter: alter})
	if err != nil {
		return e, fmt.Errorf("ask the acquirer about %s: %w", text, err)
	}
	if err := catchUp(ctx); err != nil {
		return e, err
	}
	w.Remember(askedKey, e)
	return e, nil
}

func askAltered(ctx context.Context, which, suffix string) error {
	p, err := world.From(ctx).PaymentBy(which)
	if err != nil {
		return err
	}
	code, err := shownCode(ctx, p)
	if err == nil {
		_, err = ask(ctx, code+suffix, control.Alteration{})
	}
	return err
}

// askUnknown turns the letters and digits at the end of a code around, which makes another one of the same form.
func askUnknown(ctx context.Context) error {
	p, err := world.From(ctx).PaymentBy("")
	if err != nil {
		return err
	}
	code, err := shownCode(ctx, p)
	if err != nil {
		return err
	}
	tail := []byte(code[len(code)-min(12, len(code)/2):])
	for i, c := range tail {
		switch {
		case c >= '0' && c <= '8':
			tail[i]++
		case c == '9':
			tail[i] = '0'
		}
	}
	slices.Reverse(tail)
	_, err = ask(ctx, code[:len(code)-len(tail)]+string(tail)+"x", control.Alteration{})
	return err
}

func askMalformed(ctx context.Context, how string) error {
	const text = "https://qr.example/281002040000"
	alter := control.Alteration{Remove: []string{"codeValue"}}
	switch how {
	case "in broken JSON":
		body := `{"codeValue": "https://qr.example/281002040000", "customerId": `
		alter = control.Alteration{Body: &body}
	case "about a code of 600 characters":
		long, err := json.Marshal(text + strings.Repeat("0", 600-len(text)))
		if err != nil {
			return fmt.Errorf("write a long code: %w", err)
		}
		alter = control.Alteration{Set: map[string]json.RawMessage{"codeValue": long}}
	}
	_, err := ask(ctx, text, alter)
	return err
}

// latestAnswer is the exchange of the latest question about a code, put by a step or by a payer's scan.
func latestAnswer(ctx context.Context) (trace.Exchange, error) {
	w := world.From(ctx)
	last, _ := w.Recall(askedKey).(trace.Exchange)
	for _, e := range world.Of(w.Exchanges(), aps.UserInitiatedPay) {
		if e.Leg == trace.NetworkToAcquirer && e.Received.After(last.Received) {
			last = e
		}
	}
	if last.ID == "" {
		return last, errNoDecode
	}
	return last, nil
}

// decoded is the acquirer's answer about a code.
type decoded struct {
	Result  trace.Result    `json:"-"`
	Kind    string          `json:"codeType"`
	ID      string          `json:"paymentRequestId"`
	Address string          `json:"paymentNotifyUrl"`
	Amount  wireMoney       `json:"paymentAmount"`
	Other   wireMoney       `json:"amount"` // the name that the official library uses
	Order   json.RawMessage `json:"order"`
	Factor  struct {
		InStore  any    `json:"isInStorePayment"`
		Cashier  any    `json:"isCashierPayment"`
		Scenario string `json:"inStorePaymentScenario"`
	} `json:"paymentFactor"`
}

// wireMoney is an amount as the protocol writes it.
type wireMoney struct {
	Currency string `json:"currency"`
	Value    string `json:"value"`
}

func (d decoded) amount() wireMoney {
	if d.Amount != (wireMoney{}) {
		return d.Amount
	}
	return d.Other
}

// readDecoded reads an answer; what cannot be read stays empty.
func readDecoded(e trace.Exchange) decoded {
	var d decoded
	_ = json.Unmarshal(e.Response.Body, &d)
	if e.Result != nil {
		d.Result = *e.Result
	}
	return d
}

func completeOrder(ctx context.Context) error {
	w := world.From(ctx)
	e, err := latestAnswer(ctx)
	if err != nil {
		return err
	}
	if lack := incomplete(e); lack != "" {
		return w.Fail("S SUCCESS with codeType ORDER_CODE, paymentRequestId, order, the factor of an order code, amount and notify address", lack, w.Ex(e))
	}
	return nil
}

// incomplete says what an order behind a code lacks; nothing if it is complete.
func incomplete(e trace.Exchange) string {
	d := readDecoded(e)
	amount := d.amount()
	value, err := strconv.ParseInt(amount.Value, 10, 64)
	switch {
	case !reached(e) || e.Response.Status != 200 || e.Result == nil || e.Result.Status != string(aps.Success):
		return answerText(e)
	case d.Kind != "ORDER_CODE":
		return fmt.Sprintf("codeType %q", d.Kind)
	case d.ID == "":
		return "no paymentRequestId"
	case d.Address == "":
		return "no paymentNotifyUrl"
	case amount.Currency == "" || err != nil || value <= 0:
		return fmt.Sprintf("paymentAmount %q %q", amount.Currency, amount.Value)
	case fmt.Sprint(d.Factor.InStore) != "true" || fmt.Sprint(d.Factor.Cashier) != "true" || d.Factor.Scenario != "OrderCode":
		return fmt.Sprintf("paymentFactor with isInStorePayment %v, isCashierPayment %v, inStorePaymentScenario %q", d.Factor.InStore, d.Factor.Cashier, d.Factor.Scenario)
	}
	for _, path := range [][]string{{"referenceOrderId"}, {"orderDescription"}, {"orderAmount", "value"}, {"merchant", "referenceMerchantId"}, {"merchant", "merchantName"}} {
		if member(d.Order, path...) == "" {
			return "no order." + strings.Join(path, ".")
		}
	}
	return ""
}

func tellsAmount(ctx context.Context, which, orRefuses string) error {
	w := world.From(ctx)
	p, err := w.PaymentBy(which)
	if err != nil {
		return err
	}
	e, err := latestAnswer(ctx)
	if err != nil {
		return err
	}
	want := wireMoney{p.Charge.Amount.Currency, strconv.FormatInt(p.Charge.Amount.Value, 10)}
	d := readDecoded(e)
	if has(e.Result, aps.Success) && d.amount() != want {
		return w.Fail("the amount "+p.Charge.Amount.String()+" of the shop's order", fmt.Sprintf("%s %s in the smallest unit", d.amount().Currency, d.amount().Value), w.Ex(e))
	}
	if !has(e.Result, aps.Success) && orRefuses == "" {
		return w.NotReached("the acquirer answered "+answerText(e), "ACQ-POC-01")
	}
	return nil
}

func sameOrder(ctx context.Context) error {
	w := world.From(ctx)
	p, err := w.PaymentBy("")
	if err != nil {
		return err
	}
	var known *decoded
	var first trace.Exchange
	agreed := 0
	for _, e := range p.Decodes() {
		if has(e.Result, aps.Unknown) {
			continue // it may not know at that instant
		}
		if !has(e.Result, aps.Success) {
			return w.Fail("every answer about the open code tells the order", answerText(e), w.Ex(e))
		}
		d := readDecoded(e)
		if known == nil {
			known, first = &d, e
		}
		if lack := disagreement(*known, d); lack != "" {
			return w.Fail("every answer about the same code tells the same order", lack, w.Ex(e), w.Ex(first))
		}
		agreed++
	}
	if agreed < 2 {
		return w.NotReached("the acquirer has not told an order twice", "ACQ-POC-01")
	}
	return nil
}

// disagreement says in what two answers about one code differ; nothing if they agree.
func disagreement(a, b decoded) string {
	var was, is any
	_ = json.Unmarshal(a.Order, &was)
	_ = json.Unmarshal(b.Order, &is)
	switch {
	case a.ID != b.ID:
		return fmt.Sprintf("paymentRequestId %s and %s", a.ID, b.ID)
	case a.amount() != b.amount():
		return fmt.Sprintf("amount %s and %s", a.amount().Value, b.amount().Value)
	case !reflect.DeepEqual(was, is):
		return fmt.Sprintf("order %s and %s", a.Order, b.Order)
	}
	return ""
}

func refusesCode(ctx context.Context, one, other string) error {
	w := world.From(ctx)
	e, err := latestAnswer(ctx)
	if err != nil {
		return err
	}
	named := one == "" || e.Result != nil && (e.Result.Code == one || other != "" && e.Result.Code == other)
	if reached(e) && e.Response.Status == 200 && has(e.Result, aps.Failure) && named {
		return nil
	}
	expected := strings.TrimSpace("the answer F " + one)
	if other != "" {
		expected += " or " + other
	}
	return w.Fail(expected, answerText(e), w.Ex(e))
}

func hasRefusedCode(ctx context.Context) error {
	w := world.From(ctx)
	e, err := latestAnswer(ctx)
	if err == nil && !has(e.Result, aps.Failure) {
		return w.NotReached("the acquirer answered "+answerText(e), "ACQ-POC-05", "ACQ-POC-06", "ACQ-POC-07")
	}
	return err
}

// longestCode is the longest code that userInitiatedPay can carry.
const longestCode = 512

func goodAddresses(ctx context.Context) error {
	w := world.From(ctx)
	domains := w.Facts().CodeDomains
	known := map[string]*world.Payment{}
	for _, p := range w.Payments() {
		code, err := shownCode(ctx, p)
		if err != nil {
			return err
		}
		complaint := badAddress(code, domains)
		if other, twice := known[code]; twice {
			return w.Fail("every order has a code of its own", "two orders have "+code, append(shown(w, p), shown(w, other)...)...)
		}
		if complaint != "" {
			return w.Fail("an https address at a registered domain, of at most 512 characters", complaint, shown(w, p)...)
		}
		known[code] = p
	}
	return nil
}

// badAddress says what is wrong with a code of the acquirer's own. In a test set-up it may lead to a loopback address.
func badAddress(code string, domains []string) string {
	u, err := url.Parse(code)
	switch {
	case err != nil || u.Host == "":
		return "no address: " + code
	case utf8.RuneCountInString(code) > longestCode:
		return fmt.Sprintf("%d characters", utf8.RuneCountInString(code))
	case net.ParseIP(u.Hostname()).IsLoopback() || u.Hostname() == "localhost":
		return ""
	case u.Scheme != "https":
		return "scheme " + u.Scheme
	case len(domains) > 0 && !slices.Contains(domains, u.Hostname()):
		return "domain " + u.Hostname()
	}
	return ""
}

func unguessable(ctx context.Context) error {
	w := world.From(ctx)
	var codes []string
	for _, p := range w.Payments() {
		code, err := shownCode(ctx, p)
		if err != nil {
			return err
		}
		codes = append(codes, code)
	}
	if step, counts := counting(codes); counts {
		return w.Fail("codes of consecutive orders do not count", fmt.Sprintf("each is %d more than the one before: %s, %s", step, codes[0], codes[1]), shown(w, w.Payments()[0])...)
	}
	for i := 0; i < len(codes); i += max(len(codes)/triedNeighbours, 1) {
		for _, text := range neighbours(codes[i]) {
			if slices.Contains(codes, text) {
				return w.Fail("no code stands next to another", codes[i]+" and "+text, shown(w, w.Payments()[i])...)
			}
			e, err := ask(ctx, text, control.Alteration{})
			if err != nil {
				return err
			}
			if has(e.Result, aps.Success) {
				return w.Fail("what stands next to a code leads to no order", text+" leads to one", w.Ex(e))
			}
		}
	}
	return nil
}

// triedNeighbours is how many codes have their neighbours tried.
const triedNeighbours = 5

// counting reports whether the part in which consecutive codes differ is a number that grows by the same step.
func counting(codes []string) (step int64, counts bool) {
	if len(codes) < 3 {
		return 0, false
	}
	start := common(codes, func(text string, i int) byte { return text[i] })
	end := common(codes, func(text string, i int) byte { return text[len(text)-1-i] })
	var last int64
	for i, code := range codes {
		if start+end >= len(code) {
			return 0, false
		}
		n, err := strconv.ParseInt(code[start:len(code)-end], 10, 64)
		if err != nil || i > 1 && n-last != step {
			return 0, false
		}
		step, last = n-last, n
	}
	return step, true
}

// common counts the bytes in which all texts agree, in the order that at gives.
func common(texts []string, at func(text string, i int) byte) int {
	for i := 0; ; i++ {
		for _, text := range texts {
			if i >= len(text) || at(text, i) != at(texts[0], i) {
				return i
			}
		}
	}
}

// neighbours are the texts that stand before and after a code, if its last letter or digit counts.
func neighbours(code string) []string {
	i := strings.LastIndexFunc(code, func(r rune) bool { return r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' })
	if i < 0 {
		return nil
	}
	var near []string
	for _, by := range []int{-1, 1} {
		changed := []byte(code)
		changed[i] = next(code[i], by)
		near = append(near, string(changed))
	}
	return near
}

// next is the digit or letter before or after another one; the last is followed by the first.
func next(c byte, by int) byte {
	for _, row := range []string{"0123456789", "abcdefghijklmnopqrstuvwxyz", "ABCDEFGHIJKLMNOPQRSTUVWXYZ"} {
		if i := strings.IndexByte(row, c); i >= 0 {
			return row[(i+by+len(row))%len(row)]
		}
	}
	return c
}
