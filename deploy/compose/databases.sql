-- Beside `airflow`, which the image makes: the lake's catalog, what the web reads, and the calls and
-- credits that all workers share.
create database lake;
create database serving;
create database state;
