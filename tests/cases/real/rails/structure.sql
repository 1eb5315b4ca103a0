\restrict 7PqmDk2vbW9x

SET statement_timeout = 0;
SET lock_timeout = 0;
SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SELECT pg_catalog.set_config('search_path', '', false);
SET check_function_bodies = false;
SET client_min_messages = warning;
SET row_security = off;

CREATE TYPE public.shelf_kind AS ENUM (
    'open',
    'closed'
);

SET default_tablespace = '';

SET default_table_access_method = heap;

CREATE TABLE public.books (
    id bigint NOT NULL,
    title character varying NOT NULL,
    shelf public.shelf_kind DEFAULT 'open'::public.shelf_kind NOT NULL,
    created_at timestamp(6) without time zone NOT NULL
);

CREATE SEQUENCE public.books_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

ALTER SEQUENCE public.books_id_seq OWNED BY public.books.id;

CREATE TABLE public.loans (
    id bigint NOT NULL,
    book_id bigint NOT NULL,
    due date
);

CREATE SEQUENCE public.loans_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

ALTER SEQUENCE public.loans_id_seq OWNED BY public.loans.id;

ALTER TABLE ONLY public.books ALTER COLUMN id SET DEFAULT nextval('public.books_id_seq'::regclass);

ALTER TABLE ONLY public.loans ALTER COLUMN id SET DEFAULT nextval('public.loans_id_seq'::regclass);

ALTER TABLE ONLY public.books
    ADD CONSTRAINT books_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.loans
    ADD CONSTRAINT loans_pkey PRIMARY KEY (id);

CREATE INDEX index_loans_on_book_id ON public.loans USING btree (book_id);

ALTER TABLE ONLY public.loans
    ADD CONSTRAINT fk_rails_6f3c2b1a90 FOREIGN KEY (book_id) REFERENCES public.books(id);

\unrestrict 7PqmDk2vbW9x
