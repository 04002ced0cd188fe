-- What a carrier's answer says became of a parcel, and the lists of what is with carriers.

-- +goose Up
alter table carrier_enquiry add column verdict text not null default '' check (verdict in ('', 'found', 'lost', 'damaged', 'delivered'));

create index carrier_enquiry_by_state on carrier_enquiry (shop_id, state, id);
create index carrier_enquiry_by_carrier on carrier_enquiry (shop_id, carrier, state, id);
create index carrier_claim_by_carrier on carrier_claim (shop_id, carrier, state, id);

-- +goose Down
select 1; -- a column nobody reads does no harm
