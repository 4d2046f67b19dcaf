CREATE TABLE "privacy_requests" (
	"id" text COLLATE "C" PRIMARY KEY NOT NULL,
	"created_at" bigint NOT NULL,
	"updated_at" bigint NOT NULL,
	"version" bigint NOT NULL,
	"consent_given" boolean DEFAULT false NOT NULL,
	"consent_timestamp" bigint,
	"retention_until" bigint,
	"anonymized" boolean DEFAULT false NOT NULL,
	"subject_id" text COLLATE "C",
	"type" text COLLATE "C" NOT NULL,
	"state" text COLLATE "C" NOT NULL,
	"channel" text COLLATE "C" NOT NULL,
	"comments" text COLLATE "C",
	"purpose" text COLLATE "C",
	"restriction_ground" text COLLATE "C",
	"statement" text COLLATE "C",
	"rectification" text COLLATE "C",
	"contact" text COLLATE "C",
	"received_at" bigint NOT NULL,
	"target_at" bigint NOT NULL,
	"due_at" bigint NOT NULL,
	"unsuspended_due_at" bigint NOT NULL,
	"suspended_since" bigint,
	"suspended_ms" bigint NOT NULL,
	"extended_at" bigint,
	"extension_reason" text COLLATE "C",
	"effective_at" bigint,
	"hindrance" text COLLATE "C",
	"token_hash" text COLLATE "C",
	"refusal_ground" text COLLATE "C",
	"answer" text COLLATE "C",
	"closed_at" bigint,
	"lift_at" bigint,
	"lifted_at" bigint,
	"reminded" text COLLATE "C" NOT NULL,
	"wakes_at" bigint,
	CONSTRAINT "privacy_requests_id_length" CHECK (length("id") <= 36),
	CONSTRAINT "privacy_requests_state_length" CHECK (length("state") <= 30),
	CONSTRAINT "privacy_requests_token_hash_length" CHECK (length("token_hash") <= 64),
	CONSTRAINT "privacy_requests_type_choice" CHECK ("type" in ('access', 'portability', 'rectification', 'erasure', 'restriction', 'objection'))
);
--> statement-breakpoint
ALTER TABLE "privacy_requests" ADD CONSTRAINT "privacy_requests_subject_id_subjects_id_fk" FOREIGN KEY ("subject_id") REFERENCES "public"."subjects"("id") ON DELETE no action ON UPDATE no action;
--> statement-breakpoint
CREATE INDEX "privacy_requests_subject_id" ON "privacy_requests" USING btree ("subject_id","id") WHERE subject_id is not null;
--> statement-breakpoint
CREATE INDEX "privacy_requests_inbox" ON "privacy_requests" USING btree ("due_at","id") WHERE closed_at is null;
--> statement-breakpoint
CREATE INDEX "privacy_requests_state" ON "privacy_requests" USING btree ("state","due_at","id");
--> statement-breakpoint
CREATE INDEX "privacy_requests_wakes_at" ON "privacy_requests" USING btree ("wakes_at","id") WHERE wakes_at is not null;
--> statement-breakpoint
CREATE INDEX "privacy_requests_due_erasures" ON "privacy_requests" USING btree ("effective_at","id") WHERE effective_at is not null and closed_at is null;
--> statement-breakpoint
CREATE INDEX "privacy_requests_retention_until" ON "privacy_requests" USING btree ("retention_until") WHERE retention_until is not null;
