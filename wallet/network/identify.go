package network

import (
	"context"
	"fmt"
	"unicode/utf8"

	"mppsim/wallet/aps"
	"mppsim/wallet/code/identify"
)

// IdentifyCode tells a wallet what a scanned text is (mpp-api §4.9). Alipay+ understands rules that wallets do not yet:
// what is a guess to them is its answer.
func (n *Network) IdentifyCode(ctx context.Context, req aps.CodeQuestion) (aps.CodeIdentity, error) {
	if req.Code == "" || utf8.RuneCountInString(req.Code) > longestCode || len(req.CustomerID) > longestCustomerID {
		return aps.CodeIdentity{Result: aps.ResultOf("PARAM_ILLEGAL")}, nil
	}
	what := identify.Outcome{Supported: true, Action: identify.Decode, CodeValue: req.Code}
	if n.Identify != nil {
		var err error
		if what, err = n.Identify(ctx, req.Code); err != nil {
			return aps.CodeIdentity{}, fmt.Errorf("identify code: %w", err)
		}
	}
	return aps.CodeIdentity{
		Result: aps.ResultOf("SUCCESS"), Supported: what.Supported, Action: string(what.Action),
		Code: what.CodeValue, RedirectURL: what.URL, UserAgent: what.UserAgent,
	}, nil
}
