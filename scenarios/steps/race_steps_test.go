package steps

import (
	"context"
	"strings"
	"testing"
	"time"

	messages "github.com/cucumber/messages/go/v21"

	"mppsim/reports/journal"
	"mppsim/scenarios/acquirer"
	"mppsim/wallet/control"
	"mppsim/wallet/money"
)

// table makes a step's table of rows of cells.
func table(rows ...string) *messages.PickleTable {
	t := &messages.PickleTable{}
	for _, row := range rows {
		r := &messages.PickleTableRow{}
		for cell := range strings.SplitSeq(row, "|") {
			r.Cells = append(r.Cells, &messages.PickleTableCell{Value: strings.TrimSpace(cell)})
		}
		t.Rows = append(t.Rows, r)
	}
	return t
}

func TestTogetherPlaysEveryRow(t *testing.T) {
	t.Parallel()
	s := playAt(t, &giver{})
	if _, err := s.Payments()[0].Answer(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := together(s.ctx, table("the shop refunds 6.00", "the shop refunds 7.00", "the shop cancels the payment")); err != nil {
		t.Fatal(err)
	}
	sum := int64(0)
	for _, r := range s.Refunds() {
		sum += r.Order.Refund.Value
	}
	if sum != 1300 {
		t.Errorf("refunds of %d, want 1300", sum)
	}
}

func TestTogetherNamesWhatIsNoRow(t *testing.T) {
	t.Parallel()
	s := play(t, paid)
	for want, rows := range map[string][]string{
		"a race needs two rows":                                       {"the shop refunds 6.00"},
		`"the shop sleeps" is no phrase`:                              {"the shop refunds 6.00", "the shop sleeps"},
		`"the shop makes these sales" is no phrase that can be a row`: {"the shop refunds 6.00", "the shop makes these sales"},
	} {
		if err := together(s.ctx, table(rows...)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v: %v, want %q", rows, err, want)
		}
	}
	if len(s.Refunds()) > 0 {
		t.Error("a race that cannot begin has begun")
	}
}

// giver is an acquirer that gives back whatever it is asked for.
type giver struct{ cashier }

func (g *giver) ChargeCode(context.Context, acquirer.Charge) (acquirer.Payment, error) {
	return acquirer.Payment{ID: "sale", State: paid, Call: journal.Call{ID: "charged", Ended: time.Now()}}, nil
}

func (g *giver) Refund(_ context.Context, r acquirer.RefundOrder) (acquirer.Refund, error) {
	return acquirer.Refund{ID: r.Number, State: acquirer.Refunded, Call: journal.Call{ID: "back " + r.Number, Ended: time.Now()}}, nil
}

func (g *giver) Cancel(context.Context, acquirer.PaymentRef) (acquirer.Payment, error) {
	return acquirer.Payment{ID: "sale", Refused: true, Call: journal.Call{ID: "cancelled", Ended: time.Now()}}, nil
}

func (g *giver) Query(context.Context, acquirer.PaymentRef) (acquirer.Payment, error) {
	return acquirer.Payment{ID: "sale", State: paid, Call: journal.Call{ID: "asked", Ended: time.Now()}}, nil
}

func (g *giver) QueryRefund(_ context.Context, r acquirer.RefundRef) (acquirer.Refund, error) {
	return acquirer.Refund{ID: r.Number, State: acquirer.Refunded, Call: journal.Call{ID: "asked " + r.Number, Ended: time.Now()}}, nil
}

func TestFitsOneOrder(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name    string
		refunds []string
		want    string
	}{
		{"a refund of everything", []string{"250.00"}, "passed"},
		{"more than everything is told as done", []string{"200.00", "60.00"}, "accused"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s := playAt(t, &giver{})
			if _, err := s.Payments()[0].Answer(t.Context()); err != nil {
				t.Fatal(err)
			}
			s.says("pay", success, nil)
			for _, amount := range tt.refunds {
				if err := refundPart(s.ctx, amount); err != nil {
					t.Fatal(err)
				}
			}
			if got := verdictOf(fitsOneOrder(s.ctx)); got != tt.want {
				t.Errorf("%s, want %s", got, tt.want)
			}
		})
	}
}

func TestMovedAsFollows(t *testing.T) {
	t.Parallel()
	entry := func(kind, account string, value int64) control.Entry {
		return control.Entry{Kind: kind, Account: account, Amount: money.Of("SGD", value), At: time.Now()}
	}
	discounted := []control.Entry{
		entry("top-up", "outside", -100000), entry("top-up", "payer/payer", 100000),
		entry("payment", "payer/payer", -24000), entry("payment", "wallet", 24000), entry("payment", "wallet", -24000),
		entry("payment", "sponsor/S", -1000), entry("payment", "acquirer/A", 25000), entry("payment", "acquirer/A", -25000), entry("payment", "shop/M", 25000),
	}
	for _, tt := range []struct {
		name    string
		entries []control.Entry
		rows    []string
		want    string
	}{
		{"as it was", discounted, []string{"the payer | -240.00", "the sponsor | -10.00", "the shop | 250.00"}, "passed"},
		{"another amount", discounted, []string{"the payer | -250.00", "the sponsor | -10.00", "the shop | 250.00"}, "accused"},
		{"what is not named must not have moved", discounted, []string{"the payer | -240.00", "the shop | 250.00"}, "accused"},
		{"what is named must have moved", nil, []string{"the payer | -240.00"}, "accused"},
		{"nothing", nil, nil, "passed"},
		{"an account that is none", nil, []string{"the landlord | 1.00"}, `broken: "the landlord" is no account; there are Alipay+`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s := play(t, paid)
			s.says("pay", success, nil)
			s.sim.entries = tt.entries
			if got := verdictOf(movedAsFollows(s.ctx, table(tt.rows...))); !strings.HasPrefix(got, tt.want) {
				t.Errorf("%s, want %s", got, tt.want)
			}
		})
	}
}
