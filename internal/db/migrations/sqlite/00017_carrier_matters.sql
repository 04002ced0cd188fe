-- Enquiries with carriers 查件, and what is claimed from carriers 向快递索赔.

-- +goose Up
alter table cases add column with_carrier integer not null default 0; -- a carrier was asked, or claimed from, on this case

create table carrier_enquiry (
  id          integer primary key,
  shop_id     integer not null references shop(id),
  case_id     integer not null references cases(id),
  carrier     text not null,
  waybill     text not null,
  kind        text not null check (kind in ('no_scan', 'stuck', 'not_received', 'lost', 'damaged')),
  state       text not null check (state in ('asked', 'answered', 'closed')),
  ticket      text not null,         -- the carrier's own number of the enquiry
  answer      text not null,         -- its last one
  asked_at    integer not null,
  contact_at  integer not null,      -- when carrier and shop spoke last: the customer is told of it
  told_at     integer,               -- when the customer was told last
  answered_at integer,
  closed_at   integer,
  update_due  integer,               -- until when the customer has to hear next; null when there is nothing to tell
  solve_by    text,                  -- last day to have it solved
  version     integer not null
) strict;
create index carrier_enquiry_by_case on carrier_enquiry (case_id, id);

-- What was done about an enquiry, in order.
create table carrier_progress (
  id         integer primary key,
  shop_id    integer not null references shop(id),
  case_id    integer not null references cases(id),
  enquiry_id integer not null references carrier_enquiry(id),
  at         integer not null,
  author     text not null,
  kind       text not null check (kind in ('ask', 'chase', 'answer', 'tell', 'close')),
  text       text not null
) strict;
create index carrier_progress_by_case on carrier_progress (case_id, id);
-- +goose StatementBegin
create trigger carrier_progress_append_only_update before update on carrier_progress begin select raise(abort, 'carrier_progress is append-only'); end;
-- +goose StatementEnd
-- +goose StatementBegin
create trigger carrier_progress_append_only_delete before delete on carrier_progress begin select raise(abort, 'carrier_progress is append-only'); end;
-- +goose StatementEnd

-- The customer does not wait for it (X20): a claim is between the shop and the carrier.
create table carrier_claim (
  id          integer primary key,
  shop_id     integer not null references shop(id),
  case_id     integer not null references cases(id),
  movement_id integer references movement(id), -- null: a parcel an order went out in
  carrier     text not null,
  waybill     text not null,
  reason      text not null check (reason in ('lost', 'damaged', 'short')),
  state       text not null check (state in ('to_file', 'filed', 'granted', 'refused', 'received', 'dropped')),
  currency    text not null,
  asked       integer not null check (asked >= 0),
  granted     integer not null check (granted between 0 and asked),
  received    integer not null check (received between 0 and granted),
  ticket      text not null,         -- the carrier's own number of the claim
  answer      text not null,
  opened_at   integer not null,
  filed_at    integer,
  answered_at integer,
  closed_at   integer,
  version     integer not null
) strict;
create index carrier_claim_by_case on carrier_claim (case_id, id);
create index carrier_claim_by_state on carrier_claim (shop_id, state, id);

-- +goose Down
select 1; -- tables nobody reads do no harm
