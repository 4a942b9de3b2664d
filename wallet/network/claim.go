package network

import (
	"cmp"
	"context"
	"time"
	"unicode/utf8"

	"mppsim/wallet/aps"
	"mppsim/wallet/store"
)

// longestCode is the longest text that a wallet may ask about (mpp-api §4.6).
const longestCode = 512

// UserInitiatedPay tells a wallet which order is behind a text that its user scanned or opened (mpp-api §4.6). Codes
// that the acquirer issued are asked of the acquirer each time. The first user who asks owns the order.
func (n *Network) UserInitiatedPay(ctx context.Context, req aps.UserPay) (aps.UserPayAnswer, error) {
	if req.Code == "" || req.CustomerID == "" || utf8.RuneCountInString(req.Code) > longestCode {
		return n.noOrder("PARAM_ILLEGAL"), nil
	}
	h, err := n.holderOf(ctx, req.CustomerID)
	if err != nil {
		return aps.UserPayAnswer{}, err
	}
	if h.PspID == "" && req.PspID != n.PspID {
		h.PspID = req.PspID
	}
	id, refusal, err := n.behindFor(ctx, h, req.Code)
	if err != nil || refusal != "" {
		return n.noOrder(refusal), err
	}
	c, err := n.claim(context.WithoutCancel(ctx), h, id)
	switch {
	case err != nil || c.refusal != "":
		return n.noOrder(c.refusal), err
	case c.page != "":
		answer := n.noOrder("SUCCESS")
		answer.Action = aps.ActionForm{Type: aps.HandleBySDK, Payload: c.page}
		return answer, nil
	}
	return n.orderFor(h, c.order)
}

func (n *Network) noOrder(code string) aps.UserPayAnswer {
	return aps.UserPayAnswer{Result: aps.ResultOf(code), AcquirerID: n.AcquirerID, PspID: n.PspID}
}

// holderOf finds a wallet user; one whom nobody announced lives on the strays' timeline.
func (n *Network) holderOf(ctx context.Context, customerID string) (h Holder, err error) {
	err = n.store.View(ctx, func(tx store.Tx) error {
		h, _, err = n.holder(tx, customerID)
		return err
	})
	return h, err
}

// behindFor is behind for a user who must not guess.
func (n *Network) behindFor(ctx context.Context, h Holder, code string) (id, refusal string, err error) {
	if tooOften, err := n.guessesTooOften(ctx, h); err != nil || tooOften {
		return "", "REQUEST_TRAFFIC_EXCEED_LIMIT", err
	}
	id, refusal, err = n.behind(ctx, h, code)
	if err == nil && refusal == "INVALID_CODE" {
		err = n.noteGuess(ctx, h)
	}
	return id, refusal, err
}

// behind finds the order that a text leads to.
func (n *Network) behind(ctx context.Context, h Holder, code string) (id, refusal string, err error) {
	o, found, err := n.Behind(ctx, code)
	if err != nil || found && !o.Issued {
		return o.PaymentRequestID, "", err
	}
	return n.decode(ctx, h, code)
}

// claimed is what became of a user's wish for an order.
type claimed struct {
	order   Order
	refusal string // result code
	page    string // of Alipay+, which the user sees instead
	rival   *Order // the order as the user of another wallet has it than the one who came first
}

// claim gives an open order to the user who asks for it, and says what it costs that user.
func (n *Network) claim(ctx context.Context, h Holder, id string) (c claimed, err error) {
	fresh := false
	c.order, err = n.change(ctx, id, func(tx store.Tx, o *Order) (err error) {
		if c.refusal = n.unclaimable(*o, h); c.refusal != "" || o.CustomerID == h.CustomerID {
			return nil
		}
		if o.CustomerID != "" {
			return n.rival(tx, o, h, &c)
		}
		mine := n.moved(*o, h.Timeline)
		mine.Payer, mine.CustomerID = h.Payer, h.CustomerID
		if c.refusal, err = n.price(tx, &mine); err != nil || c.refusal != "" {
			return err
		}
		mine.PspID = h.PspID
		if c.page, err = n.forbidden(tx, &mine); err != nil || c.page != "" {
			return err
		}
		if err := adopt(tx, *o, mine); err != nil {
			return err
		}
		if err := n.takePromotions(tx, &mine); err != nil {
			return err
		}
		fresh, *o = true, mine
		return o.discount()
	})
	if err == nil && fresh {
		n.guard(&c.order)
		n.follow(c.order, 0)
	}
	if c.rival != nil {
		c.order = *c.rival
	}
	return c, err
}

// unclaimable says why a user cannot have an order (mpp-api §7.4).
func (n *Network) unclaimable(o Order, h Holder) string {
	expired := o.State == Processing && !n.now(&o).Before(o.Expiry)
	switch {
	case o.State == Closed && !o.Cancelled, expired:
		return "EXPIRED_CODE"
	case o.State.Final():
		return "ORDER_IS_CLOSED"
	case o.CustomerID != "" && o.CustomerID != h.CustomerID && n.pspOf(&o) == cmp.Or(h.PspID, n.PspID):
		return "REPEAT_REQ_INCONSISTENT"
	}
	return ""
}

// moved is an order that no scenario has claimed on the timeline of the user who came for it.
func (n *Network) moved(o Order, timeline string) Order {
	if o.Timeline != "" || timeline == "" {
		return o
	}
	from, to := n.lines.of("").Clock, n.lines.of(timeline).Clock
	o.Timeline = timeline
	o.Opened, o.Expiry = to.FromBase(from.ToBase(o.Opened)), to.FromBase(from.ToBase(o.Expiry))
	return o
}

// adopt makes an order that moved to another timeline known there.
func adopt(tx store.Tx, before, o Order) error {
	if before.Timeline == o.Timeline {
		return nil
	}
	if err := byTimeline().Append(tx, o.Timeline, o.PaymentRequestID); err != nil {
		return err
	}
	s := o.Subject()
	s.Match = "code"
	return sightings().Put(tx, o.PaymentRequestID, s)
}

// orderFor is what the wallet shows its user.
func (n *Network) orderFor(h Holder, o Order) (aps.UserPayAnswer, error) {
	promotions, err := o.PayTo.promotions(o.promotions(), o.Net.Currency)
	return aps.UserPayAnswer{
		Result: aps.ResultOf("SUCCESS"), AcquirerID: n.AcquirerID, PspID: n.pspOf(&o), CodeType: aps.OrderCodeType,
		PaymentRequestID: o.WalletRequestID(), Order: o.Request().Order, Amount: o.Net, PayTo: o.PayTo.Amount, Quote: o.PayTo.Terms(),
		Factor: o.Request().Factor, Product: o.Product, Promotions: promotions, Expiry: n.onTimeline(h.Timeline, o), NotifyURL: n.notifyURL(), RedirectURL: o.Request().RedirectURL,
		Action: aps.ActionForm{Type: aps.HandleByPSP},
	}, err
}

// onTimeline is an order's expiry as another timeline shows it.
func (n *Network) onTimeline(timeline string, o Order) time.Time {
	if timeline == o.Timeline {
		return o.Expiry
	}
	return n.lines.of(timeline).Clock.FromBase(n.lines.of(o.Timeline).Clock.ToBase(o.Expiry))
}
