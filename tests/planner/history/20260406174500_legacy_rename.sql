ALTER TABLE "Legacy Import" RENAME COLUMN "Row No" TO row_no;
ALTER TABLE "Legacy Import" RENAME TO legacy_import;
