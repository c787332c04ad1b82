"""How did the tables come to be as they are? One step a file, applied in order by `Store.upgrade`."""
