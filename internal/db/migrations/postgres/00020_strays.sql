-- Parcels at our door that nobody announced.

-- +goose Up
create table stray (
  id           bigint primary key,
  shop_id      bigint not null references shop(id),
  warehouse_id bigint references warehouse(id),
  waybill      text not null,
  carrier      text not null,
  freight      bigint not null check (freight >= 0), -- paid to the carrier on arrival
  phone_tail   text not null,
  label        text not null,
  state        text not null check (state in ('on_shelf', 'matched', 'sent_back')),
  order_id     bigint references orders(id),
  movement_id  bigint references movement(id),
  arrived_at   bigint not null,
  by_name      text not null,
  ended_at     bigint,
  version      bigint not null
);
create unique index stray_on_shelf on stray (shop_id, waybill) where state = 'on_shelf';
create index stray_by_state on stray (shop_id, state, id);
-- returns whose waybill nobody has said yet: what a stray parcel may be
create index movement_awaited on movement (shop_id, id) where state = 'announced' and purpose = 'return';

-- +goose Down
select 1; -- a table nobody reads does no harm
