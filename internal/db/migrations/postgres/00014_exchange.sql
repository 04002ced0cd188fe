-- An exchange for any article: stock that is held for it, a difference the customer pays, and what he was given.

-- +goose Up
-- What the shop has to send, as its stock system says. No row: nobody knows, and a person says.
create table stock (
  id         bigint primary key,
  shop_id    bigint not null references shop(id),
  sku        text not null,
  style      text not null default '',          -- articles of one style differ in size or colour alone
  title      text not null default '',
  price      bigint check (price >= 0),         -- today's, of one; null: not told
  on_hand    bigint not null check (on_hand >= 0),
  held       bigint not null default 0 check (held >= 0), -- for exchanges; the sum of the holds that stand
  updated_at bigint not null,
  version    bigint not null,
  unique (shop_id, sku)
);

create table stock_hold (
  id           bigint primary key,
  shop_id      bigint not null,
  stock_id     bigint not null references stock(id),
  case_line_id bigint not null references case_line(id),
  quantity     bigint not null check (quantity > 0),
  state        text not null check (state in ('held', 'gone', 'free')), -- gone: sent, or not there when it was looked for
  until        bigint,                          -- then it is free again; null: as long as the line wants it
  held_at      bigint not null,
  ended_at     bigint,
  version      bigint not null
);
create index stock_hold_by_line on stock_hold (case_line_id, id);
create index stock_hold_by_stock on stock_hold (stock_id, id);

alter table movement add column checked text not null default ''; -- looked at before it leaves: '' not asked for, needed, passed
alter table movement add column tell_by text;                     -- last day to tell the customer its number
alter table movement add column told_at bigint;

-- What was given in exchange is an article of the order, so that it can come back as any other.
alter table order_line add column from_line_id bigint references order_line(id);
alter table order_line add column moved_units bigint not null default 0; -- taken over from that line, where no settlement says so
alter table order_line add column moved_minor bigint not null default 0;

alter table payment add column charge_id bigint; -- the settlement that asked for it; null: it was paid with the order
alter table settlement drop constraint settlement_kind_check;
alter table settlement add constraint settlement_kind_check check (kind in ('refund', 'reimbursement', 'repair', 'compensation', 'goodwill', 'price_protection', 'charge'));
create unique index settlement_charge_paid_once on settlement (shop_id, external_no) where kind = 'charge' and external_no <> '';

-- +goose Down
select 1; -- the wider tables serve what came before as well
