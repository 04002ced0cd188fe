-- A deposit that is held while an exchange is ahead of the goods it is for, and what is captured of it.

-- +goose Up
alter table settlement drop constraint settlement_kind_check;
alter table settlement add constraint settlement_kind_check
  check (kind in ('refund', 'reimbursement', 'repair', 'compensation', 'goodwill', 'price_protection', 'charge', 'deposit'));
alter table settlement add column taken bigint not null default 0 check (taken >= 0 and taken <= amount); -- of a deposit: to be captured, or captured
drop index settlement_charge_paid_once;
create unique index settlement_charge_paid_once on settlement (shop_id, external_no) where kind in ('charge', 'deposit') and external_no <> '';

-- +goose Down
select 1; -- the wider table serves what came before as well
