// Package steps is the vocabulary of the features: what payers, shops, Alipay+ and the acquirer do,
// and what is expected of the acquirer. One file holds the phrases about one noun. A step acts
// through the world of its scenario only; it keeps nothing between calls.
package steps

import (
	"regexp"
)

// Step is one phrase of the vocabulary. Func is a step function: a context, one argument per group of
// the pattern, perhaps a table, and an error as result. An error that is no *world.Failure and no
// *world.Unreached is our own or the environment's.
type Step struct {
	Noun    string
	Example string // as it stands in a feature
	Doc     string // one line for people
	Pattern *regexp.Regexp
	Func    any
}

// All returns the whole vocabulary. Patterns are compiled with each call: call it once per run.
func All() []Step {
	var all []Step
	for _, of := range []func() []Step{
		payerSteps, chargeSteps, cancelSteps, refundSteps, networkSteps, faultSteps, timeSteps, cashierSteps, walletSteps,
		stateSteps, outcomeSteps, messageSteps, askingSteps, moneySteps,
		formSteps, saleSteps, ruleSteps, addressSteps, promotionSteps, receiptSteps, reconciliationSteps, visibleSteps, identitySteps,
		refundStateSteps, raceSteps, refundWireSteps, notificationSteps, forgerySteps, hostileSteps,
		orderCodeSteps, scanSteps, privateCodeSteps,
	} {
		all = append(all, of()...)
	}
	return all
}

// step describes one phrase; pattern covers the whole text.
func step(noun, pattern, example, doc string, fn any) Step {
	return Step{Noun: noun, Example: example, Doc: doc, Pattern: regexp.MustCompile("^" + pattern + "$"), Func: fn}
}
