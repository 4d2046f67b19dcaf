CREATE TABLE `idempotent_answers` (
	`id` text PRIMARY KEY NOT NULL,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL,
	`version` integer NOT NULL,
	`consent_given` integer DEFAULT false NOT NULL,
	`consent_timestamp` integer,
	`retention_until` integer,
	`anonymized` integer DEFAULT false NOT NULL,
	`subject_id` text,
	`fingerprint` text NOT NULL,
	`answer` text,
	`expires_at` integer NOT NULL,
	CONSTRAINT "idempotent_answers_id_length" CHECK(length("id") <= 64),
	CONSTRAINT "idempotent_answers_fingerprint_length" CHECK(length("fingerprint") <= 64)
);
--> statement-breakpoint
CREATE INDEX `idempotent_answers_subject_id` ON `idempotent_answers` (`subject_id`) WHERE subject_id is not null;
--> statement-breakpoint
CREATE INDEX `idempotent_answers_expires_at` ON `idempotent_answers` (`expires_at`,`id`);
