DROP TABLE "audit_tiles";
DROP TABLE "audit_checkpoints";
DROP INDEX "audit_entries_id";
ALTER TABLE "audit_entries" DROP COLUMN "position";
ALTER TABLE "audit_entries" DROP COLUMN "salts";
ALTER TABLE "audit_entries" DROP COLUMN "seal";
ALTER TABLE "audit_entries" DROP COLUMN "commitments";
ALTER TABLE "audit_entries" DROP COLUMN "unlinked_mark";
CREATE INDEX "audit_entries_retention_until" ON "audit_entries" ("retention_until") WHERE retention_until is not null;
