CREATE TABLE `privacy_requests` (
	`id` text PRIMARY KEY NOT NULL,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL,
	`version` integer NOT NULL,
	`consent_given` integer DEFAULT false NOT NULL,
	`consent_timestamp` integer,
	`retention_until` integer,
	`anonymized` integer DEFAULT false NOT NULL,
	`subject_id` text,
	`type` text NOT NULL,
	`state` text NOT NULL,
	`channel` text NOT NULL,
	`comments` text,
	`purpose` text,
	`restriction_ground` text,
	`statement` text,
	`rectification` text,
	`contact` text,
	`received_at` integer NOT NULL,
	`target_at` integer NOT NULL,
	`due_at` integer NOT NULL,
	`unsuspended_due_at` integer NOT NULL,
	`suspended_since` integer,
	`suspended_ms` integer NOT NULL,
	`extended_at` integer,
	`extension_reason` text,
	`effective_at` integer,
	`hindrance` text,
	`token_hash` text,
	`refusal_ground` text,
	`answer` text,
	`closed_at` integer,
	`lift_at` integer,
	`lifted_at` integer,
	`reminded` text NOT NULL,
	`wakes_at` integer,
	FOREIGN KEY (`subject_id`) REFERENCES `subjects`(`id`) ON UPDATE no action ON DELETE no action,
	CONSTRAINT "privacy_requests_id_length" CHECK(length("id") <= 36),
	CONSTRAINT "privacy_requests_state_length" CHECK(length("state") <= 30),
	CONSTRAINT "privacy_requests_token_hash_length" CHECK(length("token_hash") <= 64),
	CONSTRAINT "privacy_requests_type_choice" CHECK("type" in ('access', 'portability', 'rectification', 'erasure', 'restriction', 'objection'))
);
--> statement-breakpoint
CREATE INDEX `privacy_requests_subject_id` ON `privacy_requests` (`subject_id`,`id`) WHERE subject_id is not null;
--> statement-breakpoint
CREATE INDEX `privacy_requests_inbox` ON `privacy_requests` (`due_at`,`id`) WHERE closed_at is null;
--> statement-breakpoint
CREATE INDEX `privacy_requests_state` ON `privacy_requests` (`state`,`due_at`,`id`);
--> statement-breakpoint
CREATE INDEX `privacy_requests_wakes_at` ON `privacy_requests` (`wakes_at`,`id`) WHERE wakes_at is not null;
--> statement-breakpoint
CREATE INDEX `privacy_requests_due_erasures` ON `privacy_requests` (`effective_at`,`id`) WHERE effective_at is not null and closed_at is null;
--> statement-breakpoint
CREATE INDEX `privacy_requests_retention_until` ON `privacy_requests` (`retention_until`) WHERE retention_until is not null;
