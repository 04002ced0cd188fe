-- What was in a parcel beyond what was announced: on the shelf, as units of a known customer.

-- +goose Up
alter table movement add column surplus bigint not null default 0; -- units beyond what was announced

alter table stray add column kind text not null default 'parcel' check (kind in ('parcel', 'unit')); -- unit: it was in a parcel that was opened
alter table stray add column case_id bigint references cases(id);
alter table stray add column order_line_id bigint references order_line(id);  -- what it is a unit of, where that is known
alter table stray add column from_movement_id bigint references movement(id); -- the parcel it was in
alter table stray add column quantity bigint not null default 0;
alter table stray add column taken_from text not null default '';              -- who held the units before; '' where nobody did by our books
drop index stray_on_shelf;
create unique index stray_parcel_on_shelf on stray (shop_id, waybill) where state = 'on_shelf' and kind = 'parcel';

-- +goose Down
select 1; -- columns nobody reads do no harm
