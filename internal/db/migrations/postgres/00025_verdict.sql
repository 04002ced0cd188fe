-- What a carrier's answer says became of a parcel.

-- +goose Up
alter table carrier_enquiry add column verdict text not null default '' check (verdict in ('', 'found', 'lost', 'damaged', 'delivered'));

-- +goose Down
select 1; -- a column nobody reads does no harm
