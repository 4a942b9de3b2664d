package cashier_test

import (
	"strings"
	"testing"

	"mppsim/wallet/aps"
	"mppsim/wallet/cashier"
	"mppsim/wallet/catalogue"
	"mppsim/wallet/jsontree"
)

func ask(t *testing.T, wallets []cashier.Wallet, question string) aps.Fields {
	t.Helper()
	root, err := jsontree.Parse([]byte(question))
	if err != nil {
		t.Fatal(err)
	}
	c := cashier.Cashier{Wallets: wallets, Brand: "Kaleido Pay", BaseURL: func() string { return "http://sim" }}
	answer := c.Consult(aps.FieldsOf(root))
	protocol, err := catalogue.Load()
	if err != nil {
		t.Fatal(err)
	}
	op, _ := protocol.Operation("aps", "consultPayment")
	if v := op.ValidateTree(catalogue.Response, answer); len(v.Violations)+len(v.Unknown) > 0 {
		t.Errorf("the answer breaks the catalogue: %+v", v)
	}
	return aps.FieldsOf(answer)
}

func names(f aps.Fields, option string) string {
	var list []string
	for i := 0; ; i++ {
		name := f.Text(option + ".paymentOptionDetail.connectWallet.supportWallets." + string(rune('0'+i)) + ".walletName")
		if name == "" {
			return strings.Join(list, " ")
		}
		list = append(list, name)
	}
}

func TestConsult(t *testing.T) {
	t.Parallel()
	wallets := []cashier.Wallet{
		{Name: "A", Region: "SG", CodeScan: true},
		{Name: "B", Brand: "Bee", Region: "MY", Redirection: true},
		{Name: "C", Brand: "Sea", Region: "TH", Currencies: []string{"THB"}},
		{Name: "D", Brand: "Dee", Region: "KR", Disabled: "under maintenance"},
	}
	for _, tt := range []struct{ name, question, usable, second, reason string }{
		{"all that can be used", `{"paymentAmount":{"currency":"SGD","value":"0"}}`, "A B", "C", "payments in SGD are not taken"},
		{"the buyer's region first", `{"paymentAmount":{"currency":"THB","value":"1"},"userRegion":"TH"}`, "C A B", "D", "under maintenance"},
		{"wanted regions only", `{"paymentAmount":{"currency":"SGD","value":"1"},"allowedPspRegions":["MY","KR"]}`, "B", "D", "under maintenance"},
	} {
		f := ask(t, wallets, tt.question)
		if f.Text("paymentOptions.0.enabled") != "true" || names(f, "paymentOptions.0") != tt.usable {
			t.Errorf("%s: %s offered, want %s", tt.name, names(f, "paymentOptions.0"), tt.usable)
		}
		if f.Text("paymentOptions.1.enabled") != "false" || names(f, "paymentOptions.1") != tt.second || f.Text("paymentOptions.1.disableReason") != tt.reason {
			t.Errorf("%s: second option %s because %q", tt.name, names(f, "paymentOptions.1"), f.Text("paymentOptions.1.disableReason"))
		}
	}
	nothing := ask(t, wallets, `{"paymentAmount":{"currency":"SGD","value":"1"},"allowedPspRegions":["JP"]}`)
	if nothing.Text("result.resultCode")+nothing.Text("paymentOptions.0.enabled") != "SUCCESSfalse" {
		t.Error("no wallet of the wanted region must be one option that is not enabled")
	}
}

func TestBrands(t *testing.T) {
	t.Parallel()
	c := cashier.Cashier{Wallets: []cashier.Wallet{{Name: "A"}, {Name: "B", Brand: "Bee"}}, Brand: "Own"}
	for name, brand := range map[string]string{"A": "Own", "B": "Bee", "CONNECT_WALLET": "Own", "": "Own"} {
		if got := c.BrandOf(name); got != brand {
			t.Errorf("%s is %s, want %s", name, got, brand)
		}
	}
}

func TestWalletsAreData(t *testing.T) {
	t.Parallel()
	list, err := cashier.BuiltIn()
	if err != nil || len(list) < 3 {
		t.Fatalf("built in: %d wallets, %v", len(list), err)
	}
	for text, want := range map[string]string{
		"":                                   "my.yaml: want a list",
		"- {name: A}":                        "wallet A: region",
		"- {name: A, region: sg}":            "wallet A: region",
		"- {region: SG}":                     "wallet 1: name",
		"- {name: A, region: SG, colour: 1}": "colour",
		"- {name: A, region: SG}\n- {name: A, region: MY}": "wallet 2: name",
		"- {name: A, region: SG, currencies: [SGD, XXXX]}": "currencies: \"XXXX\"",
	} {
		if _, err := cashier.Parse("my.yaml", []byte(text)); err == nil || !strings.Contains(err.Error(), want) || !strings.HasPrefix(err.Error(), "my.yaml") {
			t.Errorf("%q: %v, want %q", text, err, want)
		}
	}
}
