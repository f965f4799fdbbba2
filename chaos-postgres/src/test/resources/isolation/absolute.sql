CREATE TABLE entry (note text); INSERT INTO entry VALUES ('absolute');
