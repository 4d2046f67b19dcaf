-- By hand: what the next migration copies must be there. The order of insertion is the rowid, which VACUUM may change.
ALTER TABLE `audit_entries` ADD `position` integer;
--> statement-breakpoint
ALTER TABLE `audit_entries` ADD `salts` text;
--> statement-breakpoint
ALTER TABLE `audit_entries` ADD `seal` text;
--> statement-breakpoint
ALTER TABLE `audit_entries` ADD `commitments` text;
--> statement-breakpoint
ALTER TABLE `audit_entries` ADD `unlinked_mark` text;
--> statement-breakpoint
UPDATE `audit_entries` SET `position` = rowid;
