// Package shop is the shop, its stores and its warehouses: which policy packs it is bound to, its currency, its calendar
// (working days and time zone), what customers are told about it, and where returned goods go.
//
// Errors: shop.not_found, shop.code_taken (conflict), shop.stale (conflict), warehouse.code_taken (conflict),
// warehouse.not_found, store.code_taken (conflict), store.not_found, and the faults of Check.
package shop

import (
	"encoding/json"
	"fmt"
	"regexp"

	"github.com/sanbao/sanbao/clock"
	"github.com/sanbao/sanbao/errs"
	"github.com/sanbao/sanbao/internal/db"
	"github.com/sanbao/sanbao/internal/id"
	"github.com/sanbao/sanbao/money"
)

// Shop is one merchant's shop. Every other row of the database belongs to exactly one.
type Shop struct {
	ID         id.ID          `json:"id"`
	Code       string         `json:"code" doc:"short name in addresses and commands" pattern:"^[a-z][a-z0-9-]{1,31}$"`
	Name       string         `json:"name"`
	Pack       string         `json:"pack" doc:"the shop's own policy pack"`
	Overlays   []string       `json:"overlays" nullable:"false" doc:"marketplace packs it has joined"`
	Law        string         `json:"law" doc:"the law pack beneath"`
	Currency   money.Currency `json:"currency"`
	Calendar   string         `json:"calendar" doc:"working days and time zone, e.g. cn"`
	Simulation bool           `json:"simulation" doc:"demo shop: no real money (S2-01)"`
	Profile
	CreatedAt clock.Instant `json:"created_at"`
	Version   int64         `json:"version"`
}

// Warehouse is where returned goods go.
type Warehouse struct {
	ID      id.ID  `json:"id"`
	ShopID  id.ID  `json:"-"`
	Code    string `json:"code" doc:"what the policy's return_address table answers"`
	Name    string `json:"name"`
	Contact string `json:"contact"`
	Phone   string `json:"phone"`
	Address string `json:"address"`
	Public
	Carriers []string `json:"carriers" nullable:"false" doc:"who it sends with and receives from (S4-10)"`
	Version  int64    `json:"version"`
}

var code = regexp.MustCompile(`^[a-z][a-z0-9-]{1,31}$`)

// Check reports every fault of a shop that is to be created.
func (s Shop) Check() error {
	var f errs.Faults
	if !code.MatchString(s.Code) {
		f.Add("/code", "shop.code_malformed")
	}
	if s.Name == "" {
		f.Add("/name", "shop.name_missing")
	}
	if !s.Currency.Valid() {
		f.Add("/currency", "money.currency_unknown", errs.Args{"currency": string(s.Currency)})
	}
	return f.Err()
}

// Insert adds a shop at version 1. A taken code is a conflict.
func Insert(tx *db.Tx, s Shop) error {
	overlays, err := json.Marshal(s.Overlays)
	if err != nil {
		return fmt.Errorf("shop overlays: %w", err)
	}
	n, err := tx.Exec(`insert into shop (id, code, name, pack, overlays, law, currency, calendar, simulation, public_name, owner, link, hotline,
			rating, buyer_word, created_at, version)
		values ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13,$14,$15,$16,1) on conflict (code) do nothing`,
		s.ID, s.Code, s.Name, s.Pack, string(overlays), s.Law, s.Currency, s.Calendar, s.Simulation, s.PublicName, s.Owner, s.Link, s.Hotline,
		s.Rating, s.BuyerWord, tx.Now)
	if err == nil && n == 0 {
		return errs.New(errs.Conflict, "shop.code_taken", errs.Args{"code": s.Code})
	}
	return err
}

const columns = `id, code, name, pack, overlays, law, currency, calendar, simulation, public_name, owner, link, hotline, rating, buyer_word,
	created_at, version`

func scan(r interface{ Scan(...any) error }) (Shop, error) {
	var s Shop
	var overlays string
	if err := r.Scan(&s.ID, &s.Code, &s.Name, &s.Pack, &overlays, &s.Law, &s.Currency, &s.Calendar, &s.Simulation, &s.PublicName, &s.Owner,
		&s.Link, &s.Hotline, &s.Rating, &s.BuyerWord, &s.CreatedAt, &s.Version); err != nil {
		return s, err
	}
	if err := json.Unmarshal([]byte(overlays), &s.Overlays); err != nil {
		return s, fmt.Errorf("shop %s: overlays: %w", s.Code, err)
	}
	return s, nil
}

// Get reads a shop.
func Get(tx *db.Tx, shopID id.ID) (Shop, error) {
	return found(scan(tx.QueryRow(`select `+columns+` from shop where id = $1`, shopID)))(shopID.String())
}

// ByCode reads a shop by its short name.
func ByCode(tx *db.Tx, code string) (Shop, error) {
	return found(scan(tx.QueryRow(`select `+columns+` from shop where code = $1`, code)))(code)
}

func found(s Shop, err error) func(string) (Shop, error) {
	return func(name string) (Shop, error) {
		if err == db.ErrNoRows {
			return s, errs.New(errs.NotFound, "shop.not_found", errs.Args{"shop": name})
		}
		return s, err
	}
}

// List lists all shops in the order in which they were opened.
func List(tx *db.Tx) ([]Shop, error) {
	return db.Collect(tx, func(r *db.Rows) (Shop, error) { return scan(r) }, `select `+columns+` from shop order by id`)
}
