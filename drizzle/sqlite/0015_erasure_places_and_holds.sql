ALTER TABLE `erasures` ADD `places` text DEFAULT '{}' NOT NULL;
--> statement-breakpoint
ALTER TABLE `erasures` ADD `held_by` text;
--> statement-breakpoint
CREATE INDEX `erasures_held` ON `erasures` (`id`) WHERE status = 'held';
