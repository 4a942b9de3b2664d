package steps

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strconv"
	"testing"
	"time"

	"mppsim/reports/journal"
	"mppsim/scenarios/acquirer"
	"mppsim/scenarios/world"
	"mppsim/wallet/aps"
	"mppsim/wallet/control"
	"mppsim/wallet/trace"
)

// checkout is a shop that sends buyers where a test says, and offers the wallets that it says.
type checkout struct {
	cashier
	shown  acquirer.Shown
	offer  []acquirer.Wallet
	listed []acquirer.Payment
}

func (c *checkout) Present(context.Context, acquirer.Charge) (acquirer.Payment, error) {
	p, err := c.tell()
	p.Shown = c.shown
	return p, err
}

func (c *checkout) Wallets(context.Context, acquirer.WalletsQuestion) (acquirer.Offer, error) {
	return acquirer.Offer{Wallets: c.offer, Call: journal.Call{ID: "offer"}}, nil
}

func (c *checkout) List(context.Context, acquirer.Shop) ([]acquirer.Payment, error) {
	return c.listed, nil
}

// Info allows nothing but loopback.
func (s *script) Info(context.Context) (control.Info, error) { return control.Info{}, nil }

const (
	pageOfWallet = "http://gateway/checkout/1?back=a%2Fb#pay"
	linkOfWallet = "wallet://pay?order=1%2F2"
	redirection  = `{"normalUrl":"` + pageOfWallet + `","schemeUrl":"` + linkOfWallet + `",` +
		`"orderCodeForm":{"codeDetails":[{"codeValueType":"BARCODE","codeValue":"1","displayType":"TEXT"},{"codeValueType":"QRCODE","codeValue":"https://q/1?a=%2B","displayType":"TEXT"}]}}`
)

// goes is a scene with an online payment of 250.00 whose charge says more and is answered with a body.
func goes(t *testing.T, c *checkout, device, more, answer string) *scene {
	t.Helper()
	s := playAt(t, c)
	if err := sendToCashier(s.ctx, device, "250.00", ""); err != nil {
		t.Fatal(err)
	}
	p, err := s.PaymentBy("")
	if err != nil {
		t.Fatal(err)
	}
	body := fmt.Sprintf(`{"paymentRequestId":"p-2","order":{"referenceOrderId":%q}%s}`, p.Charge.Reference, more)
	s.tells(aps.Pay, "p-2", body, answer, inProcess)
	if _, err := p.Answer(s.ctx); err != nil {
		t.Fatal(err)
	}
	return s
}

// tells records an exchange of the acquirer.
func (s *scene) tells(api aps.API, id, body, answer string, result *trace.Result) {
	s.sim.mu.Lock()
	n := len(s.sim.exchanges) + 1
	e := trace.Exchange{
		Seq: uint64(n), ID: "x" + strconv.Itoa(n), Leg: trace.AcquirerToNetwork, API: string(api), PaymentRequestID: id, Executed: true,
		Received: time.Now(), Answered: time.Now(), Request: trace.Message{Body: []byte(body)},
		Response: trace.Message{Status: 200, Body: []byte(answer)}, Result: result,
	}
	s.sim.exchanges = append(s.sim.exchanges, e)
	s.sim.mu.Unlock()
	s.Deliver(e)
}

func TestAddressesAreHandedOutUnchanged(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		shown  acquirer.Shown
		device string
		answer string
		state  acquirer.State
		want   string
	}{
		"page":               {acquirer.Shown{Address: pageOfWallet}, "", redirection, pending, "passed"},
		"page and app":       {acquirer.Shown{Address: pageOfWallet, Addresses: pageOfWallet + "\n" + linkOfWallet}, "", redirection, pending, "passed"},
		"app in an app":      {acquirer.Shown{Address: linkOfWallet}, "an app on iOS", redirection, pending, "passed"},
		"app in a browser":   {acquirer.Shown{Address: linkOfWallet}, "a desktop browser", redirection, pending, "accused"},
		"decoded":            {acquirer.Shown{Address: "http://gateway/checkout/1?back=a/b#pay"}, "", redirection, pending, "accused"},
		"one of two changed": {acquirer.Shown{Address: pageOfWallet, Addresses: "http://gateway/"}, "", redirection, pending, "accused"},
		"nothing":            {acquirer.Shown{}, "", redirection, pending, "accused"},
		"paid by now":        {acquirer.Shown{Address: pageOfWallet}, "", redirection, paid, "accused"},
		"refused":            {acquirer.Shown{}, "", `{}`, failed, "not reached ACQ-CSH-01"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := goes(t, &checkout{cashier: cashier{states: []acquirer.State{tt.state}}, shown: tt.shown}, tt.device, "", tt.answer)
			if got := verdictOf(addressesUnchanged(s.ctx)); got != tt.want {
				t.Errorf("%s, want %s", got, tt.want)
			}
		})
	}
}

func TestTimeToPay(t *testing.T) {
	t.Parallel()
	in := func(d time.Duration) string { return time.Now().Add(d).Format(time.RFC3339) }
	for name, tt := range map[string]struct{ wire, shown, want string }{
		"in time":             {in(10 * time.Minute), in(10 * time.Minute), "passed"},
		"not said":            {"", "soon", "passed"},
		"an hour on the wire": {in(time.Hour), "", "accused"},
		"an hour in the shop": {in(time.Minute), in(time.Hour), "accused"},
	} {
		c := &checkout{cashier: cashier{states: []acquirer.State{pending}}, shown: acquirer.Shown{Address: pageOfWallet, Expires: tt.shown}}
		s := goes(t, c, "", fmt.Sprintf(`,"paymentExpiryTime":%q`, tt.wire), redirection)
		if got := verdictOf(atMostToPay(s.ctx, "10 min")); got != tt.want {
			t.Errorf("%s: %s, want %s", name, got, tt.want)
		}
	}
}

func TestCodeBesideTheAddress(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct{ code, answer, want string }{
		"as it came": {"https://q/1?a=%2B", redirection, "passed"},
		"decoded":    {"https://q/1?a=+", redirection, "accused"},
		"dropped":    {"", redirection, "accused"},
		"none given": {"", `{}`, "not reached ACQ-CSH-08"},
	} {
		c := &checkout{cashier: cashier{states: []acquirer.State{pending}}, shown: acquirer.Shown{Address: pageOfWallet, Code: tt.code}}
		if got := verdictOf(codeBeside(goes(t, c, "", "", tt.answer).ctx)); got != tt.want {
			t.Errorf("%s: %s, want %s", name, got, tt.want)
		}
	}
}

func TestBuyersComeBack(t *testing.T) {
	t.Parallel()
	asked := make(chan string, 2)
	shop := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { asked <- r.RequestURI }))
	defer shop.Close()
	for name, tt := range map[string]struct{ address, forged, want, asked string }{
		"as they are":       {shop.URL + "/back?o=1", "", "passed", "/back?o=1"},
		"with a success":    {shop.URL + "/back?o=1", ", with a success", "passed", "/back?o=1&paymentId=123&resultStatus=S&status=SUCCESS"},
		"to the shop":       {returnAddress, "", "passed", ""},
		"nowhere":           {"", "", "not reached ACQ-CSH-03", ""},
		"to another's page": {"https://elsewhere.example/", "", "not reached ", ""},
	} {
		s := goes(t, &checkout{cashier: cashier{states: []acquirer.State{pending}}}, "", fmt.Sprintf(`,"paymentRedirectUrl":%q`, tt.address), redirection)
		if got := verdictOf(comeBack(s.ctx, tt.forged)); got != tt.want {
			t.Errorf("%s: %s, want %s", name, got, tt.want)
		}
		if tt.asked != "" {
			if got := <-asked; got != tt.asked {
				t.Errorf("%s: %s, want %s", name, got, tt.asked)
			}
		}
	}
}

// options is an answer to the question for wallets.
func options(t *testing.T, names ...string) string {
	t.Helper()
	var list []wireOption
	for i := 0; i+1 < len(names); i += 2 {
		var o wireOption
		o.Detail.Connect.Wallets = []wireWallet{{names[i], names[i+1]}}
		list = append(list, o)
	}
	raw, err := json.Marshal(map[string]any{"paymentOptions": list})
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

func TestWalletsAreKnownByNameOrBrand(t *testing.T) {
	t.Parallel()
	c := &checkout{cashier: cashier{states: []acquirer.State{pending}}, offer: []acquirer.Wallet{{Name: "own-1", Brand: "Alpha"}, {Name: "BETA", Brand: ""}, {Name: "own-3"}}}
	s := playAt(t, c)
	s.tells(aps.ConsultPayment, "", "{}", options(t, "ALPHA", "Alpha", "BETA", "Beta"), success)
	for i, want := range []string{"ALPHA", "BETA", ""} {
		if got := methodOf(s.World, c.offer[i]); got != want {
			t.Errorf("%v is %q at Alipay+, want %q", c.offer[i], got, want)
		}
	}
	if err := chooseWallet(s.ctx, "first", "250.00"); err != nil {
		t.Fatal(err)
	}
	if err := sendToCashier(s.ctx, "", "250.00", "60 min"); err != nil {
		t.Fatal(err)
	}
	p, err := s.PaymentBy("")
	if err != nil {
		t.Fatal(err)
	}
	if o := p.Charge.Online; o.Wallet != "own-1" || o.Method != "ALPHA" || p.Charge.Validity != time.Hour || o.Device.Terminal != "WEB" {
		t.Errorf("%+v", p.Charge)
	}
	c.offer = nil
	if got := verdictOf(chooseWallet(s.ctx, "second", "250.00")); got != "not reached ACQ-CSH-09" {
		t.Errorf("nothing to choose: %s", got)
	}
}

func TestWhatCanBeOffered(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		offer []acquirer.Wallet
		want  string
	}{
		"the enabled one": {[]acquirer.Wallet{{Name: "n", Brand: "Novel Wallet"}}, "passed"},
		"both":            {[]acquirer.Wallet{{Name: "n", Brand: "Novel Wallet"}, {Name: "h", Brand: "Hanriver Pay"}}, "accused"},
		"another":         {[]acquirer.Wallet{{Name: "k", Brand: "Kaleido Pay"}}, "accused"},
		"no brands":       {[]acquirer.Wallet{{Name: "k"}}, "broken: the profile does not say where the acquirer tells the brands of wallets: verbs.cashier.wallets.response.brand"},
	} {
		s := playAt(t, &checkout{cashier: cashier{states: []acquirer.State{pending}}, offer: tt.offer})
		if err := askForWallets(s.ctx, "", "250.00"); err != nil {
			t.Fatal(err)
		}
		if got := verdictOf(canOffer(s.ctx, "Novel Wallet", "Hanriver Pay")); got != tt.want {
			t.Errorf("%s: %s, want %s", name, got, tt.want)
		}
	}
}

func TestQuestionsMakeNoPayment(t *testing.T) {
	t.Parallel()
	const priced, unpriced = `{"paymentAmount":{"value":"25000"}}`, `{"paymentAmount":{"value":"0"}}`
	for name, tt := range map[string]struct {
		asked  []string
		also   aps.API
		listed func(w *world.World) []acquirer.Payment
		want   string
	}{
		"two questions":    {[]string{priced, unpriced}, "", nil, "passed"},
		"an invented sum":  {[]string{priced, `{"paymentAmount":{"value":"1"}}`}, "", nil, "accused"},
		"a charge":         {[]string{priced, unpriced}, aps.Pay, nil, "accused"},
		"nothing was seen": {nil, "", nil, "not reached "},
		"an order": {
			[]string{priced},
			"",
			func(w *world.World) []acquirer.Payment {
				return []acquirer.Payment{{Reference: "x"}, {Reference: w.Reference() + "-1"}}
			}, "accused",
		},
		"another's order": {[]string{priced}, "", func(*world.World) []acquirer.Payment { return []acquirer.Payment{{Reference: "x"}} }, "passed"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := &checkout{cashier: cashier{states: []acquirer.State{pending}}}
			s := playAt(t, c)
			for _, body := range tt.asked {
				s.tells(aps.ConsultPayment, "", body, "{}", success)
			}
			if tt.also != "" {
				s.tells(tt.also, "p-9", "{}", "{}", inProcess)
			}
			if tt.listed != nil {
				c.listed = tt.listed(s.World)
				c.listed[0].Call = journal.Call{ID: "list"}
				c.listed[len(c.listed)-1].Call = journal.Call{ID: "list"}
			}
			if got := verdictOf(onlyAsked(s.ctx)); got != tt.want {
				t.Errorf("%s, want %s", got, tt.want)
			}
		})
	}
}
