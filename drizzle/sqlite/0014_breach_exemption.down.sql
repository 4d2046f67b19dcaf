DROP INDEX `breaches_open`;
--> statement-breakpoint
ALTER TABLE `breaches` DROP COLUMN `persons_exemption`;
