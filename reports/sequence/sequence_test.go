package sequence_test

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"mppsim/reports/internal/golden"
	"mppsim/reports/journal"
	"mppsim/reports/sequence"
	"mppsim/wallet/money"
	"mppsim/wallet/trace"
)

func began() time.Time { return time.Unix(1_600_000_000, 0) }

func at(n int) time.Time { return began().Add(time.Duration(n) * 100 * time.Millisecond) }

// asked is an exchange of the acquirer with an answer.
func asked(id string, n int, api, result string) *trace.Exchange {
	return &trace.Exchange{
		ID: id, Leg: trace.AcquirerToNetwork, API: api, Received: at(n), Answered: at(n).Add(time.Millisecond),
		Response: trace.Message{Status: 200}, Result: &trace.Result{Status: result[:1], Code: result[2:]},
	}
}

// record is a payment with one of everything that a diagram shows.
func record() *journal.Record {
	lost := asked("x-lost", 8, "inquiryPayment", "S/SUCCESS")
	lost.Broken, lost.Faults, lost.Response = "reset", []string{"f1"}, trace.Message{}
	altered := asked("x-altered", 9, "inquiryPayment", "F/UNKNOWN")
	altered.Faults = []string{"f1", "f-unnamed"}
	told := asked("x-told", 10, "notifyPayment", "S/SUCCESS")
	told.Leg, told.Outcome = trace.NetworkToAcquirer, &trace.Result{Status: "S", Code: "SUCCESS"}
	unknown := &trace.Exchange{ID: "x-unknown", Leg: trace.AcquirerToNetwork, Received: at(11), Answered: at(11), Request: trace.Message{Method: "GET", Target: "/favicon.ico"}, Response: trace.Message{Status: 404}}
	return &journal.Record{
		BeganAt: began(), Begin: &journal.Started{},
		Calls: []*journal.Call{
			{ID: "c1", Verb: "charge_code", Started: at(0), Ended: at(4), Mapped: map[string]string{"state": "PENDING"}},
			{ID: "c2", Sample: true, Ended: at(5), Mapped: map[string]string{"state": "PENDING"}},
			{ID: "c3", Sample: true, Ended: at(12), Mapped: map[string]string{"state": "PAID"}},
			{ID: "c4", Verb: "refund", Started: at(13), Ended: at(14), Refused: true},
			{ID: "c5", Verb: "query", Started: at(15), Ended: at(16), Error: "connection refused"},
			{ID: "c6", Verb: "receipt", Started: at(17), Ended: at(18), Response: trace.Message{Status: 500}},
		},
		Exchanges: []*trace.Exchange{
			asked("x1", 1, "pay", "U/PAYMENT_IN_PROCESS"), asked("x2", 5, "inquiryPayment", "S/SUCCESS"), asked("x3", 6, "inquiryPayment", "S/SUCCESS"),
			asked("x4", 7, "inquiryPayment", "S/SUCCESS"), lost, altered, told, unknown,
		},
		Faults: []journal.Fault{{ID: "f1", Fault: "answer lost"}},
		Money: []journal.DatedMoney{
			{Money: journal.Money{Transaction: "t0", Kind: "top-up", Account: "payer/7", Amount: money.Of("SGD", 1)}, At: at(0)},
			{Money: journal.Money{Transaction: "t", Kind: "payment", Account: "payer/7", Amount: money.Of("SGD", -25000)}, At: at(3)},
			{Money: journal.Money{Transaction: "t", Kind: "payment", Account: "shop", Amount: money.Of("SGD", 25000)}, At: at(3)},
		},
		Findings: []journal.Finding{{Exchanges: []string{"x-told"}, Calls: []string{"c3"}}},
	}
}

func TestDiagram(t *testing.T) {
	t.Parallel()
	d := sequence.Draw(record())
	golden.Check(t, "diagram.svg", []byte(d.SVG("a diagram")))
	golden.Check(t, "diagram.mmd", []byte(d.Mermaid()))
	for _, want := range []string{
		"3 × inquiryPayment", "3 × S/SUCCESS", "x--x", "lost: reset ⚡ answer lost", "inquiryPayment ⚡ answer lost, f-unnamed", "▶ notifyPayment S/SUCCESS",
		"▶ sees PAID", "refused", "lost: connection refused", "HTTP 500", "GET /favicon.ico", "payment: payer SGD -250.00",
	} {
		if want == "x--x" {
			want = "Alipay--xAcquirer"
		}
		if !strings.Contains(d.Mermaid(), want) {
			t.Errorf("no %q in\n%s", want, d.Mermaid())
		}
	}
	if strings.Contains(d.Mermaid(), "top-up") || strings.Contains(d.Mermaid(), "shop SGD") {
		t.Error("money is drawn that is no event of the payer's")
	}
	if strings.Contains(d.Mermaid(), "sees PENDING") {
		t.Error("a sample that says nothing new is drawn")
	}
}

func TestWalletIsDrawnOnlyWhenItTakesPart(t *testing.T) {
	t.Parallel()
	r := record()
	if d := sequence.Draw(r); len(d.Lifelines) != 4 {
		t.Errorf("lifelines %v", d.Lifelines)
	}
	r.Money = nil
	if d := sequence.Draw(r); len(d.Lifelines) != 3 {
		t.Errorf("without money: lifelines %v", d.Lifelines)
	}
	upstream := asked("w", 2, "pay", "S/SUCCESS")
	upstream.Leg = trace.NetworkToWallet
	r.Exchanges = append(r.Exchanges, upstream)
	if d := sequence.Draw(r); len(d.Lifelines) != 4 {
		t.Errorf("with a call of the wallet: lifelines %v", d.Lifelines)
	}
}

func TestParties(t *testing.T) {
	t.Parallel()
	for leg, want := range map[trace.Leg]string{
		trace.AcquirerToNetwork: "Acquirer Alipay+", trace.NetworkToAcquirer: "Alipay+ Acquirer", trace.NetworkToWallet: "Alipay+ Wallet",
		trace.WalletToNetwork: "Wallet Alipay+", trace.HarnessToMerchant: "Shop Acquirer",
	} {
		from, to := sequence.Parties(leg)
		if got := from.Name() + " " + to.Name(); got != want {
			t.Errorf("%s: %s, want %s", leg, got, want)
		}
	}
}

func TestLongTrafficIsCut(t *testing.T) {
	t.Parallel()
	r := &journal.Record{BeganAt: began()}
	for i := range 100 {
		r.Exchanges = append(r.Exchanges, asked(fmt.Sprint("x", i), i, "api"+fmt.Sprint(i), "S/SUCCESS"))
	}
	d := sequence.Draw(r)
	if len(d.Rows) != sequence.MaxRows || d.Omitted != 200-sequence.MaxRows {
		t.Errorf("%d rows, %d omitted", len(d.Rows), d.Omitted)
	}
	if !strings.Contains(string(d.SVG("")), "120 more are not drawn") || !strings.Contains(d.Mermaid(), "120 more are not drawn") {
		t.Error("the drawings do not say what they leave out")
	}
}

func TestHostileTextStaysText(t *testing.T) {
	t.Parallel()
	const attack = "</text><script>alert(1)</script>\n  Shop->>Shop: ;`#`"
	x := asked("x", 1, attack, "S/"+attack)
	d := sequence.Draw(&journal.Record{BeganAt: began(), Exchanges: []*trace.Exchange{x}})
	svg := string(d.SVG(attack))
	decoder := xml.NewDecoder(strings.NewReader(svg))
	for {
		token, err := decoder.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatalf("the drawing is not well formed: %v", err)
		}
		if e, ok := token.(xml.StartElement); ok && e.Name.Local == "script" {
			t.Error("a script element in the drawing")
		}
	}
	if got := strings.Count(d.Mermaid(), "\n"); got != 6 || strings.Contains(d.Mermaid(), "`") {
		t.Errorf("%d lines, want 6:\n%s", got, d.Mermaid())
	}
}

func TestCollapse(t *testing.T) {
	t.Parallel()
	undecided := func(x *trace.Exchange) { x.Faults = []string{"undecided"} }
	tests := map[string]struct {
		change   func(n int, x *trace.Exchange) // of five equal exchanges, the n-th
		findings []journal.Finding
		want     int // rows
	}{
		"all equal":          {func(int, *trace.Exchange) {}, nil, 2},
		"all with one fault": {func(_ int, x *trace.Exchange) { undecided(x) }, nil, 2},
		"one with a fault": {func(n int, x *trace.Exchange) {
			if n == 3 {
				undecided(x)
			}
		}, nil, 6},
		"one other answer": {func(n int, x *trace.Exchange) {
			if n == 3 {
				x.Result.Code = "OTHER"
			}
		}, nil, 6},
		"one without answer": {func(n int, x *trace.Exchange) {
			if n == 3 {
				x.Broken = "reset"
			}
		}, nil, 6},
		"one in a finding": {func(int, *trace.Exchange) {}, []journal.Finding{{Exchanges: []string{"x3"}}}, 6},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := &journal.Record{BeganAt: began(), Findings: tt.findings}
			for i := range 5 {
				x := asked(fmt.Sprint("x", i), i, "inquiryPayment", "S/SUCCESS")
				tt.change(i, x)
				r.Exchanges = append(r.Exchanges, x)
			}
			if got := len(sequence.Draw(r).Rows); got != tt.want {
				t.Errorf("%d rows, want %d:\n%s", got, tt.want, sequence.Draw(r).Mermaid())
			}
		})
	}
}
