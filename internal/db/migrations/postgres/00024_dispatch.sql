-- Until when an article was promised to leave, and what came of it (S1-108).

-- +goose Up
create table dispatch_promise (
  order_line_id bigint primary key references order_line(id),
  shop_id       bigint not null references shop(id),
  order_id      bigint not null references orders(id),
  ship_by       bigint not null,
  shipped_at    bigint,
  listed        boolean not null,      -- known from order lists: that they tell nothing proves nothing
  due_at        bigint,               -- when it is looked at; null: not before its record is heard of again
  state         text not null check (state in ('open', 'kept', 'missed', 'released')),
  why           text not null check (why in ('', 'customer', 'cancelled')), -- it was released
  case_id       bigint references cases(id),
  version       bigint not null
);
create index dispatch_due on dispatch_promise (shop_id, due_at, order_line_id) where state = 'open';
create index dispatch_by_order on dispatch_promise (order_id);

-- +goose Down
select 1; -- a table nobody reads does no harm
