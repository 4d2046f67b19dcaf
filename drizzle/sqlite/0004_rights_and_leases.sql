CREATE TABLE `legal_holds` (
	`id` text PRIMARY KEY NOT NULL,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL,
	`version` integer NOT NULL,
	`consent_given` integer DEFAULT false NOT NULL,
	`consent_timestamp` integer,
	`retention_until` integer,
	`anonymized` integer DEFAULT false NOT NULL,
	`subject_id` text,
	`record_id` text,
	`reason` text NOT NULL,
	`since` integer NOT NULL,
	`lifted_at` integer,
	CONSTRAINT "legal_holds_id_length" CHECK(length("id") <= 36),
	CONSTRAINT "legal_holds_subject_id_length" CHECK(length("subject_id") <= 36),
	CONSTRAINT "legal_holds_record_id_length" CHECK(length("record_id") <= 100)
);
--> statement-breakpoint
CREATE INDEX `legal_holds_standing` ON `legal_holds` (`id`) WHERE lifted_at is null;
--> statement-breakpoint
CREATE INDEX `legal_holds_subject_id` ON `legal_holds` (`subject_id`,`id`) WHERE lifted_at is null;
--> statement-breakpoint
CREATE INDEX `legal_holds_record_id` ON `legal_holds` (`record_id`,`id`) WHERE lifted_at is null;
--> statement-breakpoint
CREATE INDEX `legal_holds_retention_until` ON `legal_holds` (`retention_until`) WHERE retention_until is not null;
--> statement-breakpoint
CREATE TABLE `signed_reports` (
	`id` text PRIMARY KEY NOT NULL,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL,
	`version` integer NOT NULL,
	`consent_given` integer DEFAULT false NOT NULL,
	`consent_timestamp` integer,
	`retention_until` integer,
	`anonymized` integer DEFAULT false NOT NULL,
	`kind` text NOT NULL,
	`document` text NOT NULL,
	CONSTRAINT "signed_reports_id_length" CHECK(length("id") <= 36),
	CONSTRAINT "signed_reports_kind_length" CHECK(length("kind") <= 20)
);
--> statement-breakpoint
CREATE INDEX `signed_reports_kind_id` ON `signed_reports` (`kind`,`id`);
--> statement-breakpoint
CREATE INDEX `signed_reports_retention_until` ON `signed_reports` (`retention_until`) WHERE retention_until is not null;
--> statement-breakpoint
CREATE TABLE `leases` (
	`name` text PRIMARY KEY NOT NULL,
	`holder` text NOT NULL,
	`expires_at` integer NOT NULL
);
--> statement-breakpoint
DROP INDEX `outgoing_mails_subject_id`;
--> statement-breakpoint
CREATE INDEX `outgoing_mails_subject_id` ON `outgoing_mails` (`subject_id`,`id`) WHERE subject_id is not null;
--> statement-breakpoint
DROP INDEX `idempotent_answers_subject_id`;
--> statement-breakpoint
CREATE INDEX `idempotent_answers_subject_id` ON `idempotent_answers` (`subject_id`,`id`) WHERE subject_id is not null;
--> statement-breakpoint
CREATE INDEX `sessions_subject_id` ON `sessions` (`subject_id`,`id`);
--> statement-breakpoint
CREATE INDEX `comments_subject_id` ON `comments` (`subject_id`,`id`);
--> statement-breakpoint
CREATE INDEX `comment_reports_subject_id` ON `comment_reports` (`subject_id`,`id`) WHERE subject_id is not null;
