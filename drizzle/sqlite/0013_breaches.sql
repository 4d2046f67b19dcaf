CREATE TABLE `breaches` (
	`id` text PRIMARY KEY NOT NULL,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL,
	`version` integer NOT NULL,
	`consent_given` integer DEFAULT false NOT NULL,
	`consent_timestamp` integer,
	`retention_until` integer,
	`anonymized` integer DEFAULT false NOT NULL,
	`nature` text NOT NULL,
	`person_categories` text,
	`persons` integer,
	`record_categories` text,
	`records` integer,
	`contact` text,
	`consequences` text,
	`measures` text,
	`aware_at` integer NOT NULL,
	`risk` text,
	`data_unintelligible` integer NOT NULL,
	`phases` text NOT NULL,
	`notified_at` integer,
	`late_reason` text,
	`persons_told_at` integer,
	CONSTRAINT "breaches_id_length" CHECK(length("id") <= 36),
	CONSTRAINT "breaches_risk_length" CHECK(length("risk") <= 10)
);
--> statement-breakpoint
CREATE INDEX `breaches_retention_until` ON `breaches` (`retention_until`,`id`) WHERE retention_until is not null;
