-- Parcels on their way to the customer that are asked to be stopped, and goods that are sent once more.

-- +goose Up
create table movement_new (
  id          integer primary key,
  shop_id     integer not null,
  case_id     integer not null references cases(id),
  purpose     text not null check (purpose in ('return', 'send_back', 'exchange_out', 'intercept', 'reissue')),
  state       text not null,
  problem     text not null default '',   -- discrepant: short, wrong, damaged
  number      text not null,              -- RMA number on the parcel
  warehouse_id integer references warehouse(id),
  carrier     text not null default '',
  waybill     text not null default '',
  freight     integer not null default 0 check (freight >= 0),
  advanced_by text not null default '',   -- customer or shop
  borne_by    text not null default '',   -- whom the decision says
  decision_id integer,
  send_by     text,                       -- last day to send, then it expires
  announced_at integer not null,
  shipped_at  integer,
  signed_at   integer,
  received_at integer,
  version     integer not null,
  stopped_at  integer,                    -- when the carrier said that it has the parcel
  unique (shop_id, number)
) strict;
insert into movement_new (id, shop_id, case_id, purpose, state, problem, number, warehouse_id, carrier, waybill, freight, advanced_by, borne_by,
    decision_id, send_by, announced_at, shipped_at, signed_at, received_at, version)
  select id, shop_id, case_id, purpose, state, problem, number, warehouse_id, carrier, waybill, freight, advanced_by, borne_by,
    decision_id, send_by, announced_at, shipped_at, signed_at, received_at, version from movement;
drop table movement;
alter table movement_new rename to movement;
create index movement_by_case on movement (case_id, id);
create index movement_by_waybill on movement (shop_id, waybill);

-- +goose Down
select 1; -- the wider table serves what came before as well
