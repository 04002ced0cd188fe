-- A deposit that is held while an exchange is ahead of the goods it is for, and what is captured of it.

-- +goose Up
create table settlement_new (
  id           integer primary key,
  shop_id      integer not null,
  case_id      integer not null references cases(id),
  case_line_id integer not null references case_line(id),
  kind         text not null check (kind in ('refund', 'reimbursement', 'repair', 'compensation', 'goodwill', 'price_protection', 'charge', 'deposit')),
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
  points       integer not null default 0 check (points >= 0),
  held         text not null default '' check (held in ('', 'duplicate', 'insured', 'over_cap')),
  payee        text not null default '',
  taken        integer not null default 0 check (taken >= 0 and taken <= amount), -- of a deposit: to be captured, or captured
  unique (shop_id, payout_no)
) strict;
insert into settlement_new (id, shop_id, case_id, case_line_id, kind, route, payment_id, amount, currency, points, state, responsible, decision_id, payout_no,
    external_no, proof, attempts, last_error, approval, approved_by, held, payee, due_on, created_at, initiated_at, arrived_at, version)
  select id, shop_id, case_id, case_line_id, kind, route, payment_id, amount, currency, points, state, responsible, decision_id, payout_no,
    external_no, proof, attempts, last_error, approval, approved_by, held, payee, due_on, created_at, initiated_at, arrived_at, version from settlement;
drop table settlement;
alter table settlement_new rename to settlement;
create index settlement_by_case on settlement (case_id, id);
create index settlement_by_state on settlement (shop_id, state, id);
create index settlement_payable on settlement (shop_id, state, currency, amount) where state in ('to_pay', 'failed');
create index settlement_by_payment on settlement (payment_id) where payment_id is not null;
create index settlement_goodwill on settlement (shop_id, created_at) where kind = 'goodwill';
create index settlement_by_arrival on settlement (shop_id, arrived_at) where arrived_at is not null;
create index settlement_by_external on settlement (shop_id, external_no) where external_no <> '';
create unique index settlement_charge_paid_once on settlement (shop_id, external_no) where kind in ('charge', 'deposit') and external_no <> '';

-- +goose Down
select 1; -- the wider table serves what came before as well
