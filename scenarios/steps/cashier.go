package steps

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"
	"time"

	"mppsim/scenarios/acquirer"
	"mppsim/scenarios/tolerance"
	"mppsim/scenarios/world"
	"mppsim/wallet/trace"
)

// devices is the pattern of what a buyer uses.
const devices = `(a desktop browser|a phone browser on Android|a phone browser on iOS|an app on Android|an app on iOS)`

// cashierSteps are about online payments: the payer buys in a shop's web page or app and pays on a page of Alipay+ or in
// the wallet.
func cashierSteps() []Step {
	return []Step{
		step("charge", `the shop sends the payer(?:, who uses `+devices+`,)? to the cashier for `+worth+`(?:, payable for `+lasting+`)?`,
			`the shop sends the payer to the cashier for 250.00`,
			"An online payment of the latest payer, who uses a desktop browser unless the phrase says otherwise; with the wallet that the payer has chosen in the shop, if any.",
			sendToCashier),
		step("payer", `the payer opens the page`, `the payer opens the page`,
			"The payer goes where the shop sends buyers of online payments; the wallet shows the order then.", openPage),
		step("payer", `the payer comes back to the shop(, with a success in the address)?`,
			`the payer comes back to the shop, with a success in the address`,
			"The payer's browser opens the return address of the payment, as it is or with a status appended.", comeBack),
		step("state", `the shop is given the addresses of Alipay\+ unchanged`, `the shop is given the addresses of Alipay+ unchanged`,
			"The payment is pending, and every address is one that Alipay+ gave, byte for byte; a browser gets a page.", addressesUnchanged),
		step("state", `the shop is given a code of Alipay\+ beside the address`, `the shop is given a code of Alipay+ beside the address`,
			"For a desktop's screen: the QR text in the answer to the charge, byte for byte.", codeBeside),
		step("state", `the payer has at most `+lasting+` to pay`, `the payer has at most 10 min to pay`,
			"The expiry in the charge, and the one that the shop is told, come no later.", atMostToPay),
	}
}

// returnAddress is the shop's own page for buyers who come back; nobody answers there.
const returnAddress = "https://shop.example/thanks?from=wallet%2Fapp"

// deviceOf translates a device into the words of Alipay+.
func deviceOf(phrase string) acquirer.Device {
	system := ""
	switch {
	case strings.HasSuffix(phrase, "Android"):
		system = "ANDROID"
	case strings.HasSuffix(phrase, "iOS"):
		system = "IOS"
	}
	switch {
	case strings.HasPrefix(phrase, "a phone"):
		return acquirer.Device{Terminal: "WAP", OS: system}
	case strings.HasPrefix(phrase, "an app"):
		return acquirer.Device{Terminal: "APP", OS: system}
	}
	return acquirer.Device{Terminal: "WEB"}
}

// buyer is what the shop calls a payer; the scenario's reference in it tells whose a question without an order is.
func buyer(w *world.World, p *world.Payer) string { return w.Reference() + "-" + p.ID }

func sendToCashier(ctx context.Context, device, amount, lasting string) error {
	w := world.From(ctx)
	payer, err := w.PayerBy("")
	if err != nil {
		return err
	}
	var validity time.Duration
	if lasting != "" {
		if validity, err = span(lasting); err != nil {
			return err
		}
	}
	chosen, _ := w.Recall(walletKey).(choice)
	w.Remember(walletKey, nil)
	_, err = charge(ctx, amount, world.ChargeOrder{
		Product: acquirer.ProductCashier, Payer: payer, Validity: validity,
		Online: acquirer.Online{
			Device: deviceOf(device), Wallet: chosen.wallet.Name, Method: chosen.method, Buyer: buyer(w, payer), Return: returnAddress,
		},
	})
	return err
}

// openPage waits for the address that the shop is given, and lets the payer's wallet see the order behind it.
func openPage(ctx context.Context) error {
	w := world.From(ctx)
	payer, err := w.PayerBy("")
	if err != nil {
		return err
	}
	p, err := w.PaymentBy("")
	if err != nil {
		return err
	}
	address := func() string { return p.Shown().Address }
	_, err = w.Await(ctx, tolerance.Reaction, "the address for the payer", func(*world.View) bool { return address() != "" || turnedAway(p) })
	if err != nil {
		return err
	}
	if address() == "" {
		return w.NotReached("the shop is given no address for the payer", "ACQ-CSH-04")
	}
	seen, err := payer.Scan(ctx, address())
	if err != nil {
		return fmt.Errorf("open %s: %w", address(), err)
	}
	if seen.Payment == nil {
		return w.NotReached("the wallet shows no order: "+seen.Result.Code, "ACQ-CSH-04")
	}
	return nil
}

// returnSuccess is what an address can be made to say by anybody.
var returnSuccess = url.Values{"resultStatus": {"S"}, "status": {"SUCCESS"}, "paymentId": {"123"}}

// comeBack opens the return address of the latest payment. One at the shop itself, which the acquirer only passes on, is
// not opened: the acquirer does not see who comes there.
func comeBack(ctx context.Context, forged string) error {
	w := world.From(ctx)
	p, err := w.PaymentBy("")
	if err != nil {
		return err
	}
	if err := chargeOver(ctx, p); err != nil {
		return err
	}
	pay, _ := payOf(p)
	address := member(pay.Request.Body, "paymentRedirectUrl")
	u, err := url.Parse(address)
	switch {
	case address == "" || err != nil:
		return w.NotReached("the charge names no address to come back to", "ACQ-CSH-03")
	case address == returnAddress:
		return nil
	}
	if forged != "" {
		query := u.Query()
		maps.Copy(query, returnSuccess)
		u.RawQuery = query.Encode()
	}
	_, err = w.Visit(ctx, u.String())
	if errors.Is(err, world.ErrElsewhere) {
		return w.NotReached("the return address " + address + " is on a host that may not be called; name it in alipayplus.callback_hosts")
	}
	return err
}

// givenAddresses are those in the answer to a charge, by member.
func givenAddresses(pay trace.Exchange) (pages, all []string) {
	for _, name := range []string{"paymentUrl", "normalUrl", "schemeUrl", "applinkUrl"} {
		address := member(pay.Response.Body, name)
		if address == "" {
			continue
		}
		all = append(all, address)
		if name == "paymentUrl" || name == "normalUrl" {
			pages = append(pages, address)
		}
	}
	return pages, all
}

func addressesUnchanged(ctx context.Context) error {
	w := world.From(ctx)
	p, err := w.PaymentBy("")
	if err != nil {
		return err
	}
	if err := firstWord(ctx, p); err != nil {
		return err
	}
	_, err = w.Await(ctx, tolerance.Reaction, "the addresses that the shop is given", func(*world.View) bool {
		return p.Shown().Address != "" || in(p.State(), statesOf("unsuccessful"))
	})
	if err != nil {
		return err
	}
	pay, sent := payOf(p)
	if !sent {
		return notCharged(ctx, p)
	}
	pages, all := givenAddresses(pay)
	told := strings.Split(strings.Trim(p.Shown().Address+"\n"+p.Shown().Addresses, "\n"), "\n")
	proof := shown(w, p)
	if len(all) == 0 {
		return w.NotReached("Alipay+ gave no address: "+answerText(pay), "ACQ-CSH-01")
	}
	if p.State() != acquirer.Pending {
		return w.Fail("the payment is pending until the buyer has paid", string(p.State()), proof...)
	}
	for _, address := range told {
		if !slices.Contains(all, address) {
			return w.Fail("every address is one that Alipay+ gave, byte for byte", fmt.Sprintf("%q", address), append(proof, w.Ex(pay))...)
		}
	}
	inBrowser := p.Charge.Online.Device.Terminal == "WEB" || p.Charge.Online.Device.Terminal == "WAP"
	if inBrowser && !slices.ContainsFunc(told, func(address string) bool { return slices.Contains(pages, address) }) {
		return w.Fail("a browser is given a page", strings.Join(told, " "), append(proof, w.Ex(pay))...)
	}
	return nil
}

func codeBeside(ctx context.Context) error {
	w := world.From(ctx)
	p, err := w.PaymentBy("")
	if err != nil {
		return err
	}
	if err := firstWord(ctx, p); err != nil {
		return err
	}
	pay, sent := payOf(p)
	if !sent {
		return notCharged(ctx, p)
	}
	want := formOf(pay).text()
	if want == "" {
		return w.NotReached("Alipay+ gave no code: "+answerText(pay), "ACQ-CSH-08")
	}
	_, err = w.Await(ctx, tolerance.Reaction, "the code that the shop is given", func(*world.View) bool { return p.Shown().Code != "" })
	if err != nil {
		return err
	}
	if got := p.Shown().Code; got != want {
		return w.Fail("the code of Alipay+ is handed out unchanged", fmt.Sprintf("%q", got), append(shown(w, p), w.Ex(pay))...)
	}
	return nil
}

func atMostToPay(ctx context.Context, most string) error {
	w := world.From(ctx)
	p, err := w.PaymentBy("")
	if err != nil {
		return err
	}
	d, err := span(most)
	if err != nil {
		return err
	}
	if err := firstWord(ctx, p); err != nil {
		return err
	}
	pay, sent := payOf(p)
	if !sent {
		return notCharged(ctx, p)
	}
	const tolerated = 30 * time.Second // clocks, and the way of the message
	for what, text := range map[string]string{
		"the charge expires at": member(pay.Request.Body, "paymentExpiryTime"), "the shop is told": p.Shown().Expires,
	} {
		at, err := time.Parse(time.RFC3339Nano, text)
		if err == nil && at.Sub(pay.Received) > d+tolerated {
			return w.Fail("the payment expires at most "+most+" ahead", fmt.Sprintf("%s %s, %s ahead", what, text, at.Sub(pay.Received).Round(time.Second)), shown(w, p)...)
		}
	}
	return nil
}
