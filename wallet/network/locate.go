package network

import (
	"context"
	"slices"
	"strings"

	"mppsim/wallet/aps"
	"mppsim/wallet/money"
	"mppsim/wallet/store"
)

// Locate tells which transaction a message is about: by payment code, then by the references that
// a timeline expects in any text, then by an amount that only one timeline expects, then by the ids
// of a pay message seen before. What fits nowhere, or in two places, is a stray. A pay message is to be remembered: Pay
// does so, and Remember for one that does not get there at once.
func (n *Network) Locate(ctx context.Context, m aps.Marks) (aps.Subject, error) {
	l := locating{n: n, marks: m, found: aps.Subject{
		Client: m.Client, PaymentRequestID: m.PaymentRequestID, PaymentID: m.PaymentID,
		RefundRequestID: m.RefundRequestID, Code: m.Code, Texts: m.Texts,
	}}
	err := n.store.View(ctx, l.look)
	return l.found, err
}

// locating is one search. It is together what the transaction needs, so that it is allocated together.
type locating struct {
	n     *Network
	marks aps.Marks
	found aps.Subject
}

func (l *locating) look(tx store.Tx) (err error) {
	l.found, err = l.n.locate(tx, l.found, l.marks)
	return err
}

// Remember keeps a pay message that Pay does not process at once, so that later messages lead to its transaction.
func (n *Network) Remember(ctx context.Context, s aps.Subject) error {
	return n.store.Update(ctx, func(tx store.Tx) error { return remember(tx, s) })
}

// locate looks everywhere, in that order.
func (n *Network) locate(tx store.Tx, s aps.Subject, m aps.Marks) (found aps.Subject, err error) {
	if s, err = n.locateByCode(tx, s, m.Token); err == nil && s.Match == "" {
		s, err = locateByRefund(tx, s, m)
	}
	if err == nil && s.Match == "" {
		s, err = locateByID(tx, s)
	}
	switch {
	case err != nil || s.Match != "":
	case m.Timeline != "":
		s.Timeline, s.Match = m.Timeline, "order"
	default:
		s.Timeline, s.Match = n.lines.expecting(s.Texts, m.Amount)
	}
	return s, err
}

// locateByCode finds the payer of a payment code or access token, or the order that a text leads to.
func (n *Network) locateByCode(tx store.Tx, s aps.Subject, token string) (aps.Subject, error) {
	if h, found, err := n.tokenHolder(tx, s.Client, token); err != nil || found {
		s.Timeline, s.Match, s.Payer = h.Timeline, n.atHome(h.Timeline), h.Payer
		return s, err
	}
	if s.Code == "" {
		return s, nil
	}
	if c, found, err := codes().Get(tx, s.Code); err != nil || found {
		s.Timeline, s.Match, s.Payer = c.Timeline, n.atHome(c.Timeline), c.Payer
		return s, err
	}
	id, found, err := handles().Get(tx, s.Code)
	if err != nil || !found {
		return s, err
	}
	o, _, err := orders().Get(tx, id)
	s.Timeline, s.Match, s.Payer, s.PaymentRequestID = o.Timeline, "code", o.Payer, id
	return s, err
}

// locateByID finds the pay message with the same ids and takes over what it told.
func locateByID(tx store.Tx, s aps.Subject) (aps.Subject, error) {
	id := s.PaymentRequestID
	if s.PaymentID != "" {
		if owner, found, err := ownerFor(tx, paymentIDs(), s.PaymentID, s.Client); err != nil {
			return s, err
		} else if found {
			id = owner
		}
	}
	if id == "" {
		return s, nil
	}
	first, found, err := sighted(tx, id)
	if err != nil || !found {
		return s, err
	}
	s.PaymentRequestID = id
	s.Timeline, s.Payer = first.Timeline, first.Payer
	if first.Match != "" {
		s.Match = "order"
	}
	if s.Code == "" {
		s.Code = first.Code
	}
	s.Texts = first.Texts + s.Texts
	if s.Code != "" {
		return s, nil
	}
	o, _, err := orders().Get(tx, id)
	s.Code, s.Payer = o.Code, o.Payer // its payer came later, by a code that pay did not have
	return s, err
}

// ownerFor finds the payment to which an id leads, unless it is another client's.
func ownerFor(tx store.Tx, by store.Table[string], id, client string) (payment string, found bool, err error) {
	if payment, found, err = by.Get(tx, id); err != nil || !found {
		return "", false, err
	}
	first, _, err := sighted(tx, payment)
	return payment, first.Client == client, err
}

// remember keeps the first sighting of a payment. A stray one is replaced by one that its code has led home.
func remember(tx store.Tx, s aps.Subject) error {
	if s.PaymentRequestID == "" {
		return nil
	}
	first, found, err := sighted(tx, s.PaymentRequestID)
	if err != nil || found && (first.Match != "" || s.Match != "code") {
		return err
	}
	return sightings().Put(tx, s.PaymentRequestID, s)
}

// sighted is the first sighting of a payment: the one that was remembered, or what its order tells.
func sighted(tx store.Tx, id string) (aps.Subject, bool, error) {
	first, found, err := sightings().Get(tx, id)
	if err != nil || found {
		return first, found, err
	}
	o, found, err := orders().Get(tx, id)
	if err != nil || !found || !o.Tells {
		return aps.Subject{}, false, err
	}
	first = o.Subject()
	first.Match = "code"
	return first, true, nil
}

// tells reports whether a new order says as much as the sighting of its pay message. It does wherever a payment code led
// to the payer, which is where payments are most: there is one record less for each.
func (o *Order) tells(s aps.Subject) bool {
	asked := o.Request()
	return s.Match == "code" && s.PaymentRequestID == o.PaymentRequestID && s.Code != "" && s.Code == o.Code && s.Payer == o.Payer &&
		s.Timeline == o.Timeline && s.Client == asked.Client && s.Texts == asked.Texts
}

// expecting finds the one open timeline that announced a reference found in the texts, else
// the one that announced the amount.
func (t *timelines) expecting(texts aps.Texts, amount money.Amount) (id, match string) {
	lower := strings.ToLower(string(texts))
	mentioned := func(ref string) bool { return ref != "" && strings.Contains(lower, ref) }
	var byReference, byAmount []string
	t.search(func(line *Timeline) {
		if slices.ContainsFunc(line.references, mentioned) {
			byReference = append(byReference, line.ID)
		}
		if slices.Contains(line.amounts, amount) {
			byAmount = append(byAmount, line.ID)
		}
	})
	switch {
	case len(byReference) == 1:
		return byReference[0], "reference"
	case len(byReference) == 0 && len(byAmount) == 1 && amount.Currency != "":
		return byAmount[0], "amount"
	}
	return "", ""
}
