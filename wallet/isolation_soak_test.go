//go:build soak

package wallet_test

// isolationRounds is the number of pairs of TestTwoFaultsAtATimeNeverInfluenceEachOther.
const isolationRounds = 1000
