package wallet_test

import (
	"fmt"
	"image/png"
	"io"
	"net/http"
	"strings"
	"testing"

	"mppsim/wallet/aps"
	"mppsim/wallet/code/picture"
)

// browse is what a browser gets at an address.
func (r *rig) browse(address string) (int, string) {
	r.t.Helper()
	req, err := http.NewRequestWithContext(r.t.Context(), http.MethodGet, address, http.NoBody)
	if err != nil {
		r.t.Fatal(err)
	}
	resp, err := r.http.Do(req)
	if err != nil {
		r.t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		r.t.Fatal(err)
	}
	return resp.StatusCode, string(body)
}

func TestTheAddressesOfTheCashierLeadToAPage(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.sim.SetURLs(r.url, r.url)
	r.open("off")
	p := r.payer("rich")
	a := r.sell(sale{id: "P1", value: "500", factor: tileFactor, env: `"terminalType":"WAP","osType":"IOS"`})
	for _, member := range []string{"normalUrl", "paymentUrl", "applinkUrl"} {
		if !strings.HasPrefix(a.Text(member), r.url) {
			t.Errorf("%s is %s", member, a.Text(member))
		}
		if status, body := r.browse(a.Text(member)); status != 200 || !strings.Contains(body, "SGD 5.00") || !strings.Contains(body, "Waiting") {
			t.Errorf("%s: %d %s", member, status, body)
		}
	}
	r.scan(p, a.Text("normalUrl"))
	r.confirm(p)
	if _, body := r.browse(a.Text("normalUrl")); !strings.Contains(body, "Paid") || !strings.Contains(body, "https://shop.example/back?order=P1") {
		t.Errorf("after paying: %s", body)
	}
	logo := r.ask(aps.ConsultPayment, `{"paymentAmount":{"currency":"SGD","value":"1"},"paymentFactor":`+tileFactor+`,"settlementStrategy":{"settlementCurrency":"SGD"}}`).
		Text("paymentOptions.0.paymentOptionDetail.connectWallet.supportWallets.0.walletLogo.logoUrl")
	if status, body := r.browse(logo); status != 200 || !strings.Contains(body, "<svg") {
		t.Errorf("logo %s: %d %s", logo, status, body)
	}
}

// TestPicturesOfOrderCodesAreServed: each form of the code is a picture of its size, as long as the order is open.
func TestPicturesOfOrderCodesAreServed(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.sim.SetURLs(r.url, r.url)
	r.open("off")
	a := r.sell(sale{id: "P1", value: "500", factor: orderCodeFactor})
	for i, width := range []int{0, picture.SmallImage, picture.MiddleImage, picture.BigImage} {
		if width == 0 {
			continue // the text
		}
		address := a.Text(fmt.Sprintf("orderCodeForm.codeDetails.%d.codeValue", i))
		status, body := r.browse(address)
		drawn, err := png.Decode(strings.NewReader(body))
		if status != http.StatusOK || err != nil || drawn.Bounds().Dx() != width {
			t.Errorf("%s: status %d, error %v", address, status, err)
		}
	}
	r.cancel("P1")
	if status, _ := r.browse(a.Text("orderCodeForm.codeDetails.1.codeValue")); status != http.StatusNotFound {
		t.Errorf("the picture of a closed order: status %d", status)
	}
}
