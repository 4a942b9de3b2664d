package fault

import (
	"strconv"

	"mppsim/wallet/jsontree"
)

// Twist changes the members of a message before it is written.
type Twist func(message *jsontree.Node)

// change replaces the texts of members that stand in a message at any of the paths.
func change(to func(string) string, paths ...string) Twist {
	return func(message *jsontree.Node) {
		for _, path := range paths {
			if v := message.Get(path); v != nil && v.Kind == jsontree.String {
				ignore(message.Set(path, jsontree.Of(to(v.Text))))
			}
		}
	}
}

// ignore: a member that was just read can be set.
func ignore(error) {}

// otherIDs are those of another payment or refund, alike in form.
func otherIDs(message *jsontree.Node) {
	change(otherID, "paymentRequestId", "paymentId", "refundRequestId", "refundId")(message)
}

// otherID changes the last character.
func otherID(id string) string {
	if id == "" {
		return id
	}
	last := byte('0')
	if id[len(id)-1] == last {
		last = '1'
	}
	return id[:len(id)-1] + string(last)
}

func otherAcquirer(message *jsontree.Node) { change(otherID, "acquirerId")(message) }

// amounts are the members that say what a payment or refund is about. Settlement stays as it is.
func amounts() []string { return []string{"paymentAmount", "refundAmount"} }

func otherAmounts(message *jsontree.Node) {
	for _, path := range amounts() {
		change(func(text string) string {
			value, err := strconv.ParseInt(text, 10, 64)
			if err != nil {
				return text
			}
			return strconv.FormatInt(value+1, 10)
		}, path+".value")(message)
	}
}

func otherCurrencies(message *jsontree.Node) {
	for _, path := range amounts() {
		change(func(currency string) string {
			if currency == "USD" {
				return "EUR"
			}
			return "USD"
		}, path+".currency")(message)
	}
}

// unlistedCode keeps the status.
func unlistedCode(message *jsontree.Node) {
	change(func(string) string { return "CODE_OF_TOMORROW" }, "result.resultCode")(message)
}

// extraMembers are what a later version of the interface may bring.
func extraMembers(message *jsontree.Node) {
	more := &jsontree.Node{Kind: jsontree.Object, Members: []jsontree.Member{{Name: "list", Value: &jsontree.Node{
		Kind: jsontree.Array, Items: []*jsontree.Node{jsontree.Of("1"), jsontree.Of("ü/ß")},
	}}}}
	for _, path := range []string{"memberOfTomorrow", "result.memberOfTomorrow"} {
		ignore(message.Set(path, more))
	}
}
