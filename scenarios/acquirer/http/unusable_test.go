package httpdriver_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"mppsim/scenarios/acquirer"
)

func TestSumsThatTheAPICannotExpress(t *testing.T) {
	t.Parallel()
	d := open(t, minorStyle, minorTill())
	c := charge()
	c.AmountText = "10.005"
	_, err := d.ChargeCode(context.Background(), c)
	want := `charge_code: profile acme.yaml:19: verbs.charge_code.request.json.amount: .Amount.Minor: SGD 10.005 cannot be written in minor units: amount syntax: "10.005" has 3 decimals, SGD has 2`
	if err == nil || err.Error() != want {
		t.Errorf("error is\n%v\nwant\n%s", err, want)
	}
}

func TestUnusableAnswers(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		answer string
		is     error
		want   string
	}{
		"not JSON":        {"200 <html>", acquirer.ErrUnreadable, `query: the answer cannot be read as the profile says: profile acme.yaml:34: verbs.query.response.payment: no value at "id": the answer is not JSON`},
		"missing path":    {`200 {"id":"p"}`, acquirer.ErrUnreadable, `query: the answer cannot be read as the profile says: profile acme.yaml:35: verbs.query.response.state: no value at "status"`},
		"unmapped word":   {`200 {"id":"p","status":"PAYD"}`, acquirer.ErrUnreadable, `query: the answer cannot be read as the profile says: profile acme.yaml:60: states.payment: the acquirer's word "PAYD" (at "status") is not mapped; did you mean PAID?`},
		"fractional cent": {`200 {"id":"p","status":"PAID","amount_paid":250.00}`, acquirer.ErrUnreadable, `query: the answer cannot be read as the profile says: profile acme.yaml:37: verbs.query.response.paid: the value "250.00" at "amount_paid" is no sum: minor units are whole numbers; map decimals with { major: path }`},
		"no list":         {`200 {"id":"p","status":"PAID","refunds":{"id":1}}`, acquirer.ErrUnreadable, `query: the answer cannot be read as the profile says: profile acme.yaml:42: verbs.query.response.refunds.list: the value at "refunds" is not a list`},
		"server error":    {"503 busy", acquirer.ErrServer, "query: the acquirer answered with an error: HTTP status 503"},
		"credentials":     {"401 {}", acquirer.ErrServer, "query: the acquirer answered with an error: HTTP status 401 (check the credentials; to count it as a refusal, name 401 in refused.status)"},
		"redirect":        {"302 {}", acquirer.ErrServer, "query: the acquirer answered with an error: HTTP status 302 sends elsewhere; put the final address into the profile"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := open(t, minorStyle, &till{answers: map[string]string{"GET /payments/p%2F1": tt.answer}})
			p, err := d.Query(context.Background(), ref())
			if !errors.Is(err, tt.is) || err.Error() != tt.want {
				t.Errorf("error is\n%v\nwant\n%s", err, tt.want)
			}
			if p.Call.Error == "" || p.Call.Response.Status == 0 || p.Refused {
				t.Errorf("the call is not on record: %+v", p.Call)
			}
		})
	}
}

func TestNobodyThere(t *testing.T) {
	t.Parallel()
	srv := httptest.NewServer(http.NotFoundHandler())
	address := srv.URL
	srv.Close()
	d := openAt(t, minorStyle, address)
	if _, err := d.Query(context.Background(), ref()); !errors.Is(err, acquirer.ErrUnreachable) {
		t.Errorf("query: %v", err)
	}
	if err := d.Probe(context.Background()); !errors.Is(err, acquirer.ErrUnreachable) {
		t.Errorf("probe: %v", err)
	}
}

func TestSilence(t *testing.T) {
	t.Parallel()
	d := open(t, minorStyle, http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		<-r.Context().Done()
	}))
	ctx, cancel := context.WithTimeout(context.Background(), 50*time.Millisecond)
	defer cancel()
	p, err := d.ChargeCode(ctx, charge())
	if !errors.Is(err, acquirer.ErrNoAnswer) || !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("error is %v", err)
	}
	if p.Call.Verb != "charge_code" || len(p.Call.Request.Body) == 0 || p.Call.Ended.Before(p.Call.Started) {
		t.Errorf("call: %+v", p.Call)
	}
}

func TestVerbThatIsNotMapped(t *testing.T) {
	t.Parallel()
	d := open(t, minorStyle, minorTill())
	if d.Offers(acquirer.VerbHealth) || !d.Offers(acquirer.VerbList) {
		t.Error("the profile maps list and not health")
	}
	if _, err := d.Time(context.Background()); !errors.Is(err, acquirer.ErrNoClock) {
		t.Errorf("error is %v", err)
	}
	if err := d.Probe(context.Background()); err != nil {
		t.Errorf("a probe without a health verb opens a connection: %v", err)
	}
}
