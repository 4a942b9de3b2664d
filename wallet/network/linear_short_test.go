//go:build !soak

package network_test

// linearRounds is the number of histories of TestConcurrentCallsAreLinear.
const linearRounds = 60
