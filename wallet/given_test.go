package wallet_test

import (
	"strings"
	"testing"

	"mppsim/wallet/control"
	"mppsim/wallet/money"
)

// refusedFor checks that what was given is refused as invalid, in words that name it.
func refusedFor(t *testing.T, what string, err error, word string) {
	t.Helper()
	if no := asRefusal(err); no == nil || no.Code != control.Invalid || !strings.Contains(no.Message, word) {
		t.Errorf("%s: %v, want it to be invalid and to speak of %q", what, err, word)
	}
}

func TestPayersThatCannotBe(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.open("off")
	funds := func(currency string, value int64) *money.Amount { return new(money.Of(currency, value)) }
	saves := func(name, sponsor string, a money.Amount) []control.PromotionSpec {
		return []control.PromotionSpec{{Name: name, Type: "DISCOUNT", Sponsor: sponsor, Savings: a}}
	}
	for _, tt := range []struct {
		what string
		spec control.PayerSpec
		word string
	}{
		{"a debt", control.PayerSpec{Balance: funds("SGD", -1)}, "SGD -0.01 is not from 0"},
		{"more than can be added up", control.PayerSpec{Balance: funds("SGD", 1<<62)}, "is not from 0 to SGD 9000000000000.00"},
		{"a currency that nobody has", control.PayerSpec{Balance: funds("QQQ", 5)}, `balance: "QQQ" is not an active`},
		{"a promotion without name", control.PayerSpec{Promotions: saves("", "s", money.Of("SGD", 1))}, "promotions[0]: it needs a name"},
		{"a promotion without sponsor", control.PayerSpec{Promotions: saves("n", "", money.Of("SGD", 1))}, "a sponsor, who pays"},
		{"a promotion that costs the payer", control.PayerSpec{Promotions: saves("n", "s", money.Of("SGD", -1))}, "promotions: n: SGD -0.01"},
		{"a promotion that saves nothing", control.PayerSpec{Promotions: saves("n", "s", money.Of("SGD", 0))}, "n saves nothing"},
		{"a trait that there is not", control.PayerSpec{Traits: map[string]string{"colour": "red"}}, `there is no "colour"; there are active`},
		{"a trait of another kind", control.PayerSpec{Traits: map[string]string{"risk": "5"}}, `risk: "5" is not true or false`},
	} {
		tt.spec.Timeline = r.timeline
		_, err := r.api.CreatePayer(t.Context(), tt.spec)
		refusedFor(t, tt.what, err, tt.word)
	}
	list := must[[]control.Payer](t)(r.api.Payers(t.Context(), r.timeline))
	if len(list) != 0 {
		t.Errorf("%d payers were made all the same", len(list))
	}
	marked := r.payerWith("rich", map[string]string{"marks": "gambling"})
	want(t, "one mark needs no brackets", r.pay("P1", r.code(marked), "1000").code(), "RISK_REJECT")
}

func TestMoneyThatCannotBeGiven(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.open("off")
	p := r.payer("rich")
	for _, tt := range []struct {
		amount money.Amount
		word   string
	}{
		{money.Of("SGD", 0), "more than nothing"},
		{money.Of("SGD", -5), "more than nothing"},
		{money.Of("QQQ", 5), "active ISO 4217 currency"},
		{money.Of("SGD", 1<<62), "is not from 0 to"},
	} {
		_, err := r.api.TopUp(t.Context(), p.ID, control.TopUpSpec{Amount: tt.amount})
		refusedFor(t, tt.amount.String(), err, tt.word)
	}
}

func TestCodesThatCannotBeIssued(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.open("off")
	p := r.payer("rich")
	for _, tt := range []struct {
		spec control.CodesSpec
		word string
	}{
		{control.CodesSpec{Quantity: 11}, "quantity: 11 instead of 1 to 10"},
		{control.CodesSpec{CodeSpec: control.CodeSpec{Length: 20}}, "length 20 is none of 17, 18, 19, 24, 32"},
		{control.CodesSpec{CodeSpec: control.CodeSpec{Prefix: "31"}}, `prefix "31" is no start of digits from 25 to 30`},
		{control.CodesSpec{CodeSpec: control.CodeSpec{Prefix: "28x"}}, `prefix "28x"`},
		{control.CodesSpec{CodeSpec: control.CodeSpec{Region: "sg"}}, `region: "sg"`},
		{control.CodesSpec{CodeSpec: control.CodeSpec{Region: "S1"}}, `region: "S1"`},
	} {
		_, err := r.api.IssueCodes(t.Context(), p.ID, tt.spec)
		refusedFor(t, tt.word, err, tt.word)
	}
}

// TestWhatIsConsideredIsWhatIsTaken asks about a campaign for one wallet in the name of payers of two.
func TestWhatIsConsideredIsWhatIsTaken(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.open("off")
	own := r.payer("rich")
	other := r.payerWith("rich", map[string]string{"wallet": "BANYAN_WALLET"})
	must[control.PromotionCampaign](t)(r.api.OpenPromotion(t.Context(), control.CampaignSpec{
		Timeline: r.timeline, Template: "instant-discount", Traits: map[string]string{"currency": "SGD", "brands": "Banyan eWallet"},
	}))
	for i, tt := range []struct {
		payer control.Payer
		saves int64
	}{{own, 0}, {other, 1000}} {
		list := must[[]control.Consideration](t)(r.api.ConsiderPromotions(t.Context(), control.Purchase{
			Payer: tt.payer.ID, Amount: money.Of("SGD", 11000), Region: "SG",
		}))
		if len(list) != 1 || list[0].Savings.Value != tt.saves {
			t.Errorf("wallet %q: considered %+v, want %d", tt.payer.Wallet, list, tt.saves)
		}
		want(t, "paid", r.pay([]string{"P1", "P2"}[i], r.code(tt.payer), "11000").code(), "SUCCESS")
		r.wantMoved("payer/"+tt.payer.ID, tt.saves-11000)
	}
	_, err := r.api.ConsiderPromotions(t.Context(), control.Purchase{Payer: own.ID, Amount: money.Of("SGD", 11000), Region: "Singapore"})
	refusedFor(t, "a region", err, `region: "Singapore"`)
}

// TestCampaignsBeyondAllTime refuses spans that no calendar holds, and opens nothing then.
func TestCampaignsBeyondAllTime(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.open("off")
	for _, field := range []string{"startDay", "days"} {
		for _, days := range []string{"99999999999", "-99999999999"} {
			traits := map[string]string{"currency": "SGD", field: days}
			_, err := r.api.OpenPromotion(t.Context(), control.CampaignSpec{Timeline: r.timeline, Template: "instant-discount", Traits: traits})
			refusedFor(t, field, err, field)
			_, err = r.api.OpenRedPackets(t.Context(), control.CampaignSpec{Timeline: r.timeline, Template: "summer", Traits: traits})
			refusedFor(t, field, err, field)
		}
	}
	if list := must[[]control.PromotionCampaign](t)(r.api.Promotions(t.Context(), r.timeline)); len(list) > 0 {
		t.Errorf("opened all the same: %+v", list)
	}
	if list := must[[]control.RedPacketCampaign](t)(r.api.RedPackets(t.Context(), r.timeline)); len(list) > 0 {
		t.Errorf("opened all the same: %+v", list)
	}
}
