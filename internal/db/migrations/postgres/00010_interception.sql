-- Parcels on their way to the customer that are asked to be stopped, and goods that are sent once more.

-- +goose Up
alter table movement drop constraint movement_purpose_check;
alter table movement add constraint movement_purpose_check check (purpose in ('return', 'send_back', 'exchange_out', 'intercept', 'reissue'));
alter table movement add column stopped_at bigint; -- when the carrier said that it has the parcel

-- +goose Down
alter table movement drop column stopped_at;
alter table movement drop constraint movement_purpose_check;
alter table movement add constraint movement_purpose_check check (purpose in ('return', 'send_back', 'exchange_out'));
