INSERT INTO orders (request, item) VALUES ('r-0', 'book');

UPDATE stock SET n = n - 1 WHERE item = 'book';
