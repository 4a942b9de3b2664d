package code_test

import (
	"crypto/rand"
	"testing"

	"mppsim/wallet/code"
)

func TestFormatsFitWhatTheyMint(t *testing.T) {
	t.Parallel()
	for _, f := range []code.Format{{}, {Length: 17}, {Length: 18}, {Length: 19, Prefix: "289"}, {Prefix: "30"}, {Length: 32, Prefix: "26"}} {
		digits, err := code.Mint(f, rand.Reader)
		if err != nil || !f.Fits(digits) {
			t.Errorf("%+v does not fit %s, %v", f, digits, err)
		}
	}
	for f, digits := range map[code.Format]string{
		{Length: 18}:   "251001020123456789012345",
		{Prefix: "28"}: "251001020123456789012345",
	} {
		if f.Fits(digits) {
			t.Errorf("%+v fits %s", f, digits)
		}
	}
	if !(code.Format{}).Fits("28123456789012345") {
		t.Error("none was asked for, and a short code does not fit")
	}
}
