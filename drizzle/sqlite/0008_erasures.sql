CREATE TABLE `erasures` (
	`id` text PRIMARY KEY NOT NULL,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL,
	`version` integer NOT NULL,
	`consent_given` integer DEFAULT false NOT NULL,
	`consent_timestamp` integer,
	`retention_until` integer,
	`anonymized` integer DEFAULT false NOT NULL,
	`subject_id` text NOT NULL,
	`comments` text NOT NULL,
	`status` text NOT NULL,
	`step` text NOT NULL,
	`cursor` text,
	`work` text,
	`counts` text NOT NULL,
	`next_attempt_at` integer NOT NULL,
	`finished_at` integer,
	`report_id` text,
	`original_data_hash` text,
	CONSTRAINT "erasures_id_length" CHECK(length("id") <= 36),
	CONSTRAINT "erasures_subject_id_length" CHECK(length("subject_id") <= 36),
	CONSTRAINT "erasures_step_length" CHECK(length("step") <= 20),
	CONSTRAINT "erasures_cursor_length" CHECK(length("cursor") <= 100),
	CONSTRAINT "erasures_report_id_length" CHECK(length("report_id") <= 36),
	CONSTRAINT "erasures_original_data_hash_length" CHECK(length("original_data_hash") <= 64),
	CONSTRAINT "erasures_comments_choice" CHECK("comments" in ('keep_text', 'remove_text')),
	CONSTRAINT "erasures_status_choice" CHECK("status" in ('running', 'held', 'residue', 'done'))
);
--> statement-breakpoint
CREATE UNIQUE INDEX `erasures_subject_id` ON `erasures` (`subject_id`);
--> statement-breakpoint
CREATE INDEX `erasures_open` ON `erasures` (`next_attempt_at`,`id`) WHERE status <> 'done';
--> statement-breakpoint
CREATE INDEX `erasures_retention_until` ON `erasures` (`retention_until`) WHERE retention_until is not null;
--> statement-breakpoint
DROP INDEX `comment_reports_comment_id`;
--> statement-breakpoint
CREATE INDEX `comment_reports_comment_id` ON `comment_reports` (`comment_id`,`id`);
--> statement-breakpoint
CREATE INDEX `comments_answers` ON `comments` (`parent_id`,`id`) WHERE parent_id is not null;
