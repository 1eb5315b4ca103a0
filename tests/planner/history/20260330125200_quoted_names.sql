CREATE TABLE "Legacy Import" (
  "Row No" integer PRIMARY KEY,
  "Customer's Name" text,
  "select" text DEFAULT 'x'
);
CREATE INDEX "Legacy Idx" ON "Legacy Import" ("Customer's Name" DESC NULLS LAST);
