package intake

import (
	"encoding/json"
	"fmt"

	"github.com/sanbao/sanbao/clock"
	"github.com/sanbao/sanbao/internal/db"
	"github.com/sanbao/sanbao/internal/id"
	"github.com/sanbao/sanbao/internal/layout"
)

// What a mapping, and a preset, is for.
const (
	Orders    = "orders"
	AfterSale = "after_sale"
)

// Mapping is which column of a shop's export is what, as a person saved it under a name. It is used like a preset.
type Mapping struct {
	Name      string            `json:"name,omitempty" readOnly:"true"`
	Kind      string            `json:"kind" enum:"orders,after_sale"`
	Platform  string            `json:"platform" minLength:"1" maxLength:"40" pattern:"^[a-z][a-z0-9_-]*$" doc:"whose orders: taobao, jd, pdd, douyin, youzan …"`
	HeaderRow int               `json:"header_row,omitempty" minimum:"0" maximum:"100" doc:"row of the titles; 0: the first that holds anything"`
	PerRow    bool              `json:"per_row,omitempty" doc:"orders: amounts are those of the row, not of the order"`
	Columns   map[string]string `json:"columns" doc:"field to title of the column"`
	MadeBy    string            `json:"made_by,omitempty" readOnly:"true"`
	MadeAt    clock.Instant     `json:"made_at,omitzero" readOnly:"true"`
	Version   int64             `json:"version,omitempty" readOnly:"true"`
}

// List is the mapping as a layout of after-sale lists.
func (m Mapping) List() List {
	return List{Name: m.Name, Platform: m.Platform, Columns: layout.Columns(m.Columns), Header: m.HeaderRow}
}

const mappingColumns = `name, kind, platform, header_row, per_row, columns, made_by, made_at, version`

func scanMapping(r interface{ Scan(...any) error }) (Mapping, error) {
	var m Mapping
	var cols string
	if err := r.Scan(&m.Name, &m.Kind, &m.Platform, &m.HeaderRow, &m.PerRow, &cols, &m.MadeBy, &m.MadeAt, &m.Version); err != nil {
		return m, err
	}
	if err := json.Unmarshal([]byte(cols), &m.Columns); err != nil {
		return m, fmt.Errorf("mapping %s: %w", m.Name, err)
	}
	return m, nil
}

// GetMapping reads a shop's mapping.
func GetMapping(tx *db.Tx, shopID id.ID, name string) (Mapping, error) {
	m, err := scanMapping(tx.QueryRow(`select `+mappingColumns+` from import_mapping where shop_id = $1 and name = $2`, shopID, name))
	if err == db.ErrNoRows {
		return m, NotFound(name)
	}
	return m, err
}

// Mappings lists a shop's mappings by name.
func Mappings(tx *db.Tx, shopID id.ID) ([]Mapping, error) {
	return db.Collect(tx, func(r *db.Rows) (Mapping, error) { return scanMapping(r) },
		`select `+mappingColumns+` from import_mapping where shop_id = $1 order by name`, shopID)
}

// PutMapping saves a mapping under its name, in place of one that has it.
func PutMapping(b *db.Batch, shopID id.ID, m Mapping) error {
	cols, err := json.Marshal(m.Columns)
	if err != nil {
		return fmt.Errorf("mapping %s: %w", m.Name, err)
	}
	b.Exec(`insert into import_mapping (shop_id, `+mappingColumns+`) values ($1,$2,$3,$4,$5,$6,$7,$8,$9,1) on conflict (shop_id, name) do update set
		kind = excluded.kind, platform = excluded.platform, header_row = excluded.header_row, per_row = excluded.per_row, columns = excluded.columns,
		made_by = excluded.made_by, made_at = excluded.made_at, version = import_mapping.version + 1`,
		shopID, m.Name, m.Kind, m.Platform, m.HeaderRow, m.PerRow, string(cols), m.MadeBy, m.MadeAt)
	return nil
}

// DeleteMapping removes a mapping; what was imported by it stays.
func DeleteMapping(tx *db.Tx, shopID id.ID, name string) error {
	var gone string
	err := tx.QueryRow(`delete from import_mapping where shop_id = $1 and name = $2 returning name`, shopID, name).Scan(&gone)
	if err == db.ErrNoRows {
		return NotFound(name)
	}
	return err
}
