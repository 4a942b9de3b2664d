package preflight_test

import (
	"bufio"
	"context"
	"crypto/rsa"
	"io"
	"log/slog"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"mppsim/fixtures/profiles"
	"mppsim/fixtures/refacquirer"
	"mppsim/scenarios/acquirer"
	httpdriver "mppsim/scenarios/acquirer/http"
	"mppsim/scenarios/preflight"
	"mppsim/scenarios/profile"
	"mppsim/wallet"
	"mppsim/wallet/clock"
	"mppsim/wallet/control"
	"mppsim/wallet/money"
	"mppsim/wallet/sign"
)

// rig is a simulator, the reference acquirer and the profile that drives it.
type rig struct {
	sim     *control.Client
	profile *profile.Profile
	driver  *httpdriver.Driver
}

func newKey(t *testing.T) (key *rsa.PrivateKey, private, public string) {
	t.Helper()
	key, err := sign.GenerateKey()
	if err != nil {
		t.Fatal(err)
	}
	if private, err = sign.PrivateKeyLine(key); err != nil {
		t.Fatal(err)
	}
	if public, err = sign.PublicKeyLine(&key.PublicKey); err != nil {
		t.Fatal(err)
	}
	return key, private, public
}

func file(t *testing.T, name, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// start builds a rig; known is the acquirer's public key as the simulator knows it ("" for the right one).
func start(t *testing.T, known string, args ...string) rig {
	t.Helper()
	networkKey, _, networkPublic := newKey(t)
	_, acquirerKey, acquirerPublic := newKey(t)
	if known == "" {
		known = acquirerPublic
	}
	public, err := sign.ParsePublicKey([]byte(known))
	if err != nil {
		t.Fatal(err)
	}
	sim, err := wallet.New(wallet.Options{NetworkKey: networkKey, AcquirerKeys: sign.NewKeySet("1", public)})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(sim.Handler())
	sim.SetURLs(server.URL, server.URL)
	t.Cleanup(func() { server.Close(); _ = sim.Close() })
	address := runAcquirer(t, append([]string{
		"--network", server.URL, "--client-id", wallet.DefaultClientID, "--acquirer-id", wallet.DefaultAcquirerID, "--factor", "0.05",
		"--key", file(t, "acquirer.key", acquirerKey), "--network-key", file(t, "network.pub", networkPublic), "--test-clock",
	}, args...)...)
	p, err := profile.Parse(context.Background(), profile.Source{Name: "reference.yaml", Text: profiles.Reference()}, profile.Options{
		Env: func(name string) (string, bool) { return "sesame", name == "REFACQUIRER_TOKEN" },
		Overrides: map[string]string{
			"drivers.api.http": address, "alipayplus.acquirer_public_key": known, "alipayplus.addresses.userInitiatedPay": address + "/alipayplus/decode",
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := sim.SetAddresses(t.Context(), p.AlipayPlus.Addresses); err != nil {
		t.Fatal(err)
	}
	driver, err := p.Open(profile.Wiring{Clock: clock.System(), IDs: uuid.NewString, Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(driver.Close)
	return rig{sim: control.NewClient(server.URL, server.Client()), profile: p, driver: driver}
}

// runAcquirer starts the reference acquirer and returns its address.
func runAcquirer(t *testing.T, args ...string) string {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	out, in := io.Pipe()
	done := make(chan int, 1)
	go func() {
		done <- refacquirer.Main(ctx, args, in, io.Discard)
		_ = in.Close()
	}()
	t.Cleanup(func() { cancel(); <-done })
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatalf("the acquirer does not start: %v", err)
	}
	return strings.TrimSpace(line[strings.Index(line, "http://"):])
}

func (r rig) run(t *testing.T) preflight.Report {
	t.Helper()
	return preflight.Run(context.Background(), preflight.Options{
		Profile: r.profile, Acquirer: r.driver, Sim: r.sim, Clock: clock.System(), IDs: uuid.NewString,
	})
}

func TestReferenceAcquirerIsReady(t *testing.T) {
	t.Parallel()
	report := start(t, "").run(t)
	if _, found := find(report, "own codes"); !found {
		t.Error("userInitiatedPay was not looked at")
	}
	for _, item := range report.Items {
		if item.State != preflight.OK {
			t.Errorf("%+v", item)
		}
		t.Logf("%-20s %-8s %s", item.Name, item.State, item.Detail)
	}
}

func TestReferenceAcquirerWithAnotherKey(t *testing.T) {
	t.Parallel()
	_, _, stranger := newKey(t)
	report := start(t, stranger).run(t)
	if item, _ := find(report, "signature"); item.State != preflight.Fail || !strings.HasPrefix(item.Detail, "invalid: ") {
		t.Errorf("signature: %+v", item)
	}
	if item, _ := find(report, "own codes"); item.State != preflight.Warn || !strings.Contains(item.Detail, "is invalid") {
		t.Errorf("own codes: %+v", item)
	}
}

func TestReferenceAcquirerThatCannotReachAlipayPlus(t *testing.T) {
	t.Parallel()
	report := start(t, "", "--network", "http://127.0.0.1:1").run(t)
	if item, _ := find(report, "traffic to Alipay+"); item.State != preflight.Fail || !strings.Contains(item.Mend, "http://127.0.0.1") {
		t.Errorf("arrival: %+v", item)
	}
}

// The reference acquirer is driven like a stranger's: each verb through the profile.
func TestReferenceProfileDrivesEveryVerb(t *testing.T) {
	t.Parallel()
	r := start(t, "")
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	ref := r.pay(ctx, t)
	refund, err := r.driver.Refund(ctx, acquirer.RefundOrder{PaymentRef: ref, Number: "n-1", Refund: ref.Amount, Reason: "broken"})
	if err != nil || refund.Refused || refund.Number != "n-1" {
		t.Fatalf("refund: %+v %v", refund, err)
	}
	for refund.State == acquirer.Pending {
		if refund, err = r.driver.QueryRefund(ctx, acquirer.RefundRef{PaymentRef: ref, Number: "n-1"}); err != nil {
			t.Fatal(err)
		}
	}
	if refund.State != acquirer.Refunded || *refund.Amount != ref.Amount || refund.NetworkID == "" {
		t.Errorf("refund: %+v", refund)
	}
	cancelled, err := r.driver.Cancel(ctx, ref)
	if err != nil || !cancelled.Refused || cancelled.Reason != "not-voidable" {
		t.Errorf("cancel after a refund: %+v %v", cancelled, err)
	}
	p, err := r.driver.Query(ctx, ref)
	if err != nil || p.Refunded == nil || *p.Refunded != ref.Amount || !p.Remaining.IsZero() || len(p.Refunds) != 1 {
		t.Errorf("query: %+v %v", p, err)
	}
	list, err := r.driver.List(ctx, ref.Shop)
	if err != nil || len(list) != 1 || list[0].ID != ref.Payment || list[0].Reference != ref.Reference {
		t.Errorf("list: %+v %v", list, err)
	}
	receipt, err := r.driver.Receipt(ctx, ref)
	if err != nil || !strings.Contains(receipt.Text, "Alipay+") {
		t.Errorf("receipt: %q %v", receipt.Text, err)
	}
	if at, err := r.driver.Time(ctx); err != nil || time.Since(at).Abs() > time.Minute {
		t.Errorf("time: %v %v", at, err)
	}
}

func amountOf(t *testing.T, currency string) money.Amount {
	t.Helper()
	amount, err := money.ParseMajor(currency, "1.234")
	if err != nil {
		t.Fatal(err)
	}
	return amount
}

// pay charges a rich payer and waits until the shop sees the money.
func (r rig) pay(ctx context.Context, t *testing.T) acquirer.PaymentRef {
	t.Helper()
	line, err := r.sim.OpenTimeline(ctx, control.TimelineSpec{Name: "t", Notification: control.NotificationRhythm{Mode: "off"}})
	if err != nil {
		t.Fatal(err)
	}
	payer, err := r.sim.CreatePayer(ctx, control.PayerSpec{Timeline: line.ID, Template: "rich"})
	if err != nil {
		t.Fatal(err)
	}
	code, err := r.sim.IssueCode(ctx, payer.ID, control.CodeSpec{})
	if err != nil {
		t.Fatal(err)
	}
	shop, currency, _ := r.profile.ShopWithDecimals(3)
	charge := acquirer.Charge{Shop: shop, Code: code.Digits, Amount: amountOf(t, currency), Currency: currency, Reference: "order 1/2"}
	p, err := r.driver.ChargeCode(ctx, charge)
	if err != nil || p.Refused {
		t.Fatalf("charge: %+v %v", p, err)
	}
	ref := acquirer.PaymentRef{Payment: p.ID, Reference: charge.Reference, Shop: shop, Amount: charge.Amount}
	for p.State == acquirer.Pending {
		if p, err = r.driver.Query(ctx, ref); err != nil {
			t.Fatal(err)
		}
	}
	if p.State != acquirer.Paid || *p.Paid != charge.Amount || p.NetworkID == "" || p.Wallet == "" || p.Time == "" {
		t.Fatalf("payment: %+v", p)
	}
	return ref
}
