CREATE TABLE `subjects` (
	`id` text PRIMARY KEY NOT NULL,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL,
	`version` integer NOT NULL,
	`consent_given` integer DEFAULT false NOT NULL,
	`consent_timestamp` integer,
	`retention_until` integer,
	`anonymized` integer DEFAULT false NOT NULL,
	`role` text NOT NULL,
	`status` text NOT NULL,
	`sessions_valid_from` integer,
	CONSTRAINT "subjects_id_length" CHECK(length("id") <= 36),
	CONSTRAINT "subjects_role_choice" CHECK("role" in ('anonymous', 'commenter', 'moderator', 'admin')),
	CONSTRAINT "subjects_status_choice" CHECK("status" in ('active', 'restricted', 'erased'))
);
--> statement-breakpoint
CREATE INDEX `subjects_active_admins` ON `subjects` (`role`) WHERE role = 'admin' and status = 'active';
--> statement-breakpoint
CREATE INDEX `subjects_retention_until` ON `subjects` (`retention_until`) WHERE retention_until is not null;
--> statement-breakpoint
CREATE TABLE `identities` (
	`id` text PRIMARY KEY NOT NULL,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL,
	`version` integer NOT NULL,
	`consent_given` integer DEFAULT false NOT NULL,
	`consent_timestamp` integer,
	`retention_until` integer,
	`anonymized` integer DEFAULT false NOT NULL,
	`subject_id` text NOT NULL,
	`kind` text NOT NULL,
	`blind_index` text,
	`ciphertext` text NOT NULL,
	FOREIGN KEY (`subject_id`) REFERENCES `subjects`(`id`) ON UPDATE no action ON DELETE no action,
	CONSTRAINT "identities_id_length" CHECK(length("id") <= 36),
	CONSTRAINT "identities_blind_index_length" CHECK(length("blind_index") <= 64),
	CONSTRAINT "identities_kind_choice" CHECK("kind" in ('email', 'name', 'external_user_id'))
);
--> statement-breakpoint
CREATE UNIQUE INDEX `identities_kind_blind_index` ON `identities` (`kind`,`blind_index`);
--> statement-breakpoint
CREATE UNIQUE INDEX `identities_subject_id_kind` ON `identities` (`subject_id`,`kind`);
--> statement-breakpoint
CREATE INDEX `identities_retention_until` ON `identities` (`retention_until`) WHERE retention_until is not null;
--> statement-breakpoint
CREATE TABLE `consents` (
	`id` text PRIMARY KEY NOT NULL,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL,
	`version` integer NOT NULL,
	`consent_given` integer DEFAULT false NOT NULL,
	`consent_timestamp` integer,
	`retention_until` integer,
	`anonymized` integer DEFAULT false NOT NULL,
	`subject_id` text NOT NULL,
	`sequence` integer NOT NULL,
	`event` text NOT NULL,
	`consent_types` text NOT NULL,
	`purpose_states` text NOT NULL,
	`policy_version` integer NOT NULL,
	`language` text,
	`notice_hash` text,
	`method` text NOT NULL,
	`gpc` integer NOT NULL,
	`timestamp` integer NOT NULL,
	`expires_at` integer NOT NULL,
	`ip_hash` text,
	`user_agent_hash` text,
	FOREIGN KEY (`subject_id`) REFERENCES `subjects`(`id`) ON UPDATE no action ON DELETE no action,
	CONSTRAINT "consents_id_length" CHECK(length("id") <= 36),
	CONSTRAINT "consents_notice_hash_length" CHECK(length("notice_hash") <= 64),
	CONSTRAINT "consents_ip_hash_length" CHECK(length("ip_hash") <= 64),
	CONSTRAINT "consents_user_agent_hash_length" CHECK(length("user_agent_hash") <= 64),
	CONSTRAINT "consents_event_choice" CHECK("event" in ('decided', 'withdrawn')),
	CONSTRAINT "consents_method_choice" CHECK("method" in ('banner', 'settings', 'api'))
);
--> statement-breakpoint
CREATE UNIQUE INDEX `consents_subject_id_sequence` ON `consents` (`subject_id`,`sequence`);
--> statement-breakpoint
CREATE INDEX `consents_retention_until` ON `consents` (`retention_until`) WHERE retention_until is not null;
--> statement-breakpoint
CREATE TABLE `consent_policies` (
	`id` text PRIMARY KEY NOT NULL,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL,
	`version` integer NOT NULL,
	`policy_version` integer NOT NULL,
	`status` text NOT NULL,
	`content` text NOT NULL,
	`material_version` integer NOT NULL,
	`published_at` integer,
	CONSTRAINT "consent_policies_id_length" CHECK(length("id") <= 36),
	CONSTRAINT "consent_policies_status_choice" CHECK("status" in ('draft', 'published'))
);
--> statement-breakpoint
CREATE UNIQUE INDEX `consent_policies_policy_version` ON `consent_policies` (`policy_version`);
--> statement-breakpoint
CREATE INDEX `consent_policies_status_policy_version` ON `consent_policies` (`status`,`policy_version`);
--> statement-breakpoint
CREATE TABLE `sign_in_links` (
	`id` text PRIMARY KEY NOT NULL,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL,
	`version` integer NOT NULL,
	`consent_given` integer DEFAULT false NOT NULL,
	`consent_timestamp` integer,
	`retention_until` integer,
	`anonymized` integer DEFAULT false NOT NULL,
	`token_hash` text NOT NULL,
	`email_index` text NOT NULL,
	`email_ciphertext` text NOT NULL,
	`return_to` text,
	`expires_at` integer NOT NULL,
	`used_at` integer,
	CONSTRAINT "sign_in_links_id_length" CHECK(length("id") <= 36),
	CONSTRAINT "sign_in_links_token_hash_length" CHECK(length("token_hash") <= 64),
	CONSTRAINT "sign_in_links_email_index_length" CHECK(length("email_index") <= 64)
);
--> statement-breakpoint
CREATE UNIQUE INDEX `sign_in_links_token_hash` ON `sign_in_links` (`token_hash`);
--> statement-breakpoint
CREATE INDEX `sign_in_links_retention_until` ON `sign_in_links` (`retention_until`) WHERE retention_until is not null;
--> statement-breakpoint
CREATE TABLE `sessions` (
	`id` text PRIMARY KEY NOT NULL,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL,
	`version` integer NOT NULL,
	`consent_given` integer DEFAULT false NOT NULL,
	`consent_timestamp` integer,
	`retention_until` integer,
	`anonymized` integer DEFAULT false NOT NULL,
	`token_hash` text NOT NULL,
	`subject_id` text NOT NULL,
	`permissions` text,
	`expires_at` integer NOT NULL,
	`ended_at` integer,
	FOREIGN KEY (`subject_id`) REFERENCES `subjects`(`id`) ON UPDATE no action ON DELETE no action,
	CONSTRAINT "sessions_id_length" CHECK(length("id") <= 36),
	CONSTRAINT "sessions_token_hash_length" CHECK(length("token_hash") <= 64)
);
--> statement-breakpoint
CREATE UNIQUE INDEX `sessions_token_hash` ON `sessions` (`token_hash`);
--> statement-breakpoint
CREATE INDEX `sessions_retention_until` ON `sessions` (`retention_until`) WHERE retention_until is not null;
--> statement-breakpoint
CREATE TABLE `comments` (
	`id` text PRIMARY KEY NOT NULL,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL,
	`version` integer NOT NULL,
	`consent_given` integer DEFAULT false NOT NULL,
	`consent_timestamp` integer,
	`retention_until` integer,
	`anonymized` integer DEFAULT false NOT NULL,
	`thread` text NOT NULL,
	`subject_id` text NOT NULL,
	`parent_id` text,
	`root_id` text NOT NULL,
	`depth` integer NOT NULL,
	`content` text NOT NULL,
	`status` text NOT NULL,
	`queued_at` integer,
	`moderated_at` integer,
	`moderation_note` text,
	`edited_at` integer,
	`edit_token_hash` text,
	`notify_replies` integer NOT NULL,
	`source` text,
	`source_id` text,
	FOREIGN KEY (`subject_id`) REFERENCES `subjects`(`id`) ON UPDATE no action ON DELETE no action,
	CONSTRAINT "comments_id_length" CHECK(length("id") <= 36),
	CONSTRAINT "comments_thread_length" CHECK(length("thread") <= 200),
	CONSTRAINT "comments_root_id_length" CHECK(length("root_id") <= 36),
	CONSTRAINT "comments_edit_token_hash_length" CHECK(length("edit_token_hash") <= 64),
	CONSTRAINT "comments_source_length" CHECK(length("source") <= 50),
	CONSTRAINT "comments_source_id_length" CHECK(length("source_id") <= 500),
	CONSTRAINT "comments_status_choice" CHECK("status" in ('pending', 'approved', 'rejected', 'removed'))
);
--> statement-breakpoint
CREATE UNIQUE INDEX `comments_source_source_id` ON `comments` (`source`,`source_id`);
--> statement-breakpoint
CREATE INDEX `comments_roots` ON `comments` (`thread`,`id`) WHERE depth = 0 and status in ('approved', 'removed');
--> statement-breakpoint
CREATE INDEX `comments_replies` ON `comments` (`root_id`,`id`) WHERE depth > 0 and status in ('approved', 'removed');
--> statement-breakpoint
CREATE INDEX `comments_thread_status` ON `comments` (`thread`,`status`,`id`);
--> statement-breakpoint
CREATE INDEX `comments_queue` ON `comments` (`queued_at`,`id`) WHERE queued_at is not null;
--> statement-breakpoint
CREATE INDEX `comments_edit_token_hash` ON `comments` (`edit_token_hash`) WHERE edit_token_hash is not null;
--> statement-breakpoint
CREATE INDEX `comments_retention_until` ON `comments` (`retention_until`) WHERE retention_until is not null;
--> statement-breakpoint
CREATE TABLE `comment_reports` (
	`id` text PRIMARY KEY NOT NULL,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL,
	`version` integer NOT NULL,
	`consent_given` integer DEFAULT false NOT NULL,
	`consent_timestamp` integer,
	`retention_until` integer,
	`anonymized` integer DEFAULT false NOT NULL,
	`comment_id` text NOT NULL,
	`subject_id` text,
	`reason` text NOT NULL,
	FOREIGN KEY (`subject_id`) REFERENCES `subjects`(`id`) ON UPDATE no action ON DELETE no action,
	CONSTRAINT "comment_reports_id_length" CHECK(length("id") <= 36),
	CONSTRAINT "comment_reports_comment_id_length" CHECK(length("comment_id") <= 36)
);
--> statement-breakpoint
CREATE INDEX `comment_reports_comment_id` ON `comment_reports` (`comment_id`);
--> statement-breakpoint
CREATE INDEX `comment_reports_retention_until` ON `comment_reports` (`retention_until`) WHERE retention_until is not null;
--> statement-breakpoint
CREATE TABLE `outgoing_mails` (
	`id` text PRIMARY KEY NOT NULL,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL,
	`version` integer NOT NULL,
	`consent_given` integer DEFAULT false NOT NULL,
	`consent_timestamp` integer,
	`retention_until` integer,
	`anonymized` integer DEFAULT false NOT NULL,
	`kind` text NOT NULL,
	`message` text NOT NULL,
	`message_id` text NOT NULL,
	`attempts` integer NOT NULL,
	`next_attempt_at` integer NOT NULL,
	CONSTRAINT "outgoing_mails_id_length" CHECK(length("id") <= 36)
);
--> statement-breakpoint
CREATE INDEX `outgoing_mails_next_attempt_at` ON `outgoing_mails` (`next_attempt_at`,`id`);
--> statement-breakpoint
CREATE INDEX `outgoing_mails_retention_until` ON `outgoing_mails` (`retention_until`) WHERE retention_until is not null;
--> statement-breakpoint
CREATE TABLE `service_credentials` (
	`id` text PRIMARY KEY NOT NULL,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL,
	`version` integer NOT NULL,
	`name` text NOT NULL,
	`scopes` text NOT NULL,
	`token_hash` text NOT NULL,
	`revoked_at` integer,
	CONSTRAINT "service_credentials_id_length" CHECK(length("id") <= 36),
	CONSTRAINT "service_credentials_token_hash_length" CHECK(length("token_hash") <= 64)
);
--> statement-breakpoint
CREATE UNIQUE INDEX `service_credentials_token_hash` ON `service_credentials` (`token_hash`);
--> statement-breakpoint
CREATE TABLE `system_config` (
	`key` text PRIMARY KEY NOT NULL,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL,
	`version` integer NOT NULL,
	`value` text NOT NULL,
	`description` text,
	`is_sensitive` integer NOT NULL,
	`updated_by` text NOT NULL,
	CONSTRAINT "system_config_key_length" CHECK(length("key") <= 100),
	CONSTRAINT "system_config_updated_by_length" CHECK(length("updated_by") <= 100)
);
--> statement-breakpoint
CREATE TABLE `keys` (
	`id` text PRIMARY KEY NOT NULL,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL,
	`version` integer NOT NULL,
	`wrapped` text NOT NULL,
	`destroy_at` integer,
	CONSTRAINT "keys_id_length" CHECK(length("id") <= 100)
);
--> statement-breakpoint
CREATE INDEX `keys_destroy_at` ON `keys` (`destroy_at`,`id`) WHERE destroy_at is not null;
--> statement-breakpoint
CREATE TABLE `guards` (
	`id` text PRIMARY KEY NOT NULL,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL,
	`version` integer NOT NULL,
	CONSTRAINT "guards_id_length" CHECK(length("id") <= 100)
);
--> statement-breakpoint
CREATE TABLE `audit_entries` (
	`id` text PRIMARY KEY NOT NULL,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL,
	`version` integer NOT NULL,
	`consent_given` integer DEFAULT false NOT NULL,
	`consent_timestamp` integer,
	`retention_until` integer,
	`anonymized` integer DEFAULT false NOT NULL,
	`action` text NOT NULL,
	`resource_type` text NOT NULL,
	`resource_id` text,
	`user_id_hash` text,
	`ip_address_hash` text,
	`user_agent_hash` text,
	`details` text,
	CONSTRAINT "audit_entries_id_length" CHECK(length("id") <= 36),
	CONSTRAINT "audit_entries_action_length" CHECK(length("action") <= 100),
	CONSTRAINT "audit_entries_resource_type_length" CHECK(length("resource_type") <= 50),
	CONSTRAINT "audit_entries_user_id_hash_length" CHECK(length("user_id_hash") <= 64),
	CONSTRAINT "audit_entries_ip_address_hash_length" CHECK(length("ip_address_hash") <= 64),
	CONSTRAINT "audit_entries_user_agent_hash_length" CHECK(length("user_agent_hash") <= 64)
);
--> statement-breakpoint
CREATE INDEX `audit_entries_retention_until` ON `audit_entries` (`retention_until`) WHERE retention_until is not null;
