CREATE TABLE account (id integer PRIMARY KEY, balance integer NOT NULL);
CREATE TABLE account_old (id integer PRIMARY KEY, balance integer NOT NULL);
INSERT INTO account VALUES (1, 1000), (2, 1000);
INSERT INTO account_old VALUES (1, 7);
