package steps

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"

	"mppsim/scenarios/acquirer"
	"mppsim/scenarios/world"
	"mppsim/wallet/aps"
	"mppsim/wallet/control"
	"mppsim/wallet/trace"
)

// otherWallet is a wallet beside the simulator's own.
const otherWallet = "BANYAN_WALLET"

// scanSteps are what payers do with what the shop shows.
func scanSteps() []Step {
	return []Step{
		step("payer", `(a|another|the|the first|the second) payer( of another wallet)? scans the (?:(first|second) payment's )?code(?: (\d+) times at once)?`,
			`a payer scans the code`,
			"The payer's wallet shows the order behind the code, or says why there is none.", scans),
		step("payer", `(the (?:\w+ )?payer) confirms( too late)?`, `the payer confirms`,
			"The payer presses pay on the scanned order, in time or with a wallet that has overlooked the expiry.", confirms),
	}
}

// scanned is what a payer saw after scanning.
type scanned struct {
	payer  *world.Payer
	result aps.Result
}

// scannedKey remembers the latest scan.
const scannedKey = "scan"

func scans(ctx context.Context, who, foreign, which, times string) error {
	w := world.From(ctx)
	p, err := w.PaymentBy(which)
	if err != nil {
		return err
	}
	code, err := shownCode(ctx, p)
	if err != nil {
		return err
	}
	payer, err := scanner(ctx, who, foreign != "")
	if err != nil {
		return err
	}
	n := 1
	if times != "" {
		if n, err = strconv.Atoi(times); err != nil {
			return fmt.Errorf("how often the code is scanned: %w", err)
		}
	}
	seen, err := scanTimes(ctx, payer, code, n)
	if err != nil {
		return err
	}
	w.Remember(scannedKey, scanned{payer, seen})
	if err := asked(ctx, p); err != nil || p.Payer != nil {
		return err
	}
	if seen.Status == aps.Success {
		p.Payer = payer
	} else if p.Charge.Product == acquirer.ProductOrderCode {
		return w.NotReached("the payer sees no order: "+seen.Code, codeBlame(p))
	}
	return nil
}

// scanner finds the payer with the phone, or makes one.
func scanner(ctx context.Context, who string, foreign bool) (*world.Payer, error) {
	w := world.From(ctx)
	if who != "a" && who != "another" {
		return w.PayerBy(who + " payer")
	}
	if foreign {
		return w.NewPayer(ctx, rich, world.WithTrait("wallet", otherWallet))
	}
	return w.NewPayer(ctx, rich)
}

// scanTimes lets the payer scan at the same instant as often as asked, and returns what the payer saw last.
func scanTimes(ctx context.Context, payer *world.Payer, code string, times int) (aps.Result, error) {
	shown, failures := make([]control.Scan, times), make([]error, times)
	var all sync.WaitGroup
	for i := range times {
		all.Go(func() { shown[i], failures[i] = payer.Scan(ctx, code) })
	}
	all.Wait()
	for _, err := range failures {
		if err != nil {
			return aps.Result{}, fmt.Errorf("scan the code: %w", err)
		}
	}
	return shown[times-1].Result, nil
}

// asked makes sure that the acquirer was asked about its own code: nobody is accused of an answer to a question that
// was never put.
func asked(ctx context.Context, p *world.Payment) error {
	if err := catchUp(ctx); err != nil {
		return err
	}
	if p.Charge.Product == acquirer.ProductPrivateOrderCode && len(p.Decodes()) == 0 {
		return fmt.Errorf("the acquirer was not asked about its code %s: are alipayplus.private_code_domains and the address of userInitiatedPay in the profile right, and those of the simulator?",
			p.Shown().Code)
	}
	return nil
}

func confirms(ctx context.Context, who, late string) error {
	w := world.From(ctx)
	payer, err := w.PayerBy(strings.TrimPrefix(who, "the "))
	if err != nil {
		return err
	}
	if seen, ok := w.Recall(scannedKey).(scanned); ok && seen.payer == payer && seen.result.Status != aps.Success {
		p, err := w.PaymentBy("")
		if err != nil {
			return err
		}
		return w.NotReached("the payer sees no order: "+seen.result.Code, codeBlame(p))
	}
	wait := patience
	if late != "" {
		wait = 0 // nothing may wait any more
	}
	paid, err := payer.Confirm(ctx, wait, late != "")
	switch {
	case err != nil && late != "" && cancelledByNow(w):
		return nil // the wallet has heard of the cancellation
	case err != nil:
		return tooLate(ctx, payer, fmt.Errorf("confirm the payment: %w", err))
	case late == "" && paid.State == "FAILED" && cancelledByNow(w):
		return w.NotReached("the acquirer had cancelled the payment before the payer confirmed")
	}
	return nil
}

// cancelledByNow reports whether the acquirer has cancelled anything.
func cancelledByNow(w *world.World) bool {
	return slices.ContainsFunc(w.Exchanges(), func(e trace.Exchange) bool { return aps.API(e.API) == aps.CancelPayment })
}
