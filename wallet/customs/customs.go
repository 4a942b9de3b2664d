// Package customs keeps declarations of payments to the customs (acqp-api §5.11) and what the customs say of them. The
// real one knows only payments by AlipayCN; here the simulator's wallet stands in for it.
package customs

import (
	"context"
	"errors"
	"fmt"
	"time"

	"mppsim/wallet/aps"
	"mppsim/wallet/clock"
	"mppsim/wallet/jsontree"
	"mppsim/wallet/money"
	"mppsim/wallet/store"
)

// ErrUnknown says that there is no such declaration.
var ErrUnknown = errors.New("no such declaration")

// Waiting is the state of a declaration on which the customs have not spoken; the names of other states are not public.
const Waiting = "WAITING_FOR_PROCESSING"

// Payment is what declarations need to know of a payment.
type Payment struct {
	Timeline        string
	Paid            bool
	WalletPaymentID string
}

// Options are what declarations need.
type Options struct {
	Store    store.Store
	Payments func(ctx context.Context, paymentRequestID string) (p Payment, found bool, err error)
	Clocks   func(timeline string) *clock.Timeline
	IDs      func() string
}

// Declarations are the declarations of acquirers.
type Declarations struct{ Options }

// New makes an office without declarations.
func New(o Options) *Declarations { return &Declarations{o} }

// Declaration is one part of a payment, or all of it, as declared. Times are on the payment's timeline.
type Declaration struct {
	ID                string // customsDeclarationRequestId
	WalletID          string // pspDeclarationRequestId
	Payment           string // paymentRequestId
	WalletPaymentID   string
	Timeline          string
	CustomsCode       string
	Region            string
	MerchantCode      string
	MerchantName      string
	Amount            money.Amount
	Split             bool
	ReferenceOrderID  string
	Status            string
	Modified          time.Time
	ResultCode        string
	ResultDescription string
	ResultReturned    time.Time
}

func declarations() store.Table[Declaration] {
	return store.Table[Declaration]{Name: "customs.declaration"}
}

// Declare answers declare. The same id again has the same result, whatever else it says.
func (d *Declarations) Declare(ctx context.Context, _ aps.Subject, root *jsontree.Node) (*jsontree.Node, error) {
	f := aps.FieldsOf(root)
	p, found, err := d.Payments(ctx, f.Text("paymentRequestId"))
	if err != nil {
		return nil, err
	}
	var declared Declaration
	result := aps.ResultOf("SUCCESS")
	err = d.Store.Update(ctx, func(tx store.Tx) error {
		before, known, err := declarations().Get(tx, f.Text("customsDeclarationRequestId"))
		switch {
		case err != nil:
			return err
		case known:
			declared = before
			return nil
		case !found:
			result = aps.ResultOf("ORDER_NOT_EXIST")
			return nil
		case !p.Paid:
			result = aps.ResultOf("PROCESS_FAIL")
			result.Message = "The payment has not been paid."
			return nil
		}
		declared = d.read(f, p)
		return declarations().Insert(tx, declared.ID, declared)
	})
	return aps.NewAnswer(result).Text("customsDeclarationRequestId", declared.ID).Text("pspDeclarationRequestId", declared.WalletID).Node(), err
}

func (d *Declarations) read(f aps.Fields, p Payment) Declaration {
	return Declaration{
		ID: f.Text("customsDeclarationRequestId"), WalletID: d.IDs(), Payment: f.Text("paymentRequestId"),
		WalletPaymentID: p.WalletPaymentID, Timeline: p.Timeline,
		CustomsCode: f.Text("customs.customsCode"), Region: f.Text("customs.region"),
		MerchantCode: f.Text("merchantCustomsInfo.merchantCustomsCode"), MerchantName: f.Text("merchantCustomsInfo.merchantCustomsName"),
		Amount: f.Amount("declarationAmount"), Split: f.True("isSplit"), ReferenceOrderID: f.Text("referenceOrderId"),
		Status: Waiting, Modified: d.Clocks(p.Timeline).Now(),
	}
}

// Inquire answers inquireDeclarationRequests: what is known, and the ids that are not.
func (d *Declarations) Inquire(ctx context.Context, _ aps.Subject, root *jsontree.Node) (*jsontree.Node, error) {
	var missing []string
	var records []*jsontree.Node
	err := d.Store.View(ctx, func(tx store.Tx) error {
		missing, records = nil, nil
		for _, id := range aps.FieldsOf(root).Texts("declarationRequestIds") {
			declared, found, err := find(tx, id)
			if err != nil {
				return err
			}
			if !found {
				missing = append(missing, id)
				continue
			}
			records = append(records, d.record(declared))
		}
		return nil
	})
	return aps.NewAnswer(aps.ResultOf("SUCCESS")).Texts("declarationRequestsNotFound", missing).List("declarationRecords", records).Node(), err
}

func find(tx store.Tx, id string) (Declaration, bool, error) {
	if id == "" {
		return Declaration{}, false, nil
	}
	return declarations().Get(tx, id)
}

func (d *Declarations) record(x Declaration) *jsontree.Node {
	line := d.Clocks(x.Timeline)
	m := aps.NewMessage().Text("customsDeclarationRequestId", x.ID).Text("pspDeclarationRequestId", x.WalletID).Text("pspPaymentId", x.WalletPaymentID).
		Object("customs", aps.NewMessage().Text("customsCode", x.CustomsCode).Text("region", x.Region).Node()).
		Object("merchantCustomsInfo", aps.NewMessage().Text("merchantCustomsCode", x.MerchantCode).Text("merchantCustomsName", x.MerchantName).Node()).
		Amount("declarationAmount", x.Amount).Text("isSplit", fmt.Sprint(x.Split)).Text("referenceOrderId", x.ReferenceOrderID).
		Text("declarationRequestStatus", x.Status).Moment("modifiedTime", line.ToBase(x.Modified)).
		Text("customsResultCode", x.ResultCode).Text("customsResultDescription", x.ResultDescription)
	if !x.ResultReturned.IsZero() {
		m.Moment("customsResultReturnedTime", line.ToBase(x.ResultReturned))
	}
	return m.Node()
}

// Result is what the customs say.
type Result struct {
	Status      string
	Code        string
	Description string
}

// Settle books what the customs say of a declaration (ErrUnknown).
func (d *Declarations) Settle(ctx context.Context, id string, r Result) (x Declaration, err error) {
	err = d.Store.Update(ctx, func(tx store.Tx) error {
		var found bool
		if x, found, err = find(tx, id); err != nil {
			return err
		}
		if !found {
			return fmt.Errorf("declaration %s: %w", id, ErrUnknown)
		}
		now := d.Clocks(x.Timeline).Now()
		x.Status, x.ResultCode, x.ResultDescription, x.Modified, x.ResultReturned = r.Status, r.Code, r.Description, now, now
		return declarations().Put(tx, id, x)
	})
	return x, err
}

// Find returns a declaration (ErrUnknown).
func (d *Declarations) Find(ctx context.Context, id string) (x Declaration, err error) {
	err = d.Store.View(ctx, func(tx store.Tx) error {
		var found bool
		if x, found, err = find(tx, id); err == nil && !found {
			err = fmt.Errorf("declaration %s: %w", id, ErrUnknown)
		}
		return err
	})
	return x, err
}

// List returns the declarations of a timeline, by id.
func (d *Declarations) List(ctx context.Context, timeline string) (list []Declaration, err error) {
	err = d.Store.View(ctx, func(tx store.Tx) error {
		list = nil
		return declarations().Scan(tx, "", func(_ string, x Declaration) (bool, error) {
			if x.Timeline == timeline {
				list = append(list, x)
			}
			return true, nil
		})
	})
	return list, err
}
