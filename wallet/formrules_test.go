package wallet_test

import (
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"testing"

	"mppsim/wallet"
	"mppsim/wallet/aps"
	"mppsim/wallet/catalogue"
	"mppsim/wallet/catalogue/example"
	"mppsim/wallet/control"
	"mppsim/wallet/jsontree"
	"mppsim/wallet/trace"
)

// formMode is how much a gateway bears, and which broken rules it refuses.
type formMode struct {
	name    string
	strict  bool
	lenient control.Leniency
}

func formModes() []formMode {
	return []formMode{{name: "usual"}, {name: "silent", lenient: control.LenientSilent}, {name: "strict", strict: true}, {name: "refuse", lenient: control.LenientRefuse}}
}

// refuses reports whether a message that breaks a rule is refused.
func (m formMode) refuses(v catalogue.Violation) bool {
	switch {
	case v.Inferred:
		return false
	case m.lenient == control.LenientRefuse, v.Severity == catalogue.Illegal:
		return true
	case v.Rule == catalogue.RuleString, otherCase(v):
		return false // as official libraries write it
	}
	return m.strict
}

// otherCase reports whether a value is right but for its letter case.
func otherCase(v catalogue.Violation) bool {
	for word := range strings.SplitSeq(strings.ReplaceAll(v.Expected, `"`, ""), " or ") {
		if (v.Rule == catalogue.RuleEnum || v.Rule == catalogue.RuleFormat) && strings.EqualFold(v.Seen, strconv.Quote(word)) {
			return true
		}
	}
	return false
}

// aboutForm reports whether a remark can come from a rule of a field. Others are about whole messages of order codes, which name
// a payment code as well, and about the times of examples, which have passed.
func aboutForm(note string) bool {
	return !strings.Contains(note, "the payer of this product is not known yet") && !strings.HasPrefix(note, "paymentExpiryTime had passed")
}

// TestEveryRuleOfEveryFieldIsJudgedByTheGateway takes all examples of the catalogue, those that keep the rules and those that
// break one, through the gateway, at both doors.
func TestEveryRuleOfEveryFieldIsJudgedByTheGateway(t *testing.T) {
	t.Parallel()
	protocol, err := protocol()
	if err != nil {
		t.Fatal(err)
	}
	for _, mode := range formModes() {
		for _, door := range acquirersDoors(protocol) {
			for i := range door.Operations {
				if op := &door.Operations[i]; op.Direction == catalogue.ToNetwork {
					t.Run(mode.name+"/"+op.FullName(), func(t *testing.T) {
						t.Parallel()
						mode.judge(t, op)
					})
				}
			}
		}
	}
}

func (m formMode) judge(t *testing.T, op *catalogue.Operation) {
	t.Helper()
	sim, err := wallet.New(wallet.Options{
		NetworkKey: testKey(), SigningOff: true, Strict: m.strict, Lenient: m.lenient, Notification: control.NotificationRhythm{Mode: "off"},
	})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := sim.Close(); err != nil {
			t.Error(err)
		}
	}()
	handler := sim.GatewayHandler()
	var last uint64
	for _, c := range example.Cases(op, catalogue.Request) {
		req := httptest.NewRequestWithContext(t.Context(), http.MethodPost, op.Path, strings.NewReader(string(c.Message.Write(jsontree.Layout{}))))
		req.Header.Set("Content-Type", "application/json")
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, req)
		answer, err := jsontree.Parse(w.Body.Bytes())
		if err != nil {
			t.Fatalf("%s: %v", c.Name, err)
		}
		list := must[[]trace.Exchange](t)(sim.Exchanges(t.Context(), control.ExchangeQuery{After: last}))
		last = list[0].Seq
		m.hold(t, op, c, codeOf(aps.FieldsOf(answer)), list[0].Notes)
	}
}

// hold compares what the gateway did with a message with what the catalogue says of it.
func (m formMode) hold(t *testing.T, op *catalogue.Operation, c example.Case, code string, notes []string) {
	t.Helper()
	broken := op.ValidateTree(catalogue.Request, c.Message).Violations
	if refused := slices.ContainsFunc(broken, m.refuses); refused != (code == "PARAM_ILLEGAL") {
		t.Errorf("%s: answered %s, notes %q, broken rules %v", c.Name, code, notes, broken)
	}
	if c.Keeps && slices.ContainsFunc(notes, aboutForm) {
		t.Errorf("%s: notes %q", c.Name, notes)
	}
	if c.Keeps || m.lenient == control.LenientSilent {
		return
	}
	if !slices.ContainsFunc(notes, func(n string) bool { return strings.HasPrefix(n, c.Path+":") }) {
		t.Errorf("%s: no note among %q names it", c.Name, notes)
	}
}
