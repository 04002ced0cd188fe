-- +goose Up
-- Conventions: ids are made by the application; instants are microseconds UTC; dates are text YYYY-MM-DD; money is
-- minor units beside its currency; JSON is text, stored and read whole. Every row carries its shop. The PostgreSQL twin
-- of this file differs only in type names and triggers; a test compares their tables and columns.

create table shop (
  id         integer primary key,
  code       text not null unique,
  name       text not null,
  pack       text not null,               -- the shop's own policy pack
  overlays   text not null default '[]',  -- JSON list of marketplace packs
  law        text not null,               -- the law pack beneath; '' when none is loaded for the country
  currency   text not null,
  calendar   text not null,               -- working days and time zone
  simulation integer not null,            -- demo shop: no real money (S2-01)
  created_at integer not null,
  version    integer not null
) strict;

create table warehouse (
  id      integer primary key,
  shop_id integer not null references shop(id),
  code    text not null,                  -- what the policy's return_address table answers
  name    text not null,
  contact text not null,
  phone   text not null,
  address text not null,
  version integer not null,
  unique (shop_id, code)
) strict;

create table customer (
  id         integer primary key,
  shop_id    integer not null references shop(id),
  platform   text not null,               -- '' for the shop's own customers
  buyer_key  text not null,               -- the platform's buyer id or nick: the only identity of a marketplace buyer
  nick       text not null,
  name       text not null,               -- as seen, masked or not; never matched on
  phone      text not null,               -- as seen, masked or not; never matched on
  created_at integer not null,
  version    integer not null,
  unique (shop_id, platform, buyer_key)
) strict;

create table orders (
  id            integer primary key,
  shop_id       integer not null references shop(id),
  platform      text not null,
  order_no      text not null,
  customer_id   integer references customer(id),
  channel       text not null check (channel in ('distance', 'store')),
  status        text not null,            -- the platform's own word, as seen
  currency      text not null,
  freight_paid  integer not null check (freight_paid >= 0),
  ordered_at    integer not null,
  paid_at       integer,
  shipped_at    integer,
  signed_on     text,
  signed_by     text not null default 'unknown' check (signed_by in ('self', 'family', 'station', 'locker', 'unknown')),
  attrs         text not null default '{}',
  import_id     integer,
  raw           text not null default '', -- the source row, whole, when the order has a row of its own
  version       integer not null,
  unique (shop_id, platform, order_no)
) strict;
create index orders_by_customer on orders (shop_id, customer_id, ordered_at);

create table order_line (
  id              integer primary key,
  shop_id         integer not null,
  order_id        integer not null references orders(id),
  line_no         integer not null,
  sku             text not null,
  title           text not null,
  category        text not null,
  quantity        integer not null check (quantity > 0),
  unit_price      integer not null check (unit_price >= 0),
  net             integer not null check (net >= 0),  -- what was paid for the whole line, freight apart
  attrs           text not null default '{}',
  claimed         integer not null default 0,         -- units under a case line that is open or was fulfilled
  allocated_units integer not null default 0,         -- units whose price stands in a settlement
  allocated_minor integer not null default 0,         -- and that price
  raw             text not null default '',          -- the source row, whole
  version         integer not null,
  unique (order_id, line_no),
  check (claimed >= 0 and claimed <= quantity),
  check (allocated_units >= 0 and allocated_units <= quantity),
  check (allocated_minor >= 0 and allocated_minor <= net)
) strict;

create table payment (
  id        integer primary key,
  shop_id   integer not null,
  order_id  integer not null references orders(id),
  tender    text not null,                -- alipay, wechat, card, bank, cash …
  route     text not null,                -- how money goes back: gateway, marketplace, bank, cash
  reference text not null,                -- the provider's number of the payment
  currency  text not null,
  captured  integer not null check (captured >= 0),
  pending   integer not null default 0 check (pending >= 0),
  refunded  integer not null default 0 check (refunded >= 0),
  paid_at   integer not null,
  version   integer not null,
  unique (order_id, tender, reference),
  check (pending + refunded <= captured)
) strict;

create table funding (
  id            integer primary key,
  shop_id       integer not null,
  payment_id    integer not null references payment(id),
  order_id      integer not null references orders(id),
  order_line_id integer references order_line(id),  -- null: the outbound freight
  amount        integer not null check (amount >= 0),
  pending       integer not null default 0 check (pending >= 0),
  refunded      integer not null default 0 check (refunded >= 0),
  version       integer not null,
  check (pending + refunded <= amount)
) strict;
create index funding_by_order on funding (order_id);
create index funding_by_payment on funding (payment_id);

create table platform_return (
  id        integer primary key,
  shop_id   integer not null references shop(id),
  platform  text not null,
  return_no text not null,
  line_no   integer not null,
  order_no  text not null,                -- '' when the platform does not name the order
  buyer_key text not null,
  sku       text not null,
  quantity  integer not null check (quantity > 0),
  amount    integer not null,
  currency  text not null,
  at        integer not null,
  state     text not null check (state in ('new', 'opened', 'unmatched')),
  reason    text not null default '',     -- why it is unmatched
  case_id   integer,
  import_id integer,
  raw       text not null default '',
  version   integer not null,
  unique (shop_id, platform, return_no, line_no)
) strict;
create index platform_return_by_state on platform_return (shop_id, state, id);

create table import_run (
  id          integer primary key,
  shop_id     integer not null references shop(id),
  preset      text not null,
  file_name   text not null,
  file_hash   text not null,
  dry_run     integer not null,
  state       text not null check (state in ('running', 'done', 'failed', 'cancelled')),
  bytes_total integer not null,
  bytes_done  integer not null default 0,
  rows_done   integer not null default 0,   -- resume after this row
  created     integer not null default 0,
  unchanged   integer not null default 0,
  faults      integer not null default 0,
  started_at  integer not null,
  finished_at integer,
  error       text not null default '',
  version     integer not null
) strict;
create index import_run_by_shop on import_run (shop_id, id);

create table import_fault (
  run_id integer not null references import_run(id),
  no     integer not null,
  shop_id integer not null,
  row_no integer not null,
  col    text not null,
  key    text not null,
  args   text not null,
  primary key (run_id, no)
) strict;

create table cases (
  id          integer primary key,
  shop_id     integer not null references shop(id),
  number      text not null,
  platform    text not null,
  customer_id integer references customer(id),
  channel     text not null,
  class       text not null,
  status      text not null,              -- whose move it is; computed from the lines, never set by hand
  flag        text not null default '',
  assignee    text not null default '',
  due_at      integer,
  opened_at   integer not null,
  closed_at   integer,
  reopened    integer not null default 0,
  version     integer not null,
  unique (shop_id, number)
) strict;
create index cases_by_shop on cases (shop_id, id);
create index cases_by_status on cases (shop_id, status, id);
create index cases_by_customer on cases (shop_id, customer_id, id);

create table note (
  id       integer primary key,
  shop_id  integer not null,
  case_id  integer not null references cases(id),
  at       integer not null,
  author   text not null,
  text     text not null,
  progress text not null default '',
  amends   integer references note(id)
) strict;
create index note_by_case on note (case_id, id);

create table case_line (
  id            integer primary key,
  shop_id       integer not null,
  case_id       integer not null references cases(id),
  order_id      integer not null references orders(id),
  order_line_id integer not null references order_line(id),
  parent_id     integer references case_line(id),  -- the line this one was split from
  quantity      integer not null check (quantity > 0),
  ground        text not null,
  remedy        text not null,
  wanted        text not null default '',         -- exchange: the article asked for instead (SKU)
  state         text not null,                    -- authorisation (line.State)
  status        text not null,                    -- what people see; a projection
  responsible   text not null default 'undetermined',
  decision_id   integer,
  applied_on    text not null,                    -- the date of the customer's notice (NRR-10)
  answer_by     text,                             -- last day for the customer to answer, while he is asked
  version       integer not null
) strict;
create index case_line_by_case on case_line (case_id, id);
create index case_line_by_order_line on case_line (order_line_id);

create table finding (
  id           integer primary key,
  shop_id      integer not null,
  case_line_id integer not null references case_line(id),
  fact         text not null,
  value        text not null,             -- JSON
  stage        text not null,
  author       text not null,
  at           integer not null,
  evidence     text not null default ''
) strict;
create index finding_by_line on finding (case_line_id, id);

create table decision (
  id           integer primary key,
  shop_id      integer not null,
  case_id      integer not null references cases(id),
  case_line_id integer not null,
  stage        text not null,
  decided_at   integer not null,
  outcome      text not null,
  core         text not null,             -- canonical bytes; replays exactly
  core_hash    text not null,
  facts        text not null              -- JSON of what was known
) strict;
create index decision_by_line on decision (case_line_id, id);

create table movement (
  id          integer primary key,
  shop_id     integer not null,
  case_id     integer not null references cases(id),
  purpose     text not null check (purpose in ('return', 'send_back', 'exchange_out')),
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
  unique (shop_id, number)
) strict;
create index movement_by_case on movement (case_id, id);
create index movement_by_waybill on movement (shop_id, waybill);

create table movement_line (
  movement_id   integer not null references movement(id),
  case_line_id  integer not null references case_line(id),
  shop_id       integer not null,
  order_line_id integer not null,
  announced     integer not null check (announced >= 0),
  arrived       integer check (arrived >= 0),
  primary key (movement_id, case_line_id)
) strict;
create index movement_line_by_case_line on movement_line (case_line_id);

create table custody (
  id            integer primary key,
  shop_id       integer not null,
  order_line_id integer not null,
  movement_id   integer not null references movement(id),
  from_holder   text not null,
  to_holder     text not null,
  quantity      integer not null check (quantity > 0),
  at            integer not null,
  by            text not null
) strict;
create index custody_by_line on custody (order_line_id, id);

create table holding (
  shop_id       integer not null,
  order_line_id integer not null references order_line(id),
  holder        text not null,
  quantity      integer not null check (quantity >= 0),
  primary key (order_line_id, holder)
) strict;

create table settlement (
  id           integer primary key,
  shop_id      integer not null,
  case_id      integer not null references cases(id),
  case_line_id integer not null references case_line(id),
  kind         text not null check (kind in ('refund', 'reimbursement', 'repair', 'compensation', 'goodwill', 'price_protection')),
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
create index settlement_by_case on settlement (case_id, id);
create index settlement_by_state on settlement (shop_id, state, id);

create table settlement_part (
  settlement_id integer not null references settlement(id),
  no            integer not null,
  shop_id       integer not null,
  part          text not null,            -- goods, outbound_freight, return_freight
  funding_id    integer references funding(id),
  units         integer not null default 0,
  price         integer not null default 0,  -- what those units cost, whatever of it is given back
  amount        integer not null,
  clause        text not null default '',
  primary key (settlement_id, no)
) strict;

create table ledger_entry (
  id      integer primary key,
  shop_id integer not null references shop(id),
  at      integer not null,
  kind    text not null,
  ref_id  integer not null
) strict;
create index ledger_entry_by_ref on ledger_entry (ref_id);

create table ledger_posting (
  entry_id integer not null references ledger_entry(id),
  no       integer not null,
  shop_id  integer not null,
  account  text not null,
  amount   integer not null,
  currency text not null,
  primary key (entry_id, no)
) strict;
create index ledger_posting_by_account on ledger_posting (shop_id, account);

create table timeline (
  id         integer primary key,
  shop_id    integer not null,
  case_id    integer,
  subject    text not null,               -- case, line, movement, settlement, order, shop …
  subject_id integer not null,
  at         integer not null,
  actor      text not null,
  verb       text not null,
  data       text not null
) strict;
create index timeline_by_case on timeline (case_id, id);

-- History is append-only in structure. What a privacy command may erase later (the content of a note, a finding's
-- evidence) is not fenced here; deleting is.
-- +goose StatementBegin
create trigger timeline_append_only_update before update on timeline begin select raise(abort, 'timeline is append-only'); end;
-- +goose StatementEnd
-- +goose StatementBegin
create trigger timeline_append_only_delete before delete on timeline begin select raise(abort, 'timeline is append-only'); end;
-- +goose StatementEnd
-- +goose StatementBegin
create trigger decision_append_only_update before update on decision begin select raise(abort, 'decision is append-only'); end;
-- +goose StatementEnd
-- +goose StatementBegin
create trigger decision_append_only_delete before delete on decision begin select raise(abort, 'decision is append-only'); end;
-- +goose StatementEnd
-- +goose StatementBegin
create trigger custody_append_only_update before update on custody begin select raise(abort, 'custody is append-only'); end;
-- +goose StatementEnd
-- +goose StatementBegin
create trigger custody_append_only_delete before delete on custody begin select raise(abort, 'custody is append-only'); end;
-- +goose StatementEnd
-- +goose StatementBegin
create trigger ledger_entry_append_only_update before update on ledger_entry begin select raise(abort, 'ledger_entry is append-only'); end;
-- +goose StatementEnd
-- +goose StatementBegin
create trigger ledger_entry_append_only_delete before delete on ledger_entry begin select raise(abort, 'ledger_entry is append-only'); end;
-- +goose StatementEnd
-- +goose StatementBegin
create trigger ledger_posting_append_only_update before update on ledger_posting begin select raise(abort, 'ledger_posting is append-only'); end;
-- +goose StatementEnd
-- +goose StatementBegin
create trigger ledger_posting_append_only_delete before delete on ledger_posting begin select raise(abort, 'ledger_posting is append-only'); end;
-- +goose StatementEnd
-- +goose StatementBegin
create trigger finding_append_only_delete before delete on finding begin select raise(abort, 'finding is append-only'); end;
-- +goose StatementEnd
-- +goose StatementBegin
create trigger note_append_only_delete before delete on note begin select raise(abort, 'note is append-only'); end;
-- +goose StatementEnd
