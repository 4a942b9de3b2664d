package wallet_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"mppsim/wallet"
	"mppsim/wallet/clock"
	"mppsim/wallet/control"
	"mppsim/wallet/jsontree"
	"mppsim/wallet/money"
)

// town is a simulator that is called without network and signatures, with two red packet campaigns of one code each, whose
// sponsors tell their redemptions apart in the ledger, and a promotion with a budget.
type town struct {
	t        failer
	draw     *rapid.T
	sim      *wallet.Simulator
	door     http.Handler
	line     string
	payers   []control.Payer
	codes    []control.RedPacketCode
	paid     map[string]*bought
	requests []string // bodies that were sent, with their operation
	answers  map[string]string
	last     int
	month    string // the first one
}

// bought is what the test knows of a purchase.
type bought struct {
	at       time.Time
	price    int64
	refunded int64
	void     bool
}

// The scheme of both campaigns.
const (
	townPlacement = 5000
	townCap       = 2
	townBalance   = 2000000 // of each payer
)

// failer is a test, a benchmark or a property check.
type failer interface {
	Fatal(args ...any)
	Fatalf(format string, args ...any)
}

func newTown(t failer) *town {
	sim, err := wallet.New(wallet.Options{
		NetworkKey: testKey(), SigningOff: true, Notification: control.NotificationRhythm{Mode: "off"},
	})
	if err != nil {
		t.Fatal(err)
	}
	w := &town{t: t, sim: sim, door: sim.Handler(), paid: make(map[string]*bought), answers: make(map[string]string)}
	ctx := context.Background()
	line, err := sim.OpenTimeline(ctx, control.TimelineSpec{Notification: control.NotificationRhythm{Mode: "off"}})
	w.check(err)
	w.line, w.month = line.ID, monthOf(line.Now)
	_, err = sim.RegisterProvider(ctx, control.ProviderSpec{ID: "P", Timeline: w.line, Name: "P", Currency: "SGD"})
	w.check(err)
	for _, name := range []string{"one", "two"} {
		c, err := sim.OpenRedPackets(ctx, control.CampaignSpec{Timeline: w.line, Template: "grand-prize", Traits: map[string]string{
			"currency": "SGD", "sponsor": name, "days": "400", "cap": fmt.Sprint(townCap),
			"prizes": `[{amount: "8.88", weight: 3}, {amount: "2888", weight: 1}]`,
		}})
		w.check(err)
		code, err := sim.PlaceRedPacketCode(ctx, control.RedPacketCodeSpec{
			Timeline: w.line, Campaign: c.ID, Provider: "P", Merchant: "shop-" + name, Region: "SG",
		})
		w.check(err)
		w.codes = append(w.codes, code)
	}
	_, err = sim.OpenPromotion(ctx, control.CampaignSpec{Timeline: w.line, Template: "instant-discount", Traits: map[string]string{
		"currency": "SGD", "budget": "40", "sponsor": "promotion",
	}})
	w.check(err)
	for range 3 {
		p, err := sim.CreatePayer(ctx, control.PayerSpec{Timeline: w.line, Template: "china-id", Balance: new(money.Of("SGD", townBalance))})
		w.check(err)
		w.payers = append(w.payers, p)
	}
	return w
}

func (w *town) check(err error) {
	if err != nil {
		w.t.Fatal(err)
	}
}

func monthOf(at time.Time) string { return at.In(clock.UTC8()).Format("2006-01") }

func (w *town) now() time.Time {
	line, err := w.sim.Timeline(context.Background(), w.line)
	w.check(err)
	return line.Now
}

// send makes a call as an acquirer and returns the result code.
func (w *town) send(api, body string) string {
	r := httptest.NewRequest(http.MethodPost, "/aps/api/v1/payments/"+api, strings.NewReader(body))
	r.Header.Set("Client-Id", wallet.DefaultClientID)
	r.Header.Set("Request-Time", time.Now().UTC().Format(time.RFC3339))
	r.Header.Set("Content-Type", "application/json; charset=UTF-8")
	answer := httptest.NewRecorder()
	w.door.ServeHTTP(answer, r)
	root, err := jsontree.Parse(answer.Body.Bytes())
	w.check(err)
	return text(root, "result.resultCode")
}

// ask sends a call that may be repeated later.
func (w *town) ask(api, body string) string {
	code := w.send(api, body)
	w.requests = append(w.requests, api+" "+body)
	w.answers[api+" "+body] = code
	return code
}

func (w *town) buy(p control.Payer, price int64) {
	c, err := w.sim.IssueCode(context.Background(), p.ID, control.CodeSpec{})
	w.check(err)
	w.last++
	id := fmt.Sprint("P", w.last)
	body := fmt.Sprintf(`{"paymentRequestId":%q,"paymentAmount":{"currency":"SGD","value":"%d"},`+
		`"order":{"referenceOrderId":"o","orderDescription":"tea","orderAmount":{"currency":"SGD","value":"%d"},`+
		`"merchant":{"referenceMerchantId":"M","merchantName":"M","merchantMCC":"5411","merchantAddress":{"region":"SG"},`+
		`"store":{"referenceStoreId":"S","storeName":"S","storeMCC":"5411"}}},`+
		`"paymentMethod":{"paymentMethodType":"CONNECT_WALLET","paymentMethodId":%q},`+
		`"paymentFactor":{"isInStorePayment":"true","isCashierPayment":"false","inStorePaymentScenario":"PaymentCode"},`+
		`"settlementStrategy":{"settlementCurrency":"SGD"}}`, id, price, price, c.Digits)
	at := w.now()
	switch code := w.ask("pay", body); code {
	case "SUCCESS":
		w.paid[id] = &bought{at: at, price: price}
	case "USER_BALANCE_NOT_ENOUGH":
	default:
		w.t.Fatalf("pay: %s", code)
	}
}

func (w *town) someone() control.Payer { return rapid.SampledFrom(w.payers).Draw(w.draw, "payer") }

// something draws a payment that was made, or none.
func (w *town) something() (string, *bought) {
	if len(w.paid) == 0 {
		return "", nil
	}
	ids := make([]string, 0, len(w.paid))
	for id := range w.paid {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	id := rapid.SampledFrom(ids).Draw(w.draw, "payment")
	return id, w.paid[id]
}

// step does one random thing.
func (w *town) step() {
	ctx := context.Background()
	switch rapid.IntRange(0, 9).Draw(w.draw, "step") {
	case 0, 1:
		code := rapid.SampledFrom(w.codes).Draw(w.draw, "code")
		_, err := w.sim.ClaimRedPacket(ctx, w.someone().ID, control.ClaimSpec{Code: code.Code})
		w.check(err)
	case 2, 3, 4:
		w.buy(w.someone(), rapid.SampledFrom([]int64{500, 888, 889, 5000, 10000, 12345, 300000}).Draw(w.draw, "price"))
	case 5:
		if id, b := w.something(); b != nil && !b.void && b.refunded < b.price {
			w.last++
			part := rapid.Int64Range(1, b.price-b.refunded).Draw(w.draw, "part")
			body := fmt.Sprintf(`{"paymentRequestId":%q,"refundRequestId":"R%d","refundAmount":{"currency":"SGD","value":"%d"}}`, id, w.last, part)
			if code := w.ask("refund", body); code != "SUCCESS" {
				w.t.Fatalf("refund: %s", code)
			}
			b.refunded += part
		}
	case 6:
		if id, b := w.something(); b != nil {
			code := w.ask("cancelPayment", fmt.Sprintf(`{"paymentRequestId":%q}`, id))
			b.void = b.void || code == "SUCCESS"
		}
	case 7:
		if len(w.requests) > 0 {
			w.repeat(rapid.SampledFrom(w.requests).Draw(w.draw, "repeated"))
		}
	case 8, 9:
		_, err := w.sim.MoveTimeline(ctx, w.line, control.Move{By: time.Duration(rapid.IntRange(1, 100).Draw(w.draw, "hours")) * time.Hour})
		w.check(err)
	}
}

// repeat sends a message a second time: it gets the same answer, and no money moves. A refused cancellation may be refused
// for another reason by then.
func (w *town) repeat(request string) {
	before := len(w.entries())
	api, body, _ := strings.Cut(request, " ")
	code := w.send(api, body)
	first := w.answers[request]
	cancelled := api == "cancelPayment" && first != "SUCCESS" || api == "pay" && code == "ORDER_IS_CLOSED"
	if code != first && !cancelled {
		w.t.Fatalf("%s: %s, the first time %s", request, code, first)
	}
	if after := len(w.entries()); after != before && code == first {
		w.t.Fatalf("%s: %d postings more the second time", request, after-before)
	}
}

func (w *town) entries() []control.Entry {
	list, err := w.sim.Entries(context.Background(), w.line)
	w.check(err)
	return list
}

// audit adds the whole ledger up.
func (w *town) audit() {
	accounts := make(map[string]int64)
	sum := int64(0)
	for _, e := range w.entries() {
		if e.Amount.Currency != "SGD" {
			w.t.Fatalf("a posting in %s", e.Amount.Currency)
		}
		accounts[e.Account] += e.Amount.Value
		sum += e.Amount.Value
	}
	if sum != 0 {
		w.t.Fatalf("the ledger sums to %d", sum)
	}
	shop := int64(0)
	for _, b := range w.paid {
		if !b.void {
			shop += b.price - b.refunded
		}
	}
	for account, held := range accounts {
		if strings.HasPrefix(account, "payer/") && held < 0 || strings.HasPrefix(account, "sponsor/") && held > 0 || account == "wallet" && held != 0 {
			w.t.Fatalf("%s holds %d", account, held)
		}
	}
	if accounts["shop/M"] != shop {
		w.t.Fatalf("the shop holds %d, but sold for %d", accounts["shop/M"], shop)
	}
	if accounts["sponsor/promotion"] < -4000 {
		w.t.Fatalf("the promotion gave %d of its budget of 4000", -accounts["sponsor/promotion"])
	}
}

// earned recomputes from the ledger what a code's redemptions earn in each month: the payments that were not cancelled, in order
// of time, 1 percent each, at most so many a month, and once the placement.
func (w *town) earned(sponsor string) map[string]int64 {
	type redemption struct {
		order  string
		amount int64
	}
	var list []redemption
	for _, e := range w.entries() {
		if e.Kind == "payment" && e.Account == "sponsor/"+sponsor && !w.paid[e.Order].void {
			list = append(list, redemption{order: e.Order, amount: -e.Amount.Value})
		}
	}
	slices.SortStableFunc(list, func(a, b redemption) int { return w.paid[a.order].at.Compare(w.paid[b.order].at) })
	months, counts := make(map[string]int64), make(map[string]int)
	for i, r := range list {
		month := monthOf(w.paid[r.order].at)
		if i == 0 {
			months[month] += townPlacement
		}
		if counts[month]++; counts[month] <= townCap {
			months[month] += (r.amount + 50) / 100
		}
	}
	return months
}

// settle ends the year, settles each month twice and compares statements and ledger with the recomputation.
func (w *town) settle() {
	ctx := context.Background()
	_, err := w.sim.MoveTimeline(ctx, w.line, control.Move{Days: 32})
	w.check(err)
	want := make(map[string]int64)
	for _, sponsor := range []string{"one", "two"} {
		for month, sum := range w.earned(sponsor) {
			want[month] += sum
		}
	}
	total := int64(0)
	from, _ := time.Parse("2006-01", w.month)
	until := w.now().AddDate(0, 0, -31)
	for month := from; !month.After(until); month = month.AddDate(0, 1, 0) {
		period := month.Format("2006-01")
		for range 2 {
			settled, err := w.sim.SettleRedPackets(ctx, control.Settlement{Timeline: w.line, Period: period})
			w.check(err)
			if got := settled[0].Total.Value; got != want[period] {
				w.t.Fatalf("%s: the statement says %d, the ledger %d\n%s", period, got, want[period], settled[0].Text)
			}
		}
		total += want[period]
	}
	paid := int64(0)
	for _, e := range w.entries() {
		if e.Account == "provider/P" {
			paid += e.Amount.Value
		}
	}
	if paid != total {
		w.t.Fatalf("the provider was paid %d, and earned %d", paid, total)
	}
}

func play(t *rapid.T, steps, every int) {
	w := newTown(t)
	w.draw = t
	defer func() { w.check(w.sim.Close()) }()
	for i := range steps {
		w.step()
		if i%every == 0 {
			w.audit()
		}
	}
	w.settle()
	w.audit()
}

// Whatever payers, shop and time do: money is neither made nor lost, payers owe nothing, repetitions change nothing, the budget holds
// and the commission statements are what the ledger says.
func TestMarketingLedger(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		play(t, rapid.IntRange(1, 25).Draw(t, "steps"), 1)
	})
}

// A thousand operations in one go, audited after each: the whole ledger is read every time.
func TestMarketingLedgerOfAThousandOperations(t *testing.T) {
	t.Parallel()
	generator := rapid.Custom(func(t *rapid.T) int {
		play(t, 1000, 1)
		return 0
	})
	generator.Example(7)
}
