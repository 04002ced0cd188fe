-- Until when an article was promised to leave, and what came of it (S1-108).

-- +goose Up
create table dispatch_promise (
  order_line_id integer primary key references order_line(id),
  shop_id       integer not null references shop(id),
  order_id      integer not null references orders(id),
  ship_by       integer not null,
  shipped_at    integer,
  listed        integer not null,      -- known from order lists: that they tell nothing proves nothing
  due_at        integer,               -- when it is looked at; null: not before its record is heard of again
  state         text not null check (state in ('open', 'kept', 'missed', 'released')),
  why           text not null check (why in ('', 'customer', 'cancelled')), -- it was released
  case_id       integer references cases(id),
  version       integer not null
) strict;
create index dispatch_due on dispatch_promise (shop_id, due_at, order_line_id) where state = 'open';
create index dispatch_by_order on dispatch_promise (order_id);

-- +goose Down
select 1; -- a table nobody reads does no harm
