//go:build soak

package wallet_test

// linearRounds is the number of histories of TestConcurrentCallsAtBothDoorsAreLinear.
const linearRounds = 400
