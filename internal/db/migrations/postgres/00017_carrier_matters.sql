-- Enquiries with carriers 查件, and what is claimed from carriers 向快递索赔.

-- +goose Up
alter table cases add column with_carrier boolean not null default false; -- a carrier was asked, or claimed from, on this case

create table carrier_enquiry (
  id          bigint primary key,
  shop_id     bigint not null references shop(id),
  case_id     bigint not null references cases(id),
  carrier     text not null,
  waybill     text not null,
  kind        text not null check (kind in ('no_scan', 'stuck', 'not_received', 'lost', 'damaged')),
  state       text not null check (state in ('asked', 'answered', 'closed')),
  ticket      text not null,         -- the carrier's own number of the enquiry
  answer      text not null,         -- its last one
  asked_at    bigint not null,
  contact_at  bigint not null,      -- when carrier and shop spoke last: the customer is told of it
  told_at     bigint,               -- when the customer was told last
  answered_at bigint,
  closed_at   bigint,
  update_due  bigint,               -- until when the customer has to hear next; null when there is nothing to tell
  solve_by    text,                  -- last day to have it solved
  version     bigint not null
);
create index carrier_enquiry_by_case on carrier_enquiry (case_id, id);

-- What was done about an enquiry, in order.
create table carrier_progress (
  id         bigint primary key,
  shop_id    bigint not null references shop(id),
  case_id    bigint not null references cases(id),
  enquiry_id bigint not null references carrier_enquiry(id),
  at         bigint not null,
  author     text not null,
  kind       text not null check (kind in ('ask', 'chase', 'answer', 'tell', 'close')),
  text       text not null
);
create index carrier_progress_by_case on carrier_progress (case_id, id);
create trigger carrier_progress_append_only before update or delete on carrier_progress for each row execute function refuse_change();

-- The customer does not wait for it (X20): a claim is between the shop and the carrier.
create table carrier_claim (
  id          bigint primary key,
  shop_id     bigint not null references shop(id),
  case_id     bigint not null references cases(id),
  movement_id bigint references movement(id), -- null: a parcel an order went out in
  carrier     text not null,
  waybill     text not null,
  reason      text not null check (reason in ('lost', 'damaged', 'short')),
  state       text not null check (state in ('to_file', 'filed', 'granted', 'refused', 'received', 'dropped')),
  currency    text not null,
  asked       bigint not null check (asked >= 0),
  granted     bigint not null check (granted between 0 and asked),
  received    bigint not null check (received between 0 and granted),
  ticket      text not null,         -- the carrier's own number of the claim
  answer      text not null,
  opened_at   bigint not null,
  filed_at    bigint,
  answered_at bigint,
  closed_at   bigint,
  version     bigint not null
);
create index carrier_claim_by_case on carrier_claim (case_id, id);
create index carrier_claim_by_state on carrier_claim (shop_id, state, id);

-- +goose Down
select 1; -- tables nobody reads do no harm
