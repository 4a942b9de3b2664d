package bridge

import (
	"context"
	"net/http"

	"mppsim/wallet/aps"
	"mppsim/wallet/bridge/message"
)

// Wallet is a wallet at the other end.
type Wallet struct{ *Bridge }

var (
	_ aps.Wallet              = Wallet{}
	_ aps.AuthorisationWallet = Wallet{}
)

// Pay is part of aps.Wallet.
func (w Wallet) Pay(ctx context.Context, req aps.WalletPay) (aps.WalletPayAnswer, error) {
	return post(ctx, w.Bridge, message.Pay(), "", req)
}

// InquiryPayment is part of aps.Wallet.
func (w Wallet) InquiryPayment(ctx context.Context, req aps.WalletInquiry) (aps.WalletInquiryAnswer, error) {
	return post(ctx, w.Bridge, message.Inquiry(), "", req)
}

// CancelPayment is part of aps.Wallet.
func (w Wallet) CancelPayment(ctx context.Context, req aps.WalletCancel) (aps.WalletCancelAnswer, error) {
	return post(ctx, w.Bridge, message.Cancel(), "", req)
}

// Refund is part of aps.Wallet.
func (w Wallet) Refund(ctx context.Context, req aps.WalletRefund) (aps.WalletRefundAnswer, error) {
	return post(ctx, w.Bridge, message.Refund(), "", req)
}

// Prepare is part of aps.AuthorisationWallet.
func (w Wallet) Prepare(ctx context.Context, req aps.WalletPrepare) (aps.WalletPrepared, error) {
	return post(ctx, w.Bridge, message.Preparation(), "", req)
}

// ApplyToken is part of aps.AuthorisationWallet.
func (w Wallet) ApplyToken(ctx context.Context, req aps.WalletTokenRequest) (aps.WalletTokens, error) {
	return post(ctx, w.Bridge, message.Token(), "", req)
}

// CancelToken is part of aps.AuthorisationWallet.
func (w Wallet) CancelToken(ctx context.Context, req aps.WalletTokenCancel) (aps.Result, error) {
	return post(ctx, w.Bridge, message.Cancellation(), "", req)
}

// WalletDoor lets Alipay+ at the other end in to a wallet. What is no call to a wallet goes on to next.
func (b *Bridge) WalletDoor(w aps.Wallet, a aps.AuthorisationWallet) func(next http.Handler) http.Handler {
	return doorway([]handler{
		handle(b, message.Pay(), w.Pay), handle(b, message.Inquiry(), w.InquiryPayment), handle(b, message.Cancel(), w.CancelPayment),
		handle(b, message.Refund(), w.Refund), handle(b, message.Preparation(), a.Prepare), handle(b, message.Token(), a.ApplyToken),
		handle(b, message.Cancellation(), a.CancelToken),
	})
}
