ALTER TABLE `audit_entries` DROP COLUMN `position`;
ALTER TABLE `audit_entries` DROP COLUMN `salts`;
ALTER TABLE `audit_entries` DROP COLUMN `seal`;
ALTER TABLE `audit_entries` DROP COLUMN `commitments`;
ALTER TABLE `audit_entries` DROP COLUMN `unlinked_mark`;
