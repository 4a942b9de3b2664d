package httpdriver_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"mppsim/scenarios/acquirer"
	"mppsim/wallet/money"
)

const cashierStyle = head + `
drivers: { api: { http: http://127.0.0.1:1 } }
verbs:
  cashier:
    create:
      by: api
      request:
        method: POST
        path: /checkouts
        json: { total: "{{.Amount.Major}}", order: "{{.Reference}}", device: "{{lower .Device.Terminal}}", os: "{{.Device.OS}}",
                wallet: "{{.Wallet}}", customer: "{{.Buyer}}", back: "{{.Return}}" }
      response: { payment: id, state: st, address: go, addresses: links.@values }
    wallets:
      by: api
      request: { method: GET, path: "/wallets/{{.Amount.Currency}}/at{{.Amount.Major}}" }
      response: { list: wallets, wallet: name, brand: label }
  recon:
    import:
      by: api
      request: { method: PUT, path: "/reports/{{.Report.Name}}", headers: { Content-Type: text/csv }, text: "{{.Report.Text}}" }
    differences:
      by: api
      request: { method: GET, path: "/differences/{{.Day}}" }
      response: { list: differences, reference: order, request_id: attempt, reason: why }
  query: { by: api, request: { method: GET, path: "/checkouts/{{.Payment}}" }, response: { state: st } }
states: { payment: { NEW: PENDING } }
`

func online(t *testing.T, answers map[string]string) (*till, interface {
	acquirer.Presenter
	acquirer.Offerer
	acquirer.Reconciler
},
) {
	t.Helper()
	shop := &till{answers: answers}
	style := strings.Replace(cashierStyle, "[upm, cancel, refund, list, receipt]", "[cashier, cashier_tile, recon]", 1)
	return shop, open(t, style, shop)
}

func TestCashier(t *testing.T) {
	t.Parallel()
	shop, d := online(t, map[string]string{
		"POST /checkouts": `201 {"id":"7","st":"NEW","go":"http://g/a?b=c%2Fd#e","links":{"page":"http://g/a?b=c%2Fd#e","app":"x://pay"}}`,
	})
	c := charge()
	c.Product, c.Code, c.Reference = acquirer.ProductCashier, "", "R-1"
	c.Online = acquirer.Online{
		Device: acquirer.Device{Terminal: "APP", OS: "IOS"}, Wallet: "BANYAN_WALLET", Buyer: "B-1", Return: "https://shop.example/back",
	}
	p, err := d.Present(context.Background(), c)
	want := acquirer.Shown{Address: "http://g/a?b=c%2Fd#e", Addresses: "http://g/a?b=c%2Fd#e\nx://pay"}
	if err != nil || p.ID != "7" || p.Shown != want {
		t.Errorf("%+v, %v", p, err)
	}
	sent := `{"total":"250.00","order":"R-1","device":"app","os":"IOS","wallet":"BANYAN_WALLET","customer":"B-1","back":"https://shop.example/back"}`
	if !strings.HasSuffix(shop.last(), sent) {
		t.Errorf("sent %s", shop.last())
	}
	c.Online = acquirer.Online{Device: acquirer.Device{Terminal: "WEB"}}
	if _, err := d.Present(context.Background(), c); err != nil || !strings.HasSuffix(shop.last(), `{"total":"250.00","order":"R-1","device":"web"}`) {
		t.Errorf("sent %s, %v", shop.last(), err)
	}
}

func TestFills(t *testing.T) {
	t.Parallel()
	_, d := online(t, nil)
	filler, _ := d.(acquirer.Filler)
	for field, want := range map[string]bool{".Device.Terminal": true, ".Buyer": true, ".Validity": false} {
		if filler.Fills("cashier.create", field) != want {
			t.Errorf("%s: %t", field, !want)
		}
	}
	if filler.Fills("order_code.create", ".Buyer") {
		t.Error("a verb that is not mapped is filled")
	}
}

func TestWallets(t *testing.T) {
	t.Parallel()
	shop, d := online(t, map[string]string{
		"GET /wallets/SGD/at":      `200 {"wallets":[{"name":"A","label":"Alpha"},{"name":"B"}]}`,
		"GET /wallets/SGD/at73.21": `422 {"error":"no"}`,
	})
	offer, err := d.Wallets(context.Background(), acquirer.WalletsQuestion{Amount: money.Of("SGD", 0)})
	if want := []acquirer.Wallet{{Name: "A", Brand: "Alpha"}, {Name: "B"}}; err != nil || !slices.Equal(offer.Wallets, want) {
		t.Errorf("%+v, %v after %s", offer, err, shop.last())
	}
	if offer, err = d.Wallets(context.Background(), acquirer.WalletsQuestion{Amount: money.Of("SGD", 7321)}); err != nil || !offer.Refused {
		t.Errorf("%+v, %v", offer, err)
	}
}

func TestReconciliation(t *testing.T) {
	t.Parallel()
	shop, d := online(t, map[string]string{
		"PUT /reports/items_000.csv":  `200 {}`,
		"PUT /reports/broken.csv":     `422 {}`,
		"GET /differences/2026-11-02": `200 {"differences":[{"order":"R-1","attempt":"a-1","why":"amount"}]}`,
		"GET /differences/2026-11-03": `404 {}`,
	})
	call, err := d.Import(context.Background(), acquirer.Report{Day: "2026-11-02", Name: "items_000.csv", Text: "totalCount\n0\n"})
	if err != nil || call.Verb != acquirer.VerbImport || !strings.HasSuffix(shop.last(), "totalCount\n0\n") {
		t.Errorf("%+v, %v: %s", call, err, shop.last())
	}
	if _, err := d.Import(context.Background(), acquirer.Report{Name: "broken.csv", Text: "?"}); !errors.Is(err, acquirer.ErrServer) {
		t.Errorf("a refused report: %v", err)
	}
	told, err := d.Differences(context.Background(), "2026-11-02")
	if want := []acquirer.Difference{{Reference: "R-1", RequestID: "a-1", Reason: "amount"}}; err != nil || !slices.Equal(told.List, want) {
		t.Errorf("%+v, %v", told, err)
	}
	if _, err := d.Differences(context.Background(), "2026-11-03"); !errors.Is(err, acquirer.ErrServer) {
		t.Errorf("a refused question: %v", err)
	}
}
