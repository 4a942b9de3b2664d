// Package walletrules plays the features of the wallet's own rules (promotions, red packets, risk control) against a
// simulator. It is all tests: the rules are proved with the simulator and never scored against an acquirer.
package walletrules
