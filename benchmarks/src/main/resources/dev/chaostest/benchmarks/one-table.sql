CREATE TABLE account (id bigint PRIMARY KEY, balance bigint NOT NULL);
