package wallet_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"mppsim/fixtures"
	"mppsim/wallet"
	"mppsim/wallet/cashier"
	"mppsim/wallet/code/identify"
	"mppsim/wallet/contract"
	"mppsim/wallet/control"
	"mppsim/wallet/jsontree"
	"mppsim/wallet/limit"
	"mppsim/wallet/mpp"
	"mppsim/wallet/promo"
	"mppsim/wallet/promo/redpacket"
	"mppsim/wallet/quote"
	"mppsim/wallet/risk"
)

// dataFile is a kind of file that people may replace.
type dataFile struct {
	text  []byte
	parse func(text []byte) error
}

func parsing[T any](parse func(string, []byte) (T, error)) func([]byte) error {
	return func(text []byte) error { _, err := parse("own.yaml", text); return err }
}

func dataFiles() []dataFile {
	return []dataFile{
		{fixtures.Payers, func(text []byte) error { _, err := mpp.ParseTemplates(text); return err }},
		{fixtures.Rates, parsing(quote.Parse)},
		{fixtures.Contract, parsing(contract.Parse)},
		{fixtures.Limits, parsing(limit.Parse)},
		{fixtures.Wallets, parsing(cashier.Parse)},
		{fixtures.Promotions, parsing(promo.ParseSpecs)},
		{fixtures.RedPackets, parsing(redpacket.ParseSpecs)},
		{fixtures.Risk, parsing(risk.Parse)},
		{fixtures.CodeRules, parsing(identify.Load)},
	}
}

// FuzzData gives serve any text as one of the files that people may replace: it is taken, or refused with a reason.
func FuzzData(f *testing.F) {
	files := dataFiles()
	for i, file := range files {
		if err := file.parse(file.text); err != nil {
			f.Fatal(err)
		}
		f.Add(uint8(i), string(file.text))
		lines := strings.SplitAfter(string(file.text), "\n")
		f.Add(uint8(i), strings.Join(lines[:len(lines)/2], ""))
		for _, text := range []string{"", "- {}", "a: &a [*a]", "- {rate: 1e999, price: -1}", "codes: 1\nrules: {}\n"} {
			f.Add(uint8(i), text)
		}
	}
	f.Fuzz(func(t *testing.T, which uint8, text string) {
		if err := files[int(which)%len(files)].parse([]byte(text)); err != nil && err.Error() == "" {
			t.Fatal("refused without a reason")
		}
	})
}

// listings are listings of the control API, with parameters; T stands for a timeline.
func listings() []string {
	return []string{
		"/exchanges?after=1&limit=2&about=O", "/exchanges?wait=0s&timeline=T", "/orders?timeline=T", "/payers?timeline=T", "/faults?timeline=T",
		"/entries?timeline=T", "/disputes?paymentRequestId=O", "/registrations?timeline=T", "/risk/policy?timeline=T", "/risk/cases?timeline=T",
		"/declarations?timeline=T", "/agreements?timeline=T", "/promotions?timeline=T", "/redpackets?timeline=T", "/timelines", "/info", "/fault-kinds",
		"/redpackets/statement?provider=P&period=2020-01", "/reports?date=2020-01-02&calendar=timeline&rows=3&path=v1", "/payers/P/redpackets",
		"/redpackets/codes?timeline=T", "/campaign-templates", "/payers/P", "/pushes/P", "/addresses",
	}
}

// FuzzQuery asks the control API anything: it answers or refuses, but it never fails.
func FuzzQuery(f *testing.F) {
	r := newRig(f, func(o *wallet.Options) { o.SigningOff = true })
	r.open("off")
	p := r.payer("rich")
	if code := r.try1(f, r.payBody("O", r.code(p), "1000")); code != "SUCCESS" {
		f.Fatal(code)
	}
	h := r.sim.ControlHandler()
	for _, path := range listings() {
		f.Add(strings.NewReplacer("=T", "="+r.timeline, "/P", "/"+p.ID).Replace(path))
	}
	f.Fuzz(func(t *testing.T, target string) {
		if strings.Contains(target, "wait") && !strings.Contains(target, "wait=0s") {
			return // to wait is what it asks for
		}
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://127.0.0.1"+control.Base+target, http.NoBody)
		if err != nil {
			return
		}
		w := httptest.NewRecorder()
		h.ServeHTTP(w, req)
		if w.Code >= http.StatusInternalServerError {
			t.Fatalf("%s: status %d, %s", target, w.Code, w.Body)
		}
	})
}

// reply is what an acquirer answers.
type reply struct{ signature, body string }

// FuzzReply lets the acquirer answer a notification, and the question whose code it is, with anything: the call is recorded and
// the payer is told something, but nothing breaks down.
func FuzzReply(f *testing.F) {
	var answer atomic.Pointer[reply]
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		_, _ = io.Copy(io.Discard, req.Body)
		said := answer.Load()
		w.Header().Set("Signature", strings.Map(printable, said.signature))
		w.Header().Set("Response-Time", "2031-03-05T10:00:00+08:00")
		_, _ = w.Write([]byte(said.body))
	}))
	f.Cleanup(server.Close)
	r := newRig(f, func(o *wallet.Options) { o.Addresses = control.Addresses{Base: server.URL} })
	r.open("off")
	p := r.payer("rich")
	want(f, "pay", r.pay("O", r.code(p), "1000").code(), "SUCCESS")
	h := r.sim.ControlHandler()
	for _, body := range []string{
		`{"result":{"resultCode":"SUCCESS","resultStatus":"S","resultMessage":"x"}}`, `{"result":{"resultCode":"SUCCESS","resultStatus":"S"},"codeType":"ORDER_CODE"}`,
		`{"result":{"resultStatus":"F","resultCode":"INVALID_CODE"}}`, `{"result":[]}`, "", "{", "\xff", `{"result":{"resultStatus":"S"},"paymentRequestId":"O","paymentAmount":{"currency":"SGD","value":"1"}}`,
	} {
		f.Add("algorithm=RSA256,keyVersion=1,signature=abc", body)
	}
	f.Fuzz(func(t *testing.T, signature, body string) {
		answer.Store(&reply{signature: signature, body: body})
		for path, spec := range map[string]string{
			"/notifications":            `{"paymentRequestId":"O","url":"` + server.URL + `/notify"}`,
			"/decodings":                `{"text":"https://pay.example/1"}`,
			"/payers/" + p.ID + "/scan": `{"text":"https://pay.example/1"}`,
		} {
			if status, told := put(h, http.MethodPost, control.Base+path, spec); status >= http.StatusInternalServerError {
				t.Fatalf("%s: status %d, %s", path, status, told.Write(jsontree.Layout{}))
			}
		}
	})
}

// printable keeps what a header may hold.
func printable(c rune) rune {
	if c < ' ' || c > '~' {
		return -1
	}
	return c
}
