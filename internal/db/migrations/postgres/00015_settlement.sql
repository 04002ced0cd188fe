-- +goose Up
-- Points go back as points (NRR-14): how many a payment was, and how many of them are given back or about to be.
alter table payment add column points bigint not null default 0 check (points >= 0);
alter table payment add column points_back bigint not null default 0 check (points_back >= 0);
alter table settlement add column points bigint not null default 0 check (points >= 0);

-- Why a person has to look at a settlement before it is paid: '' nothing, duplicate, insured, over_cap.
alter table settlement add column held text not null default '' check (held in ('', 'duplicate', 'insured', 'over_cap'));
-- To whom money goes that no payment stands behind, as seen.
alter table settlement add column payee text not null default '';
create index settlement_by_payment on settlement (payment_id) where payment_id is not null;

-- What a settlement took off. Of a settlement that is voided nothing counts; a negative one gives back what another lost.
create table settlement_deduction (
  settlement_id bigint not null references settlement(id),
  no            bigint not null,
  shop_id       bigint not null,
  order_line_id bigint not null references order_line(id),
  name          text not null,
  amount        bigint not null,
  permit        text not null default '',   -- the law's clause that allows it
  primary key (settlement_id, no)
);
create index settlement_deduction_by_line on settlement_deduction (order_line_id);

-- The invoice of an order, and what of it was reversed by red letters 红字发票.
create table invoice (
  id          bigint primary key,
  shop_id     bigint not null references shop(id),
  order_id    bigint not null references orders(id),
  number      text not null,
  title       text not null default '',     -- to whom 抬头, as given
  amount      bigint not null check (amount > 0),
  reversed    bigint not null default 0,
  currency    text not null,
  issued_on   text not null,
  recorded_by text not null,
  recorded_at bigint not null,
  version     bigint not null,
  unique (shop_id, number),
  check (reversed >= 0 and reversed <= amount)
);
create index invoice_by_order on invoice (order_id);

-- What is to be reversed because money went back: finance issues the red letter and notes its number.
create table red_letter (
  id            bigint primary key,
  shop_id       bigint not null references shop(id),
  invoice_id    bigint not null references invoice(id),
  settlement_id bigint not null references settlement(id),
  case_id       bigint not null references cases(id),
  amount        bigint not null check (amount > 0),
  currency      text not null,
  state         text not null check (state in ('open', 'done')),
  number        text not null default '',
  issued_on     text,
  opened_at     bigint not null,
  done_by       text not null default '',
  done_at       bigint,
  version       bigint not null,
  unique (shop_id, invoice_id, settlement_id)
);
create index red_letter_by_state on red_letter (shop_id, state, id);
create index red_letter_by_case on red_letter (case_id);
