package storm

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
)

// Step is one line of a story, with the rows of its table.
type Step struct {
	Keyword string // Given, When, And
	Text    string
	Rows    []string
	fixed   bool // without it there is no story
}

// Story is what happens to one payment, from its payer to its end.
type Story struct {
	Number int // within its storm
	Steps  []Step
}

// The steps that stories have beside those of the book.
const (
	paid    = "the shop sees the payment as paid within 90 s"
	settled = "20 s pass" // before the storm is over for this payment and Alipay+ tells the truth
	// Judgement is the last step of a story. It judges nothing by itself: the invariants look at the end of the payment.
	Judgement = "the invariants of money hold when everything is decided"
)

// chances are how likely a story is to have trouble of a kind, out of 100, and to give money back.
type chances struct{ charge, inquiry, notification, cancellation, refunds, refund int }

// plots are the kinds of stories: what goes wrong with the charge, with refunds, with anything.
func plots() []chances {
	return []chances{
		{charge: 95, inquiry: 35, notification: 50, cancellation: 40, refunds: 5, refund: 50},
		{charge: 5, inquiry: 5, notification: 40, cancellation: 10, refunds: 100, refund: 70},
		{charge: 50, inquiry: 40, notification: 50, cancellation: 40, refunds: 50, refund: 60},
	}
}

// most acts after a charge, and after it is paid.
const (
	mostActs  = 3
	mostAfter = 4
)

// teller makes up the stories of one storm, one after the other.
type teller struct {
	book         Book
	seed         uint64
	capabilities []string
	told         int
	decks        map[string]*deck
}

func newTeller(book Book, seed uint64, capabilities []string) *teller {
	return &teller{book: book, seed: seed, capabilities: capabilities, decks: map[string]*deck{}}
}

// stories makes up a number of stories: the same seed gives the same ones, and a longer storm begins as a shorter one does.
func (t *teller) stories(count int) []Story {
	list := make([]Story, count)
	for i := range list {
		list[i] = t.next()
	}
	return list
}

func (t *teller) next() Story {
	t.told++
	d := &draft{teller: t, dice: rand.New(rand.NewPCG(t.seed, uint64(t.told))), words: map[string]bool{}} //nolint:gosec // chances, not secrets
	d.tell(t.plot(d.dice))
	d.add("And", settled, true)
	return Story{Number: t.told, Steps: d.steps}
}

// plot deals what kind of trouble a story has.
func (t *teller) plot(dice *rand.Rand) chances {
	kinds := plots()
	return kinds[t.deck("plots", make([]Action, len(kinds))).deal(dice, always)]
}

func always(int) bool { return true }

// deck is the pack that a list is dealt from, for one kind of story.
func (t *teller) deck(name string, list []Action) *deck {
	if t.decks[name] == nil {
		t.decks[name] = newDeck(list)
	}
	return t.decks[name]
}

// draft is a story in the making.
type draft struct {
	*teller
	dice   *rand.Rand
	words  map[string]bool
	shop   string
	kind   string // of the story: how it begins, and who pays
	amount string
	steps  []Step
}

func (d *draft) chance(percent int) bool { return d.dice.IntN(100) < percent }

// The words that stories themselves give and look at.
const (
	small     = "small"     // the price has no fifth
	dear      = "dear"      // the price leaves room for savings
	coded     = "code"      // the payer shows a payment code
	presented = "presented" // the payer comes to the payment
	online    = "online"    // in a browser
	whole     = "whole"     // the opening tells everything
	cancelled = "cancelled"
	password  = "password"  // the payer's wallet asks for it
	confirmed = "confirmed" // the payer has done what it takes to pay
	refused   = "refused"
	owing     = "owing" // refunds meet with trouble, and none was asked for yet
)

// tell makes up what happens, in the order in which it does.
func (d *draft) tell(c chances) {
	shop := d.choose("shops", d.book.Shops)
	d.shop = shop.Text
	d.amount = shop.Amounts[d.deck("amounts "+d.shop, make([]Action, len(shop.Amounts))).deal(d.dice, always)]
	d.words[small], d.words[dear] = !divisible(d.amount), savable(d.amount)
	d.give("Given", shop, true)
	opening := d.choose("openings "+d.shop, d.book.Openings)
	d.learn(opening)
	d.kind = opening.Text
	if d.words[whole] {
		d.give("When", opening, false)
		return
	}
	if d.words[coded] || d.words[online] {
		payer := d.choose("payers "+opening.Text, d.book.Payers)
		d.give("And", payer, true)
		d.kind += payer.Text
	}
	d.trouble(c)
	d.give("When", opening, true)
	for range d.dice.IntN(mostActs + 1) {
		d.pick("acts "+d.kind, d.book.Acts)
	}
	pays := d.words[coded] && !d.words[password] && !d.words[refused] || d.words[confirmed]
	if d.chance(c.refunds) && pays && !d.words[cancelled] {
		d.refunds(c)
	}
}

// trouble lets things go wrong, at most one of each kind.
func (d *draft) trouble(c chances) {
	trouble := d.book.Troubles
	begins, pack := trouble.Charge, "charge"
	if d.words[presented] {
		begins, pack = trouble.Order, "order"
	}
	for _, kind := range []struct {
		word, pack string
		chance     int
		list       []Action
	}{
		{"charge", pack, c.charge, begins},
		{"inquiry", "inquiry", c.inquiry, trouble.Inquiry},
		{"notification", "notification", c.notification, trouble.Notification},
		{"cancellation", "cancellation", c.cancellation, trouble.Cancellation},
	} {
		if !d.words[kind.word] && d.chance(kind.chance) && d.pick(kind.pack, kind.list) {
			d.words[kind.word] = true
		}
	}
}

// refunds waits until the payment is paid, and gives some of it back.
func (d *draft) refunds(c chances) {
	d.words["refund"] = d.chance(c.refund) && d.pick("refund", d.book.Troubles.Refund)
	d.words[owing] = d.words["refund"]
	d.add("And", paid, false)
	for range 1 + d.dice.IntN(mostAfter) {
		d.pick("afterwards "+d.shop, d.book.Afterwards)
		d.words[owing] = false
	}
}

// pick adds an action of a list that is possible now; false when there is none.
func (d *draft) pick(name string, list []Action) bool {
	a := d.choose(name, list)
	if a.Text == "" {
		return false
	}
	d.give("And", a, false)
	return true
}

// give adds an action; fixed says that there is no story without its first step.
func (d *draft) give(keyword string, a Action, fixed bool) {
	for line := range strings.Lines(a.Text) {
		d.add(keyword, strings.TrimSpace(line), fixed)
		keyword, fixed = "And", false
	}
	d.learn(a)
}

// learn takes what is true by an action.
func (d *draft) learn(a Action) {
	for _, word := range a.Gives {
		d.words[word] = true
	}
}

// add writes a line: a step, or a row of the table of the one before.
func (d *draft) add(keyword, text string, fixed bool) {
	if len(d.steps) == 0 {
		keyword = "Given"
	}
	text = fill(text, d.amount)
	if last := len(d.steps) - 1; last >= 0 && strings.HasPrefix(text, "|") {
		d.steps[last].Rows = append(d.steps[last].Rows, text)
		return
	}
	d.steps = append(d.steps, Step{Keyword: keyword, Text: text, fixed: fixed})
}

// fill writes a price, and parts of it, into a step.
func fill(text, amount string) string {
	crumb := share(amount, 100)
	if crumb == "" {
		crumb = smallest(amount)
	}
	return strings.NewReplacer("{amount}", amount, "{part}", share(amount, 3), "{fifth}", share(amount, 5), "{crumb}", crumb).Replace(text)
}

// choose deals one of the actions that are possible now; name tells decks apart.
func (d *draft) choose(name string, list []Action) Action {
	i := d.deck(name, list).deal(d.dice, func(i int) bool { return d.possible(list[i]) })
	if i < 0 {
		return Action{}
	}
	return list[i]
}

func (d *draft) possible(a Action) bool {
	able := func(need string) bool { return slices.Contains(d.capabilities, need) }
	truth := func(word string) bool { return d.words[word] }
	return !slices.ContainsFunc(a.Needs, func(n string) bool { return !able(n) }) &&
		!slices.ContainsFunc(a.Wants, func(w string) bool { return !truth(w) }) && !slices.ContainsFunc(a.Bars, truth)
}

// divisible reports whether an amount in major units has at least five of its smallest units.
func divisible(amount string) bool { return share(amount, 5) != "" }

// savable reports whether an amount has two decimals and is 110.00 or more: what payers save is less.
func savable(amount string) bool {
	major, fraction, _ := strings.Cut(amount, ".")
	return len(fraction) == 2 && (len(major) > 3 || len(major) == 3 && amount >= "110")
}

// smallest is one of the smallest units of an amount in major units.
func smallest(amount string) string {
	_, fraction, _ := strings.Cut(amount, ".")
	if fraction == "" {
		return "1"
	}
	return "0." + strings.Repeat("0", len(fraction)-1) + "1"
}

// share is a part of an amount in major units, rounded down to its own last place; empty when nothing is left.
func share(amount string, of int64) string {
	whole, fraction, _ := strings.Cut(amount, ".")
	var value int64
	for _, digit := range whole + fraction {
		value = value*10 + int64(digit-'0')
	}
	if value /= of; value == 0 {
		return ""
	}
	text := fmt.Sprintf("%0*d", len(fraction)+1, value)
	if fraction == "" {
		return text
	}
	return text[:len(text)-len(fraction)] + "." + text[len(text)-len(fraction):]
}

// Name is how a story is called in reports.
func (s Story) Name() string { return fmt.Sprintf("story %d", s.Number) }

// Text is the story as a scenario of a feature.
func (s Story) Text() string {
	var b strings.Builder
	fmt.Fprintf(&b, "    Scenario: %s\n", s.Name())
	for _, step := range s.Steps {
		fmt.Fprintf(&b, "      %s %s\n", step.Keyword, step.Text)
		for _, row := range step.Rows {
			fmt.Fprintf(&b, "        %s\n", row)
		}
	}
	fmt.Fprintf(&b, "      Then %s\n", Judgement)
	return b.String()
}

// Feature writes stories as a feature file, under what is said about them.
func Feature(about string, stories ...Story) []byte {
	var b strings.Builder
	b.WriteString("Feature: A storm\n")
	for line := range strings.SplitSeq(strings.TrimSpace(about), "\n") {
		if line != "" {
			fmt.Fprintf(&b, "  %s\n", line)
		}
	}
	b.WriteString("\n  ")
	for _, id := range ids() {
		b.WriteString("@" + id + " ")
	}
	b.WriteString("\n  Rule: Whatever happens to the messages, no money is lost, doubled or misplaced\n")
	for _, s := range stories {
		b.WriteString("\n" + s.Text())
	}
	return []byte(b.String())
}
