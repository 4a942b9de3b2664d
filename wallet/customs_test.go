package wallet_test

import (
	"fmt"
	"strings"
	"testing"

	"mppsim/wallet/aps"
	"mppsim/wallet/control"
)

func declareBody(id, payment, more string) string {
	return fmt.Sprintf(`{"paymentRequestId":%q,"customsDeclarationRequestId":%q,"customs":{"customsCode":"HANGZHOU","region":"CN"},`+
		`"merchantCustomsInfo":{"merchantCustomsCode":"C-1","merchantCustomsName":"Corner"},"declarationAmount":{"currency":"CNY","value":"500"}%s}`, payment, id, more)
}

func TestDeclarations(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.open("off")
	want(t, "pay", r.pay("P1", r.code(r.payer("rich")), "1000").code(), "SUCCESS")
	want(t, "unpaid", r.pay("P2", r.code(r.payer("poor")), "1000").code(), "USER_BALANCE_NOT_ENOUGH")
	first := r.ask(aps.Declare, declareBody("D1", "P1", `,"isSplit":"true","referenceOrderId":"part-1"`))
	want(t, "declaration", codeOf(first), "SUCCESS")
	again := r.ask(aps.Declare, declareBody("D1", "P9", ""))
	want(t, "the same id again", codeOf(again)+again.Text("pspDeclarationRequestId"), "SUCCESS"+first.Text("pspDeclarationRequestId"))
	want(t, "another part", codeOf(r.ask(aps.Declare, declareBody("D2", "P1", `,"isSplit":"true","referenceOrderId":"part-2"`))), "SUCCESS")
	want(t, "unknown payment", codeOf(r.ask(aps.Declare, declareBody("D3", "P9", ""))), "ORDER_NOT_EXIST")
	want(t, "payment without money", codeOf(r.ask(aps.Declare, declareBody("D4", "P2", ""))), "PROCESS_FAIL")
	want(t, "part without order", codeOf(r.blurt(aps.Declare, declareBody("D5", "P1", `,"isSplit":"true"`))), "PARAM_ILLEGAL")
	want(t, "another currency", codeOf(r.blurt(aps.Declare, strings.Replace(declareBody("D6", "P1", ""), "CNY", "SGD", 1))), "PARAM_ILLEGAL")

	settled := must[control.Declaration](t)(r.api.SettleDeclaration(t.Context(), "D2", control.CustomsResult{Status: "REJECTED", Code: "17", Description: "name differs"}))
	want(t, "settled", settled.Status, "REJECTED")
	f := r.ask(aps.InquireDeclarationRequests, `{"declarationRequestIds":["D1","D2","D3"]}`)
	want(t, "not found", strings.Join(f.Texts("declarationRequestsNotFound"), ","), "D3")
	want(t, "first", f.Text("declarationRecords.0.declarationRequestStatus")+f.Text("declarationRecords.0.referenceOrderId")+f.Text("declarationRecords.0.isSplit"), "WAITING_FOR_PROCESSINGpart-1true")
	want(t, "second", f.Text("declarationRecords.1.customsResultCode")+f.Text("declarationRecords.1.customsResultDescription"), "17name differs")
	want(t, "eleven at once", codeOf(r.blurt(aps.InquireDeclarationRequests, `{"declarationRequestIds":["1","2","3","4","5","6","7","8","9","10","11"]}`)), "PARAM_ILLEGAL")
	if list := must[[]control.Declaration](t)(r.api.Declarations(t.Context(), r.timeline)); len(list) != 2 || list[0].ID != "D1" || list[0].Amount.Value != 500 {
		t.Errorf("declarations %+v", list)
	}
	last := r.last(aps.InquireDeclarationRequests)
	want(t, "timeline of the inquiry", last.Timeline, r.timeline)
}

func TestDeclarationRefusals(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	for id, c := range map[string]struct {
		result control.CustomsResult
		code   string
	}{
		"D1": {control.CustomsResult{}, control.Invalid}, "D2": {control.CustomsResult{Status: "DONE"}, control.NotFound},
	} {
		_, err := r.api.SettleDeclaration(t.Context(), id, c.result)
		if refused := asRefusal(err); refused == nil || refused.Code != c.code {
			t.Errorf("%s: %v, want %s", id, err, c.code)
		}
	}
}
