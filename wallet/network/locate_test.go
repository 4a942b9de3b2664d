package network_test

import (
	"testing"

	"mppsim/wallet/aps"
	"mppsim/wallet/network"
)

// TestLaterMessagesFindThePayment: a message that names nothing but the payment belongs to the transaction of its pay
// message, whether that was remembered or its order tells it, and a repetition with another code changes nothing.
func TestLaterMessagesFindThePayment(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name        string
		told, asked aps.Texts // texts of the message, and of the request that was read from it
		remembered  bool      // before it is processed
	}{
		{"the order tells all", aps.ListTexts("ref-1"), aps.ListTexts("ref-1"), false},
		{"the order tells less", aps.ListTexts("ref-1"), "", false},
		{"it was remembered before", aps.ListTexts("ref-1"), aps.ListTexts("ref-1"), true},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, network.RhythmCertify)
			pay := func(code string) string {
				req := w.request("P", code, 1000)
				req.Texts = c.asked
				s := w.found(aps.Marks{PaymentRequestID: "P", Code: code, Texts: c.told})
				if c.remembered {
					if err := w.Remember(t.Context(), s); err != nil {
						t.Fatal(err)
					}
				}
				a, err := w.Pay(t.Context(), s, &req, nil)
				if err != nil {
					t.Fatal(err)
				}
				return a.Result.Code
			}
			code := w.code()
			w.want("pay", pay(code), "SUCCESS")
			w.want("pay again", pay(w.code()), "SUCCESS")
			s := w.found(aps.Marks{PaymentRequestID: "P", Texts: aps.ListTexts("later")})
			if s.Timeline != w.line.ID || s.Match != "order" || s.Payer != "payer" || s.Code != code || s.Texts != aps.ListTexts("ref-1", "later") {
				t.Errorf("a later message belongs to %+v", s)
			}
			if s := w.found(aps.Marks{PaymentRequestID: "Q"}); s.Match != "" {
				t.Errorf("a message about another payment belongs to %+v", s)
			}
			if s := w.found(aps.Marks{PaymentID: w.order("P").PaymentID, Client: "another"}); s.Match != "" {
				t.Errorf("another client's message belongs to %+v", s)
			}
		})
	}
}

// found is the transaction of a message.
func (w *world) found(m aps.Marks) aps.Subject {
	w.t.Helper()
	s, err := w.Locate(w.t.Context(), m)
	if err != nil {
		w.t.Fatal(err)
	}
	return s
}

// TestMessagesOfWalletsFindWhatTheyAreAbout: one that names a user belongs to that user's timeline, one that names nobody
// to none.
func TestMessagesOfWalletsFindWhatTheyAreAbout(t *testing.T) {
	t.Parallel()
	w := newWorld(t, network.RhythmCertify)
	for customer, want := range map[string]aps.Subject{
		"C": {Timeline: w.line.ID, Payer: "payer", Match: "code"}, "somebody": {}, "": {},
	} {
		got, err := w.About(t.Context(), "", "a code that leads nowhere", customer)
		if err != nil || got.Timeline != want.Timeline || got.Payer != want.Payer || got.Match != want.Match {
			t.Errorf("customer %q: %+v, %v; want %+v", customer, got, err, want)
		}
	}
}
