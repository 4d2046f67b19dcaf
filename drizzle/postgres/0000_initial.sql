CREATE TABLE "subjects" (
	"id" text COLLATE "C" PRIMARY KEY NOT NULL,
	"created_at" bigint NOT NULL,
	"updated_at" bigint NOT NULL,
	"version" bigint NOT NULL,
	"consent_given" boolean DEFAULT false NOT NULL,
	"consent_timestamp" bigint,
	"retention_until" bigint,
	"anonymized" boolean DEFAULT false NOT NULL,
	"role" text COLLATE "C" NOT NULL,
	"status" text COLLATE "C" NOT NULL,
	"sessions_valid_from" bigint,
	CONSTRAINT "subjects_id_length" CHECK (length("id") <= 36),
	CONSTRAINT "subjects_role_choice" CHECK ("role" in ('anonymous', 'commenter', 'moderator', 'admin')),
	CONSTRAINT "subjects_status_choice" CHECK ("status" in ('active', 'restricted', 'erased'))
);
--> statement-breakpoint
CREATE TABLE "identities" (
	"id" text COLLATE "C" PRIMARY KEY NOT NULL,
	"created_at" bigint NOT NULL,
	"updated_at" bigint NOT NULL,
	"version" bigint NOT NULL,
	"consent_given" boolean DEFAULT false NOT NULL,
	"consent_timestamp" bigint,
	"retention_until" bigint,
	"anonymized" boolean DEFAULT false NOT NULL,
	"subject_id" text COLLATE "C" NOT NULL,
	"kind" text COLLATE "C" NOT NULL,
	"blind_index" text COLLATE "C",
	"ciphertext" text COLLATE "C" NOT NULL,
	CONSTRAINT "identities_id_length" CHECK (length("id") <= 36),
	CONSTRAINT "identities_blind_index_length" CHECK (length("blind_index") <= 64),
	CONSTRAINT "identities_kind_choice" CHECK ("kind" in ('email', 'name', 'external_user_id'))
);
--> statement-breakpoint
CREATE TABLE "consents" (
	"id" text COLLATE "C" PRIMARY KEY NOT NULL,
	"created_at" bigint NOT NULL,
	"updated_at" bigint NOT NULL,
	"version" bigint NOT NULL,
	"consent_given" boolean DEFAULT false NOT NULL,
	"consent_timestamp" bigint,
	"retention_until" bigint,
	"anonymized" boolean DEFAULT false NOT NULL,
	"subject_id" text COLLATE "C" NOT NULL,
	"sequence" bigint NOT NULL,
	"event" text COLLATE "C" NOT NULL,
	"consent_types" text COLLATE "C" NOT NULL,
	"purpose_states" text COLLATE "C" NOT NULL,
	"policy_version" bigint NOT NULL,
	"language" text COLLATE "C",
	"notice_hash" text COLLATE "C",
	"method" text COLLATE "C" NOT NULL,
	"gpc" boolean NOT NULL,
	"timestamp" bigint NOT NULL,
	"expires_at" bigint NOT NULL,
	"ip_hash" text COLLATE "C",
	"user_agent_hash" text COLLATE "C",
	CONSTRAINT "consents_id_length" CHECK (length("id") <= 36),
	CONSTRAINT "consents_notice_hash_length" CHECK (length("notice_hash") <= 64),
	CONSTRAINT "consents_ip_hash_length" CHECK (length("ip_hash") <= 64),
	CONSTRAINT "consents_user_agent_hash_length" CHECK (length("user_agent_hash") <= 64),
	CONSTRAINT "consents_event_choice" CHECK ("event" in ('decided', 'withdrawn')),
	CONSTRAINT "consents_method_choice" CHECK ("method" in ('banner', 'settings', 'api'))
);
--> statement-breakpoint
CREATE TABLE "consent_policies" (
	"id" text COLLATE "C" PRIMARY KEY NOT NULL,
	"created_at" bigint NOT NULL,
	"updated_at" bigint NOT NULL,
	"version" bigint NOT NULL,
	"policy_version" bigint NOT NULL,
	"status" text COLLATE "C" NOT NULL,
	"content" text COLLATE "C" NOT NULL,
	"material_version" bigint NOT NULL,
	"published_at" bigint,
	CONSTRAINT "consent_policies_id_length" CHECK (length("id") <= 36),
	CONSTRAINT "consent_policies_status_choice" CHECK ("status" in ('draft', 'published'))
);
--> statement-breakpoint
CREATE TABLE "sign_in_links" (
	"id" text COLLATE "C" PRIMARY KEY NOT NULL,
	"created_at" bigint NOT NULL,
	"updated_at" bigint NOT NULL,
	"version" bigint NOT NULL,
	"consent_given" boolean DEFAULT false NOT NULL,
	"consent_timestamp" bigint,
	"retention_until" bigint,
	"anonymized" boolean DEFAULT false NOT NULL,
	"token_hash" text COLLATE "C" NOT NULL,
	"email_index" text COLLATE "C" NOT NULL,
	"email_ciphertext" text COLLATE "C" NOT NULL,
	"return_to" text COLLATE "C",
	"expires_at" bigint NOT NULL,
	"used_at" bigint,
	CONSTRAINT "sign_in_links_id_length" CHECK (length("id") <= 36),
	CONSTRAINT "sign_in_links_token_hash_length" CHECK (length("token_hash") <= 64),
	CONSTRAINT "sign_in_links_email_index_length" CHECK (length("email_index") <= 64)
);
--> statement-breakpoint
CREATE TABLE "sessions" (
	"id" text COLLATE "C" PRIMARY KEY NOT NULL,
	"created_at" bigint NOT NULL,
	"updated_at" bigint NOT NULL,
	"version" bigint NOT NULL,
	"consent_given" boolean DEFAULT false NOT NULL,
	"consent_timestamp" bigint,
	"retention_until" bigint,
	"anonymized" boolean DEFAULT false NOT NULL,
	"token_hash" text COLLATE "C" NOT NULL,
	"subject_id" text COLLATE "C" NOT NULL,
	"permissions" text COLLATE "C",
	"expires_at" bigint NOT NULL,
	"ended_at" bigint,
	CONSTRAINT "sessions_id_length" CHECK (length("id") <= 36),
	CONSTRAINT "sessions_token_hash_length" CHECK (length("token_hash") <= 64)
);
--> statement-breakpoint
CREATE TABLE "comments" (
	"id" text COLLATE "C" PRIMARY KEY NOT NULL,
	"created_at" bigint NOT NULL,
	"updated_at" bigint NOT NULL,
	"version" bigint NOT NULL,
	"consent_given" boolean DEFAULT false NOT NULL,
	"consent_timestamp" bigint,
	"retention_until" bigint,
	"anonymized" boolean DEFAULT false NOT NULL,
	"thread" text COLLATE "C" NOT NULL,
	"subject_id" text COLLATE "C" NOT NULL,
	"parent_id" text COLLATE "C",
	"root_id" text COLLATE "C" NOT NULL,
	"depth" bigint NOT NULL,
	"content" text COLLATE "C" NOT NULL,
	"status" text COLLATE "C" NOT NULL,
	"queued_at" bigint,
	"moderated_at" bigint,
	"moderation_note" text COLLATE "C",
	"edited_at" bigint,
	"edit_token_hash" text COLLATE "C",
	"notify_replies" boolean NOT NULL,
	"source" text COLLATE "C",
	"source_id" text COLLATE "C",
	CONSTRAINT "comments_id_length" CHECK (length("id") <= 36),
	CONSTRAINT "comments_thread_length" CHECK (length("thread") <= 200),
	CONSTRAINT "comments_root_id_length" CHECK (length("root_id") <= 36),
	CONSTRAINT "comments_edit_token_hash_length" CHECK (length("edit_token_hash") <= 64),
	CONSTRAINT "comments_source_length" CHECK (length("source") <= 50),
	CONSTRAINT "comments_source_id_length" CHECK (length("source_id") <= 500),
	CONSTRAINT "comments_status_choice" CHECK ("status" in ('pending', 'approved', 'rejected', 'removed'))
);
--> statement-breakpoint
CREATE TABLE "comment_reports" (
	"id" text COLLATE "C" PRIMARY KEY NOT NULL,
	"created_at" bigint NOT NULL,
	"updated_at" bigint NOT NULL,
	"version" bigint NOT NULL,
	"consent_given" boolean DEFAULT false NOT NULL,
	"consent_timestamp" bigint,
	"retention_until" bigint,
	"anonymized" boolean DEFAULT false NOT NULL,
	"comment_id" text COLLATE "C" NOT NULL,
	"subject_id" text COLLATE "C",
	"reason" text COLLATE "C" NOT NULL,
	CONSTRAINT "comment_reports_id_length" CHECK (length("id") <= 36),
	CONSTRAINT "comment_reports_comment_id_length" CHECK (length("comment_id") <= 36)
);
--> statement-breakpoint
CREATE TABLE "outgoing_mails" (
	"id" text COLLATE "C" PRIMARY KEY NOT NULL,
	"created_at" bigint NOT NULL,
	"updated_at" bigint NOT NULL,
	"version" bigint NOT NULL,
	"consent_given" boolean DEFAULT false NOT NULL,
	"consent_timestamp" bigint,
	"retention_until" bigint,
	"anonymized" boolean DEFAULT false NOT NULL,
	"kind" text COLLATE "C" NOT NULL,
	"message" text COLLATE "C" NOT NULL,
	"message_id" text COLLATE "C" NOT NULL,
	"attempts" bigint NOT NULL,
	"next_attempt_at" bigint NOT NULL,
	CONSTRAINT "outgoing_mails_id_length" CHECK (length("id") <= 36)
);
--> statement-breakpoint
CREATE TABLE "service_credentials" (
	"id" text COLLATE "C" PRIMARY KEY NOT NULL,
	"created_at" bigint NOT NULL,
	"updated_at" bigint NOT NULL,
	"version" bigint NOT NULL,
	"name" text COLLATE "C" NOT NULL,
	"scopes" text COLLATE "C" NOT NULL,
	"token_hash" text COLLATE "C" NOT NULL,
	"revoked_at" bigint,
	CONSTRAINT "service_credentials_id_length" CHECK (length("id") <= 36),
	CONSTRAINT "service_credentials_token_hash_length" CHECK (length("token_hash") <= 64)
);
--> statement-breakpoint
CREATE TABLE "system_config" (
	"key" text COLLATE "C" PRIMARY KEY NOT NULL,
	"created_at" bigint NOT NULL,
	"updated_at" bigint NOT NULL,
	"version" bigint NOT NULL,
	"value" text COLLATE "C" NOT NULL,
	"description" text COLLATE "C",
	"is_sensitive" boolean NOT NULL,
	"updated_by" text COLLATE "C" NOT NULL,
	CONSTRAINT "system_config_key_length" CHECK (length("key") <= 100),
	CONSTRAINT "system_config_updated_by_length" CHECK (length("updated_by") <= 100)
);
--> statement-breakpoint
CREATE TABLE "keys" (
	"id" text COLLATE "C" PRIMARY KEY NOT NULL,
	"created_at" bigint NOT NULL,
	"updated_at" bigint NOT NULL,
	"version" bigint NOT NULL,
	"wrapped" text COLLATE "C" NOT NULL,
	"destroy_at" bigint,
	CONSTRAINT "keys_id_length" CHECK (length("id") <= 100)
);
--> statement-breakpoint
CREATE TABLE "guards" (
	"id" text COLLATE "C" PRIMARY KEY NOT NULL,
	"created_at" bigint NOT NULL,
	"updated_at" bigint NOT NULL,
	"version" bigint NOT NULL,
	CONSTRAINT "guards_id_length" CHECK (length("id") <= 100)
);
--> statement-breakpoint
CREATE TABLE "audit_entries" (
	"id" text COLLATE "C" PRIMARY KEY NOT NULL,
	"created_at" bigint NOT NULL,
	"updated_at" bigint NOT NULL,
	"version" bigint NOT NULL,
	"consent_given" boolean DEFAULT false NOT NULL,
	"consent_timestamp" bigint,
	"retention_until" bigint,
	"anonymized" boolean DEFAULT false NOT NULL,
	"action" text COLLATE "C" NOT NULL,
	"resource_type" text COLLATE "C" NOT NULL,
	"resource_id" text COLLATE "C",
	"user_id_hash" text COLLATE "C",
	"ip_address_hash" text COLLATE "C",
	"user_agent_hash" text COLLATE "C",
	"details" text COLLATE "C",
	CONSTRAINT "audit_entries_id_length" CHECK (length("id") <= 36),
	CONSTRAINT "audit_entries_action_length" CHECK (length("action") <= 100),
	CONSTRAINT "audit_entries_resource_type_length" CHECK (length("resource_type") <= 50),
	CONSTRAINT "audit_entries_user_id_hash_length" CHECK (length("user_id_hash") <= 64),
	CONSTRAINT "audit_entries_ip_address_hash_length" CHECK (length("ip_address_hash") <= 64),
	CONSTRAINT "audit_entries_user_agent_hash_length" CHECK (length("user_agent_hash") <= 64)
);
--> statement-breakpoint
ALTER TABLE "identities" ADD CONSTRAINT "identities_subject_id_subjects_id_fk" FOREIGN KEY ("subject_id") REFERENCES "public"."subjects"("id") ON DELETE no action ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "consents" ADD CONSTRAINT "consents_subject_id_subjects_id_fk" FOREIGN KEY ("subject_id") REFERENCES "public"."subjects"("id") ON DELETE no action ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "sessions" ADD CONSTRAINT "sessions_subject_id_subjects_id_fk" FOREIGN KEY ("subject_id") REFERENCES "public"."subjects"("id") ON DELETE no action ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "comments" ADD CONSTRAINT "comments_subject_id_subjects_id_fk" FOREIGN KEY ("subject_id") REFERENCES "public"."subjects"("id") ON DELETE no action ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "comment_reports" ADD CONSTRAINT "comment_reports_subject_id_subjects_id_fk" FOREIGN KEY ("subject_id") REFERENCES "public"."subjects"("id") ON DELETE no action ON UPDATE no action;
--> statement-breakpoint
CREATE INDEX "subjects_active_admins" ON "subjects" USING btree ("role") WHERE role = 'admin' and status = 'active';
--> statement-breakpoint
CREATE INDEX "subjects_retention_until" ON "subjects" USING btree ("retention_until") WHERE retention_until is not null;
--> statement-breakpoint
CREATE UNIQUE INDEX "identities_kind_blind_index" ON "identities" USING btree ("kind","blind_index");
--> statement-breakpoint
CREATE UNIQUE INDEX "identities_subject_id_kind" ON "identities" USING btree ("subject_id","kind");
--> statement-breakpoint
CREATE INDEX "identities_retention_until" ON "identities" USING btree ("retention_until") WHERE retention_until is not null;
--> statement-breakpoint
CREATE UNIQUE INDEX "consents_subject_id_sequence" ON "consents" USING btree ("subject_id","sequence");
--> statement-breakpoint
CREATE INDEX "consents_retention_until" ON "consents" USING btree ("retention_until") WHERE retention_until is not null;
--> statement-breakpoint
CREATE UNIQUE INDEX "consent_policies_policy_version" ON "consent_policies" USING btree ("policy_version");
--> statement-breakpoint
CREATE INDEX "consent_policies_status_policy_version" ON "consent_policies" USING btree ("status","policy_version");
--> statement-breakpoint
CREATE UNIQUE INDEX "sign_in_links_token_hash" ON "sign_in_links" USING btree ("token_hash");
--> statement-breakpoint
CREATE INDEX "sign_in_links_retention_until" ON "sign_in_links" USING btree ("retention_until") WHERE retention_until is not null;
--> statement-breakpoint
CREATE UNIQUE INDEX "sessions_token_hash" ON "sessions" USING btree ("token_hash");
--> statement-breakpoint
CREATE INDEX "sessions_retention_until" ON "sessions" USING btree ("retention_until") WHERE retention_until is not null;
--> statement-breakpoint
CREATE UNIQUE INDEX "comments_source_source_id" ON "comments" USING btree ("source","source_id");
--> statement-breakpoint
CREATE INDEX "comments_roots" ON "comments" USING btree ("thread","id") WHERE depth = 0 and status in ('approved', 'removed');
--> statement-breakpoint
CREATE INDEX "comments_replies" ON "comments" USING btree ("root_id","id") WHERE depth > 0 and status in ('approved', 'removed');
--> statement-breakpoint
CREATE INDEX "comments_thread_status" ON "comments" USING btree ("thread","status","id");
--> statement-breakpoint
CREATE INDEX "comments_queue" ON "comments" USING btree ("queued_at","id") WHERE queued_at is not null;
--> statement-breakpoint
CREATE INDEX "comments_edit_token_hash" ON "comments" USING btree ("edit_token_hash") WHERE edit_token_hash is not null;
--> statement-breakpoint
CREATE INDEX "comments_retention_until" ON "comments" USING btree ("retention_until") WHERE retention_until is not null;
--> statement-breakpoint
CREATE INDEX "comment_reports_comment_id" ON "comment_reports" USING btree ("comment_id");
--> statement-breakpoint
CREATE INDEX "comment_reports_retention_until" ON "comment_reports" USING btree ("retention_until") WHERE retention_until is not null;
--> statement-breakpoint
CREATE INDEX "outgoing_mails_next_attempt_at" ON "outgoing_mails" USING btree ("next_attempt_at","id");
--> statement-breakpoint
CREATE INDEX "outgoing_mails_retention_until" ON "outgoing_mails" USING btree ("retention_until") WHERE retention_until is not null;
--> statement-breakpoint
CREATE UNIQUE INDEX "service_credentials_token_hash" ON "service_credentials" USING btree ("token_hash");
--> statement-breakpoint
CREATE INDEX "keys_destroy_at" ON "keys" USING btree ("destroy_at","id") WHERE destroy_at is not null;
--> statement-breakpoint
CREATE INDEX "audit_entries_retention_until" ON "audit_entries" USING btree ("retention_until") WHERE retention_until is not null;
