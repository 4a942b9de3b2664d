package wallet_test

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"

	"mppsim/wallet"
	"mppsim/wallet/aps"
	"mppsim/wallet/catalogue"
	"mppsim/wallet/contract"
	"mppsim/wallet/control"
	"mppsim/wallet/pace"
	"mppsim/wallet/sign"
)

// producer brings about an answer with a certain code, and returns it.
type producer func(t *testing.T) aps.Fields

// Ways in which a code is produced, as the matrix shows them.
const (
	byCause    = "C" // by its cause
	byGateway  = "G" // by its cause, which the gateway finds before it knows what the call is about
	byAcquirer = "A" // the acquirer answers it, and Alipay+ understands
	byFault    = "F" // forced by a fault, since the sources name no cause, or none that a simulator can have
)

// matrix is what TestCodeMatrix found out: how each code of each operation is produced.
type matrix struct {
	mu    sync.Mutex
	cells map[string]string // by operation and code, such as "aps/pay SUCCESS"
}

func (m *matrix) note(key, how string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.cells[key] = how
}

// way finds how a code of an operation is produced.
func way(op catalogue.Operation, code catalogue.Code, causes map[string]producer) (how string, produce producer) {
	key := op.FullName() + " " + code.Name
	if cause := causes[key]; cause != nil {
		return byCause, cause
	}
	if op.Direction == catalogue.ToAcquirer {
		return byAcquirer, func(t *testing.T) aps.Fields { return answeredByAcquirer(t, op, code) }
	}
	if find := gatewayCauses()[code.Name]; find != nil {
		return byGateway, func(t *testing.T) aps.Fields { return find(t, op) }
	}
	if code.NoCause != "" {
		return byFault, func(t *testing.T) aps.Fields { return forced(t, op, code) }
	}
	return "", nil
}

// TestCodeMatrix produces every result code that the catalogue documents for an operation, at both doors, and prints how
// (go test -v -run TestCodeMatrix). A code without a way to produce it fails, as one does that only a fault produces although
// the catalogue does not say that it has no cause; so does a cause for no code.
func TestCodeMatrix(t *testing.T) {
	t.Parallel()
	protocol, err := protocol()
	if err != nil {
		t.Fatal(err)
	}
	found, causes := &matrix{cells: make(map[string]string)}, allCauses()
	unused := maps.Clone(causes)
	t.Run("cells", func(t *testing.T) {
		for _, door := range acquirersDoors(protocol) {
			for _, op := range door.Operations {
				for _, code := range op.Codes {
					key := op.FullName() + " " + code.Name
					delete(unused, key)
					t.Run(key, func(t *testing.T) {
						t.Parallel()
						found.produce(t, op, code, causes)
					})
				}
			}
		}
	})
	for key := range unused {
		t.Errorf("%s is produced, but the catalogue does not know it", key)
	}
	for _, door := range acquirersDoors(protocol) {
		t.Log(found.table(door))
	}
}

// acquirersDoors are those at which acquirers stand.
func acquirersDoors(c *catalogue.Catalogue) []catalogue.Door {
	return slices.DeleteFunc(slices.Clone(c.Doors), func(d catalogue.Door) bool { return d.Partner() != "acquirer" })
}

// produce tries one cell.
func (m *matrix) produce(t *testing.T, op catalogue.Operation, code catalogue.Code, causes map[string]producer) {
	t.Helper()
	how, make := way(op, code, causes)
	if make == nil {
		t.Fatalf("nothing produces it (%s)", code.Meaning)
	}
	got := make(t)
	want(t, "result", codeOf(got)+" "+got.Text("result.resultStatus"), code.Name+" "+code.Status)
	if !t.Failed() {
		m.note(op.FullName()+" "+code.Name, how)
	}
}

// table shows a door: a line for each code, a column for each operation.
func (m *matrix) table(door catalogue.Door) string {
	var b strings.Builder
	counts := make(map[string]int)
	fmt.Fprintf(&b, "%s: codes by operation. C: by its cause, G: by its cause, found by the gateway, A: answered by the acquirer, F: forced, no cause is named\n", door.Title)
	for i, op := range door.Operations {
		fmt.Fprintf(&b, "  %2d %s\n", i+1, op.Name)
	}
	fmt.Fprintf(&b, "%-34s", "")
	for i := range door.Operations {
		fmt.Fprintf(&b, "%3d", i+1)
	}
	for _, code := range door.Codes {
		fmt.Fprintf(&b, "\n%-34s", code.Name)
		for _, op := range door.Operations {
			how := m.cells[op.FullName()+" "+code.Name]
			counts[how]++
			if how == "" {
				how = "."
			}
			fmt.Fprintf(&b, "%3s", how)
		}
	}
	delete(counts, "")
	b.WriteString("\n")
	for _, how := range slices.Sorted(maps.Keys(counts)) {
		fmt.Fprintf(&b, "%s %d  ", how, counts[how])
	}
	return b.String()
}

// gatewayCauses are the causes that have nothing to do with what a call is about. They hold for each operation.
func gatewayCauses() map[string]func(*testing.T, catalogue.Operation) aps.Fields {
	change := func(f func(*http.Request)) func(*testing.T, catalogue.Operation) aps.Fields {
		return func(t *testing.T, op catalogue.Operation) aps.Fields {
			t.Helper()
			return strictly(t, op, "{}", f)
		}
	}
	set := func(name, value string) func(*testing.T, catalogue.Operation) aps.Fields {
		return change(func(r *http.Request) { r.Header.Set(name, value) })
	}
	return map[string]func(*testing.T, catalogue.Operation) aps.Fields{
		"NO_INTERFACE_DEF":          change(func(r *http.Request) { r.URL.Path += "s" }),
		"METHOD_NOT_SUPPORTED":      change(func(r *http.Request) { r.Method = http.MethodPut }),
		"MEDIA_TYPE_NOT_ACCEPTABLE": set("Content-Type", "text/plain"),
		"INVALID_CLIENT":            set("Client-Id", "somebody"),
		"INVALID_SIGNATURE":         set("Request-Time", "2026-01-01T00:00:00Z"),
		"PARAM_ILLEGAL": func(t *testing.T, op catalogue.Operation) aps.Fields {
			t.Helper()
			return strictly(t, op, "[]", func(*http.Request) {})
		},
		"ACCESS_DENIED": func(t *testing.T, op catalogue.Operation) aps.Fields {
			t.Helper()
			return strictly(t, op, "{}", func(*http.Request) {}, func(o *wallet.Options) { o.Denied = []aps.API{meaning(op)} })
		},
		"INVALID_API": func(t *testing.T, op catalogue.Operation) aps.Fields {
			t.Helper()
			return strictly(t, op, "{}", func(*http.Request) {}, func(o *wallet.Options) {
				o.Contract = agreed(t, contract.Contract{Inactive: []string{string(meaning(op))}})
			})
		},
		"REQUEST_TRAFFIC_EXCEED_LIMIT": tooMany,
		"KEY_NOT_FOUND": func(t *testing.T, op catalogue.Operation) aps.Fields {
			t.Helper()
			return strictly(t, op, "{}", func(*http.Request) {}, func(o *wallet.Options) { o.AcquirerKeys = sign.KeySet{} })
		},
	}
}

// strictly makes a call at a gateway that refuses what the real one does.
func strictly(t *testing.T, op catalogue.Operation, body string, change func(*http.Request), more ...func(*wallet.Options)) aps.Fields {
	t.Helper()
	r := newRig(t, append(more, func(o *wallet.Options) { o.Strict = true })...)
	req := r.requestTo(op.Path, body)
	change(req)
	a, err := r.do(req)
	if err != nil || a.status != http.StatusOK {
		t.Fatalf("status %d, error %v", a.status, err)
	}
	return aps.FieldsOf(a.body)
}

// agreed is the built-in contract with other merchants and inactive operations.
func agreed(t *testing.T, other contract.Contract) *contract.Contract {
	t.Helper()
	c, err := contract.BuiltIn()
	if err != nil {
		t.Fatal(err)
	}
	c.Merchants, c.Inactive = other.Merchants, other.Inactive
	return &c
}

// tooMany makes calls faster than one in an hour.
func tooMany(t *testing.T, op catalogue.Operation) (last aps.Fields) {
	t.Helper()
	rate, err := pace.Parse("1/h")
	if err != nil {
		t.Fatal(err)
	}
	r := newRig(t, func(o *wallet.Options) { o.Rate = rate })
	for range 2 {
		a, err := r.do(r.requestTo(op.Path, "{}"))
		if err != nil {
			t.Fatal(err)
		}
		last = aps.FieldsOf(a.body)
	}
	return last
}

// meaning is what an operation is called at the door of Alipay+.
func meaning(op catalogue.Operation) aps.API {
	if op.FullName() == "ams/cancel" {
		return aps.CancelPayment
	}
	return aps.API(op.Name)
}

// forced arms a fault that refuses the next call of an operation with a code.
func forced(t *testing.T, op catalogue.Operation, code catalogue.Code) aps.Fields {
	t.Helper()
	r := newRig(t)
	result := aps.Result{Code: code.Name, Status: aps.Status(code.Status)}
	r.arm("refused-result", control.Aim{Reference: "force", API: meaning(op), Count: 1}, control.Params{Result: &result})
	a, err := r.do(r.requestTo(op.Path, `{"note":"force"}`))
	if err != nil || a.status != http.StatusOK {
		t.Fatalf("status %d, error %v", a.status, err)
	}
	return aps.FieldsOf(a.body)
}
