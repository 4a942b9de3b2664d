package wallet_test

import (
	"strings"
	"testing"

	"mppsim/wallet/aps"
	"mppsim/wallet/control"
)

// otherWallet makes a payer with the wallet of another brand.
func (r *rig) otherWallet() control.Payer {
	r.t.Helper()
	return must[control.Payer](r.t)(r.api.CreatePayer(r.t.Context(), control.PayerSpec{
		Timeline: r.timeline, Template: "rich", Traits: map[string]string{"wallet": "BANYAN_WALLET"},
	}))
}

func TestPayersHaveWalletsOfDifferentBrands(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.open("certify")
	p := r.otherWallet()
	want(t, "wallet", p.Wallet, "BANYAN_WALLET")
	a := r.ask(aps.Pay, r.payBody("P1", r.code(p), "100"))
	want(t, "payment code", codeOf(a)+a.Text("walletBrandName")+a.Text("pspId"), "SUCCESSBanyan eWallet1022172000000000002")
	r.scan(p, r.orderCode("P2", "100"))
	r.confirm(p)
	i := r.ask(aps.InquiryPayment, `{"paymentRequestId":"P2"}`)
	want(t, "order code", i.Text("walletBrandName")+i.Text("pspId"), "Banyan eWallet1022172000000000002")
	want(t, "refund", r.refund("P2", "R1", "100").code(), "SUCCESS")
	want(t, "cancel", r.cancel("P1").code(), "SUCCESS")
	r.wantMoved("payer/"+p.ID, 0)
	_, err := r.api.CreatePayer(t.Context(), control.PayerSpec{Timeline: r.timeline, Traits: map[string]string{"wallet": "NONE"}})
	if refused := asRefusal(err); refused == nil || !strings.Contains(refused.Message, "BANYAN_WALLET") {
		t.Errorf("unknown wallet: %v", err)
	}
}

// TestTwoWalletsScanTheSameCode: the first who pays has the order, and what the other takes is given back (mpp-api §7.4).
func TestTwoWalletsScanTheSameCode(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name string
		play func(r *rig, first, second control.Payer)
		paid int // 0: nobody, 1: the first, 2: the second
	}{
		{"the first pays, then the second", func(r *rig, first, second control.Payer) {
			r.confirm(first)
			want(r.t, "second", r.confirm(second).State, "SUCCESS")
		}, 1},
		{"the second pays, then the first", func(r *rig, first, second control.Payer) {
			r.confirm(second)
			want(r.t, "first", r.confirm(first).State, "SUCCESS")
		}, 2},
		{"the second declines", func(r *rig, first, second control.Payer) {
			must[control.Payment](r.t)(r.api.Decline(r.t.Context(), second.ID, control.PayerAct{}))
			want(r.t, "meanwhile", r.outcome("P1"), "PAYMENT_IN_PROCESS")
			r.confirm(first)
		}, 1},
		{"the first declines, then the second pays", func(r *rig, first, second control.Payer) {
			must[control.Payment](r.t)(r.api.Decline(r.t.Context(), first.ID, control.PayerAct{}))
			r.confirm(second)
		}, 0},
		{"cancelled, then both pay", func(r *rig, first, second control.Payer) {
			want(r.t, "cancel", r.cancel("P1").code(), "SUCCESS")
			if _, err := r.api.Confirm(r.t.Context(), first.ID, control.PayerAct{}); asRefusal(err) == nil {
				r.t.Errorf("the first could confirm: %v", err)
			}
			r.confirm(second)
		}, 0},
		{"the second pays and the shop refunds", func(r *rig, _, second control.Payer) {
			r.confirm(second)
			want(r.t, "refund", r.refund("P1", "R1", "1000").code(), "SUCCESS")
		}, 0},
		{"the second pays and the shop cancels", func(r *rig, _, second control.Payer) {
			r.confirm(second)
			want(r.t, "cancel", r.cancel("P1").code(), "SUCCESS")
		}, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			r := newRig(t)
			r.open("off")
			first, second := r.payer("rich"), r.otherWallet()
			code := r.orderCode("P1", "1000")
			want(t, "first scan", r.scan(first, code).Result.Code, "SUCCESS")
			shown := r.scan(second, code)
			want(t, "second scan", shown.Result.Code, "SUCCESS")
			want(t, "again", r.scan(second, code).Payment.ID, shown.Payment.ID)
			want(t, "third user of the second wallet", r.scan(r.otherWallet(), code).Result.Code, "REPEAT_REQ_INCONSISTENT")
			tt.play(r, first, second)
			due := func(payer int) int64 {
				if tt.paid == payer {
					return -1000
				}
				return 0
			}
			r.settled(func() bool { return r.moved("payer/"+first.ID) == due(1) && r.moved("payer/"+second.ID) == due(2) })
			shop := -due(tt.paid)
			if tt.paid == 0 {
				shop = 0
			}
			r.wantMoved("shop/M-1", shop)
			r.wantMoved("wallet", 0)
			brand := map[int]string{0: "", 1: "Kaleido Pay", 2: "Banyan eWallet"}[tt.paid]
			if i := r.ask(aps.InquiryPayment, `{"paymentRequestId":"P1"}`); tt.paid > 0 && i.Text("walletBrandName") != brand {
				t.Errorf("paid by %s, want %s", i.Text("walletBrandName"), brand)
			}
		})
	}
}
