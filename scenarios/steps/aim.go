package steps

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"mppsim/wallet/aps"
)

// aimed is the pattern of what a fault is aimed at: two groups, which ones and of what.
const aimed = `(the|every|the first|the second|the third|the first \d+|every further) ` +
	`(charge|charges|inquiry|inquiries|cancellation|cancellations|refund|refunds)`

// aim says which of a payer's messages are meant. From counts from 1; Count 0 means all that follow.
type aim struct {
	api   aps.API
	from  int
	count int
}

// surely reports whether every scenario sends the message: a charge always comes, whatever the acquirer's habits.
func (a aim) surely() bool { return a.api == aps.Pay && a.from == 1 }

// parseAim reads the two groups of the pattern aimed.
func parseAim(which, what string) (aim, error) {
	api, err := operation(what)
	if err != nil {
		return aim{}, err
	}
	switch which {
	case "the", "the first":
		return aim{api, 1, 1}, nil
	case "the second":
		return aim{api, 2, 1}, nil
	case "the third":
		return aim{api, 3, 1}, nil
	case "every":
		return aim{api, 1, 0}, nil
	case "every further":
		return aim{api, 2, 0}, nil
	}
	n, err := strconv.Atoi(strings.TrimPrefix(which, "the first "))
	if err != nil {
		return aim{}, fmt.Errorf("which messages are meant by %q: %w", which, err)
	}
	return aim{api, 1, n}, nil
}

// operation translates the business word for a call, singular or plural, into the operation.
func operation(word string) (aps.API, error) {
	switch word {
	case "charge", "charges":
		return aps.Pay, nil
	case "inquiry", "inquiries":
		return aps.InquiryPayment, nil
	case "cancellation", "cancellations":
		return aps.CancelPayment, nil
	case "refund", "refunds":
		return aps.Refund, nil
	case "notification", "notifications":
		return aps.NotifyPayment, nil
	}
	return "", fmt.Errorf("no call is named %q", word)
}

// spell translates an operation back into the business word.
func spell(api aps.API) string {
	switch api {
	case aps.Pay:
		return "charge"
	case aps.InquiryPayment:
		return "inquiry"
	case aps.CancelPayment:
		return "cancellation"
	case aps.Refund:
		return "refund"
	default:
		return string(api)
	}
}

// lasting is the pattern of a duration in the features; it is a production time.
const lasting = `(\d+ (?:s|min))`

// span reads a duration such as "20 s" or "2 min".
func span(text string) (time.Duration, error) {
	d, err := time.ParseDuration(strings.TrimSuffix(strings.ReplaceAll(text, " ", ""), "in"))
	if err != nil {
		return 0, fmt.Errorf("duration %q: %w", text, err)
	}
	return d, nil
}
