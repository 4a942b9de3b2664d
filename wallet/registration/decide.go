package registration

import (
	"context"
	"fmt"
	"slices"

	"mppsim/wallet/aps"
	"mppsim/wallet/courier"
	"mppsim/wallet/store"
)

// Decide takes over what a wallet says about a registration and lets the acquirer know (ErrUnknown, ErrVerdict).
// A later word of the same wallet replaces the earlier one.
func (r *Registry) Decide(ctx context.Context, id string, d Decision) (Registration, error) {
	var reg Registration
	err := r.Store.Update(ctx, func(tx store.Tx) (err error) {
		if reg, err = find(tx, id); err != nil {
			return err
		}
		if err := reg.check(d); err != nil {
			return fmt.Errorf("registration %s: %w", id, err)
		}
		reg.Decisions = append(slices.Clone(reg.Decisions), d)
		if err := settle(tx, reg, d); err != nil {
			return err
		}
		return requests().Put(tx, id, reg)
	})
	if err == nil {
		r.announce(reg)
	}
	return reg, err
}

func (reg Registration) check(d Decision) error {
	switch {
	case reg.Result.Status != aps.Success:
		return fmt.Errorf("%w: the request was refused with %s", ErrVerdict, reg.Result.Code)
	case d.Wallet == "":
		return fmt.Errorf("%w: the wallet is missing", ErrVerdict)
	case !d.Approved && d.Reason == "":
		return fmt.Errorf("%w: a rejection needs a reason", ErrVerdict)
	case d.Approved && d.Reason != "":
		return fmt.Errorf("%w: an approval has no reason", ErrVerdict)
	}
	for _, product := range d.Products {
		if !slices.Contains(reg.Products, product) {
			return fmt.Errorf("%w: product %q was not asked for", ErrVerdict, product)
		}
	}
	return nil
}

// settle puts a verdict in force. A rejected update leaves an earlier approval as it is.
func settle(tx store.Tx, reg Registration, d Decision) error {
	for _, product := range reg.Products {
		if !d.covers(product) {
			continue
		}
		name := reg.subject(product) + store.Key(d.Wallet)
		before, _, err := standings().Get(tx, name)
		if err != nil {
			return err
		}
		if before == Approved && !d.Approved && !reg.approvedBefore(d.Wallet, product) {
			continue
		}
		if err := standings().Put(tx, name, d.status()); err != nil {
			return err
		}
	}
	return nil
}

// approvedBefore says that the standing approval is this registration's own, which its wallet takes back.
func (reg Registration) approvedBefore(wallet, product string) bool {
	return slices.ContainsFunc(reg.Decisions[:len(reg.Decisions)-1], func(d Decision) bool {
		return d.Wallet == wallet && d.covers(product) && d.Approved
	})
}

// announce tells the acquirer the state of all wallets, once for each decision (acqp-api §5.8).
func (r *Registry) announce(reg Registration) {
	if reg.NotifyURL == "" {
		return
	}
	r.Courier.Post(courier.Message{
		Name: fmt.Sprintf("registration/%s/%d", reg.ID, len(reg.Decisions)), Timeline: reg.Timeline,
		Write: func(ctx context.Context) (aps.Call, bool) {
			now, err := r.Find(ctx, reg.ID)
			if err != nil {
				return aps.Call{}, false
			}
			return r.notification(now), true
		},
	})
}

func (r *Registry) notification(reg Registration) aps.Call {
	m := aps.NewMessage().Text("registrationRequestId", reg.ID).Text("referenceMerchantId", reg.Merchant).Text("referenceStoreId", reg.Store)
	return aps.Call{
		API: aps.NotifyRegistrationStatus, URL: reg.NotifyURL, Body: r.tell(m, reg).Node(),
		Subject: aps.Subject{Door: reg.Door, Timeline: reg.Timeline, Match: "registration", Texts: reg.Texts},
	}
}

// Refusal is the result code with which a wallet's payment to a merchant is refused, or nothing if the merchant, and
// in stores the store, is registered for the product: MERCHANT_NOT_REGISTERED before the wallet approved it,
// MERCHANT_KYB_NOT_QUALIFIED after it rejected it (acqp-api §2.1).
func (r *Registry) Refusal(tx store.Tx, wallet, product string, m aps.Merchant) (code string, err error) {
	reg := Registration{Merchant: m.ReferenceMerchantID}
	if m.Store != nil {
		reg.Store = m.Store.ReferenceStoreID
	}
	verdict, _, err := standings().Get(tx, reg.subject(product)+store.Key(wallet))
	switch {
	case err != nil || verdict == Approved:
		return "", err
	case verdict == Rejected:
		return "MERCHANT_KYB_NOT_QUALIFIED", nil
	default:
		return "MERCHANT_NOT_REGISTERED", nil
	}
}
