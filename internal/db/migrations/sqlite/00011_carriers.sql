-- Parcels an order went out in, what carriers say of parcels, enquiries with carriers 查件, and what is claimed from them.

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

create table carrier_enquiry (
  id          integer primary key,
  shop_id     integer not null references shop(id),
  case_id     integer not null references cases(id),
  carrier     text not null,
  waybill     text not null,
  ticket      text not null,         -- the carrier's own number of the enquiry
  asked_at    integer not null,
  answered_at integer,               -- when the carrier answered last
  answer      text not null default '',
  update_due  integer,               -- until when the customer has to hear; null when he has heard all there is
  closed_at   integer,
  version     integer not null
) strict;
create index carrier_enquiry_by_case on carrier_enquiry (case_id, id);

-- What was done about an enquiry, in order.
create table carrier_progress (
  id         integer primary key,
  shop_id    integer not null,
  enquiry_id integer not null references carrier_enquiry(id),
  at         integer not null,
  author     text not null,
  kind       text not null check (kind in ('asked', 'answered', 'told', 'closed')),
  text       text not null
) strict;
create index carrier_progress_by_enquiry on carrier_progress (enquiry_id, id);
-- +goose StatementBegin
create trigger carrier_progress_append_only_delete before delete on carrier_progress begin select raise(abort, 'carrier_progress is append-only'); end;
-- +goose StatementEnd

-- What the shop wants back from a carrier for a parcel that was lost or damaged. The customer does not wait for it.
create table carrier_claim (
  id        integer primary key,
  shop_id   integer not null references shop(id),
  case_id   integer not null references cases(id),
  carrier   text not null,
  waybill   text not null,
  reason    text not null check (reason in ('lost', 'damaged', 'late')),
  asked     integer not null check (asked > 0),
  received  integer not null default 0 check (received >= 0),
  opened_at integer not null,
  closed_at integer,
  version   integer not null,
  check (received <= asked)
) strict;
create index carrier_claim_by_case on carrier_claim (case_id, id);

-- +goose Down
select 1; -- tables nobody reads do no harm
