package aps

import "mppsim/wallet/money"

// Order is what the shop sells, as the acquirer describes it (acqp-api §3).
type Order struct {
	ReferenceOrderID string // 64
	Description      string // 256
	Amount           money.Amount
	Merchant         Merchant
	Env              Env
	BuyerID          string // buyer.referenceBuyerId
}

// Merchant is the shop's company.
type Merchant struct {
	ReferenceMerchantID string
	Name                string
	DisplayName         string
	MCC                 string
	Region              string // merchantAddress.region, ISO 3166-1 alpha-2
	Store               *Store
}

// Place is the region where the payer pays: the store's, else the merchant's; empty: unknown.
func (m Merchant) Place() string {
	if m.Store != nil && m.Store.Region != "" {
		return m.Store.Region
	}
	return m.Region
}

// Store is the place where the payer stands.
type Store struct {
	ReferenceStoreID string
	Name             string
	MCC              string
	TerminalID       string
	Region           string // storeAddress.region, ISO 3166-1 alpha-2
}

// Env describes the device of an order.
type Env struct {
	TerminalType string
	OSType       string
	UserAgent    string
	ClientIP     string
}
