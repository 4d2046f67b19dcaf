ALTER TABLE "consents" DROP COLUMN "audit_entry_id";
