CREATE TABLE `restore_points` (
	`id` text PRIMARY KEY NOT NULL,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL,
	`version` integer NOT NULL,
	`ledger_position` text NOT NULL,
	CONSTRAINT "restore_points_id_length" CHECK(length("id") <= 100)
);
