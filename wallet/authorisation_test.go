package wallet_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"mppsim/wallet"
	"mppsim/wallet/aps"
	"mppsim/wallet/control"
	"mppsim/wallet/jsontree"
)

func prepareBody(reference, state string) string {
	return fmt.Sprintf(`{"authClientId":"M-1","authClientName":"Corner Pte","authRedirectUrl":"https://corner.example/back?x=1",`+
		`"referenceAgreementId":%q,"authState":%q,"scopes":["AGREEMENT_PAY"],"terminalType":"WEB"}`, reference, state)
}

func applyBody(client, code string) string {
	return fmt.Sprintf(`{"grantType":"AUTHORIZATION_CODE","authCode":%q,"authClientId":%q}`, code, client)
}

// agreement prepares one, has a payer consent and returns the auth code.
func (r *rig) agreement(p control.Payer, reference string) (authURL, authCode string) {
	r.t.Helper()
	f := r.ask(aps.Prepare, prepareBody(reference, "state-"+reference))
	want(r.t, "prepare", codeOf(f), "SUCCESS")
	c := must[control.Consent](r.t)(r.api.Consent(r.t.Context(), p.ID, control.ConsentSpec{Agreement: f.Text("authUrl")}))
	return f.Text("authUrl"), c.AuthCode
}

// active makes an agreement with a token.
func (r *rig) active(p control.Payer, reference string) (token string) {
	r.t.Helper()
	_, code := r.agreement(p, reference)
	f := r.ask(aps.ApplyToken, applyBody("M-1", code))
	want(r.t, "applyToken", codeOf(f), "SUCCESS")
	return f.Text("accessToken")
}

// notice waits for the notice of a kind; notices may overtake each other.
func (a *acquirer) notice(kind string) aps.Fields {
	a.t.Helper()
	var found aps.Fields
	a.until("a notice "+kind, func() bool {
		for _, f := range a.took(aps.AuthNotify) {
			if f.Text("authorizationNotifyType") == kind {
				found = f
				return true
			}
		}
		return false
	})
	return found
}

// state of the one agreement on the rig's timeline.
func (r *rig) agreementState() string {
	r.t.Helper()
	list := must[[]control.Agreement](r.t)(r.api.Agreements(r.t.Context(), r.timeline))
	if len(list) != 1 {
		r.t.Fatalf("agreements %+v, want one", list)
	}
	return list[0].State
}

func newAgreementRig(t *testing.T) (*rig, *acquirer, control.Payer) {
	t.Helper()
	r := newRig(t)
	r.open("production")
	return r, r.acquirer(), r.payer("rich")
}

func TestAgreementFromConsentToToken(t *testing.T) {
	t.Parallel()
	r, a, p := newAgreementRig(t)
	f := r.ask(aps.Prepare, prepareBody("A-1", "s1"))
	want(t, "prepare", codeOf(f), "SUCCESS")
	again := r.ask(aps.Prepare, prepareBody("A-1", "s1"))
	want(t, "the same again", again.Text("authUrl"), f.Text("authUrl"))
	want(t, "with another state", codeOf(r.ask(aps.Prepare, prepareBody("A-1", "s2"))), "REPEAT_REQ_INCONSISTENT")

	c := must[control.Consent](t)(r.api.Consent(t.Context(), p.ID, control.ConsentSpec{Agreement: f.Text("authUrl")}))
	back, err := url.Parse(c.RedirectURL)
	if err != nil {
		t.Fatal(err)
	}
	want(t, "way back", back.Host+" "+back.Query().Get("x")+" "+back.Query().Get("authState")+" "+back.Query().Get("authCode"), "corner.example 1 s1 "+c.AuthCode)
	n := a.notice(aps.AuthCodeCreated)
	want(t, "first notice", n.Text("authorizationNotifyType")+" "+n.Text("authCode")+" "+n.Text("authState"), "AUTHCODE_CREATED "+c.AuthCode+" s1")

	token := r.ask(aps.ApplyToken, applyBody("M-1", c.AuthCode))
	want(t, "applyToken", codeOf(token)+" "+token.Text("walletForAccountBinding.walletName"), "SUCCESS "+wallet.DefaultBrand)
	if left := time.Until(token.Moment("accessTokenExpiryTime")); left < 360*24*time.Hour || left > 366*24*time.Hour {
		t.Errorf("the token lives %s", left)
	}
	n = a.notice(aps.TokenCreated)
	want(t, "second notice", n.Text("authorizationNotifyType")+" "+n.Text("accessToken"), "TOKEN_CREATED "+token.Text("accessToken"))
	want(t, "state", r.agreementState(), "ACTIVE")
	if login := token.Text("userLoginId"); strings.Contains(login, p.CustomerID) || !strings.Contains(login, "*") {
		t.Errorf("the login id %q is not masked", login)
	}
}

func TestAuthCodeIsExchangedOnce(t *testing.T) {
	t.Parallel()
	r, a, p := newAgreementRig(t)
	_, code := r.agreement(p, "A-1")
	tokens := make([]string, 4)
	var all sync.WaitGroup
	for i := range tokens {
		all.Go(func() { tokens[i] = r.ask(aps.ApplyToken, applyBody("M-1", code)).Text("accessToken") })
	}
	all.Wait()
	for _, token := range tokens {
		want(t, "token", token, tokens[0])
	}
	a.await(aps.AuthNotify, 2)
	want(t, "another client", codeOf(r.ask(aps.ApplyToken, applyBody("M-2", code))), "PARAM_ILLEGAL")
	want(t, "unknown code", codeOf(r.ask(aps.ApplyToken, applyBody("M-1", "x"))), "PROCESS_FAIL")
	want(t, "other grant", codeOf(r.blurt(aps.ApplyToken, `{"grantType":"REFRESH_TOKEN","authCode":"x","authClientId":"M-1"}`)), "PARAM_ILLEGAL")
	if n := len(a.took(aps.AuthNotify)); n != 2 {
		t.Errorf("%d notices, want 2", n)
	}
}

func TestAuthCodeExpires(t *testing.T) {
	t.Parallel()
	r, _, p := newAgreementRig(t)
	authURL, code := r.agreement(p, "A-1")
	r.move(11 * time.Minute)
	want(t, "old code", codeOf(r.ask(aps.ApplyToken, applyBody("M-1", code))), "PROCESS_FAIL")
	c := must[control.Consent](t)(r.api.Consent(t.Context(), p.ID, control.ConsentSpec{Agreement: authURL}))
	want(t, "replaced code", codeOf(r.ask(aps.ApplyToken, applyBody("M-1", code))), "PROCESS_FAIL")
	want(t, "new code", codeOf(r.ask(aps.ApplyToken, applyBody("M-1", c.AuthCode))), "SUCCESS")
}

func TestTokenIsRefreshedAndExpires(t *testing.T) {
	t.Parallel()
	r, a, p := newAgreementRig(t)
	r.active(p, "A-1")
	a.await(aps.AuthNotify, 2)
	r.move(200 * 24 * time.Hour)
	want(t, "after many refreshings", r.agreementState(), "ACTIVE")
	if n := len(a.took(aps.AuthNotify)); n != 2 {
		t.Errorf("%d notices, want 2: a refreshing is nobody else's business", n)
	}
	must[control.Agreement](t)(r.api.Unbind(t.Context(), p.ID, control.UnbindSpec{Agreement: "A-1"}))
	want(t, "ended with the refreshed token", r.agreementState(), "CANCELLED")
}

func TestMerchantCancelsTheToken(t *testing.T) {
	t.Parallel()
	r, a, p := newAgreementRig(t)
	token := r.active(p, "A-1")
	a.await(aps.AuthNotify, 2)
	body := fmt.Sprintf(`{"accessToken":%q}`, token)
	want(t, "cancel", codeOf(r.ask(aps.CancelToken, body)), "SUCCESS")
	want(t, "the same again", codeOf(r.ask(aps.CancelToken, body)), "SUCCESS")
	want(t, "unknown token", codeOf(r.ask(aps.CancelToken, `{"accessToken":"x"}`)), "INVALID_TOKEN")
	want(t, "state", r.agreementState(), "CANCELLED")
	n := a.notice(aps.TokenCanceled)
	want(t, "notice", n.Text("authorizationNotifyType")+" "+n.Text("accessToken"), "TOKEN_CANCELED "+token)
	_, err := r.api.Consent(t.Context(), p.ID, control.ConsentSpec{Agreement: "A-1"})
	if refused := asRefusal(err); refused == nil || refused.Code != control.Conflict {
		t.Errorf("consent to an ended agreement: %v", err)
	}
	r.move(48 * time.Hour)
	if len(a.took(aps.AuthNotify)) != 3 {
		t.Errorf("%d notices, want 3", len(a.took(aps.AuthNotify)))
	}
}

func allowing(word string) func(aps.Fields) *jsontree.Node {
	return func(aps.Fields) *jsontree.Node {
		return aps.NewAnswer(aps.ResultOf("SUCCESS")).Text("allowUnbinding", word).Node()
	}
}

func TestPayerEndsTheAgreement(t *testing.T) {
	t.Parallel()
	r, a, p := newAgreementRig(t)
	token := r.active(p, "A-1")
	unbind := func(spec control.UnbindSpec) error {
		spec.Agreement = "A-1"
		_, err := r.api.Unbind(t.Context(), p.ID, spec)
		return err
	}
	for name, answer := range map[string]func(aps.Fields) *jsontree.Node{
		"not allowed": allowing("false"),
		"refused":     func(aps.Fields) *jsontree.Node { return aps.NewAnswer(aps.ResultOf("PROCESS_FAIL")).Node() },
		"no answer":   func(aps.Fields) *jsontree.Node { return nil },
	} {
		a.on(aps.ConsultUnbinding, answer)
		if refused := asRefusal(unbind(control.UnbindSpec{})); refused == nil || refused.Code != control.Conflict {
			t.Errorf("%s: %v", name, refused)
		}
	}
	want(t, "state after refusals", r.agreementState(), "ACTIVE")
	a.on(aps.ConsultUnbinding, allowing("true"))
	if err := unbind(control.UnbindSpec{}); err != nil {
		t.Fatal(err)
	}
	asked := a.took(aps.ConsultUnbinding)
	want(t, "asked about", asked[len(asked)-1].Text("accessToken")+" "+asked[len(asked)-1].Text("customerId"), token+" "+p.CustomerID)
	n := a.notice(aps.TokenCanceled)
	want(t, "notice", n.Text("authorizationNotifyType")+" "+n.Text("reason"), "TOKEN_CANCELED ended by the user")
	if refused := asRefusal(unbind(control.UnbindSpec{})); refused == nil || refused.Code != control.Conflict {
		t.Errorf("ended twice: %v", refused)
	}
}

func TestBackOfficeAsksNobody(t *testing.T) {
	t.Parallel()
	r, a, p := newAgreementRig(t)
	r.active(p, "A-1")
	a.on(aps.ConsultUnbinding, allowing("false"))
	ended := must[control.Agreement](t)(r.api.Unbind(t.Context(), p.ID, control.UnbindSpec{Agreement: "A-1", BackOffice: true}))
	want(t, "state", ended.State, "CANCELLED")
	want(t, "reason", a.notice(aps.TokenCanceled).Text("reason"), "ended by the wallet")
	if n := len(a.took(aps.ConsultUnbinding)); n != 0 {
		t.Errorf("the acquirer was asked %d times", n)
	}
}

func TestAuthNotifyIsRepeated(t *testing.T) {
	t.Parallel()
	r, a, p := newAgreementRig(t)
	a.refuses(aps.AuthNotify, "UNKNOWN_EXCEPTION")
	r.agreement(p, "A-1")
	a.await(aps.AuthNotify, 1)
	r.moveUntil(time.Minute, func() bool { return len(a.took(aps.AuthNotify)) >= 3 })
}

func TestConsentIsThePayers(t *testing.T) {
	t.Parallel()
	r, _, p := newAgreementRig(t)
	authURL, _ := r.agreement(p, "A-1")
	other := r.payer("rich")
	for name, c := range map[string]struct {
		payer, agreement, code string
	}{
		"another payer":     {other.ID, authURL, control.Conflict},
		"unknown payer":     {"x", authURL, control.NotFound},
		"unknown page":      {p.ID, authURL + "x", control.NotFound},
		"no agreement":      {p.ID, "", control.NotFound},
		"unknown reference": {p.ID, "A-9", control.NotFound},
	} {
		_, err := r.api.Consent(t.Context(), c.payer, control.ConsentSpec{Agreement: c.agreement})
		if refused := asRefusal(err); refused == nil || refused.Code != c.code {
			t.Errorf("%s: %v, want %s", name, err, c.code)
		}
	}
	r.ask(aps.Prepare, prepareBody("A-2", "s"))
	declined := must[control.Consent](t)(r.api.Consent(t.Context(), other.ID, control.ConsentSpec{Agreement: "A-2", Decline: true}))
	if strings.Contains(declined.RedirectURL, "authCode") || declined.AuthCode != "" {
		t.Errorf("a payer who declines is sent to %s", declined.RedirectURL)
	}
}

// TestConsentInABrowser agrees on the page to which prepare leads.
func TestConsentInABrowser(t *testing.T) {
	t.Parallel()
	r, a, p := newAgreementRig(t)
	r.sim.SetURLs(r.url, r.url)
	authURL := r.ask(aps.Prepare, prepareBody("A-1", "s1")).Text("authUrl")
	visit := func(method, address string, form url.Values) (int, string, string) {
		req, err := http.NewRequestWithContext(context.Background(), method, address, strings.NewReader(form.Encode()))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		resp, err := http.DefaultTransport.RoundTrip(req)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = resp.Body.Close() }()
		body, _ := io.ReadAll(resp.Body)
		return resp.StatusCode, resp.Header.Get("Location"), string(body)
	}
	if status, _, body := visit("GET", authURL, nil); status != http.StatusOK || !strings.Contains(body, "Corner Pte") {
		t.Errorf("page %d: %s", status, body)
	}
	if status, _, body := visit("GET", authURL+"x", nil); status != http.StatusNotFound || !strings.Contains(body, "no such agreement") {
		t.Errorf("unknown page %d: %s", status, body)
	}
	if status, _, body := visit("POST", authURL, url.Values{"payer": {"<b>"}, "answer": {"agree"}}); status != http.StatusConflict || strings.Contains(body, "<b>") {
		t.Errorf("unknown payer %d: %s", status, body)
	}
	status, location, _ := visit("POST", authURL, url.Values{"payer": {p.ID}, "answer": {"agree"}})
	code := a.await(aps.AuthNotify, 1)[0].Text("authCode")
	if status != http.StatusSeeOther || !strings.HasPrefix(location, "https://corner.example/back?") || !strings.Contains(location, code) {
		t.Errorf("sent to %s with %d", location, status)
	}
}

func TestDebitsByToken(t *testing.T) {
	t.Parallel()
	r, _, p := newAgreementRig(t)
	token := r.active(p, "A-1")
	debit := func(id, token string) string {
		return codeOf(r.sell(sale{id: id, value: "1000", factor: agreementFactor, token: token}))
	}
	want(t, "debit", debit("P1", token), "SUCCESS")
	want(t, "unknown token", debit("P2", "x"), "INVALID_TOKEN")
	want(t, "end", codeOf(r.ask(aps.CancelToken, fmt.Sprintf(`{"accessToken":%q}`, token))), "SUCCESS")
	want(t, "debit after the end", debit("P3", token), "INVALID_TOKEN")
	r.wantMoved("payer/"+p.ID, -1000)
}
