package aps_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"mppsim/wallet/aps"
	"mppsim/wallet/jsontree"
	"mppsim/wallet/money"
)

func TestFieldsReadWhatWasWritten(t *testing.T) {
	t.Parallel()
	at := time.Unix(1_772_600_767, 0)
	node := aps.NewAnswer(aps.ResultOf("SUCCESS")).Text("id", "x").Text("none", "").Texts("list", []string{"a", "b"}).Texts("empty", nil).
		Amount("amount", money.Of("SGD", 5)).Amount("nothing", money.Amount{}).Moment("at", at).Moment("never", time.Time{}).
		Text("yes", "True").Object("inner", aps.NewMessage().Text("id", "y").Node()).Object("absent", nil).Node()
	var names []string
	for _, m := range node.Members {
		names = append(names, m.Name)
	}
	if diff := cmp.Diff([]string{"result", "id", "list", "amount", "at", "yes", "inner"}, names); diff != "" {
		t.Error(diff)
	}
	f := aps.FieldsOf(node)
	got := []any{f.Text("id"), f.Texts("list"), f.Amount("amount"), f.Moment("at").Unix(), f.True("yes"), f.Text("inner.id"), f.Result("result")}
	want := []any{"x", []string{"a", "b"}, money.Of("SGD", 5), at.Unix(), true, "y", aps.ResultOf("SUCCESS")}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestFieldsOfWhatIsNotThere(t *testing.T) {
	t.Parallel()
	for name, f := range map[string]aps.Fields{"nothing": aps.FieldsOf(nil), "other forms": aps.FieldsOf(parse(t, `{"a":null,"b":{"currency":"SGD","value":"x"},"c":"soon","d":"x"}`))} {
		got := []any{f.Text("a"), f.Texts("d"), f.Amount("b"), f.Moment("c"), f.True("c"), f.Node("a"), f.Result("result")}
		want := []any{"", []string(nil), money.Amount{}, time.Time{}, false, (*jsontree.Node)(nil), aps.Result{}}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

// TestAnswersAreWrittenAlikeWithAndWithoutATree compares the two ways for answers with and without each of their members.
func TestAnswersAreWrittenAlikeWithAndWithoutATree(t *testing.T) {
	t.Parallel()
	whole := payment()
	whole.SettlementQuote = aps.Quote{ID: "Q-1", Pair: "SGD/JPY", Price: "110.1"}
	odd := payment()
	odd.WalletBrandName, odd.CustomerID, odd.Settlement = "Käse \"& Brot\"\\/\n", "", money.Amount{}
	offered := payment()
	offered.Offer = &aps.Offer{PaymentURL: "https://pay.example/a?b=c&d", Form: &aps.OrderCodeForm{}}
	for _, p := range []aps.Payment{payment(), whole, odd, offered, {}} {
		for _, code := range []string{"SUCCESS", "PAYMENT_IN_PROCESS", "RISK_REJECT"} {
			answer := aps.PayAnswer{Result: aps.ResultOf(code), Payment: p}
			if text, tree := string(answer.Text()), string(answer.Node().Write(jsontree.Layout{})); text != tree {
				t.Errorf("%s: %s instead of %s", code, text, tree)
			}
		}
	}
}
