package profile_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"mppsim/features"
	"mppsim/scenarios/profile"
)

// sound is a profile without a mistake; each case below spoils one place of it.
const sound = `name: Acme
dialect: aps
capabilities: [upm, cancel, refund]
facts:
  ids: { client: SANDBOX_1, acquirer: "1022" }
  shops:
    corner: { merchant: M-1, region: SG, currencies: [SGD], extra: { branch: B-7 } }
  expiry: { upm: 60s }
  code_lengths: [24]
time: { factor: 0.05 }
secrets:
  token: { env: ACME_TOKEN }
drivers:
  api:
    http: http://127.0.0.1:9100
    headers: { Authorization: 'Bearer {{secret "token"}}' }
    rate: 50/s
    timeout: 10s
    refused: { status: 4xx, reason: error }
verbs:
  charge_code:
    by: api
    request:
      method: POST
      path: /payments
      json: { code: "{{.Code}}", amount: !number "{{.Amount.Minor}}", ref: "{{.Reference}}" }
    response: { payment: id, state: status }
  query:
    by: api
    request: { method: GET, path: "/payments/{{.Payment}}" }
    response: { state: status, paid: { major: paid, currency: cur } }
  cancel:
    by: api
    request: { method: POST, path: "/payments/{{.Payment}}/cancel" }
  refund:
    by: api
    request: { method: POST, path: "/payments/{{.Payment}}/refunds", json: { amount: "{{.Refund.Major}}" } }
    response: { refund: id, state: status }
  query_refund:
    by: api
    request: { method: GET, path: "/refunds/{{.Refund.ID}}" }
    response: { state: status }
states:
  payment: { NEW: PENDING, DONE: PAID, NO: FAILED }
  refund: { NEW: PENDING, DONE: REFUNDED }
`

type broken struct {
	name     string
	old, new string
	want     []string // without "profile acme.yaml"
}

func brokenProfiles() []broken {
	return []broken{
		{"nothing at all", sound, "", []string{
			`:1: this is no profile: its top level is not a mapping; begin with name: …; mppsim init writes an example`,
		}},
		{"a list at the top", sound, "- a\n", []string{
			`:1: this is no profile: its top level is not a mapping; begin with name: …; mppsim init writes an example`,
		}},
		{"no YAML", "dialect: aps", "dialect: aps: ams", []string{
			`:2: this is not YAML: mapping values are not allowed in this context; check indentation, colons and quotes; texts with {{ or : must be quoted`,
		}},
		{"a tab", "  ids:", "\tids:", []string{
			`:5: this is not YAML: found character that cannot start any token; check indentation, colons and quotes; texts with {{ or : must be quoted`,
		}},
		{"unclosed quote", `"1022"`, `"1022`, []string{
			`:16: this is not YAML: did not find expected ',' or '}'; check indentation, colons and quotes; texts with {{ or : must be quoted`,
		}},
		{"unknown key", "dialect:", "dialekt:", []string{
			`:2: dialekt: unknown key; did you mean dialect?`,
		}},
		{"unknown inner key", "region: SG", "regoin: SG", []string{
			`:7: facts.shops.corner.regoin: unknown key; did you mean region?`,
		}},
		{"key twice", "dialect: aps", "name: Other", []string{
			`:2: name: this key stands here twice (first in line 1); remove one of them`,
		}},
		{"missing key", "name: Acme\n", "", []string{
			`:1: name is missing; add name: …`,
		}},
		{"missing section", "states:\n  payment: { NEW: PENDING, DONE: PAID, NO: FAILED }\n  refund: { NEW: PENDING, DONE: REFUNDED }\n", "", []string{
			`:20: verbs: the acquirer's words for the states of payments are not mapped; add states: { payment: { TAKEN: PAID, … } }`,
			`:20: verbs: the acquirer's words for the states of refunds are not mapped; add states: { refund: { GIVEN: REFUNDED, … } }`,
		}},
		{"empty name", "name: Acme", `name: ""`, []string{
			`:1: name: this is empty; write a value or remove the key`,
		}},
		{"wrong dialect", "dialect: aps", "dialect: amz", []string{
			`:2: dialect: dialect "amz" is not known; write aps (Alipay+ ACQP) or ams (Antom in-store)`,
		}},
		{"unknown capability", "[upm, cancel, refund]", "[upm, cancle, refund]", []string{
			`:3: capabilities.1: capability "cancle" is not known; did you mean cancel?`,
		}},
		{"capability twice", "[upm, cancel, refund]", "[upm, upm]", []string{
			`:3: capabilities.1: capability upm stands here twice; remove one of them`,
		}},
		{"capabilities no list", "[upm, cancel, refund]", "{ upm: true }", []string{
			`:3: capabilities: this is a mapping, not a list; write a list: [upm, notify, refund]`,
		}},
		{"capability without verb", "[upm, cancel, refund]", "[upm, list]", []string{
			`:20: verbs: verb list is missing: the capability list needs it; map list, or take the capability out`,
		}},
		{"capability without currency", "[upm, cancel, refund]", "[upm, currency_0dp, multi_merchant]", []string{
			`:3: capabilities: currency_0dp is declared, but no shop sells in a currency with 0 decimals; give a shop one, such as JPY, or take the capability out`,
			`:3: capabilities: multi_merchant is declared, but all shops belong to one merchant; add a shop of another merchant, or take the capability out`,
		}},
		{"service provider without tokens", "[upm, cancel, refund]", "[upm, cancel, refund, tsp]", []string{
			`:4: facts: tsp is declared, but nothing tells the agent token of shop corner; add agent_token: … to facts or to facts.shops.corner, or take the capability out`,
		}},
		{"agent token of no service provider", "merchant: M-1,", "merchant: M-1, agent_token: t-1,", []string{
			`:3: capabilities: agent_token is told, but tsp, which sends it, is not declared; add tsp to the capabilities, or take agent_token out of facts`,
		}},
		{"agent token with a blank", "[upm, cancel, refund]\nfacts:", "[upm, cancel, refund, tsp]\nfacts:\n  agent_token: my token", []string{
			`:5: facts.agent_token: an agent token is sent in a header: it has neither blanks nor characters outside ASCII; write the token as it was issued`,
		}},
		{"empty agent token", "[upm, cancel, refund]\nfacts:", "[upm, cancel, refund, tsp]\nfacts:\n  agent_token: \"\"", []string{
			`:4: facts: tsp is declared, but nothing tells the agent token of shop corner; add agent_token: … to facts or to facts.shops.corner, or take the capability out`,
			`:5: facts.agent_token: this is empty; write a value or remove the key`,
		}},
		{"partial without refund", "[upm, cancel, refund]", "[upm, partial_refund]", []string{
			`:3: capabilities: partial_refund without refund; declare refund too`,
		}},
		{"no client id", "{ client: SANDBOX_1, acquirer: \"1022\" }", "{ acquirer: \"1022\" }", []string{
			`:5: facts.ids: client is missing; add client: …`,
		}},
		{"wrong type of a value", "ids: { client: SANDBOX_1, acquirer: \"1022\" }", "ids: SANDBOX_1", []string{
			`:5: facts.ids: this is a single value, not a mapping; write its keys: client, acquirer`,
		}},
		{"unknown currency", "currencies: [SGD]", "currencies: [SGF]", []string{
			`:7: facts.shops.corner.currencies.0: "SGF" is not an active ISO 4217 currency; write three capital letters; did you mean SGD?`,
		}},
		{"lower-case currency", "currencies: [SGD]", "currencies: [sgd]", []string{
			`:7: facts.shops.corner.currencies.0: "sgd" is not an active ISO 4217 currency; write SGD`,
		}},
		{"no currency", "currencies: [SGD], ", "", []string{
			`:7: facts.shops.corner: the shop has no currency; add currencies: [SGD] to the shop or to facts`,
		}},
		{"bad region", "region: SG", "region: Singapore", []string{
			`:7: facts.shops.corner.region: "Singapore" is not a country code of two capital letters; write the ISO 3166 code of the country, such as SG`,
		}},
		{"bad extra name", "branch: B-7", "branch-no: B-7", []string{
			`:7: facts.shops.corner.extra.branch-no: "branch-no" cannot be used in a template; use letters, digits and _ only`,
		}},
		{"expiry without a unit", "upm: 60s", "upm: 60", []string{
			`:8: facts.expiry.upm: "60" is not a duration above zero; write a number with a unit, such as 60s or 1m30s`,
		}},
		{"impossible code length", "[24]", "[24, 20]", []string{
			`:9: facts.code_lengths.1: "20" is no length of a payment code; payment codes have 17, 18, 19, 24 or 32 digits`,
		}},
		{"factor above one", "factor: 0.05", "factor: 20", []string{
			`:10: time.factor: factor "20" is not above 0 and at most 1; write how much shorter the acquirer's timers run than in production, such as 0.05; production timers are 1`,
		}},
		{"factor zero", "factor: 0.05", "factor: 0", []string{
			`:10: time.factor: factor "0" is not above 0 and at most 1; write how much shorter the acquirer's timers run than in production, such as 0.05; production timers are 1`,
		}},
		{"factor in words", "factor: 0.05", "factor: fast", []string{
			`:10: time.factor: factor "fast" is not above 0 and at most 1; write how much shorter the acquirer's timers run than in production, such as 0.05; production timers are 1`,
		}},
		{"literal secret", "token: { env: ACME_TOKEN }", "token: sesame-open", []string{
			`:12: secrets.token: a secret must not stand in a profile; write where to find it: { env: NAME }, { file: path } or { command: [program, argument] }`,
		}},
		{"literal secret as a member", "token: { env: ACME_TOKEN }", "token: { value: sesame-open }", []string{
			`:12: secrets.token.value: a secret must not stand in a profile; use env, file or command`,
		}},
		{"secret not set", "ACME_TOKEN", "ACME_TOKN", []string{
			`:12: secrets.token.env: environment variable ACME_TOKN is not set; export ACME_TOKN before the run`,
		}},
		{"secret instead of a name", "env: ACME_TOKEN", "env: sesame-open", []string{
			`:12: secrets.token.env: this is not the name of an environment variable; write the name of an environment variable, not the secret itself`,
		}},
		{"secret file absent", "env: ACME_TOKEN", "file: token.txt", []string{
			`:12: secrets.token.file: file token.txt cannot be read: no such file or directory; the path is relative to the profile; mppsim init writes keys beside it`,
		}},
		{"secret by shell", "env: ACME_TOKEN", "command: cat token.txt", []string{
			`:12: secrets.token.command: a command is run without a shell, so a line of words is one long program name; write a list: [program, argument]`,
		}},
		{"secret program absent", "env: ACME_TOKEN", "command: [no-such-program-here]", []string{
			`:12: secrets.token.command: command no-such-program-here failed: executable file not found in $PATH; run it by hand to see why`,
		}},
		{"secret too short", "ACME_TOKEN", "SHORT", []string{
			`:12: secrets.token: the secret has fewer than 4 characters: it could not be kept out of the reports; use a longer one`,
		}},
		{"secret from two places", "{ env: ACME_TOKEN }", "{ env: ACME_TOKEN, file: x }", []string{
			`:12: secrets.token: the secret comes from both env and file; keep one of them`,
		}},
		{"undeclared secret", "secrets:\n  token: { env: ACME_TOKEN }\n", "", []string{
			`:14: drivers.api.headers.Authorization: secret "token" is not declared; declare it: secrets: { token: { env: NAME } }`,
		}},
		{"misspelt secret", `secret "token"`, `secret "tokn"`, []string{
			`:16: drivers.api.headers.Authorization: secret "tokn" is not declared; did you mean token?`,
		}},
		{"unquoted secret", `secret "token"`, `secret token`, []string{
			`:16: drivers.api.headers.Authorization: the template does not parse: function "token" not defined; quote the name of the secret: {{secret "token"}}`,
		}},
		{"address without scheme", "http: http://127.0.0.1:9100", "http: 127.0.0.1:9100", []string{
			`:15: drivers.api.http: this is no http address; write it with scheme and host, such as http://127.0.0.1:9100`,
		}},
		{"credentials in the address", "http://127.0.0.1", "http://me:sesame@127.0.0.1", []string{
			`:15: drivers.api.http: credentials must not stand in an address; use a header: Authorization: 'Basic {{base64 (printf "user:%s" (secret "password"))}}'`,
		}},
		{"variable not set", "http: http://127.0.0.1:9100", `http: "${ACME_URL}"`, []string{
			`:15: drivers.api.http: environment variable ACME_URL is not set; export it, or write ${ACME_URL:-otherwise}`,
		}},
		{"person driver", "  api:\n    http: http://127.0.0.1:9100\n", "  till: person\n  api:\n    http: http://127.0.0.1:9100\n", []string{
			`:14: drivers.till: driver person is reserved for a later release; drive this acquirer over HTTP: { http: https://… }`,
		}},
		{"unknown driver kind", "  api:\n    http: http://127.0.0.1:9100\n", "  till: grpc\n  api:\n    http: http://127.0.0.1:9100\n", []string{
			`:14: drivers.till: "grpc" is no driver; write { http: https://… }`,
		}},
		{"bad rate", "50/s", "fast", []string{
			`:17: drivers.api.rate: "fast" is no rate; write calls per second or minute, such as 50/s or 300/min`,
		}},
		{"bad status", "status: 4xx", "status: bad", []string{
			`:19: drivers.api.refused.status: "bad" is no HTTP status; write 4xx, or single ones such as 409`,
		}},
		{"refusal words without a place", "status: 4xx", "is: [NO]", []string{
			`:19: drivers.api.refused: at and its words belong together; write at: path and is: [words], or is_not: [words]`,
		}},
		{"unknown verb", "  cancel:\n", "  void:\n", []string{
			`:20: verbs: verb cancel is missing: the capability cancel needs it; map cancel, or take the capability out`,
			`:32: verbs.void: unknown key; known are charge_code, query, cancel, refund, query_refund, list, receipt, health, order_code, private_order_code, cashier, recon, clock`,
		}},
		{"verb without driver", "  cancel:\n    by: api", "  cancel:\n    by: apo", []string{
			`:33: verbs.cancel.by: driver "apo" is not declared; did you mean api?`,
		}},
		{"verb without request", "    request: { method: POST, path: \"/payments/{{.Payment}}/cancel\" }\n", "", []string{
			`:32: verbs.cancel: request is missing; add request: …`,
		}},
		{"bad method", "method: GET, path: \"/payments", "method: get, path: \"/payments", []string{
			`:30: verbs.query.request.method: "get" is no HTTP method for a merchant API; did you mean GET?`,
		}},
		{"path without slash", `"/refunds/{{.Refund.ID}}"`, `"refunds/{{.Refund.ID}}"`, []string{
			`:41: verbs.query_refund.request.path: the path "refunds/{{.Refund.ID}}" does not begin with a slash; write it relative to the driver's address, such as /payments`,
		}},
		{"two bodies", `json: { amount: "{{.Refund.Major}}" }`, `json: { amount: "1" }, form: { amount: "1" }`, []string{
			`:37: verbs.refund.request: a request has one body; keep one of json, form and text`,
		}},
		{"template does not parse", `"{{.Code}}"`, `"{{.Code}"`, []string{
			`:26: verbs.charge_code.request.json.code: the template does not parse: bad character U+007D '}'; write {{.Name}} with both pairs of braces`,
		}},
		{"unquoted template", `"{{.Code}}"`, `{{.Code}}`, []string{
			`:26: verbs.charge_code.request.json.code: this is a mapping, not a text; quote the template: "{{…}}", or !number "{{…}}" for a number`,
		}},
		{"unknown field", `"{{.Code}}"`, `"{{.Cod}}"`, []string{
			`:26: verbs.charge_code.request.json.code: .Cod is not known for verb charge_code; did you mean .Code?`,
		}},
		{"field of another verb", `/payments/{{.Payment}}/cancel`, `/payments/{{.Code}}/cancel`, []string{
			`:34: verbs.cancel.request.path: .Code is not known for verb cancel; known are .Payment, .Reference, .Amount.Minor, .Amount.Major, .Amount.Currency, .Shop.Role, .Shop.Merchant, .Shop.Store, .Shop.Terminal, .Shop.Region, .Shop.Settlement, .Shop.Extra.branch`,
		}},
		{"unknown extra", `"{{.Reference}}"`, `"{{.Shop.Extra.brunch}}"`, []string{
			`:26: verbs.charge_code.request.json.ref: .Shop.Extra.brunch is not known for verb charge_code; did you mean .Shop.Extra.branch?`,
		}},
		{"unknown function", `"{{.Reference}}"`, `"{{md5 .Reference}}"`, []string{
			`:26: verbs.charge_code.request.json.ref: the template does not parse: function "md5" not defined; functions are secret, uuid, base64, upper, lower, printf; values begin with a dot, such as .Reference`,
		}},
		{"a loop", `"{{.Reference}}"`, `"{{range .Reference}}x{{end}}"`, []string{
			`:26: verbs.charge_code.request.json.ref: {{range .Reference}} is not offered in templates; use {{.Name}} and {{if .Name}}…{{end}} only`,
		}},
		{"unknown tag", `!number`, `!numbr`, []string{
			`:26: verbs.charge_code.request.json.amount: !numbr is no type of a JSON value; did you mean !number?`,
		}},
		{"octal number", `!number "{{.Amount.Minor}}"`, `0100`, []string{
			`:26: verbs.charge_code.request.json.amount: 0100 is not a JSON number or word; quote it to send it as text`,
		}},
		{"JSONPath", "{ payment: id, state: status }", "{ payment: $.data.id, state: status }", []string{
			`:27: verbs.charge_code.response.payment: "$.data.id" is JSONPath; paths here are gjson; write data.id`,
		}},
		{"JSON pointer", "{ payment: id, state: status }", "{ payment: /data/id, state: status }", []string{
			`:27: verbs.charge_code.response.payment: "/data/id" is a JSON pointer; paths here are gjson; write data.id`,
		}},
		{"needed path missing", "{ payment: id, state: status }", "{ state: status }", []string{
			`:27: verbs.charge_code.response: payment is missing; add payment: …`,
		}},
		{"path of another verb", "{ refund: id, state: status }", "{ refund: id, state: status, wallet: w }", []string{
			`:38: verbs.refund.response.wallet: unknown key; known are refund, number, state, reason, amount, network_id, time`,
		}},
		{"sum in two units", "{ major: paid, currency: cur }", "{ major: paid, minor: cents }", []string{
			`:31: verbs.query.response.paid: a sum is in minor or in major units; write minor: path for the smallest unit of the currency, or major: path for decimals`,
		}},
		{"word mapped twice", "NEW: PENDING, DONE: PAID", "NEW: PENDING, NEW: PAID", []string{
			`:44: states.payment.NEW: this key stands here twice (first in line 44); remove one of them`,
		}},
		{"state turned round", "DONE: PAID", "PAID: DONE", []string{
			`:44: states.payment.PAID: "DONE" is no state of ours; turn it round: DONE: PAID`,
		}},
		{"refund state for a payment", "DONE: PAID", "DONE: REFUNDED", []string{
			`:44: states.payment.DONE: "REFUNDED" is no state of ours; on the left stands the acquirer's word, on the right one of PENDING, PAID, FAILED, CLOSED`,
		}},
		{"unknown requirement", "states:\n", "attestations: { ACQ-VIS-99: { answer: yes, role: QA } }\nstates:\n", []string{
			`:43: attestations.ACQ-VIS-99: requirement "ACQ-VIS-99" is not in the catalogue; did you mean ACQ-VIS-09? mppsim list shows the requirements`,
		}},
		{"attestation without role", "states:\n", "attestations: { ACQ-VIS-01: { answer: maybe } }\nstates:\n", []string{
			`:43: attestations.ACQ-VIS-01: role is missing; add role: …`,
			`:43: attestations.ACQ-VIS-01.answer: "maybe" is no answer; write yes or no`,
		}},
		{"known failing without end", "states:\n", "known_failing: { ACQ-UPM-01: { reason: r, link: l } }\nstates:\n", []string{
			`:43: known_failing.ACQ-UPM-01: expires is missing; add expires: …`,
		}},
		{"key file absent", "states:\n", "alipayplus: { acquirer_public_key: keys/none.pub }\nstates:\n", []string{
			`:43: alipayplus.acquirer_public_key: file keys/none.pub cannot be read: no such file or directory; the path is relative to the profile; mppsim init writes keys beside it`,
		}},
		{"private key in the file", "states:\n", "alipayplus: { network_private_key: \"-----BEGIN PRIVATE KEY-----\" }\nstates:\n", []string{
			`:43: alipayplus.network_private_key: a private key must not stand in a profile; put it into a file and name the file`,
		}},
		{"bad listen address", "states:\n", "alipayplus: { listen: here }\nstates:\n", []string{
			`:43: alipayplus.listen: "here" is no address to listen on; write host:port, such as 127.0.0.1:8880`,
		}},
		{"bad leniency", "states:\n", "alipayplus: { lenient: always }\nstates:\n", []string{
			`:43: alipayplus.lenient: "always" is no leniency; write one of silent, warn, refuse`,
		}},
		{"bad gate", "states:\n", "alipayplus: { strict: maybe, rate: often, max_age: 0s, tls_listen: here }\nstates:\n", []string{
			`:43: alipayplus.max_age: "0s" is not a duration above zero; write a number with a unit, such as 60s or 1m30s`,
			`:43: alipayplus.rate: "often" is no rate; write a number of calls and a time, such as 50/s or 600/m`,
			`:43: alipayplus.strict: "maybe" is no answer; write yes or no`,
			`:43: alipayplus.tls_listen: "here" is no address to listen on; write host:port, such as 127.0.0.1:8880`,
		}},
		{"a client without a key", "states:\n", "alipayplus: { clients: { OTHER: keys/none.pub } }\nstates:\n", []string{
			`:43: alipayplus.clients.OTHER: file keys/none.pub cannot be read: no such file or directory; the path is relative to the profile; mppsim init writes keys beside it`,
		}},
		{"address of an operation that the acquirer calls", "states:\n", "alipayplus: { addresses: { refund: \"http://here\" } }\nstates:\n", []string{
			`:43: alipayplus.addresses.refund: the address of "refund" is never needed; name one of userInitiatedPay, pushPayment, inquiryPushPayment, placeOrder, authNotify, consultUnbinding, initiateRetrieval, initiateEscalation`,
		}},
		{"address without scheme", "states:\n", "alipayplus: { acquirer_url: here, addresses: { placeOrder: \"/orders\" } }\nstates:\n", []string{
			`:43: alipayplus.acquirer_url: this is no http address; write it with scheme and host, such as http://127.0.0.1:9100`,
			`:43: alipayplus.addresses.placeOrder: this is no http address; write it with scheme and host, such as http://127.0.0.1:9100`,
		}},
		{"trap host with a port", "states:\n", "alipayplus: { trap_host: \"http://here:80\" }\nstates:\n", []string{
			`:43: alipayplus.trap_host: "http://here:80" is no host; write a name or an address only, such as 192.0.2.7`,
		}},
		{"product without its verb", "[upm, cancel, refund]", "[upm, order_code]", []string{
			`:20: verbs: verb order_code.create is missing: the capability order_code needs it; map order_code.create, or take the capability out`,
		}},
		{"product that shows nothing", "states:\n", "  order_code:\n    create:\n      by: api\n      request: { method: POST, path: /orders, json: { code: \"{{.Code}}\" } }\n      response: { payment: id }\n    show: {}\nstates:\n", []string{
			`:46: verbs.order_code.create.request.json.code: .Code is not known for verb order_code.create; known are .Amount.Minor, .Amount.Major, .Amount.Currency, .Currency, .Reference, .Description, .Validity, .Shop.Role, .Shop.Merchant, .Shop.Store, .Shop.Terminal, .Shop.Region, .Shop.Settlement, .Shop.Extra.branch`,
			`:47: verbs.order_code.create.response: code is missing; add code: …`,
			`:48: verbs.order_code.show: unknown key; known are create`,
		}},
		{"private codes that nobody can ask about", "[upm, cancel, refund]", "[upm, cancel, private_order_code]", []string{
			`:3: capabilities: private_order_code is declared, but nothing says where the acquirer takes userInitiatedPay; set alipayplus.acquirer_url or alipayplus.addresses.userInitiatedPay`,
			`:20: verbs: verb private_order_code.create is missing: the capability private_order_code needs it; map private_order_code.create, or take the capability out`,
		}},
		{"merge keys", "ids: {", "ids: &a { client: x }\n  <<: *a\n  extra: {", []string{
			`:6: facts.<<: merge keys are not supported; repeat the keys`,
			`:7: facts.extra: unknown key; known are ids, currencies, shops, expiry, code_lengths, agent_token`,
		}},
		{"nested aliases", "name: Acme\n", bomb(), []string{
			`:1: the profile grows beyond 20000 values through its aliases; write the values out`,
		}},
	}
}

// bomb is eight levels of ten aliases each.
func bomb() string {
	text := "name: [x]\na0: &a0 [1]\n"
	for i := 1; i <= 8; i++ {
		text += fmt.Sprintf("a%d: &a%d [%s]\n", i, i, strings.TrimSuffix(strings.Repeat(fmt.Sprintf("*a%d, ", i-1), 10), ", "))
	}
	return text
}

func TestBrokenProfiles(t *testing.T) {
	t.Parallel()
	for _, tt := range brokenProfiles() {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(tt.want, complaints(t, spoil(t, tt))); diff != "" {
				t.Errorf("complaints (-want +got):\n%s", diff)
			}
		})
	}
}

func spoil(t *testing.T, tt broken) string {
	t.Helper()
	if strings.Count(sound, tt.old) != 1 {
		t.Fatalf("%q stands %d times in the sound profile", tt.old, strings.Count(sound, tt.old))
	}
	return strings.Replace(sound, tt.old, tt.new, 1)
}

// catalogue reads the embedded catalogue once for all cases.
var catalogue = sync.OnceValues(features.Load)

func theCatalogue(t testing.TB) *features.Catalogue {
	t.Helper()
	c, err := catalogue()
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func complaints(t *testing.T, text string) []string {
	t.Helper()
	_, err := profile.Parse(context.Background(), profile.Source{Name: "acme.yaml", Dir: t.TempDir(), Text: []byte(text)}, profile.Options{
		Env: env(map[string]string{"ACME_TOKEN": "sesame-open", "SHORT": "abc"}), Catalogue: theCatalogue(t),
	})
	var problems *profile.Problems
	if !errors.As(err, &problems) {
		t.Fatalf("error is %v, want problems", err)
	}
	var lines []string
	for _, p := range problems.List {
		lines = append(lines, strings.TrimPrefix(p.String(), "profile acme.yaml"))
	}
	return lines
}
