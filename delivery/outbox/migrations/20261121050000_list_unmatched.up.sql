-- Messages that no rule chose have no delivery to be listed by. Found by their position, and not by a key that refers to
-- the messages: while this runs, a version that does not know the table may remove some.
create table fairlead.unmatched (
  message bigint primary key
);

insert into fairlead.unmatched (message)
select position from fairlead.messages
where not exists (select from fairlead.deliveries as delivery where delivery.message = position);
