-- +goose Up
-- The public page of an article looks at the line that sold it last.
create index order_line_by_sku on order_line (shop_id, sku, id);
