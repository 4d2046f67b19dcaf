ALTER TABLE "consents" ADD COLUMN "audit_entry_id" text COLLATE "C";
