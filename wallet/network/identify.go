package network

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
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

// InquiryCodeRules hands a wallet the rules by which Alipay+ identifies codes, unless it has them already (mpp-api §4.9).
func (n *Network) InquiryCodeRules(_ context.Context, req aps.CodeRulesQuestion) (aps.CodeRules, error) {
	if n.CodeRules == nil {
		return aps.CodeRules{Result: aps.ResultOf("PROCESS_FAIL")}, nil
	}
	answer := aps.CodeRules{Result: aps.ResultOf("SUCCESS"), Version: n.CodeRules.Version()}
	text, err := n.CodeRules.Text()
	if err != nil {
		return aps.CodeRules{}, fmt.Errorf("code rules: %w", err)
	}
	sum := sha256.Sum256(text)
	if answer.Version += "-" + hex.EncodeToString(sum[:4]); answer.Version != req.Version {
		answer.Text = string(text)
	}
	return answer, nil
}
