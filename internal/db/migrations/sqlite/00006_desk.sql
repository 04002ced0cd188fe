-- +goose Up
-- What the desk shows: a case's place in its lists, the conversation, the search index.

-- A deadline stands in the order of every list, so it is never null: 9223372036854775807 is no deadline. The indexes end in
-- what a list may be narrowed by, so that a page, or a count, is read from the index alone.
alter table cases drop column due_at;
alter table cases add column due_at integer not null default 9223372036854775807;
alter table cases add column due_kind text not null default '';     -- pay, answer, send; '' without a deadline
alter table cases add column to_receive integer not null default 0; -- a parcel is on its way to us, or here and not dealt with
alter table cases add column to_pay integer not null default 0;     -- money is approved and has not arrived
alter table cases add column to_approve integer not null default 0; -- a supervisor or finance has to agree
create index cases_by_due on cases (shop_id, due_at, id, status, assignee) where status <> 'closed';
create index cases_by_status_due on cases (shop_id, status, due_at, id);
create index cases_by_assignee_due on cases (shop_id, assignee, due_at, id, status) where status <> 'closed';
create index cases_by_assignee_status_due on cases (shop_id, assignee, status, due_at, id);
create index cases_to_receive on cases (shop_id, due_at, id, status, assignee, to_receive) where to_receive;
create index cases_to_pay on cases (shop_id, due_at, id, status, assignee, to_pay) where to_pay;
create index cases_to_approve on cases (shop_id, due_at, id, status, assignee, to_approve) where to_approve;

-- What waits to be paid is summed on the first screen.
create index settlement_payable on settlement (shop_id, state, currency, amount) where state in ('to_pay', 'failed');

-- Orders are looked for by their number alone, whatever the platform.
create index orders_by_number on orders (shop_id, order_no);

create table message (
  id      integer primary key,
  shop_id integer not null references shop(id),
  case_id integer not null references cases(id),
  at      integer not null,
  sender  text not null check (sender in ('customer', 'staff', 'system')),
  author  text not null,
  channel text not null,
  text    text not null
) strict;
create index message_by_case on message (case_id, id);
-- A privacy command may empty text and author later; nothing else of a message changes.
-- +goose StatementBegin
create trigger message_append_only before delete on message begin select raise(abort, 'message is append-only'); end;
-- +goose StatementEnd
-- +goose StatementBegin
create trigger message_stays before update of id, shop_id, case_id, at, sender, channel on message begin select raise(abort, 'message is append-only'); end;
-- +goose StatementEnd

-- What people look for by words: terms made by the application, of one shop and kind each (package search). The row's
-- id is that of the thing found.
create virtual table search_index using fts5(terms, content='', contentless_delete=1, detail=none, tokenize='ascii');

-- Work that a migration leaves to the running program, in small steps: a row per shop that had rows before.
create table backfill (
  shop_id integer not null references shop(id),
  name    text not null,
  after   integer not null default 0,     -- done up to this id
  done    integer not null default 0,
  primary key (shop_id, name)
) strict, without rowid;
insert into backfill (shop_id, name) select id, 'desk_cases' from shop;
insert into backfill (shop_id, name) select id, 'search_customers' from shop;
insert into backfill (shop_id, name) select id, 'search_notes' from shop;
