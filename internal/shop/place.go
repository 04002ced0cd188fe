package shop

import (
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"strconv"

	"github.com/sanbao/sanbao/errs"
	"github.com/sanbao/sanbao/internal/db"
	"github.com/sanbao/sanbao/internal/id"
)

// Store is where customers go to: a counter takes pieces in and hands them back.
type Store struct {
	ID     id.ID  `json:"id"`
	ShopID id.ID  `json:"-"`
	Code   string `json:"code" doc:"short name, such as CH01"`
	Name   string `json:"name"`
	Public
	Address string `json:"address"`
	Version int64  `json:"version"`
}

// Carrier codes are words of the pack or the carrier's own short name.
var carrier = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_-]{0,31}$`)

func (w Warehouse) faults() error {
	var f errs.Faults
	w.Public.faults(&f)
	for i, c := range w.Carriers {
		if !carrier.MatchString(c) {
			f.Add("/carriers/"+strconv.Itoa(i), "warehouse.carrier_malformed")
		}
	}
	return f.Err()
}

func (s Store) faults() error {
	var f errs.Faults
	s.Public.faults(&f)
	return f.Err()
}

// InsertWarehouse adds a warehouse at version 1. A code the shop has already is a conflict.
func InsertWarehouse(tx *db.Tx, w Warehouse) error {
	carriers, err := encodeCarriers(w)
	if err != nil {
		return err
	}
	n, err := tx.Exec(`insert into warehouse (id, shop_id, code, name, contact, phone, address, public_name, link, hotline, carriers, version)
		values ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,1) on conflict (shop_id, code) do nothing`,
		w.ID, w.ShopID, w.Code, w.Name, w.Contact, w.Phone, w.Address, w.PublicName, w.Link, w.Hotline, carriers)
	if err == nil && n == 0 {
		return errs.New(errs.Conflict, "warehouse.code_taken", errs.Args{"code": w.Code})
	}
	return err
}

func encodeCarriers(w Warehouse) (string, error) {
	b, err := json.Marshal(append([]string{}, w.Carriers...))
	if err != nil {
		return "", fmt.Errorf("carriers of warehouse %s: %w", w.Code, err)
	}
	return string(b), nil
}

// SetWarehouse changes a warehouse at a version.
//
// Errors: Invalid at /code for another code; NotFound warehouse.not_found; Conflict shop.stale.
func SetWarehouse(tx *db.Tx, actor string, w Warehouse) (Warehouse, error) {
	carriers, err := encodeCarriers(w)
	if err != nil {
		return w, err
	}
	var code string
	err = tx.QueryRow(`update warehouse set name = $1, contact = $2, phone = $3, address = $4, public_name = $5, link = $6, hotline = $7,
			carriers = $8, version = version + 1
		where shop_id = $9 and id = $10 and version = $11 returning code, version`,
		w.Name, w.Contact, w.Phone, w.Address, w.PublicName, w.Link, w.Hotline, carriers, w.ShopID, w.ID, w.Version).Scan(&code, &w.Version)
	if !errors.Is(err, db.ErrNoRows) {
		if err = codeStays(err, code, w.Code); err == nil {
			err = note(tx, actor, w.ShopID, "warehouse_set", w)
		}
		return w, err
	}
	var one id.ID
	err = tx.QueryRow(`select id from warehouse where shop_id = $1 and id = $2`, w.ShopID, w.ID).Scan(&one)
	return w, staleOr(err, errs.New(errs.NotFound, "warehouse.not_found"))
}

// codeStays refuses another code: policies and parcels name the place by it.
func codeStays(err error, is, want string) error {
	if err == nil && is != want {
		var f errs.Faults
		f.Add("/code", "shop.code_stays", errs.Args{"code": is})
		err = f.Err()
	}
	return err
}

// staleOr tells a row that is gone from one that was changed, by the error of looking for it.
func staleOr(err error, gone error) error {
	switch {
	case errors.Is(err, db.ErrNoRows):
		return gone
	case err != nil:
		return err
	}
	return errs.New(errs.Conflict, "shop.stale")
}

// Warehouses lists a shop's warehouses by code.
func Warehouses(tx *db.Tx, shopID id.ID) ([]Warehouse, error) {
	return db.Collect(tx, func(r *db.Rows) (Warehouse, error) {
		w := Warehouse{ShopID: shopID}
		var carriers string
		err := r.Scan(&w.ID, &w.Code, &w.Name, &w.Contact, &w.Phone, &w.Address, &w.PublicName, &w.Link, &w.Hotline, &carriers, &w.Version)
		if err == nil {
			err = json.Unmarshal([]byte(carriers), &w.Carriers)
		}
		return w, err
	}, `select id, code, name, contact, phone, address, public_name, link, hotline, carriers, version from warehouse where shop_id = $1 order by code`, shopID)
}

// InsertStore adds a store at version 1. A code the shop has already is a conflict.
func InsertStore(tx *db.Tx, s Store) error {
	n, err := tx.Exec(`insert into store (id, shop_id, code, name, public_name, link, hotline, address, version)
		values ($1,$2,$3,$4,$5,$6,$7,$8,1) on conflict (shop_id, code) do nothing`,
		s.ID, s.ShopID, s.Code, s.Name, s.PublicName, s.Link, s.Hotline, s.Address)
	if err == nil && n == 0 {
		return errs.New(errs.Conflict, "store.code_taken", errs.Args{"code": s.Code})
	}
	return err
}

// SetStore changes a store at a version. Errors: Invalid at /code for another code; NotFound store.not_found; Conflict shop.stale.
func SetStore(tx *db.Tx, actor string, s Store) (Store, error) {
	var code string
	err := tx.QueryRow(`update store set name = $1, public_name = $2, link = $3, hotline = $4, address = $5, version = version + 1
		where shop_id = $6 and id = $7 and version = $8 returning code, version`,
		s.Name, s.PublicName, s.Link, s.Hotline, s.Address, s.ShopID, s.ID, s.Version).Scan(&code, &s.Version)
	if !errors.Is(err, db.ErrNoRows) {
		if err = codeStays(err, code, s.Code); err == nil {
			err = note(tx, actor, s.ShopID, "store_set", s)
		}
		return s, err
	}
	var one id.ID
	err = tx.QueryRow(`select id from store where shop_id = $1 and id = $2`, s.ShopID, s.ID).Scan(&one)
	return s, staleOr(err, errs.New(errs.NotFound, "store.not_found"))
}

// Stores lists a shop's stores by code.
func Stores(tx *db.Tx, shopID id.ID) ([]Store, error) {
	return db.Collect(tx, func(r *db.Rows) (Store, error) {
		s := Store{ShopID: shopID}
		return s, r.Scan(&s.ID, &s.Code, &s.Name, &s.PublicName, &s.Link, &s.Hotline, &s.Address, &s.Version)
	}, `select id, code, name, public_name, link, hotline, address, version from store where shop_id = $1 order by code`, shopID)
}
