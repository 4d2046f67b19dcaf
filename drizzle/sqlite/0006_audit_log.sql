CREATE TABLE `audit_tiles` (
	`level` integer NOT NULL,
	`index` integer NOT NULL,
	`hashes` text NOT NULL,
	`first_position` integer NOT NULL,
	PRIMARY KEY(`level`, `index`)
);
--> statement-breakpoint
CREATE INDEX `audit_tiles_first_position` ON `audit_tiles` (`level`,`first_position`);
--> statement-breakpoint
CREATE TABLE `audit_checkpoints` (
	`size` integer PRIMARY KEY NOT NULL,
	`last_position` integer NOT NULL,
	`root` text NOT NULL,
	`note` text NOT NULL,
	`created_at` integer NOT NULL
);
--> statement-breakpoint
PRAGMA foreign_keys=OFF;
--> statement-breakpoint
CREATE TABLE `__new_audit_entries` (
	`position` integer PRIMARY KEY NOT NULL,
	`id` text NOT NULL,
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
	`salts` text,
	`seal` text,
	`commitments` text,
	`unlinked_mark` text,
	CONSTRAINT "audit_entries_id_length" CHECK(length("id") <= 36),
	CONSTRAINT "audit_entries_action_length" CHECK(length("action") <= 100),
	CONSTRAINT "audit_entries_resource_type_length" CHECK(length("resource_type") <= 50),
	CONSTRAINT "audit_entries_user_id_hash_length" CHECK(length("user_id_hash") <= 64),
	CONSTRAINT "audit_entries_ip_address_hash_length" CHECK(length("ip_address_hash") <= 64),
	CONSTRAINT "audit_entries_user_agent_hash_length" CHECK(length("user_agent_hash") <= 64),
	CONSTRAINT "audit_entries_salts_length" CHECK(length("salts") <= 45),
	CONSTRAINT "audit_entries_seal_length" CHECK(length("seal") <= 43),
	CONSTRAINT "audit_entries_commitments_length" CHECK(length("commitments") <= 87),
	CONSTRAINT "audit_entries_unlinked_mark_length" CHECK(length("unlinked_mark") <= 43)
);
--> statement-breakpoint
INSERT INTO `__new_audit_entries`("position", "id", "created_at", "updated_at", "version", "consent_given", "consent_timestamp", "retention_until", "anonymized", "action", "resource_type", "resource_id", "user_id_hash", "ip_address_hash", "user_agent_hash", "details", "salts", "seal", "commitments", "unlinked_mark") SELECT "position", "id", "created_at", "updated_at", "version", "consent_given", "consent_timestamp", "retention_until", "anonymized", "action", "resource_type", "resource_id", "user_id_hash", "ip_address_hash", "user_agent_hash", "details", "salts", "seal", "commitments", "unlinked_mark" FROM `audit_entries`;
--> statement-breakpoint
DROP TABLE `audit_entries`;
--> statement-breakpoint
ALTER TABLE `__new_audit_entries` RENAME TO `audit_entries`;
--> statement-breakpoint
PRAGMA foreign_keys=ON;
--> statement-breakpoint
CREATE UNIQUE INDEX `audit_entries_id` ON `audit_entries` (`id`);
