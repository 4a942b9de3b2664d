package bridge

import (
	"context"
	"net/http"

	"mppsim/wallet/aps"
	"mppsim/wallet/bridge/message"
)

// Network is Alipay+ at the other end.
type Network struct{ *Bridge }

var (
	_ aps.Network              = Network{}
	_ aps.AuthorisationNetwork = Network{}
)

// GetPaymentCode is part of aps.Network. The format of codes is Alipay+'s choice: a wish does not travel.
func (n Network) GetPaymentCode(ctx context.Context, req aps.CodeRequest) (aps.CodeAnswer, error) {
	return post(ctx, n.Bridge, message.PaymentCode(), "", req)
}

// NotifyPayment is part of aps.Network. It goes to the payment's own address where Alipay+ named one.
func (n Network) NotifyPayment(ctx context.Context, req aps.WalletNotification) (aps.Result, error) {
	return post(ctx, n.Bridge, message.Notification(), req.URL, req)
}

// IdentifyCode is part of aps.Network.
func (n Network) IdentifyCode(ctx context.Context, req aps.CodeQuestion) (aps.CodeIdentity, error) {
	return post(ctx, n.Bridge, message.Identification(), "", req)
}

// UserInitiatedPay is part of aps.Network.
func (n Network) UserInitiatedPay(ctx context.Context, req aps.UserPay) (aps.UserPayAnswer, error) {
	return post(ctx, n.Bridge, message.Scan(), "", req)
}

// InquiryCodeRules is part of aps.Network.
func (n Network) InquiryCodeRules(ctx context.Context, req aps.CodeRulesQuestion) (aps.CodeRules, error) {
	return post(ctx, n.Bridge, message.Rules(), "", req)
}

// AuthNotify is part of aps.AuthorisationNetwork.
func (n Network) AuthNotify(ctx context.Context, note aps.AuthNotice) (aps.Result, error) {
	return post(ctx, n.Bridge, message.Notice(), "", note)
}

// ConsultUnbinding is part of aps.AuthorisationNetwork.
func (n Network) ConsultUnbinding(ctx context.Context, req aps.UnbindingQuestion) (aps.UnbindingAnswer, error) {
	return post(ctx, n.Bridge, message.Unbinding(), "", req)
}

// NetworkDoor lets a wallet at the other end in to Alipay+. The wallet is known by its pspID. What is no call of a wallet
// goes on to next.
func (b *Bridge) NetworkDoor(n aps.Network, a aps.AuthorisationNetwork, pspID string) func(next http.Handler) http.Handler {
	codes := func(ctx context.Context, req aps.CodeRequest) (aps.CodeAnswer, error) {
		req.PspID = pspID
		return n.GetPaymentCode(ctx, req)
	}
	scan := func(ctx context.Context, req aps.UserPay) (aps.UserPayAnswer, error) {
		req.PspID = pspID
		return n.UserInitiatedPay(ctx, req)
	}
	return doorway([]handler{
		handle(b, message.PaymentCode(), codes), handle(b, message.Scan(), scan), handle(b, message.Notification(), n.NotifyPayment),
		handle(b, message.Identification(), n.IdentifyCode), handle(b, message.Rules(), n.InquiryCodeRules),
		handle(b, message.Notice(), a.AuthNotify), handle(b, message.Unbinding(), a.ConsultUnbinding),
	})
}
