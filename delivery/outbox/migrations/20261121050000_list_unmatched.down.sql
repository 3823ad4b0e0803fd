drop table fairlead.unmatched;
