package bridge

import (
	"context"
	"net/http"

	"mppsim/wallet/aps"
	"mppsim/wallet/bridge/message"
	"mppsim/wallet/clock"
	"mppsim/wallet/jsontree"
	"mppsim/wallet/trace"
)

// Watch keeps the record of what passes between Alipay+ and a wallet in one program: nothing is signed and nothing
// written, until somebody looks at the record.
type Watch struct {
	Recorder *trace.Recorder
	Lines    func(timeline string) Line
	Find     Find
	Wall     clock.Clock
	Off      bool // for load tests: nothing is kept
}

// watched makes a call and keeps its record.
func watched[Q, A any](ctx context.Context, w *Watch, leg trace.Leg, form message.Form[Q, A], marks Marks, request Q, serve act[Q, A]) (A, error) {
	if w.Off {
		return serve(ctx, request)
	}
	began := w.Wall.Now()
	answer, err := serve(ctx, request)
	about := form.About(request)
	e := trace.Exchange{
		Leg: leg, Door: Door, API: string(form.API), Received: began, Answered: w.Wall.Now(), Executed: err == nil,
	}
	if about.PaymentRequestID == "" && marks != (Marks{}) {
		marks.API = form.API
		found := w.Find(context.WithoutCancel(ctx), marks)
		about.PaymentRequestID, about.PaymentID = found.PaymentRequestID, found.PaymentID
	}
	enter(&e, about)
	w.Recorder.AddLocal(e, written(w, form, about.Timeline, request, answer, err))
	return answer, err
}

// written fills in the messages of a record.
func written[Q, A any](w *Watch, form message.Form[Q, A], timeline string, request Q, answer A, err error) func(*trace.Exchange) {
	return func(e *trace.Exchange) {
		line := w.Lines(timeline)
		sent := form.Write(form.Move(request, line.ToBase))
		e.Request = trace.Message{Method: http.MethodPost, Target: string(form.API), Body: sent.Write(jsontree.Layout{})}
		if e.Outcome = recorded(sent, "paymentResult"); err != nil {
			e.Broken = err.Error()
			return
		}
		told := form.WriteAnswer(form.MoveAnswer(answer, line.ToBase))
		e.Response = trace.Message{Status: http.StatusOK, Body: told.Write(jsontree.Layout{})}
		e.Result = recorded(told, "result")
		if outcome := recorded(told, "paymentResult"); outcome != nil {
			e.Outcome = outcome
		}
	}
}

// Wallet watches what Alipay+ asks of a wallet.
func (w *Watch) Wallet(inside aps.Wallet) aps.Wallet { return watchedWallet{w, inside} }

type watchedWallet struct {
	*Watch
	inside aps.Wallet
}

func (w watchedWallet) Pay(ctx context.Context, req aps.WalletPay) (aps.WalletPayAnswer, error) {
	return watched(ctx, w.Watch, trace.NetworkToWallet, message.Pay(), Marks{}, req, w.inside.Pay)
}

func (w watchedWallet) InquiryPayment(ctx context.Context, req aps.WalletInquiry) (aps.WalletInquiryAnswer, error) {
	return watched(ctx, w.Watch, trace.NetworkToWallet, message.Inquiry(), Marks{}, req, w.inside.InquiryPayment)
}

func (w watchedWallet) CancelPayment(ctx context.Context, req aps.WalletCancel) (aps.WalletCancelAnswer, error) {
	return watched(ctx, w.Watch, trace.NetworkToWallet, message.Cancel(), Marks{}, req, w.inside.CancelPayment)
}

func (w watchedWallet) Refund(ctx context.Context, req aps.WalletRefund) (aps.WalletRefundAnswer, error) {
	return watched(ctx, w.Watch, trace.NetworkToWallet, message.Refund(), Marks{}, req, w.inside.Refund)
}

// AuthorisationWallet watches what Alipay+ asks of a wallet about agreements.
func (w *Watch) AuthorisationWallet(inside aps.AuthorisationWallet) aps.AuthorisationWallet {
	return watchedAgreements{w, inside}
}

type watchedAgreements struct {
	*Watch
	inside aps.AuthorisationWallet
}

func (w watchedAgreements) Prepare(ctx context.Context, req aps.WalletPrepare) (aps.WalletPrepared, error) {
	return watched(ctx, w.Watch, trace.NetworkToWallet, message.Preparation(), Marks{}, req, w.inside.Prepare)
}

func (w watchedAgreements) ApplyToken(ctx context.Context, req aps.WalletTokenRequest) (aps.WalletTokens, error) {
	return watched(ctx, w.Watch, trace.NetworkToWallet, message.Token(), Marks{}, req, w.inside.ApplyToken)
}

func (w watchedAgreements) CancelToken(ctx context.Context, req aps.WalletTokenCancel) (aps.Result, error) {
	return watched(ctx, w.Watch, trace.NetworkToWallet, message.Cancellation(), Marks{}, req, w.inside.CancelToken)
}

// Network watches what a wallet asks of Alipay+.
func (w *Watch) Network(inside aps.Network) aps.Network { return watchedNetwork{w, inside} }

type watchedNetwork struct {
	*Watch
	inside aps.Network
}

func (w watchedNetwork) GetPaymentCode(ctx context.Context, req aps.CodeRequest) (aps.CodeAnswer, error) {
	return watched(ctx, w.Watch, trace.WalletToNetwork, message.PaymentCode(), Marks{}, req, w.inside.GetPaymentCode)
}

func (w watchedNetwork) NotifyPayment(ctx context.Context, req aps.WalletNotification) (aps.Result, error) {
	return watched(ctx, w.Watch, trace.WalletToNetwork, message.Notification(), Marks{Payment: req.PaymentRequestID}, req, w.inside.NotifyPayment)
}

func (w watchedNetwork) IdentifyCode(ctx context.Context, req aps.CodeQuestion) (aps.CodeIdentity, error) {
	return watched(ctx, w.Watch, trace.WalletToNetwork, message.Identification(), Marks{Code: req.Code}, req, w.inside.IdentifyCode)
}

func (w watchedNetwork) UserInitiatedPay(ctx context.Context, req aps.UserPay) (aps.UserPayAnswer, error) {
	return watched(ctx, w.Watch, trace.WalletToNetwork, message.Scan(), Marks{Code: req.Code}, req, w.inside.UserInitiatedPay)
}

func (w watchedNetwork) InquiryCodeRules(ctx context.Context, req aps.CodeRulesQuestion) (aps.CodeRules, error) {
	return watched(ctx, w.Watch, trace.WalletToNetwork, message.Rules(), Marks{}, req, w.inside.InquiryCodeRules)
}

// AuthorisationNetwork watches what a wallet asks of Alipay+ about agreements.
func (w *Watch) AuthorisationNetwork(inside aps.AuthorisationNetwork) aps.AuthorisationNetwork {
	return watchedNotices{w, inside}
}

type watchedNotices struct {
	*Watch
	inside aps.AuthorisationNetwork
}

func (w watchedNotices) AuthNotify(ctx context.Context, note aps.AuthNotice) (aps.Result, error) {
	return watched(ctx, w.Watch, trace.WalletToNetwork, message.Notice(), Marks{}, note, w.inside.AuthNotify)
}

func (w watchedNotices) ConsultUnbinding(ctx context.Context, req aps.UnbindingQuestion) (aps.UnbindingAnswer, error) {
	return watched(ctx, w.Watch, trace.WalletToNetwork, message.Unbinding(), Marks{}, req, w.inside.ConsultUnbinding)
}
