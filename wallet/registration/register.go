package registration

import (
	"context"

	"mppsim/wallet/aps"
	"mppsim/wallet/jsontree"
	"mppsim/wallet/store"
)

// Register answers registration: S says that the request is accepted, not that anybody approved it.
func (r *Registry) Register(ctx context.Context, s aps.Subject, root *jsontree.Node) (*jsontree.Node, error) {
	reg := r.read(s, root)
	fresh := false
	err := r.Store.Update(ctx, func(tx store.Tx) (err error) {
		before, found, err := requests().Get(tx, reg.ID)
		if fresh = !found; err != nil || found {
			reg = before
			return err
		}
		if reg.Result, err = r.verdict(tx, reg); err != nil {
			return err
		}
		return insert(tx, reg)
	})
	if err != nil {
		return nil, err
	}
	if fresh && reg.Result.Status == aps.Success {
		r.approveLater(context.WithoutCancel(ctx), reg)
	}
	return aps.NewAnswer(reg.Result).Text("passThroughInfo", reg.PassOn).Node(), nil
}

func (r *Registry) read(s aps.Subject, root *jsontree.Node) Registration {
	f := aps.FieldsOf(root)
	return Registration{
		ID: f.Text("registrationRequestId"), Timeline: s.Timeline, Products: f.Texts("productCodes"),
		Merchant: f.Text("merchantInfo.referenceMerchantId"), Store: f.Text("storeInfo.referenceStoreId"),
		NotifyURL: f.Text("registrationNotifyUrl"), PassOn: f.Text("passThroughInfo"), Texts: aps.TextsOf(root),
		Created: r.Clocks(s.Timeline).Now(), Door: s.Door,
		MerchantInfo: written(f.Node("merchantInfo")), StoreInfo: written(f.Node("storeInfo")),
	}
}

// verdict refuses an update while an unprocessed request is too young.
func (r *Registry) verdict(tx store.Tx, reg Registration) (aps.Result, error) {
	for _, product := range reg.Products {
		id, found, err := latest().Get(tx, reg.subject(product))
		if err != nil {
			return aps.Result{}, err
		}
		if !found {
			continue
		}
		before, err := find(tx, id)
		if err != nil {
			return aps.Result{}, err
		}
		if before.Status(r.Wallets) == Processing && reg.Created.Before(before.Created.Add(updateLock)) {
			result := aps.ResultOf("PROCESS_FAIL")
			result.Message = "An earlier request is being processed; updates wait for 30 minutes."
			return result, nil
		}
	}
	return aps.ResultOf("SUCCESS"), nil
}

func insert(tx store.Tx, reg Registration) error {
	if err := requests().Insert(tx, reg.ID, reg); err != nil {
		return err
	}
	if err := byTimeline().Put(tx, store.Key(reg.Timeline, reg.ID), reg.ID); err != nil || reg.Result.Status != aps.Success {
		return err
	}
	for _, product := range reg.Products {
		if err := latest().Put(tx, reg.subject(product), reg.ID); err != nil {
			return err
		}
	}
	return latest().Put(tx, store.Key("", reg.Merchant, reg.Store), reg.ID)
}

// approveLater has all wallets approve what belongs to no timeline.
func (r *Registry) approveLater(ctx context.Context, reg Registration) {
	if reg.Timeline != "" || r.After <= 0 {
		return
	}
	r.Clocks(reg.Timeline).AfterFunc(r.After, func() {
		now, err := r.Find(ctx, reg.ID)
		for _, wallet := range r.Wallets {
			if err == nil && now.undecided(wallet) {
				_, err = r.Decide(ctx, reg.ID, Decision{Wallet: wallet, Approved: true})
			}
		}
		if err != nil {
			r.Logger.Error("a registration could not be approved", "registration", reg.ID, "error", err)
		}
	})
}

func (reg Registration) undecided(wallet string) bool {
	for _, d := range reg.Decisions {
		if d.Wallet == wallet {
			return false
		}
	}
	return true
}

// Inquire answers inquiryRegistrationStatus, by request or by merchant and store.
func (r *Registry) Inquire(ctx context.Context, _ aps.Subject, root *jsontree.Node) (*jsontree.Node, error) {
	f := aps.FieldsOf(root)
	var reg Registration
	var found bool
	err := r.Store.View(ctx, func(tx store.Tx) (err error) {
		id := f.Text("registrationRequestId")
		if id == "" {
			if id, err = newest(tx, f.Text("referenceMerchantId"), f.Text("referenceStoreId")); err != nil || id == "" {
				return err
			}
		}
		reg, found, err = requests().Get(tx, id)
		return err
	})
	if err != nil {
		return nil, err
	}
	if !found || reg.Result.Status != aps.Success {
		return aps.NewAnswer(unknown()).Node(), nil
	}
	return r.tell(aps.NewAnswer(aps.ResultOf("SUCCESS")), reg).Node(), nil
}

// newest finds the latest request of a store; of a merchant alone the online one, else that of any store.
func newest(tx store.Tx, merchant, shop string) (string, error) {
	id, found, err := latest().Get(tx, store.Key("", merchant, shop))
	if err != nil || found || shop != "" {
		return id, err
	}
	ids, err := latest().List(tx, store.Key("", merchant))
	var last Registration
	for _, id := range ids {
		reg, err := find(tx, id)
		if err != nil {
			return "", err
		}
		if last.ID == "" || last.Created.Before(reg.Created) {
			last = reg
		}
	}
	return last.ID, err
}

func unknown() aps.Result {
	result := aps.ResultOf("PROCESS_FAIL")
	result.Message = "There is no such registration."
	return result
}

// tell adds the state of a registration to a message.
func (r *Registry) tell(m aps.Message, reg Registration) aps.Message {
	var list []*jsontree.Node
	for _, w := range reg.Standing(r.Wallets) {
		list = append(list, aps.NewMessage().Texts("productCodes", w.Products).Text("pspName", w.Name).
			Object("registrationResult", status(w.Status, w.Reason)).Node())
	}
	return m.Object("registrationResult", status(reg.Status(r.Wallets), "")).List("pspRegistrationResultList", list)
}

func status(word, reason string) *jsontree.Node {
	return aps.NewMessage().Text("registrationStatus", word).Text("rejectionReason", reason).Node()
}
