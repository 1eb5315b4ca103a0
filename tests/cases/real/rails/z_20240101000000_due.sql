ALTER TABLE public.loans ALTER COLUMN due SET NOT NULL;
ALTER TABLE public.loans ADD COLUMN returned boolean DEFAULT false NOT NULL;
DROP INDEX public.index_loans_on_book_id;
