-- Goods that went back to a supplier 退供应商, and what is claimed for them.

-- +goose Up
create table supplier_return (
  id           integer primary key,
  shop_id      integer not null references shop(id),
  supplier     text not null,
  warehouse_id integer not null references warehouse(id), -- where they were sent from
  carrier      text not null,
  waybill      text not null,
  state        text not null check (state in ('sent', 'granted', 'refused', 'received', 'dropped')),
  currency     text not null,
  asked        integer not null check (asked > 0),
  granted      integer not null check (granted between 0 and asked),
  received     integer not null check (received between 0 and granted),
  answer       text not null,
  external_no  text not null,      -- of the last payment
  by_name      text not null,
  sent_at      integer not null,
  answered_at  integer,
  paid_at      integer,
  closed_at    integer,
  version      integer not null
) strict;
create index supplier_return_by_state on supplier_return (shop_id, state, id);
create index supplier_return_by_day on supplier_return (shop_id, sent_at, id);

-- a line's units go once
create table supplier_return_line (
  case_line_id  integer primary key references case_line(id),
  shop_id       integer not null references shop(id),
  return_id     integer not null references supplier_return(id),
  case_id       integer not null references cases(id),
  case_number   text not null,
  order_line_id integer not null references order_line(id),
  movement_id   integer not null references movement(id), -- the parcel they came back in
  sku           text not null,
  title         text not null,
  quantity      integer not null check (quantity > 0)
) strict;
create index supplier_return_line_by_return on supplier_return_line (return_id, case_line_id);

-- +goose Down
select 1; -- tables nobody reads do no harm
