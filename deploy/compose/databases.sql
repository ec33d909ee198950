-- Beside `airflow`, which the image makes: the lake's catalog, and what the web reads.
create database lake;
create database serving;
