-- A return that came to the wrong warehouse goes on to another one as a parcel between warehouses.

-- +goose Up
alter table movement drop constraint movement_purpose_check;
alter table movement add constraint movement_purpose_check check (purpose in ('return', 'send_back', 'exchange_out', 'intercept', 'reissue', 'transfer'));

-- +goose Down
alter table movement drop constraint movement_purpose_check;
alter table movement add constraint movement_purpose_check check (purpose in ('return', 'send_back', 'exchange_out', 'intercept', 'reissue'));
