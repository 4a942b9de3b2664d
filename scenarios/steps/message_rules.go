package steps

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"

	messages "github.com/cucumber/messages/go/v21"

	"mppsim/reports/journal"
	"mppsim/scenarios/check"
	"mppsim/scenarios/world"
	"mppsim/wallet/trace"
)

// ruleSteps judge the form and content of the acquirer's messages.
func ruleSteps() []Step {
	return []Step{
		step("message", `(?:the messages to Alipay\+ keep|what the shop is shown keeps) to this rule(, or the charges are refused|, if there are any)?`,
			`the messages to Alipay+ keep to this rule`,
			"The watched check of the Rule finds nothing wrong in the scenario's traffic so far, and had something to judge.", keepToRule),
		step("message", `Alipay\+ is asked for`, `Alipay+ is asked for`,
			"One row per sale: the amount that its charge carries in the smallest unit, or nothing when the shop is refused.", askedFor),
		step("notification", `the acquirer answers it with status 200 and a result`, `the acquirer answers it with status 200 and a result`,
			"The answer to the latest notification is HTTP 200 with a JSON result object, also when it is a refusal.", answersWithResult),
	}
}

// keepToRule applies the watched check of the Rule that the scenario belongs to; the other checks see the traffic
// when the scenario is over. Something must have been judged, unless the phrase says that nothing may have come.
func keepToRule(ctx context.Context, unless string) error {
	w := world.From(ctx)
	away := 0
	for _, p := range w.Payments() {
		if err := firstWord(ctx, p); err != nil {
			return err
		}
		if err := answeredFor(ctx, p); err != nil {
			return err
		}
		if turnedAway(p) {
			away++
		}
	}
	if err := catchUp(ctx); err != nil {
		return err
	}
	judged, err := judge(w)
	if err != nil {
		return err
	}
	refused := unless == ", or the charges are refused" && away == len(w.Payments())
	if judged == 0 && !refused && unless != ", if there are any" {
		return w.NotReached("the traffic holds nothing that the rule is about", suspect(w))
	}
	return nil
}

// judge runs the check of the scenario's Rule on its traffic so far. It returns how much there was to judge.
func judge(w *world.World) (judged int, err error) {
	scene := check.Prepare(w.Scene())
	if len(scene.Scenario.Requirements) == 0 {
		return 0, nil
	}
	for _, watch := range check.Watches() {
		if watch.Requirement != scene.Scenario.Requirements[0] {
			continue
		}
		result := watch.Judge(scene)
		judged += result.Judged
		for _, f := range result.Findings {
			return judged, accuse(w, f)
		}
	}
	return judged, nil
}

// suspect is the requirement whose breach keeps a rule from being judged: the first that any check finds in the
// traffic, or the charge itself.
func suspect(w *world.World) string {
	scene := check.Prepare(w.Scene())
	for _, watch := range check.Watches() {
		if len(watch.Judge(scene).Findings) > 0 {
			return watch.Requirement
		}
	}
	return "ACQ-UPM-03"
}

// accuse turns a check's finding into the step's.
func accuse(w *world.World, f journal.Finding) error {
	var evidence []world.Evidence
	for _, id := range f.Exchanges {
		evidence = append(evidence, w.Ex(trace.Exchange{ID: id}))
	}
	for _, id := range f.Calls {
		evidence = append(evidence, w.Call(journal.Call{ID: id}))
	}
	return w.FailFor(f.Requirement, f.Expected, f.Seen, evidence...)
}

func askedFor(ctx context.Context, table *messages.PickleTable) error {
	w := world.From(ctx)
	want, payments := column(table), w.Payments()
	if len(want) != len(payments) {
		return fmt.Errorf("the table has %d rows for %d sales", len(want), len(payments))
	}
	for i, p := range payments {
		if err := firstWord(ctx, p); err != nil {
			return err
		}
		if err := answeredFor(ctx, p); err != nil {
			return err
		}
		if err := askedThis(w, p, want[i]); err != nil {
			return err
		}
	}
	return nil
}

// askedThis compares the charge of one sale with a cell: digits, "nothing", or "digits or nothing".
func askedThis(w *world.World, p *world.Payment, want string) error {
	digits, orNothing := strings.CutSuffix(want, " or nothing")
	orNothing = orNothing || want == "nothing"
	written := p.Charge.Currency + " " + p.Charge.AmountText
	pay, sent := payOf(p)
	switch {
	case sent && want == "nothing":
		return w.Fail("a sale of "+written+" is refused and nothing reaches Alipay+",
			"a charge of "+member(pay.Request.Body, "paymentAmount", "value"), w.Ex(pay))
	case sent:
		if got := amountToken(pay.Request.Body); got != digits {
			return w.Fail("a sale of "+written+" is sent as "+digits, "it is sent as "+got, w.Ex(pay))
		}
	case !turnedAway(p) && orNothing:
		return w.Fail("a sale of "+written+" is refused", "the shop sees it as "+string(p.State()), shown(w, p)...)
	case !orNothing:
		return w.NotReached("the acquirer did not send a sale of "+written, "ACQ-UPM-03")
	}
	return nil
}

// amountToken is the value of paymentAmount, whatever kind of token it is.
func amountToken(body []byte) string {
	var pay struct {
		Amount struct {
			Value json.RawMessage `json:"value"`
		} `json:"paymentAmount"`
	}
	if json.Unmarshal(body, &pay) != nil {
		return "something that is not JSON"
	}
	return strings.Trim(string(pay.Amount.Value), `"`)
}

func answersWithResult(ctx context.Context) error {
	w := world.From(ctx)
	sent, ok := w.Recall(notifiedKey).(trace.Exchange)
	if !ok {
		return fmt.Errorf("no step has sent a notification")
	}
	complaint := ""
	kind := sent.Response.Header.Get("Content-Type")
	switch {
	case sent.Response.Status != http.StatusOK:
		complaint = answerText(sent)
	case !strings.Contains(strings.ToLower(kind), "json"):
		complaint = fmt.Sprintf("the Content-Type %q", kind)
	case member(sent.Response.Body, "result", "resultCode") == "" || member(sent.Response.Body, "result", "resultStatus") == "":
		complaint = "no result with code and status"
	}
	if complaint == "" {
		return nil
	}
	return w.Fail("every notification is answered with HTTP 200, JSON and a result object", complaint, w.Ex(sent))
}
