-- Parcels an order went out in, and what carriers say of parcels.

-- +goose Up
create table order_parcel (
  id       bigint primary key,
  shop_id  bigint not null references shop(id),
  order_id bigint not null references orders(id),
  carrier  text not null,
  waybill  text not null,
  added_at bigint not null,
  unique (shop_id, order_id, waybill)
);
create index order_parcel_by_waybill on order_parcel (shop_id, waybill);

-- About a waybill, not a movement: an event may come before anybody has typed the number in. The same event twice is one row.
create table tracking_event (
  id        bigint primary key,
  shop_id   bigint not null references shop(id),
  waybill   text not null,
  carrier   text not null,
  at        bigint not null,
  status    text not null check (status in ('collected', 'in_transit', 'out_for_delivery', 'signed', 'problem', 'returned')),
  signed_by text not null check (signed_by in ('', 'self', 'family', 'station', 'locker', 'unknown')),
  text      text not null,           -- the carrier's words
  place     text not null,
  source    text not null check (source in ('push', 'hand', 'import')),
  actor     text not null,           -- who noted it by hand
  hash      text not null,           -- SHA-256 of waybill, time and words
  noted_at  bigint not null,
  unique (shop_id, waybill, hash, status)
);
create trigger tracking_event_append_only before update or delete on tracking_event for each row execute function refuse_change();

-- +goose Down
select 1; -- tables nobody reads do no harm
