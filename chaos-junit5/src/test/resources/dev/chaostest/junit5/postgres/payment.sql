CREATE TABLE payment (customer integer NOT NULL, amount integer NOT NULL, request text UNIQUE);
