-- A return that came to the wrong warehouse goes on to another one as a parcel between warehouses.

-- +goose Up
create table movement_new (
  id          integer primary key,
  shop_id     integer not null,
  case_id     integer not null references cases(id),
  purpose     text not null check (purpose in ('return', 'send_back', 'exchange_out', 'intercept', 'reissue', 'transfer')),
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
  checked     text not null default '',   -- looked at before it leaves: '' not asked for, needed, passed
  tell_by     text,                       -- last day to tell the customer its number
  told_at     integer,
  surplus     integer not null default 0, -- units beyond what was announced
  unique (shop_id, number)
) strict;
insert into movement_new (id, shop_id, case_id, purpose, state, problem, number, warehouse_id, carrier, waybill, freight, advanced_by, borne_by,
    decision_id, send_by, announced_at, shipped_at, signed_at, received_at, version, stopped_at, checked, tell_by, told_at, surplus)
  select id, shop_id, case_id, purpose, state, problem, number, warehouse_id, carrier, waybill, freight, advanced_by, borne_by,
    decision_id, send_by, announced_at, shipped_at, signed_at, received_at, version, stopped_at, checked, tell_by, told_at, surplus from movement;
drop table movement;
alter table movement_new rename to movement;
create index movement_by_case on movement (case_id, id);
create index movement_by_waybill on movement (shop_id, waybill);
create index movement_awaited on movement (shop_id, id) where state = 'announced' and purpose = 'return';
create index movement_received on movement (shop_id, received_at, id) where received_at is not null;

-- +goose Down
select 1; -- the wider table serves what came before as well
