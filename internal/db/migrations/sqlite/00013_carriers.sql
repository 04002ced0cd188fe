-- Parcels an order went out in, and what carriers say of parcels.

-- +goose Up
create table order_parcel (
  id       integer primary key,
  shop_id  integer not null references shop(id),
  order_id integer not null references orders(id),
  carrier  text not null,
  waybill  text not null,
  added_at integer not null,
  unique (shop_id, order_id, waybill)
) strict;
create index order_parcel_by_waybill on order_parcel (shop_id, waybill);

-- About a waybill, not a movement: an event may come before anybody has typed the number in. The same event twice is one row.
create table tracking_event (
  id        integer primary key,
  shop_id   integer not null references shop(id),
  waybill   text not null,
  carrier   text not null,
  at        integer not null,
  status    text not null check (status in ('collected', 'in_transit', 'out_for_delivery', 'signed', 'problem', 'returned')),
  signed_by text not null check (signed_by in ('', 'self', 'family', 'station', 'locker', 'unknown')),
  text      text not null,           -- the carrier's words
  place     text not null,
  source    text not null check (source in ('push', 'hand', 'import')),
  actor     text not null,           -- who noted it by hand
  hash      text not null,           -- SHA-256 of waybill, time and words
  noted_at  integer not null,
  unique (shop_id, waybill, hash, status)
) strict;
-- +goose StatementBegin
create trigger tracking_event_append_only_update before update on tracking_event begin select raise(abort, 'tracking_event is append-only'); end;
-- +goose StatementEnd
-- +goose StatementBegin
create trigger tracking_event_append_only_delete before delete on tracking_event begin select raise(abort, 'tracking_event is append-only'); end;
-- +goose StatementEnd

-- +goose Down
select 1; -- tables nobody reads do no harm
