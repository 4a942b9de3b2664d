package control

import (
	"context"
	"net/http"
	"time"
)

// Turns keep the runs of several testers on one simulator out of each other's way.
type Turns interface {
	// TakeTurn asks for a turn, or keeps one for another while.
	TakeTurn(ctx context.Context, spec TurnSpec) (Turn, error)
	// EndTurn gives the turn of a run back.
	EndTurn(ctx context.Context, run string) error
	// Turns lists those at work, then those that wait.
	Turns(ctx context.Context) ([]Turn, error)
}

// TurnSpec asks for a turn. Any number of runs are at work side by side; one that is alone is so.
type TurnSpec struct {
	Run   string   `json:"run"`             // id of the run
	Alone bool     `json:"alone,omitempty"` // what it does hits everybody
	Keep  Duration `json:"keep,omitempty"`  // the turn is lost unless it is asked for again within this time; default 30 s
	Wait  Duration `json:"wait,omitempty"`  // how long to wait for it; the answer says whether it came
}

// Turn is what a run has, or waits for.
type Turn struct {
	Run     string    `json:"run"`
	Alone   bool      `json:"alone,omitempty"`
	Granted bool      `json:"granted"`
	Since   time.Time `json:"since"` // real time
	// Others are the runs that stand in the way, or, where it is granted, those that wait for its end.
	Others []string `json:"others,omitempty"`
}

func turnRoutes(s routes, api API) {
	s.post("/turns", "takeTurn", "Ask for a turn of a run, or keep it; a run whose scenarios hit everybody is alone meanwhile", asked(api.TakeTurn))
	s.get("/turns", "turns", "List the runs that are at work, and those that wait", plain(api.Turns))
	s.remove("/turns/{id}", "endTurn", "Give the turn of a run back", end(api.EndTurn))
}

// TakeTurn implements API.
func (c *Client) TakeTurn(ctx context.Context, spec TurnSpec) (Turn, error) {
	return post[Turn](ctx, c, "take a turn", "/turns", spec)
}

// EndTurn implements API.
func (c *Client) EndTurn(ctx context.Context, run string) error {
	_, err := call[none](ctx, c, "end the turn of "+run, http.MethodDelete, "/turns/"+seg(run), nil)
	return err
}

// Turns implements API.
func (c *Client) Turns(ctx context.Context) ([]Turn, error) {
	return get[[]Turn](ctx, c, "list turns", "/turns")
}
