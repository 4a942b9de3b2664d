package profile

import (
	"errors"
	"fmt"

	"mppsim/wallet/aps"
)

// ErrDialect says that the suite cannot judge an acquirer of this dialect yet.
var ErrDialect = errors.New("the suite does not cover this dialect yet")

// Certifiable refuses acquirers whose messages the suite would misread. Their traffic is served and recorded all the same.
func (p *Profile) Certifiable() error {
	if aps.Door(p.Dialect) == aps.AlipayPlus {
		return nil
	}
	return fmt.Errorf("profile %s: dialect: %s: %w: certify judges acquirers of Alipay+ (dialect aps)", p.File, p.Dialect, ErrDialect)
}
