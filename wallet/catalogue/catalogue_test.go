package catalogue_test

import (
	"cmp"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/fstest"

	"mppsim/wallet/catalogue"
)

// loaded is the catalogue that all tests read; none changes it.
var loaded = sync.OnceValues(catalogue.Load)

func load(t testing.TB) *catalogue.Catalogue {
	t.Helper()
	c, err := loaded()
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func operation(t *testing.T, door, name string) *catalogue.Operation {
	t.Helper()
	op, ok := load(t).Operation(door, name)
	if !ok {
		t.Fatalf("no operation %s/%s", door, name)
	}
	return op
}

func TestEveryOperationIsThere(t *testing.T) {
	t.Parallel()
	c := load(t)
	for door, names := range map[string]string{
		"aps": `pay inquiryPayment cancelPayment refund notifyPayment userInitiatedPay consultPayment registration
			inquiryRegistrationStatus notifyRegistrationStatus pushPayment inquiryPushPayment notifyPushPayment prepare applyToken
			cancelToken authNotify consultUnbinding initiateRetrieval responseRetrieval initiateEscalation responseEscalation
			declare inquireDeclarationRequests placeOrder`,
		"ams": `pay inquiryPayment cancel refund inquiryRefund notifyPayment registration inquiryRegistrationStatus
			inquiryRegistrationInfo notifyRegistrationStatus`,
	} {
		d, ok := c.Door(door)
		if !ok {
			t.Fatalf("no door %s", door)
		}
		for name := range strings.FieldsSeq(names) {
			if _, ok := c.Operation(strings.ToUpper(door), strings.ToLower(name)); !ok {
				t.Errorf("%s/%s is missing", door, name)
			}
		}
		if want := len(strings.Fields(names)); len(d.Operations) != want {
			t.Errorf("%s: %d operations, want %d", door, len(d.Operations), want)
		}
	}
	if _, ok := c.Operation("aps", "inquiryRefund"); ok {
		t.Error("acquirers have no inquiryRefund at the Alipay+ door")
	}
	if _, ok := c.Operation("pos", "pay"); ok {
		t.Error("an unknown door has operations")
	}
}

func TestLookUpByPath(t *testing.T) {
	t.Parallel()
	c := load(t)
	for path, want := range map[string]string{
		"/aps/api/v1/payments/pay":                   "aps/pay",
		"/ams/api/v1/payments/cancel":                "ams/cancel",
		"/ams/sandbox/api/v1/merchants/registration": "ams/registration",
		"/aps/api/v1/customs/declare":                "aps/declare",
	} {
		if op, ok := c.ByPath(path); !ok || op.FullName() != want {
			t.Errorf("%s leads to %v", path, op)
		}
	}
	for _, path := range []string{"", "/", "/aps/api/v2/payments/pay", "/aps/sandbox/api/v1/payments/pay", "/ams/sandbox/api/v1/payments/notifyPayment"} {
		if op, ok := c.ByPath(path); ok {
			t.Errorf("%q leads to %s", path, op.FullName())
		}
	}
}

func TestPathsAreUnique(t *testing.T) {
	t.Parallel()
	seen := map[string]string{}
	for _, d := range load(t).Doors {
		if d.Name == catalogue.Wallets { // wallets call Alipay+ at paths at which acquirers are called
			seen = map[string]string{}
		}
		for _, op := range d.Operations {
			for _, path := range append([]string{op.Path}, op.Also...) {
				if other := seen[path]; other != "" {
					t.Errorf("%s serves %s and %s", path, other, op.FullName())
				}
				seen[path] = op.FullName()
				if root := map[catalogue.Direction]string{catalogue.ToWallet: "/alipayplus/mpp/"}[op.Direction]; !strings.HasPrefix(path, "/"+d.Name+"/") &&
					(d.Name != catalogue.Wallets || !strings.HasPrefix(path, cmp.Or(root, "/aps/api/v1/"))) {
					t.Errorf("%s: path %s", op.FullName(), path)
				}
			}
		}
	}
}

// documented is the table of result codes of the Alipay+ door, with their status.
const documented = `SUCCESS S, PAYMENT_IN_PROCESS U, UNKNOWN_EXCEPTION U, REQUEST_TRAFFIC_EXCEED_LIMIT U, ACCESS_DENIED F,
BUSINESS_NOT_SUPPORT F, CURRENCY_NOT_SUPPORT F, EXPIRED_CODE F, INVALID_CODE F, INVALID_CLIENT F, INVALID_CONTRACT F,
INVALID_SIGNATURE F, INVALID_TOKEN F, KEY_NOT_FOUND F, MEDIA_TYPE_NOT_ACCEPTABLE F, MERCHANT_NOT_REGISTERED F,
MERCHANT_KYB_NOT_QUALIFIED F, METHOD_NOT_SUPPORTED F, NO_INTERFACE_DEF F, ORDER_IS_CLOSED F, ORDER_NOT_EXIST F, PARAM_ILLEGAL F,
PAYMENT_AMOUNT_EXCEED_LIMIT F, PAYMENT_COUNT_EXCEED_LIMIT F, PROCESS_FAIL F, REGULATION_RESTRICTION F,
REPEAT_REQ_INCONSISTENT F, RISK_REJECT F, UNAVAILABLE_PAYMENT_METHOD F, USER_AMOUNT_EXCEED_LIMIT F, USER_BALANCE_NOT_ENOUGH F,
USER_KYC_NOT_QUALIFIED F, USER_NOT_EXIST F, USER_PAYMENT_VERIFICATION_FAILED F, USER_STATUS_ABNORMAL F,
CANCEL_WINDOW_EXCEED F, REFUND_AMOUNT_EXCEED F, REFUND_WINDOW_EXCEED F`

func TestEveryCodeIsThereWithItsAction(t *testing.T) {
	t.Parallel()
	d, _ := load(t).Door("aps")
	count := 0
	for entry := range strings.SplitSeq(documented, ",") {
		name, status, _ := strings.Cut(strings.TrimSpace(entry), " ")
		count++
		code, ok := d.Code(name)
		if !ok || code.Status != status || code.Action == "" || code.Meaning == "" {
			t.Errorf("%s: %+v", name, code)
		}
		if !slices.ContainsFunc(d.Operations, func(o catalogue.Operation) bool { _, ok := o.Code(name); return ok }) {
			t.Errorf("%s: no operation answers it", name)
		}
	}
	if len(d.Codes) != count {
		t.Errorf("%d codes, want %d", len(d.Codes), count)
	}
}

func TestCodesBelongToTheirOperations(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		door, operation, code string
		want                  bool
	}{
		{"aps", "pay", "EXPIRED_CODE", true},
		{"aps", "refund", "EXPIRED_CODE", false},
		{"aps", "cancelPayment", "CANCEL_WINDOW_EXCEED", true},
		{"aps", "inquiryPayment", "ACCESS_DENIED", true},
		{"aps", "notifyPayment", "ACCESS_DENIED", false},
		{"aps", "notifyPayment", "INVALID_SIGNATURE", true},
		{"aps", "userInitiatedPay", "INVALID_CODE", true},
		{"aps", "pay", "REFUND_IN_PROCESS", false},
		{"ams", "refund", "REFUND_IN_PROCESS", true},
		{"ams", "cancel", "ORDER_NOT_EXIST", true},
		{"ams", "inquiryRefund", "SYSTEM_ERROR", true},
	} {
		if _, ok := operation(t, tt.door, tt.operation).Code(tt.code); ok != tt.want {
			t.Errorf("%s/%s %s: %v", tt.door, tt.operation, tt.code, ok)
		}
	}
}

func TestCodesMeanWhatTheyMeanHere(t *testing.T) {
	t.Parallel()
	inquiry, _ := operation(t, "aps", "inquiryPayment").Code("ORDER_NOT_EXIST")
	refund, _ := operation(t, "aps", "refund").Code("ORDER_NOT_EXIST")
	if !strings.Contains(inquiry.Action, "no proof of failure") || inquiry.Action == refund.Action || inquiry.Status != "F" {
		t.Errorf("inquiry %+v, refund %+v", inquiry, refund)
	}
}

// TestIdempotencyTable pins the documented keys and compared members.
func TestIdempotencyTable(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"pay":                "paymentRequestId | paymentAmount order.orderAmount paymentMethod.paymentMethodType paymentFactor settlementStrategy",
		"refund":             "refundRequestId | refundAmount paymentRequestId paymentId",
		"cancelPayment":      "paymentRequestId | ",
		"cancelToken":        "accessToken | ",
		"registration":       "registrationRequestId | ",
		"declare":            "customsDeclarationRequestId | ",
		"responseRetrieval":  "disputeRequestId | ",
		"responseEscalation": "disputeRequestId | refundType refundAmount",
		"userInitiatedPay":   "codeValue | ",
		"pushPayment":        "paymentId | paymentRequestId paymentAmount settlementAmount",
		"initiateRetrieval":  "disputeRequestId | paymentRequestId",
		"initiateEscalation": "disputeRequestId | paymentRequestId",
		"prepare":            "authClientId referenceAgreementId | authClientName authClientDisplayName authClientLogo authRedirectUrl authState scopes customerBelongsTo terminalType osType",
	} {
		i := operation(t, "aps", name).Idempotency
		if i == nil {
			t.Errorf("%s: none", name)
			continue
		}
		if got := strings.Join(i.Key, " ") + " | " + strings.Join(i.Compared, " "); got != want {
			t.Errorf("%s: %s, want %s", name, got, want)
		}
	}
}

const (
	soundDoor  = "{door: aps, title: A, about: B, source: C}"
	soundCodes = "[{code: OK, status: S, calls: [all], message: m, meaning: n, action: a, confidence: sdk}]"
	soundTypes = "{Pair: [{name: a, type: string, need: required}]}"
	sound      = `operation: pay
title: t
direction: to-network
path: /p
source: [s]
confidence: sdk
idempotency: {key: [id], compared: [b], mismatch: OK}
messages:
  request:
    fields:
      - {name: id, type: string}
      - {name: b, type: Pair}
      - {name: c, type: "[]string", items: 2}
      - {name: d, type: integer, need: conditional, when: {given: id}, least: 1}
    refine: [{path: b.a, need: optional}]
  response: {fields: [{name: result, type: Pair}]}
codes: [{code: OK, meaning: here}]
`
)

func read(door, codes, types, pay string) error {
	_, err := catalogue.Read(fstest.MapFS{
		"types.yaml": {Data: []byte("{}")}, "aps/door.yaml": {Data: []byte(door)}, "aps/codes.yaml": {Data: []byte(codes)},
		"aps/types.yaml": {Data: []byte(types)}, "aps/pay.yaml": {Data: []byte(pay)},
	})
	return err
}

func TestMistakesInTheDataAreNamed(t *testing.T) {
	t.Parallel()
	if err := read(soundDoor, soundCodes, soundTypes, sound); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct{ name, from, to, want string }{
		{"unknown key", "title: t", "titel: t", "pay.yaml"},
		{"no title", "title: t\n", "", "title"},
		{"direction", "to-network", "sideways", "direction"},
		{"no address", "to-network", "to-acquirer", "address"},
		{"confidence", "confidence: sdk\nidem", "confidence: rumour\nidem", "confidence"},
		{"type", "type: Pair}\n      - {name: c", "type: Triple}\n      - {name: c", `unknown type "Triple"`},
		{"need", "need: conditional", "need: maybe", "need"},
		{"condition without need", "need: conditional, ", "", "condition"},
		{"condition on nothing", "given: id", "given: ghost", `"ghost"`},
		{"condition on a list of objects", "{name: c, type: \"[]string\", items: 2}\n      - {name: d, type: integer, need: conditional, when: {given: id}", "{name: c, type: \"[]Pair\"}\n      - {name: d, type: integer, need: conditional, when: {given: c}", `"c"`},
		{"two conditions", "given: id", "given: id, missing: b", "one form"},
		{"values without field", "given: id", "is: [a]", "one form"},
		{"refined ghost", "path: b.a", "path: b.z", `no field "b.z"`},
		{"ghost code", "{code: OK, meaning: here}", "{code: KO, meaning: here}", "KO"},
		{"ghost key", "key: [id]", "key: [ghost]", `"ghost"`},
		{"ghost mismatch", "mismatch: OK", "mismatch: KO", "KO"},
		{"mismatch alone", "compared: [b], ", "", "belong together"},
		{"least of a text", "{name: id, type: string}", "{name: id, type: string, least: 1}", "least"},
		{"items of a scalar", "{name: id, type: string}", "{name: id, type: string, items: 1}", "items"},
		{"twice", "{name: id, type: string}", "{name: b, type: string}", "twice"},
		{"format", "{name: id, type: string}", "{name: id, type: string, format: iban}", `"iban"`},
		{"empty object", "{name: id, type: string}", "{name: id, type: object}", "without fields"},
		{"dotted name", "{name: id,", "{name: i.d,", "name"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			changed := strings.Replace(sound, tt.from, tt.to, 1)
			if changed == sound {
				t.Fatal("nothing was changed")
			}
			if err := read(soundDoor, soundCodes, soundTypes, changed); err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("error %v, want %q", err, tt.want)
			}
		})
	}
}

func TestMistakesOfADoorAreNamed(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, door, codes, types, want string }{
		{"another name", "{door: ams, title: A, about: B, source: C}", soundCodes, soundTypes, "door is"},
		{"status", soundDoor, strings.Replace(soundCodes, "status: S", "status: X", 1), soundTypes, "status"},
		{"no action", soundDoor, strings.Replace(soundCodes, "action: a, ", "", 1), soundTypes, "action"},
		{"code twice", soundDoor, strings.Replace(soundCodes, "]", "]", 1)[:len(soundCodes)-1] + ", " + soundCodes[1:], soundTypes, "twice"},
		{"unknown call", soundDoor, strings.Replace(soundCodes, "[all]", "[all, fly]", 1), soundTypes, `"fly"`},
		{"endless type", soundDoor, soundCodes, "{Pair: [{name: a, type: Pair}]}", "contains itself"},
		{"no yaml", "{", soundCodes, soundTypes, "door.yaml"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if err := read(tt.door, tt.codes, tt.types, sound); err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("error %v, want %q", err, tt.want)
			}
		})
	}
}

func TestNoDoorIsAnError(t *testing.T) {
	t.Parallel()
	if _, err := catalogue.Read(fstest.MapFS{"types.yaml": {Data: []byte("{}")}}); err == nil {
		t.Error("an empty folder was read")
	}
}

func BenchmarkLoad(b *testing.B) {
	for b.Loop() {
		if _, err := catalogue.Load(); err != nil {
			b.Fatal(err)
		}
	}
}
