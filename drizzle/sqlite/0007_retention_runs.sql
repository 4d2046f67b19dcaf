CREATE TABLE `retention_runs` (
	`id` text PRIMARY KEY NOT NULL,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL,
	`version` integer NOT NULL,
	`consent_given` integer DEFAULT false NOT NULL,
	`consent_timestamp` integer,
	`retention_until` integer,
	`anonymized` integer DEFAULT false NOT NULL,
	`dry_run` integer NOT NULL,
	`trigger` text NOT NULL,
	`due` integer NOT NULL,
	`running` text,
	`resumed` integer NOT NULL,
	`finished_at` integer,
	`progress` text NOT NULL,
	`report_id` text,
	CONSTRAINT "retention_runs_id_length" CHECK(length("id") <= 36),
	CONSTRAINT "retention_runs_trigger_length" CHECK(length("trigger") <= 20),
	CONSTRAINT "retention_runs_running_length" CHECK(length("running") <= 20)
);
--> statement-breakpoint
CREATE UNIQUE INDEX `retention_runs_running` ON `retention_runs` (`running`);
--> statement-breakpoint
CREATE INDEX `retention_runs_retention_until` ON `retention_runs` (`retention_until`,`id`) WHERE retention_until is not null;
--> statement-breakpoint
DROP INDEX `subjects_retention_until`;
--> statement-breakpoint
CREATE INDEX `subjects_retention_until` ON `subjects` (`retention_until`,`id`) WHERE retention_until is not null;
--> statement-breakpoint
DROP INDEX `identities_retention_until`;
--> statement-breakpoint
CREATE INDEX `identities_retention_until` ON `identities` (`retention_until`,`id`) WHERE retention_until is not null;
--> statement-breakpoint
DROP INDEX `consents_retention_until`;
--> statement-breakpoint
CREATE INDEX `consents_retention_until` ON `consents` (`retention_until`,`id`) WHERE retention_until is not null;
--> statement-breakpoint
DROP INDEX `sign_in_links_retention_until`;
--> statement-breakpoint
CREATE INDEX `sign_in_links_retention_until` ON `sign_in_links` (`retention_until`,`id`) WHERE retention_until is not null;
--> statement-breakpoint
DROP INDEX `sessions_retention_until`;
--> statement-breakpoint
CREATE INDEX `sessions_retention_until` ON `sessions` (`retention_until`,`id`) WHERE retention_until is not null;
--> statement-breakpoint
DROP INDEX `comments_retention_until`;
--> statement-breakpoint
CREATE INDEX `comments_parent_id` ON `comments` (`parent_id`,`retention_until`) WHERE parent_id is not null;
--> statement-breakpoint
CREATE INDEX `comments_retention_until` ON `comments` (`retention_until`,`id`) WHERE retention_until is not null;
--> statement-breakpoint
DROP INDEX `comment_reports_retention_until`;
--> statement-breakpoint
CREATE INDEX `comment_reports_retention_until` ON `comment_reports` (`retention_until`,`id`) WHERE retention_until is not null;
--> statement-breakpoint
DROP INDEX `outgoing_mails_retention_until`;
--> statement-breakpoint
CREATE INDEX `outgoing_mails_retention_until` ON `outgoing_mails` (`retention_until`,`id`) WHERE retention_until is not null;
--> statement-breakpoint
DROP INDEX `legal_holds_retention_until`;
--> statement-breakpoint
CREATE INDEX `legal_holds_retention_until` ON `legal_holds` (`retention_until`,`id`) WHERE retention_until is not null;
--> statement-breakpoint
DROP INDEX `signed_reports_retention_until`;
--> statement-breakpoint
CREATE INDEX `signed_reports_retention_until` ON `signed_reports` (`retention_until`,`id`) WHERE retention_until is not null;
