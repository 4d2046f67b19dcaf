DROP TABLE `audit_tiles`;
DROP TABLE `audit_checkpoints`;
CREATE TABLE `__old_audit_entries` (
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
	`position` integer,
	`salts` text,
	`seal` text,
	`commitments` text,
	`unlinked_mark` text,
	CONSTRAINT "audit_entries_id_length" CHECK(length("id") <= 36),
	CONSTRAINT "audit_entries_action_length" CHECK(length("action") <= 100),
	CONSTRAINT "audit_entries_resource_type_length" CHECK(length("resource_type") <= 50),
	CONSTRAINT "audit_entries_user_id_hash_length" CHECK(length("user_id_hash") <= 64),
	CONSTRAINT "audit_entries_ip_address_hash_length" CHECK(length("ip_address_hash") <= 64),
	CONSTRAINT "audit_entries_user_agent_hash_length" CHECK(length("user_agent_hash") <= 64)
);
INSERT INTO `__old_audit_entries`(rowid, "id", "created_at", "updated_at", "version", "consent_given", "consent_timestamp", "retention_until", "anonymized", "action", "resource_type", "resource_id", "user_id_hash", "ip_address_hash", "user_agent_hash", "details", "position", "salts", "seal", "commitments", "unlinked_mark") SELECT "position", "id", "created_at", "updated_at", "version", "consent_given", "consent_timestamp", "retention_until", "anonymized", "action", "resource_type", "resource_id", "user_id_hash", "ip_address_hash", "user_agent_hash", "details", "position", "salts", "seal", "commitments", "unlinked_mark" FROM `audit_entries`;
DROP TABLE `audit_entries`;
ALTER TABLE `__old_audit_entries` RENAME TO `audit_entries`;
CREATE INDEX `audit_entries_retention_until` ON `audit_entries` (`retention_until`) WHERE retention_until is not null;
