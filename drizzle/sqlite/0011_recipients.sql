CREATE TABLE `webhooks` (
	`id` text PRIMARY KEY NOT NULL,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL,
	`version` integer NOT NULL,
	`name` text NOT NULL,
	`url` text NOT NULL,
	`events` text NOT NULL,
	`secret` text,
	`previous_secret` text,
	`previous_secret_until` integer,
	`disabled_at` integer,
	`removed_at` integer,
	CONSTRAINT "webhooks_id_length" CHECK(length("id") <= 36),
	CONSTRAINT "webhooks_name_length" CHECK(length("name") <= 100),
	CONSTRAINT "webhooks_url_length" CHECK(length("url") <= 2000)
);
--> statement-breakpoint
CREATE TABLE `webhook_deliveries` (
	`id` text PRIMARY KEY NOT NULL,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL,
	`version` integer NOT NULL,
	`consent_given` integer DEFAULT false NOT NULL,
	`consent_timestamp` integer,
	`retention_until` integer,
	`anonymized` integer DEFAULT false NOT NULL,
	`webhook_id` text NOT NULL,
	`subject_id` text,
	`event` text NOT NULL,
	`message` text,
	`attempts` integer NOT NULL,
	`next_attempt_at` integer,
	`last_attempt_at` integer,
	`last_outcome` text,
	`last_status` integer,
	`delivered_at` integer,
	`acknowledged_at` integer,
	`acknowledgement_due_at` integer NOT NULL,
	`closed_at` integer,
	CONSTRAINT "webhook_deliveries_id_length" CHECK(length("id") <= 36),
	CONSTRAINT "webhook_deliveries_webhook_id_length" CHECK(length("webhook_id") <= 36)
);
--> statement-breakpoint
CREATE INDEX `webhook_deliveries_due` ON `webhook_deliveries` (`webhook_id`,`next_attempt_at`,`id`) WHERE next_attempt_at is not null;
--> statement-breakpoint
CREATE INDEX `webhook_deliveries_open` ON `webhook_deliveries` (`webhook_id`,`id`) WHERE closed_at is null;
--> statement-breakpoint
CREATE INDEX `webhook_deliveries_closed` ON `webhook_deliveries` (`webhook_id`,`id`) WHERE closed_at is not null;
--> statement-breakpoint
CREATE INDEX `webhook_deliveries_late` ON `webhook_deliveries` (`webhook_id`,`acknowledgement_due_at`) WHERE closed_at is null;
--> statement-breakpoint
CREATE INDEX `webhook_deliveries_subject_id` ON `webhook_deliveries` (`subject_id`,`id`) WHERE subject_id is not null;
--> statement-breakpoint
CREATE INDEX `webhook_deliveries_retention_until` ON `webhook_deliveries` (`retention_until`,`id`) WHERE retention_until is not null;
