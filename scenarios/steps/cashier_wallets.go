package steps

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	messages "github.com/cucumber/messages/go/v21"

	"mppsim/scenarios/acquirer"
	"mppsim/scenarios/world"
	"mppsim/wallet/aps"
	"mppsim/wallet/control"
	"mppsim/wallet/money"
	"mppsim/wallet/trace"
)

// walletSteps are about shops that offer wallets one by one (tile mode of the cashier).
func walletSteps() []Step {
	return []Step{
		step("Alipay+", `Alipay\+ offers shops these wallets`, `Alipay+ offers shops these wallets`,
			"One wallet per row: its name at Alipay+, its brand, and whether it is enabled or disabled.", offerThese),
		step("shop", `the shop asks which wallets it can offer for (a price that is not known yet|`+worth+`)`,
			`the shop asks which wallets it can offer for 250.00`,
			"The shop renders its payment page for the latest payer.", askForWallets),
		step("payer", `the payer chooses the (first|second) wallet that the shop offers for `+worth,
			`the payer chooses the second wallet that the shop offers for 250.00`,
			"The shop asks which wallets it can offer, and the payer takes one of them.", chooseWallet),
		step("shop", `the shop can offer (.+), but not (.+)`, `the shop can offer Novel Wallet, but not Hanriver Pay`,
			"Of the wallets with these brands the acquirer tells the shop the first one and not the second.", canOffer),
		step("state", `no payment has come of the questions`, `no payment has come of the questions`,
			"Nothing but the questions has reached Alipay+, an unknown price as 0, and the shop's list holds nothing of them.", onlyAsked),
	}
}

// Keys of what these steps remember.
const (
	walletKey = "chosen wallet"
	offerKey  = "offered wallets"
)

// choice is the wallet that a payer has chosen in the shop, and its name at Alipay+ where that is known.
type choice struct {
	wallet acquirer.Wallet
	method string
}

// wireWallet is a wallet in the answer of Alipay+.
type wireWallet struct {
	Name  string `json:"walletName"`
	Brand string `json:"walletBrandName"`
}

// wireOption is one option of that answer.
type wireOption struct {
	MethodType string `json:"paymentMethodType"`
	Category   string `json:"paymentMethodCategory"`
	Enabled    string `json:"enabled"`
	Preferred  string `json:"preferred"`
	Detail     struct {
		Type    string `json:"paymentOptionDetailType"`
		Connect struct {
			Wallets []wireWallet `json:"supportWallets"`
		} `json:"connectWallet"`
	} `json:"paymentOptionDetail"`
}

func offerThese(ctx context.Context, table *messages.PickleTable) error {
	var options []wireOption
	for _, row := range table.Rows {
		if len(row.Cells) != 3 {
			return fmt.Errorf("a row needs a name, a brand, and enabled or disabled, not %d cells", len(row.Cells))
		}
		enabled := fmt.Sprint(row.Cells[2].Value == "enabled")
		o := wireOption{MethodType: "CONNECT_WALLET", Category: "WALLET", Enabled: enabled, Preferred: enabled}
		o.Detail.Type = o.MethodType
		o.Detail.Connect.Wallets = []wireWallet{{row.Cells[0].Value, row.Cells[1].Value}}
		options = append(options, o)
	}
	raw, err := json.Marshal(options)
	if err != nil {
		return err
	}
	w := world.From(ctx)
	_, err = w.Arm(ctx, "answer-altered", aps.ConsultPayment, world.OnReference(w.Reference()), world.Params(control.Params{
		Alter: control.Alteration{Set: map[string]json.RawMessage{"paymentOptions": raw}},
	}))
	return err
}

// askOffer lets the shop ask which wallets it can offer to the latest payer. An amount of zero is not known yet.
func askOffer(ctx context.Context, worth string) (acquirer.Offer, error) {
	w := world.From(ctx)
	payer, err := w.PayerBy("")
	if err != nil {
		return acquirer.Offer{}, err
	}
	shop, err := w.Shop("")
	if err != nil {
		return acquirer.Offer{}, err
	}
	amount := money.Of(shop.Currencies[0], 0)
	if worth != "" {
		if amount, err = w.Amount(worth, shop); err != nil {
			return acquirer.Offer{}, err
		}
	}
	offer, err := w.Wallets(ctx, acquirer.WalletsQuestion{
		Shop: shop, Amount: amount,
		Online: acquirer.Online{Device: deviceOf(""), Buyer: buyer(w, payer), Return: returnAddress},
	})
	if err == nil && offer.Refused {
		err = w.NotReached("the acquirer refuses to say which wallets can be offered: " + offer.Reason)
	}
	return offer, err
}

func askForWallets(ctx context.Context, _, worth string) error {
	offer, err := askOffer(ctx, worth)
	world.From(ctx).Remember(offerKey, offer)
	return err
}

func chooseWallet(ctx context.Context, which, worth string) error {
	w := world.From(ctx)
	offer, err := askOffer(ctx, worth)
	if err != nil {
		return err
	}
	at := slices.Index([]string{"first", "second"}, which)
	if at >= len(offer.Wallets) {
		return w.NotReached(fmt.Sprintf("the shop can offer %d wallets only", len(offer.Wallets)), "ACQ-CSH-09")
	}
	if err := w.Refresh(ctx); err != nil {
		return err
	}
	chosen := offer.Wallets[at]
	w.Remember(walletKey, choice{chosen, methodOf(w, chosen)})
	return nil
}

// methodOf finds the name at Alipay+ of a wallet that the shop offers by another one: by its brand.
func methodOf(w *world.World, chosen acquirer.Wallet) string {
	for _, e := range questions(w) {
		var told struct {
			Options []wireOption `json:"paymentOptions"`
		}
		if json.Unmarshal(e.Response.Body, &told) != nil {
			continue
		}
		for _, o := range told.Options {
			for _, known := range o.Detail.Connect.Wallets {
				if known.Name == chosen.Name || known.Brand != "" && known.Brand == chosen.Brand {
					return known.Name
				}
			}
		}
	}
	return ""
}

// questions are those that the acquirer has asked Alipay+.
func questions(w *world.World) []trace.Exchange { return world.Of(w.Exchanges(), aps.ConsultPayment) }

func canOffer(ctx context.Context, brand, disabled string) error {
	w := world.From(ctx)
	offer, _ := w.Recall(offerKey).(acquirer.Offer)
	named := func(brand string) bool {
		return slices.ContainsFunc(offer.Wallets, func(o acquirer.Wallet) bool { return o.Brand == brand })
	}
	switch {
	case !slices.ContainsFunc(offer.Wallets, func(o acquirer.Wallet) bool { return o.Brand != "" }):
		return fmt.Errorf("the profile does not say where the acquirer tells the brands of wallets: verbs.cashier.wallets.response.brand")
	case !named(brand):
		return w.Fail(brand+", which is enabled, can be offered", fmt.Sprintf("%v", offer.Wallets), w.Call(offer.Call))
	case named(disabled):
		return w.Fail(disabled+", which is disabled, is not offered", fmt.Sprintf("%v", offer.Wallets), w.Call(offer.Call))
	}
	return nil
}

func onlyAsked(ctx context.Context) error {
	w := world.From(ctx)
	if err := settleRecord(ctx); err != nil {
		return err
	}
	asked := questions(w)
	if len(asked) == 0 {
		return w.NotReached("no question that is known to be the scenario's has reached Alipay+")
	}
	if e, more := first(w.Exchanges(), func(e trace.Exchange) bool { return aps.API(e.API) != aps.ConsultPayment }); more {
		return w.Fail("nothing but questions reaches Alipay+", "a "+spell(aps.API(e.API)), w.Ex(e))
	}
	for _, e := range asked[1:] { // the price of the first one was known
		if value := member(e.Request.Body, "paymentAmount", "value"); value != "0" {
			return w.Fail(`a price that is not known yet is sent as "0"`, fmt.Sprintf("%q", value), w.Ex(e))
		}
	}
	return nothingListed(ctx, w)
}

func nothingListed(ctx context.Context, w *world.World) error {
	shop, err := w.Shop("")
	if err != nil {
		return err
	}
	list, err := w.List(ctx, shop)
	if err != nil {
		return fmt.Errorf("list the payments: %w", err)
	}
	for _, p := range list {
		if len(p.Reference) >= len(w.Reference()) && p.Reference[:len(w.Reference())] == w.Reference() {
			return w.Fail("the list holds nothing of the questions", "order "+p.Reference, w.Call(p.Call))
		}
	}
	return nil
}
