-- An exchange for any article: stock that is held for it, a difference the customer pays, and what he was given.

-- +goose Up
-- What the shop has to send, as its stock system says. No row: nobody knows, and a person says.
create table stock (
  id         integer primary key,
  shop_id    integer not null references shop(id),
  sku        text not null,
  style      text not null default '',          -- articles of one style differ in size or colour alone
  title      text not null default '',
  price      integer check (price >= 0),         -- today's, of one; null: not told
  on_hand    integer not null check (on_hand >= 0),
  held       integer not null default 0 check (held >= 0), -- for exchanges; the sum of the holds that stand
  updated_at integer not null,
  version    integer not null,
  unique (shop_id, sku)
) strict;

create table stock_hold (
  id           integer primary key,
  shop_id      integer not null,
  stock_id     integer not null references stock(id),
  case_line_id integer not null references case_line(id),
  quantity     integer not null check (quantity > 0),
  state        text not null check (state in ('held', 'gone', 'free')), -- gone: sent, or not there when it was looked for
  until        integer,                          -- then it is free again; null: as long as the line wants it
  held_at      integer not null,
  ended_at     integer,
  version      integer not null
) strict;
create index stock_hold_by_line on stock_hold (case_line_id, id);
create index stock_hold_by_stock on stock_hold (stock_id, id);

alter table movement add column checked text not null default ''; -- looked at before it leaves: '' not asked for, needed, passed
alter table movement add column tell_by text;                     -- last day to tell the customer its number
alter table movement add column told_at integer;

-- What was given in exchange is an article of the order, so that it can come back as any other.
alter table order_line add column from_line_id integer references order_line(id);
alter table order_line add column moved_units integer not null default 0; -- taken over from that line, where no settlement says so
alter table order_line add column moved_minor integer not null default 0;

alter table payment add column charge_id integer; -- the settlement that asked for it; null: it was paid with the order
create table settlement_new (
  id           integer primary key,
  shop_id      integer not null,
  case_id      integer not null references cases(id),
  case_line_id integer not null references case_line(id),
  kind         text not null check (kind in ('refund', 'reimbursement', 'repair', 'compensation', 'goodwill', 'price_protection', 'charge')),
  route        text not null,
  payment_id   integer references payment(id),
  amount       integer not null check (amount >= 0),
  currency     text not null,
  state        text not null,
  responsible  text not null,
  decision_id  integer not null,
  payout_no    text not null,             -- ours, the same across retries
  external_no  text not null default '',  -- theirs
  proof        text not null default '',
  attempts     integer not null default 0,
  last_error   text not null default '',
  approval     text not null default '',  -- who has to approve: '' nobody, finance, supervisor
  approved_by  text not null default '',
  due_on       text,
  created_at   integer not null,
  initiated_at integer,
  arrived_at   integer,
  version      integer not null,
  unique (shop_id, payout_no)
) strict;
insert into settlement_new (id, shop_id, case_id, case_line_id, kind, route, payment_id, amount, currency, state, responsible, decision_id, payout_no,
    external_no, proof, attempts, last_error, approval, approved_by, due_on, created_at, initiated_at, arrived_at, version)
  select id, shop_id, case_id, case_line_id, kind, route, payment_id, amount, currency, state, responsible, decision_id, payout_no,
    external_no, proof, attempts, last_error, approval, approved_by, due_on, created_at, initiated_at, arrived_at, version from settlement;
drop table settlement;
alter table settlement_new rename to settlement;
create index settlement_by_case on settlement (case_id, id);
create index settlement_by_state on settlement (shop_id, state, id);
create index settlement_payable on settlement (shop_id, state, currency, amount) where state in ('to_pay', 'failed');
create unique index settlement_charge_paid_once on settlement (shop_id, external_no) where kind = 'charge' and external_no <> '';

-- +goose Down
select 1; -- the wider tables serve what came before as well
