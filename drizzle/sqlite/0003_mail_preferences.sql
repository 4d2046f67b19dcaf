CREATE TABLE `mail_preferences` (
	`id` text PRIMARY KEY NOT NULL,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL,
	`version` integer NOT NULL,
	`consent_given` integer DEFAULT false NOT NULL,
	`consent_timestamp` integer,
	`retention_until` integer,
	`anonymized` integer DEFAULT false NOT NULL,
	`subject_id` text NOT NULL,
	`notifications` integer NOT NULL,
	FOREIGN KEY (`subject_id`) REFERENCES `subjects`(`id`) ON UPDATE no action ON DELETE no action,
	CONSTRAINT "mail_preferences_id_length" CHECK(length("id") <= 36)
);
--> statement-breakpoint
CREATE UNIQUE INDEX `mail_preferences_subject_id` ON `mail_preferences` (`subject_id`);
--> statement-breakpoint
ALTER TABLE `outgoing_mails` ADD `subject_id` text;
--> statement-breakpoint
CREATE INDEX `outgoing_mails_subject_id` ON `outgoing_mails` (`subject_id`) WHERE subject_id is not null;
