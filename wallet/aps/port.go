package aps

import (
	"context"
	"time"

	"mppsim/wallet/money"
)

// Wallet is what the network asks of a mobile wallet (MPP). Our wallet implements it in
// process; a foreign wallet implements it over HTTP. An error means that no usable answer
// came and the outcome is unknown; every refusal is a Result.
type Wallet interface {
	Pay(ctx context.Context, req WalletPay) (WalletPayAnswer, error)
	InquiryPayment(ctx context.Context, req WalletInquiry) (WalletInquiryAnswer, error)
	CancelPayment(ctx context.Context, req WalletCancel) (WalletCancelAnswer, error)
	Refund(ctx context.Context, req WalletRefund) (WalletRefundAnswer, error)
}

// Network is what a wallet asks of Alipay+.
type Network interface {
	GetPaymentCode(ctx context.Context, req CodeRequest) (CodeAnswer, error)
	NotifyPayment(ctx context.Context, req WalletNotification) (Result, error)
	// IdentifyCode tells a wallet what a scanned text is for which its own rules are too old.
	IdentifyCode(ctx context.Context, req CodeQuestion) (CodeIdentity, error)
	// UserInitiatedPay tells what is behind a text that a user scanned or opened.
	UserInitiatedPay(ctx context.Context, req UserPay) (UserPayAnswer, error)
	// InquiryCodeRules hands a wallet the rules by which it tells what was scanned.
	InquiryCodeRules(ctx context.Context, req CodeRulesQuestion) (CodeRules, error)
}

// Every request between network and wallet has a Subject: the transaction in the books of whoever asks. Records and clocks
// go by it; it does not travel.

// UserPay is what a wallet's user scanned or opened (mpp-api §4.6).
type UserPay struct {
	Subject    Subject
	PspID      string
	Code       string // codeValue
	CustomerID string
}

// CodeQuestion is a text that a wallet's user scanned and that the wallet's rules cannot tell (mpp-api §4.9).
type CodeQuestion struct {
	Subject    Subject
	Code       string // codeValue
	CustomerID string // empty where a library asks
}

// CodeIdentity tells what a scanned text is and what the wallet does with it.
type CodeIdentity struct {
	Result      Result
	Supported   bool   // isSupported; false: no code of Alipay+
	Action      string // postCodeMatchActionType: DECODE or OPEN_URL
	Code        string // codeValue for userInitiatedPay
	RedirectURL string // page of OPEN_URL
	UserAgent   string // what the web view calls itself there
}

// CodeRulesQuestion asks for the rules by which codes are identified; Version is what the wallet has already.
type CodeRulesQuestion struct {
	Subject Subject
	Version string
}

// CodeRules are rules by which wallets identify codes (mpp-api §4.9). Text is a rule file, empty if the wallet has them.
type CodeRules struct {
	Result  Result
	Version string
	Text    string
}

// UserPayAnswer tells a wallet the order that its user is to confirm. PayTo is what the wallet debits.
type UserPayAnswer struct {
	Result           Result
	AcquirerID       string
	PspID            string
	CodeType         string
	PaymentRequestID string // with it the wallet reports the result
	Order            Order
	Amount           money.Amount
	PayTo            money.Amount
	Quote            Quote // zero where both currencies are the same
	Factor           Factor
	Product          Product
	Promotions       []Promotion
	Surcharge        Surcharge
	Expiry           time.Time // on the payer's timeline
	NotifyURL        string    // where the wallet reports the result; empty: at the usual place
	RedirectURL      string    // where the payer goes after paying
	Action           ActionForm
}

// Surcharge is money that Alipay+ collects for the wallet beside the payment (mpp-api §3.6). The zero one is none.
type Surcharge struct {
	Amount money.Amount `json:"surchargeAmount"`
	Quote  Quote        `json:"surchargeQuote,omitzero"`
}

// IsZero reports whether there is no surcharge.
func (s Surcharge) IsZero() bool { return s.Amount.Currency == "" }

// ActionForm says who goes on: the wallet with its own cashier, or the client library with a page of Alipay+.
type ActionForm struct {
	Type    string
	Payload string // sdkActionPayload
}

// The types of actions.
const (
	HandleByPSP = "HANDLE_BY_PSP"
	HandleBySDK = "HANDLE_BY_SDK"
)

// Promotion is one promotion applied to a payment (mpp-api §8.1).
type Promotion struct {
	ID      string       `json:"promoId"`
	Name    string       `json:"promoName"`
	Type    string       `json:"promoType"`
	Savings money.Amount `json:"savingsAmount"`
}

// WalletPay asks the wallet to debit a payer. Amount is in the transaction currency and net
// of promotions; PayTo is what the wallet debits, in its own currency.
type WalletPay struct {
	Subject          Subject
	AcquirerID       string
	PspID            string
	PaymentRequestID string // the network's id for the wallet leg; idempotency key
	Order            *Order // nobody changes it
	Amount           money.Amount
	PayTo            money.Amount
	Quote            Quote  // paymentQuote: by which Amount became PayTo; times on the payer's timeline
	Code             string // payment code
	Method           string // paymentMethodType, where it is not CONNECT_WALLET
	Token            string // the wallet's access token, of auto debit
	AuthClientID     string // to whom the token was given
	CustomerID       string
	Product          Product   // of auto debit nobody is there to enter a password
	Evaluation       bool      // whether the payer could pay: everything but the debit
	Expiry           time.Time // on the payer's timeline
	NotifyURL        string    // where the wallet reports a later result; empty: at the usual place
	Promotions       []Promotion
	Surcharge        Surcharge
}

// WalletPayAnswer is the wallet's answer to pay.
type WalletPayAnswer struct {
	Result     Result
	PaymentID  string
	Time       time.Time
	CustomerID string
}

// WalletInquiry asks for the state of a payment.
type WalletInquiry struct {
	Subject                             Subject
	AcquirerID, PspID, PaymentRequestID string
}

// WalletInquiryAnswer carries the call's result and the payment's outcome.
type WalletInquiryAnswer struct {
	Result     Result
	Outcome    Result
	PaymentID  string
	Time       time.Time
	Amount     money.Amount
	PayTo      money.Amount
	CustomerID string
}

// WalletCancel asks the wallet to close or reverse a payment.
type WalletCancel struct {
	Subject                             Subject
	AcquirerID, PspID, PaymentRequestID string
}

// WalletCancelAnswer is the wallet's answer to a cancellation.
type WalletCancelAnswer struct{ Result Result }

// WalletRefund asks the wallet to give money back. From is credited to the payer in the
// wallet's currency; the network computes it.
type WalletRefund struct {
	Subject                                        Subject
	AcquirerID, PspID, PaymentRequestID, PaymentID string
	RefundRequestID                                string
	Amount                                         money.Amount
	From                                           money.Amount
	Quote                                          Quote       // refundQuote: the payment's
	Promotions                                     []Promotion // refundPromoInfo
	Surcharge                                      Surcharge
	Reason                                         string
}

// WalletRefundAnswer is the wallet's answer to a refund.
type WalletRefundAnswer struct {
	Result   Result
	RefundID string
	Time     time.Time
}

// CodeRequest asks the network to mint payment codes (getPaymentCode).
type CodeRequest struct {
	Subject    Subject
	PspID      string
	CustomerID string
	Region     string
	Quantity   int    // 1 to 10
	Format     string // a wish that does not travel; empty: the network's usual one
	Device     Device
}

// Device is the phone that asks for payment codes (mpp-api §3.7).
type Device struct {
	ID           string // deviceTokenId
	TerminalType string
	OSType       string
	ClientIP     string
}

// PaymentCode is one code with its window of validity on the payer's timeline.
type PaymentCode struct {
	Digits string
	Start  time.Time
	Expiry time.Time
}

// CodeAnswer carries the minted codes.
type CodeAnswer struct {
	Result Result
	Codes  []PaymentCode
}

// WalletNotification tells the network that a payment reached a final state in the wallet.
type WalletNotification struct {
	Subject          Subject
	URL              string // of the payment; empty: the usual place
	Outcome          Result // S or F, never U
	PaymentRequestID string
	PaymentID        string
	Time             time.Time
	Amount           money.Amount
	PayTo            money.Amount
	CustomerID       string
}

// NotificationPauses are those after each message of a wallet to Alipay+ that was not acknowledged (mpp-api §4.7). The
// intervals are those of a neighbouring product.
func NotificationPauses() []time.Duration {
	m, h := time.Minute, time.Hour
	return []time.Duration{2 * m, 10 * m, 10 * m, h, 2 * h, 6 * h, 15 * h}
}
