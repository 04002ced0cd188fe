-- Serial numbers: those that were sold, and those that were scanned of what came back.

-- +goose Up
alter table order_line add column serials text not null default ''; -- one a line, as many as units; empty: nobody noted them

create table scanned_serial (
  id            bigint primary key,
  shop_id       bigint not null references shop(id),
  case_id       bigint not null references cases(id),
  case_line_id  bigint not null references case_line(id),
  order_line_id bigint not null references order_line(id),
  movement_id   bigint not null references movement(id), -- the parcel it came in
  serial        text not null,     -- empty: it could not be read
  state         text not null check (state in ('right', 'quarantined', 'released', 'sent_back')),
  scanned_at    bigint not null,
  by_name       text not null,
  ended_at      bigint,           -- when it was released, or went home
  ended_by      text not null,
  version       bigint not null
);
create index scanned_serial_by_line on scanned_serial (order_line_id, id);
-- a unit is here once
create unique index scanned_serial_here on scanned_serial (order_line_id, serial) where state in ('right', 'released') and serial <> '';

-- +goose Down
select 1; -- a table nobody reads does no harm
