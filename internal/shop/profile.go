package shop

import (
	"net/url"
	"regexp"

	"github.com/sanbao/sanbao/errs"
	"github.com/sanbao/sanbao/internal/audit"
	"github.com/sanbao/sanbao/internal/db"
	"github.com/sanbao/sanbao/internal/id"
)

// Public is what customers are told about a shop, a store or a warehouse.
type Public struct {
	PublicName string `json:"public_name" maxLength:"100" doc:"the name customers know"`
	Link       string `json:"link" maxLength:"500" doc:"its page, http or https"`
	Hotline    string `json:"hotline" maxLength:"40"`
}

// Profile is what is told of a shop (S2-03) and how its customers are spoken of.
type Profile struct {
	Public
	Owner     string `json:"owner" maxLength:"100" doc:"who runs it"`
	Rating    string `json:"rating" maxLength:"10" doc:"its platform's rating, such as 4.8; empty when there is none"`
	BuyerWord string `json:"buyer_word" enum:"顾客,买家" doc:"what its customers are called in texts"`
}

// Buyer words.
const (
	Customer = "顾客"
	Buyer    = "买家"
)

var rating = regexp.MustCompile(`^[0-9]{1,3}(\.[0-9]{1,2})?$`)

// faults reports what is wrong with what customers are told.
func (p Public) faults(f *errs.Faults) {
	if p.Link == "" {
		return
	}
	u, err := url.Parse(p.Link)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" {
		f.Add("/link", "shop.link_malformed")
	}
}

func (p Profile) faults(f *errs.Faults) {
	p.Public.faults(f)
	if p.Rating != "" && !rating.MatchString(p.Rating) {
		f.Add("/rating", "shop.rating_malformed")
	}
	if p.BuyerWord != Customer && p.BuyerWord != Buyer {
		f.Add("/buyer_word", "shop.buyer_word")
	}
}

// SetProfile changes what is told of a shop.
//
// Errors: Invalid with every faulty field; NotFound shop.not_found; Conflict shop.stale for another version.
func SetProfile(tx *db.Tx, actor string, shopID id.ID, version int64, p Profile) (Shop, error) {
	var f errs.Faults
	p.faults(&f)
	if err := f.Err(); err != nil {
		return Shop{}, err
	}
	n, err := tx.Exec(`update shop set public_name = $1, owner = $2, link = $3, hotline = $4, rating = $5, buyer_word = $6, version = version + 1
		where id = $7 and version = $8`, p.PublicName, p.Owner, p.Link, p.Hotline, p.Rating, p.BuyerWord, shopID, version)
	if err != nil {
		return Shop{}, err
	}
	s, err := Get(tx, shopID)
	if err == nil && n == 0 {
		err = errs.New(errs.Conflict, "shop.stale")
	}
	if err == nil {
		err = note(tx, actor, shopID, "profile_set", p)
	}
	return s, err
}

// note writes down in the timeline what a shop, or a place of it, was changed to: where goods and calls go is where fraud
// would begin.
func note(tx *db.Tx, actor string, shopID id.ID, verb string, to any) error {
	return tx.Batch(func(b *db.Batch) {
		if err := audit.Write(b, tx.Now, audit.Event{ShopID: shopID, Subject: audit.Shop, SubjectID: shopID, Actor: actor, Verb: verb}, to); err != nil {
			b.Fail(err)
		}
	})
}
