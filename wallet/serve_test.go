package wallet_test

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"mppsim/wallet"
	"mppsim/wallet/aps"
	"mppsim/wallet/control"
	"mppsim/wallet/sign"
)

func listen(t *testing.T) net.Listener {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func TestServeOnTwoListenersAndStopWhileCallsHang(t *testing.T) {
	t.Parallel()
	sim, err := wallet.New(wallet.Options{NetworkKey: testKey(), AcquirerKeys: sign.NewKeySet("1", &testKey().PublicKey)})
	if err != nil {
		t.Fatal(err)
	}
	door, steering := listen(t), listen(t)
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- sim.Serve(ctx, door, steering) }()

	api := control.NewClient("http://"+steering.Addr().String(), nil)
	info, err := api.Info(t.Context())
	if err != nil || info.GatewayURL != "http://"+door.Addr().String() || info.ControlURL != "http://"+steering.Addr().String() {
		t.Fatalf("info %+v, error %v", info, err)
	}
	if _, err := control.NewClient(info.GatewayURL, nil).Info(t.Context()); err == nil {
		t.Error("the control API stands at the acquirer's door too")
	}
	r := &rig{t: t, sim: sim, api: api, url: info.GatewayURL, http: http.DefaultClient, client: wallet.DefaultClientID, key: testKey()}
	r.inbox = newRig(t).inbox
	r.open("off")
	p := r.payer("rich")
	r.arm("answer-lost", control.Aim{Payer: p.ID}, control.Params{})
	body := r.payBody("P1", r.code(p), "1000")
	hanging := make(chan raw, 1)
	go func() { hanging <- r.sendRaw("pay", body, patience) }()
	for {
		list, err := api.Orders(t.Context(), r.timeline)
		if err != nil {
			t.Fatal(err)
		}
		if len(list) == 1 && list[0].State == "SUCCESS" {
			break
		}
		time.Sleep(5 * time.Millisecond)
	}
	stop()
	if err := <-ended; err != nil {
		t.Errorf("serve ended with %v", err)
	}
	if got := <-hanging; got.end != "closed" {
		t.Errorf("the hanging call was %s", got.end)
	}
	if err := sim.Close(); err != nil {
		t.Error(err)
	}
}

func TestNewRefuses(t *testing.T) {
	t.Parallel()
	for name, o := range map[string]wallet.Options{
		"rhythm":    {NetworkKey: testKey(), Notification: control.NotificationRhythm{Mode: "weekly"}},
		"templates": {NetworkKey: testKey(), Templates: []byte("- {")},
	} {
		if _, err := wallet.New(o); err == nil || !strings.HasPrefix(err.Error(), "simulator: ") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestKeysCanBeRotated(t *testing.T) {
	t.Parallel()
	r := newRig(t, func(o *wallet.Options) { o.Strict, o.AcquirerKeys = true, sign.KeySet{} })
	r.open("off")
	p := r.payer("rich")
	want(t, "no key", r.pay("P1", r.code(p), "1000").code(), "KEY_NOT_FOUND")
	r.sim.SetAcquirerKeys(sign.NewKeySet("1", &testKey().PublicKey))
	want(t, "key", r.pay("P2", r.code(p), "1000").code(), "SUCCESS")
	other, err := sign.GenerateKey()
	if err != nil {
		t.Fatal(err)
	}
	r.sim.SetAcquirerKeys(sign.NewKeySet("2", &other.PublicKey))
	line, err := sign.PublicKeyLine(&other.PublicKey)
	if info, err2 := r.api.Info(t.Context()); err != nil || err2 != nil || len(info.AcquirerKeys) != 1 || info.AcquirerKeys["2"] != line {
		t.Errorf("info tells the keys %v of the acquirer, %v, %v", info.AcquirerKeys, err, err2)
	}
	want(t, "another key", r.pay("P3", r.code(p), "1000").code(), "INVALID_SIGNATURE")
}

func TestControlRefusals(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.open("off")
	ctx := t.Context()
	p := r.payer("rich")
	for name, c := range map[string]struct {
		code string
		call func() error
	}{
		"unknown timeline": {control.NotFound, func() error { _, err := r.api.Timeline(ctx, "x"); return err }},
		"move of none":     {control.NotFound, func() error { _, err := r.api.MoveTimeline(ctx, "x", control.Move{}); return err }},
		"close of none":    {control.NotFound, func() error { return r.api.CloseTimeline(ctx, "x") }},
		"expect on none":   {control.NotFound, func() error { return r.api.Expect(ctx, "x", control.Expectation{}) }},
		"back in time":     {control.Invalid, func() error { _, err := r.api.MoveTimeline(ctx, r.timeline, control.Move{By: -1}); return err }},
		"too far":          {control.Invalid, func() error { _, err := r.api.MoveTimeline(ctx, r.timeline, control.Move{Days: 5000}); return err }},
		"time of day":      {control.Invalid, func() error { _, err := r.api.MoveTimeline(ctx, r.timeline, control.Move{ToTime: "25:00"}); return err }},
		"rhythm": {control.Invalid, func() error {
			_, err := r.api.OpenTimeline(ctx, control.TimelineSpec{Notification: control.NotificationRhythm{Mode: "x"}})
			return err
		}},
		"payer of none":  {control.NotFound, func() error { _, err := r.api.CreatePayer(ctx, control.PayerSpec{Timeline: "x"}); return err }},
		"template":       {control.Invalid, func() error { _, err := r.api.CreatePayer(ctx, control.PayerSpec{Template: "x"}); return err }},
		"unknown payer":  {control.NotFound, func() error { _, err := r.api.Payer(ctx, "x"); return err }},
		"length of code": {control.Invalid, func() error { _, err := r.api.IssueCode(ctx, p.ID, control.CodeSpec{Length: 7}); return err }},
		"prefix of code": {control.Invalid, func() error { _, err := r.api.IssueCode(ctx, p.ID, control.CodeSpec{Prefix: "99"}); return err }},
		"eleven codes": {control.Invalid, func() error {
			_, err := r.api.IssueCodes(ctx, p.ID, control.CodesSpec{Quantity: 11})
			return err
		}},
		"region of code":    {control.Invalid, func() error { _, err := r.api.IssueCode(ctx, p.ID, control.CodeSpec{Region: "sg"}); return err }},
		"nothing waits":     {control.Conflict, func() error { _, err := r.api.EnterPassword(ctx, p.ID, control.PayerAct{}); return err }},
		"nothing to refuse": {control.Conflict, func() error { _, err := r.api.Decline(ctx, p.ID, control.PayerAct{}); return err }},
		"unknown fault":     {control.NotFound, func() error { _, err := r.api.Arm(ctx, control.FaultSpec{Fault: "x"}); return err }},
		"fault without aim": {control.Invalid, func() error { _, err := r.api.Arm(ctx, control.FaultSpec{Fault: "answer-lost"}); return err }},
		"fault of nobody": {control.NotFound, func() error {
			_, err := r.api.Arm(ctx, control.FaultSpec{Fault: "answer-lost", Aim: control.Aim{Payer: "x"}})
			return err
		}},
		"lift of none":    {control.NotFound, func() error { return r.api.Lift(ctx, "x") }},
		"release of none": {control.NotFound, func() error { return r.api.Release(ctx, "x") }},
		"notify of none":  {control.NotFound, func() error { _, err := r.api.Notify(ctx, control.NotifySpec{PaymentRequestID: "x"}); return err }},
	} {
		var refused *control.Error
		err := c.call()
		if err == nil || !strings.Contains(err.Error(), "simulator: ") {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if refused = asRefusal(err); refused == nil || refused.Code != c.code {
			t.Errorf("%s: %v, want %s", name, err, c.code)
		}
	}
}

func TestManyPaymentsAtOnce(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.open("certify")
	p := r.payer("rich")
	const count = 40
	bodies := make([]string, count)
	for i := range bodies {
		bodies[i] = r.payBody(fmt.Sprintf("P%d", i), r.code(p), fmt.Sprint(100+i))
	}
	var all sync.WaitGroup
	for i, body := range bodies {
		all.Go(func() {
			a, err := r.try("pay", body)
			if err != nil || a.code() != "SUCCESS" || text(a.body, "paymentAmount.value") != fmt.Sprint(100+i) {
				t.Errorf("payment %d: %s, %v", i, a.raw, err)
			}
		})
	}
	all.Wait()
	r.awaitNotices(count)
	r.wantMoved("payer/"+p.ID, -(count*100 + count*(count-1)/2))
	seen := make(map[string]bool)
	for _, n := range r.received() {
		seen[text(n.body, "paymentRequestId")+"="+text(n.body, "paymentAmount.value")] = true
	}
	if len(seen) != count {
		t.Errorf("%d different notifications, want %d", len(seen), count)
	}
}

func TestCallerWhoLeavesIsRecorded(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.open("off")
	p := r.payer("rich")
	held := r.arm("answer-held", control.Aim{Payer: p.ID, API: aps.Pay}, control.Params{})
	ctx, leave := context.WithCancel(t.Context())
	defer leave()
	go func() {
		defer leave()
		for ctx.Err() == nil && !r.fired(ctx, held) {
			time.Sleep(5 * time.Millisecond)
		}
	}()
	req := r.request("pay", r.payBody("P1", r.code(p), "1000")).WithContext(ctx)
	if _, err := r.do(req); err == nil {
		t.Fatal("answered")
	}
	e := r.last(aps.Pay)
	if e.Broken != "caller gone" || !e.Executed || e.Response.Status != 0 {
		t.Errorf("exchange %+v", e)
	}
}

// fired reports whether a fault has hit a message.
func (r *rig) fired(ctx context.Context, armed control.Fault) bool {
	list, err := r.api.Armed(ctx, r.timeline)
	return err != nil || slices.ContainsFunc(list, func(f control.Fault) bool { return f.ID == armed.ID && f.Fired > 0 })
}
