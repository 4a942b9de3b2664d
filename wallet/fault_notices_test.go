package wallet_test

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"mppsim/wallet"
	"mppsim/wallet/aps"
	"mppsim/wallet/control"
	"mppsim/wallet/sign"
)

// rawInbox is an acquirer that takes notifications over plain TCP and keeps their octets.
type rawInbox struct {
	addr   string
	refuse int // so many are not acknowledged
	mu     sync.Mutex
	octets []string
}

func newRawInbox(t *testing.T, refuse int) *rawInbox {
	t.Helper()
	l := listen(t)
	in := &rawInbox{addr: "http://" + l.Addr().String(), refuse: refuse}
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			go in.take(conn)
		}
	}()
	return in
}

// take reads one request octet by octet and answers it in text.
func (in *rawInbox) take(conn net.Conn) {
	defer func() { _ = conn.Close() }()
	var seen bytes.Buffer
	req, err := http.ReadRequest(bufio.NewReaderSize(io.TeeReader(conn, &seen), 16))
	if err != nil {
		return
	}
	if _, err := io.Copy(io.Discard, req.Body); err != nil {
		return
	}
	code := "SUCCESS"
	in.mu.Lock()
	if in.octets = append(in.octets, seen.String()); len(in.octets) <= in.refuse {
		code = "PROCESS_FAIL"
	}
	in.mu.Unlock()
	body := fmt.Sprintf(`{"result":{"resultCode":%q,"resultStatus":%q,"resultMessage":"x"}}`, code, aps.ResultOf(code).Status)
	_, _ = fmt.Fprintf(conn, "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%s", len(body), body)
}

func (in *rawInbox) taken() []string {
	in.mu.Lock()
	defer in.mu.Unlock()
	return append([]string{}, in.octets...)
}

// await waits for n notifications.
func (in *rawInbox) await(t *testing.T, n int) []string {
	t.Helper()
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); time.Sleep(5 * time.Millisecond) {
		if got := in.taken(); len(got) >= n {
			return got
		}
	}
	t.Fatalf("%d notifications came, want %d: %q", len(in.taken()), n, in.taken())
	return nil
}

// noticed is what one fault makes of the notifications of a payment.
type noticed struct {
	fault   string
	params  control.Params
	api     aps.API
	refuse  int      // deliveries that the acquirer does not acknowledge
	wants   []string // one text per notification, in order, that stands in it
	lacks   string
	verdict sign.Verdict // of the last one
	after   func(r *rig) // what makes Alipay+ notify; default: nothing but the payment
}

func noticedOctets() []noticed {
	success, failure := `"resultCode":"SUCCESS","resultStatus":"S"`, `"resultCode":"PROCESS_FAIL","resultStatus":"F"`
	short := control.Params{Delay: 20 * time.Millisecond}
	one := func(id, contains string, v sign.Verdict) noticed {
		return noticed{fault: id, wants: []string{contains}, verdict: v}
	}
	another := func(r *rig) { r.payTo("P2", "2000") }
	return []noticed{
		{fault: "notification-lost"},
		{fault: "notification-delayed", params: short, wants: []string{success}, verdict: sign.Valid},
		{fault: "notification-duplicated", params: control.Params{Times: 3}, wants: []string{success, success, success}, verdict: sign.Valid},
		{fault: "notification-repeated", params: short, refuse: 2, wants: []string{success, success, success}, verdict: sign.Valid},
		{fault: "notification-repeated", params: short, wants: []string{success}, verdict: sign.Valid},
		{fault: "notification-reordered", params: control.Params{Delay: time.Hour}, after: another, wants: []string{`"paymentRequestId":"P2"`, `"paymentRequestId":"P1"`}, verdict: sign.Valid},
		{fault: "notification-before-answer", api: aps.Pay, wants: []string{success}, verdict: sign.Valid},
		{fault: "notification-altered", params: control.Params{Outcome: &aps.Result{Code: "PROCESS_FAIL"}}, wants: []string{failure}, verdict: sign.Valid},
		{fault: "notification-replayed", params: control.Params{Replay: "P0"}, wants: []string{`"paymentRequestId":"P0"`}, verdict: sign.Valid},
		one("notification-forged", success, sign.Invalid),
		{fault: "notification-unsigned", wants: []string{success}, lacks: "\r\nSignature:", verdict: sign.Missing},
		one("notification-stale-time", "\r\nRequest-Time: "+time.Now().UTC().Add(-24*time.Hour).Format("2006-01-"), sign.Valid),
		{fault: "notification-of-other-order", wants: []string{`"paymentRequestId":"P0"`}, lacks: `"P1"`, verdict: sign.Valid},
		{fault: "notification-of-other-acquirer", wants: []string{"\r\nClient-Id: " + wallet.DefaultClientID + "X\r\n"}, lacks: wallet.DefaultAcquirerID, verdict: sign.Valid},
		one("notification-other-amount", `"paymentAmount":{"currency":"SGD","value":"1001"}`, sign.Valid),
		one("notification-other-currency", `"paymentAmount":{"currency":"USD","value":"1000"}`, sign.Valid),
		{fault: "notification-failure-after-success", wants: []string{success, failure}, verdict: sign.Valid},
		{fault: "notification-success-after-cancel", api: aps.CancelPayment, after: func(r *rig) {
			want(r.t, "cancel", r.cancel("P1").code(), "SUCCESS")
		}, wants: []string{success, success}, verdict: sign.Valid},
		{fault: "link-down", params: control.Params{Delay: time.Hour}, api: aps.NotifyPayment},
		{fault: "link-one-way", params: control.Params{Delay: time.Hour}, api: aps.NotifyPayment},
		{fault: "link-flapping", params: control.Params{Delay: time.Hour}, api: aps.NotifyPayment},
	}
}

// payTo makes a payment whose notification goes to the rig's inbox.
func (r *rig) payTo(id, value string) {
	r.t.Helper()
	want(r.t, "pay", r.call("pay", r.payBody(id, r.code(r.payer("rich")), value)).status200(), "200")
}

func (a answer) status200() string { return fmt.Sprint(a.status) }

// TestFaultsOfNotificationsOctetByOctet shows for each fault on a notification what arrives at an acquirer that reads plain TCP.
func TestFaultsOfNotificationsOctetByOctet(t *testing.T) {
	t.Parallel()
	for i, c := range noticedOctets() {
		t.Run(fmt.Sprintf("%s/%d", c.fault, i), func(t *testing.T) {
			t.Parallel()
			in := newRawInbox(t, c.refuse)
			r := newRig(t)
			r.open("certify")
			r.inbox.URL = in.addr
			if c.params.Replay != "" {
				r.payTo(c.params.Replay, "3000")
				in.await(t, 1)
				in.forget()
			}
			api := c.api
			if api == "" {
				api = aps.NotifyPayment
			}
			f := r.arm(c.fault, control.Aim{Timeline: r.timeline, PaymentRequestID: "P1", API: api, Count: 1}, c.params)
			r.payTo("P1", "1000")
			r.fires(f)
			if c.after != nil {
				if c.fault == "notification-success-after-cancel" {
					in.await(t, 1)
				}
				c.after(r)
			}
			c.judge(t, in.await(t, len(c.wants)))
			r.quiet()
			if got := in.taken(); len(got) != len(c.wants) {
				t.Errorf("%d notifications, want %d: %q", len(got), len(c.wants), got)
			}
		})
	}
}

func (in *rawInbox) forget() {
	in.mu.Lock()
	defer in.mu.Unlock()
	in.octets = nil
}

func (c noticed) judge(t *testing.T, got []string) {
	t.Helper()
	for i, contains := range c.wants {
		if !strings.Contains(got[i], contains) || c.lacks != "" && strings.Contains(got[i], c.lacks) {
			t.Errorf("notification %d: %q\nwant %q, not %q", i+1, got[i], contains, c.lacks)
		}
	}
	if len(c.wants) == 0 {
		return
	}
	req, err := http.ReadRequest(bufio.NewReader(strings.NewReader(got[len(c.wants)-1])))
	if err != nil {
		t.Fatal(err)
	}
	body, _ := io.ReadAll(req.Body)
	judged := sign.Judge(sign.Message{
		Method: "POST", Target: req.RequestURI, ClientID: req.Header.Get("Client-Id"), Time: req.Header.Get("Request-Time"), Body: body,
	}, req.Header.Get("Signature"), sign.NewKeySet("1", &testKey().PublicKey))
	want(t, "signature", string(judged.Verdict), string(c.verdict))
}

// fires waits until a fault has hit a message, unless its message is still to come.
func (r *rig) fires(f control.Fault) {
	r.t.Helper()
	if f.Spec.Aim.API == aps.CancelPayment {
		return
	}
	r.settled(func() bool { return r.armed(f.ID).Fired > 0 })
}

func (r *rig) armed(id string) control.Fault {
	r.t.Helper()
	for _, f := range must[[]control.Fault](r.t)(r.api.Armed(r.t.Context(), r.timeline)) {
		if f.ID == id {
			return f
		}
	}
	r.t.Fatalf("fault %s is not listed", id)
	return control.Fault{}
}

// quiet gives what is too much time to come: a payment made now is notified after everything that was on its way.
func (r *rig) quiet() {
	r.t.Helper()
	inbox := newRawInbox(r.t.(*testing.T), 0)
	before := r.inbox.URL
	r.inbox.URL = inbox.addr
	r.payTo("LAST", "100")
	inbox.await(r.t.(*testing.T), 1)
	r.inbox.URL = before
}
