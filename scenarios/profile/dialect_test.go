package profile_test

import (
	"errors"
	"strings"
	"testing"

	"mppsim/scenarios/profile"
)

func TestOnlyTheDialectOfAlipayPlusIsCertified(t *testing.T) {
	t.Parallel()
	if err := (&profile.Profile{File: "a.yaml", Dialect: "aps"}).Certifiable(); err != nil {
		t.Error(err)
	}
	err := (&profile.Profile{File: "a.yaml", Dialect: "ams"}).Certifiable()
	if !errors.Is(err, profile.ErrDialect) || !strings.HasPrefix(err.Error(), "profile a.yaml: dialect: ams: ") {
		t.Errorf("%v", err)
	}
}
