DROP INDEX `erasures_held`;
--> statement-breakpoint
ALTER TABLE `erasures` DROP COLUMN `held_by`;
--> statement-breakpoint
ALTER TABLE `erasures` DROP COLUMN `places`;
