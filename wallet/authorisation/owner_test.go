package authorisation_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"testing"
	"time"

	"mppsim/wallet/aps"
	"mppsim/wallet/authorisation"
	"mppsim/wallet/clock"
	"mppsim/wallet/courier"
	"mppsim/wallet/jsontree"
	"mppsim/wallet/store"
)

// bank is a wallet whose answers can be replaced.
type bank struct {
	prepared  aps.WalletPrepared
	tokens    aps.WalletTokens
	cancelled aps.Result
	err       error
	asked     []aps.WalletTokenRequest
}

func (b *bank) Prepare(context.Context, aps.WalletPrepare) (aps.WalletPrepared, error) {
	return b.prepared, b.err
}

func (b *bank) ApplyToken(_ context.Context, req aps.WalletTokenRequest) (aps.WalletTokens, error) {
	b.asked = append(b.asked, req)
	return b.tokens, b.err
}

func (b *bank) CancelToken(context.Context, aps.WalletTokenCancel) (aps.Result, error) {
	return b.cancelled, b.err
}

// world is Alipay+'s part with a wallet that does as it is told, and an acquirer without address.
type world struct {
	*authorisation.Authorisations
	t    *testing.T
	bank *bank
	line *clock.Timeline
}

func start() time.Time { return time.Unix(1_800_000_000, 0) }

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{t: t, line: clock.NewTimeline(clock.NewManual(start()), 0)}
	w.bank = &bank{
		prepared:  aps.WalletPrepared{Result: aps.ResultOf("SUCCESS"), AuthURL: "https://wallet.example/1"},
		cancelled: aps.ResultOf("SUCCESS"),
		tokens: aps.WalletTokens{
			Result: aps.ResultOf("SUCCESS"), AccessToken: "w1", AccessExpiry: start().Add(48 * time.Hour),
			RefreshToken: "r1", RefreshExpiry: start().Add(100 * time.Hour), CustomerID: "C-1",
		},
	}
	count := 0
	post := courier.New(courier.Options{Lines: func(string) courier.Line { return courier.Line{Clock: w.line} }, Logger: slog.New(slog.DiscardHandler)})
	t.Cleanup(post.Close)
	w.Authorisations = authorisation.New(authorisation.Options{
		Store: store.NewMemory(), Wallet: func() aps.AuthorisationWallet { return w.bank }, Courier: post,
		Clocks: func(string) *clock.Timeline { return w.line }, Logger: slog.New(slog.DiscardHandler),
		Home:     func(context.Context, string) (string, bool, error) { return "home", true, nil },
		Address:  func(aps.API) (string, error) { return "", authorisation.ErrAddress },
		IDs:      func() string { count++; return fmt.Sprintf("n%d", count) },
		Compared: []string{"authState", "scopes"},
	})
	return w
}

func (w *world) ask(serve func(context.Context, aps.Subject, *jsontree.Node) (*jsontree.Node, error), m aps.Message) aps.Fields {
	w.t.Helper()
	answer, err := serve(w.t.Context(), aps.Subject{}, m.Node())
	if err != nil {
		w.t.Fatal(err)
	}
	return aps.FieldsOf(answer)
}

func preparation() aps.Message {
	return aps.NewMessage().Text("authClientId", "M").Text("referenceAgreementId", "A").Text("authRedirectUrl", "https://shop.example/").
		Text("authState", "s").Texts("scopes", []string{"AGREEMENT_PAY"})
}

func exchange(code string) aps.Message {
	return aps.NewMessage().Text("authClientId", "M").Text("authCode", code)
}

// active leads an agreement to its token.
func (w *world) active() string {
	w.t.Helper()
	w.ask(w.Prepare, preparation())
	w.tell(aps.AuthNotice{Type: aps.AuthCodeCreated, AuthClientID: "M", ReferenceAgreementID: "A", AuthCode: "c1", CustomerID: "C-1"}, "SUCCESS")
	f := w.ask(w.ApplyToken, exchange("c1"))
	if f.Text("accessToken") == "" {
		w.t.Fatalf("applyToken: %+v", f.Result("result"))
	}
	return f.Text("accessToken")
}

func (w *world) tell(note aps.AuthNotice, want string) {
	w.t.Helper()
	if r, err := w.AuthNotify(w.t.Context(), note); err != nil || r.Code != want {
		w.t.Errorf("notice %s: %s, %v", note.Type, r.Code, err)
	}
}

func (w *world) owner(token string) string {
	w.t.Helper()
	var owner string
	err := w.Store.View(w.t.Context(), func(tx store.Tx) error {
		a, found, err := w.Active(tx, token)
		if found != (a.Customer != "") {
			w.t.Errorf("owner %q, found %v", a.Customer, found)
		}
		owner = a.Customer
		return err
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return owner
}

func expect(t *testing.T, what, got, want string) {
	t.Helper()
	if got != want {
		t.Errorf("%s: %q, want %q", what, got, want)
	}
}

func TestOwnerOfATokenThatLives(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	token := w.active()
	expect(t, "owner", w.owner(token), "C-1")
	expect(t, "of the wallet's token", w.owner("w1"), "")
	expect(t, "of nothing", w.owner(""), "")
	w.bank.tokens.AccessToken, w.bank.tokens.RefreshToken, w.bank.tokens.AccessExpiry = "w2", "r2", start().Add(96*time.Hour)
	w.line.Advance(99 * time.Hour)
	if len(w.bank.asked) < 2 || w.bank.asked[1].RefreshToken != "r1" {
		t.Errorf("asked %+v", w.bank.asked)
	}
	expect(t, "owner after a refreshing", w.owner(token), "C-1")
	w.line.Advance(time.Hour)
	expect(t, "owner after the end", w.owner(token), "")
}

func TestOwnerAfterTheAgreementEnded(t *testing.T) {
	t.Parallel()
	for name, end := range map[string]func(w *world, token string){
		"by the merchant": func(w *world, token string) {
			expect(w.t, "cancel", w.ask(w.CancelToken, aps.NewMessage().Text("accessToken", token)).Text("result.resultCode"), "SUCCESS")
		},
		"by the wallet": func(w *world, _ string) {
			w.tell(aps.AuthNotice{Type: aps.TokenCanceled, AccessToken: "w1"}, "SUCCESS")
		},
		"for want of a new token": func(w *world, _ string) {
			w.bank.tokens.Result = aps.ResultOf("PROCESS_FAIL")
			w.line.Advance(47 * time.Hour)
		},
	} {
		w := newWorld(t)
		token := w.active()
		end(w, token)
		expect(t, name, w.owner(token), "")
	}
}

func TestAWalletWithoutAnswerLeavesEverythingOpen(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.bank.err = errors.New("reset")
	expect(t, "prepare", w.ask(w.Prepare, preparation()).Text("result.resultCode"), "UNKNOWN_EXCEPTION")
	w.bank.err = nil
	token := w.active()
	w.bank.err = errors.New("reset")
	cancel := aps.NewMessage().Text("accessToken", token)
	expect(t, "cancel", w.ask(w.CancelToken, cancel).Text("result.resultCode"), "UNKNOWN_EXCEPTION")
	expect(t, "owner", w.owner(token), "C-1")
	w.bank.err = nil
	expect(t, "cancel again", w.ask(w.CancelToken, cancel).Text("result.resultCode"), "SUCCESS")
}

func TestRefusalsOfTheWalletArePassedOn(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.bank.prepared = aps.WalletPrepared{Result: aps.ResultOf("RISK_REJECT")}
	expect(t, "prepare", w.ask(w.Prepare, preparation()).Text("result.resultCode"), "RISK_REJECT")
	w.bank.prepared.Result = aps.ResultOf("SUCCESS")
	expect(t, "a refusal stays", w.ask(w.Prepare, preparation()).Text("result.resultCode"), "RISK_REJECT")
	expect(t, "other content", w.ask(w.Prepare, preparation().Text("x", "y").Object("scopes", nil)).Text("result.resultCode"), "RISK_REJECT")
	w.tell(aps.AuthNotice{Type: aps.AuthCodeCreated, AuthClientID: "M", ReferenceAgreementID: "A", AuthCode: "c1"}, "PROCESS_FAIL")
	w.tell(aps.AuthNotice{Type: aps.AuthCodeCreated, AuthClientID: "M", ReferenceAgreementID: "B", AuthCode: "c1"}, "PROCESS_FAIL")
	w.tell(aps.AuthNotice{Type: "DANCE"}, "PARAM_ILLEGAL")
}

func TestAnAcquirerWithoutAddressHasNoSay(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.active()
	answer, err := w.ConsultUnbinding(t.Context(), aps.UnbindingQuestion{AuthClientID: "M", AccessToken: "w1"})
	if err != nil || !answer.Allowed || answer.Result.Status != aps.Success {
		t.Errorf("%+v, %v", answer, err)
	}
	for name, q := range map[string]aps.UnbindingQuestion{
		"unknown token": {AuthClientID: "M", AccessToken: "x"}, "other client": {AuthClientID: "N", AccessToken: "w1"},
	} {
		if answer, err := w.ConsultUnbinding(t.Context(), q); err != nil || answer.Allowed || answer.Result.Code != "INVALID_TOKEN" {
			t.Errorf("%s: %+v, %v", name, answer, err)
		}
	}
}
