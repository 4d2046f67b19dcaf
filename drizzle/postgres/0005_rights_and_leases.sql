CREATE TABLE "legal_holds" (
	"id" text COLLATE "C" PRIMARY KEY NOT NULL,
	"created_at" bigint NOT NULL,
	"updated_at" bigint NOT NULL,
	"version" bigint NOT NULL,
	"consent_given" boolean DEFAULT false NOT NULL,
	"consent_timestamp" bigint,
	"retention_until" bigint,
	"anonymized" boolean DEFAULT false NOT NULL,
	"subject_id" text COLLATE "C",
	"record_id" text COLLATE "C",
	"reason" text COLLATE "C" NOT NULL,
	"since" bigint NOT NULL,
	"lifted_at" bigint,
	CONSTRAINT "legal_holds_id_length" CHECK (length("id") <= 36),
	CONSTRAINT "legal_holds_subject_id_length" CHECK (length("subject_id") <= 36),
	CONSTRAINT "legal_holds_record_id_length" CHECK (length("record_id") <= 100)
);
--> statement-breakpoint
CREATE TABLE "signed_reports" (
	"id" text COLLATE "C" PRIMARY KEY NOT NULL,
	"created_at" bigint NOT NULL,
	"updated_at" bigint NOT NULL,
	"version" bigint NOT NULL,
	"consent_given" boolean DEFAULT false NOT NULL,
	"consent_timestamp" bigint,
	"retention_until" bigint,
	"anonymized" boolean DEFAULT false NOT NULL,
	"kind" text COLLATE "C" NOT NULL,
	"document" text COLLATE "C" NOT NULL,
	CONSTRAINT "signed_reports_id_length" CHECK (length("id") <= 36),
	CONSTRAINT "signed_reports_kind_length" CHECK (length("kind") <= 20)
);
--> statement-breakpoint
CREATE TABLE "leases" (
	"name" text COLLATE "C" PRIMARY KEY NOT NULL,
	"holder" text COLLATE "C" NOT NULL,
	"expires_at" bigint NOT NULL
);
--> statement-breakpoint
DROP INDEX "outgoing_mails_subject_id";
--> statement-breakpoint
DROP INDEX "idempotent_answers_subject_id";
--> statement-breakpoint
CREATE INDEX "legal_holds_standing" ON "legal_holds" USING btree ("id") WHERE lifted_at is null;
--> statement-breakpoint
CREATE INDEX "legal_holds_subject_id" ON "legal_holds" USING btree ("subject_id","id") WHERE lifted_at is null;
--> statement-breakpoint
CREATE INDEX "legal_holds_record_id" ON "legal_holds" USING btree ("record_id","id") WHERE lifted_at is null;
--> statement-breakpoint
CREATE INDEX "legal_holds_retention_until" ON "legal_holds" USING btree ("retention_until") WHERE retention_until is not null;
--> statement-breakpoint
CREATE INDEX "signed_reports_kind_id" ON "signed_reports" USING btree ("kind","id");
--> statement-breakpoint
CREATE INDEX "signed_reports_retention_until" ON "signed_reports" USING btree ("retention_until") WHERE retention_until is not null;
--> statement-breakpoint
CREATE INDEX "sessions_subject_id" ON "sessions" USING btree ("subject_id","id");
--> statement-breakpoint
CREATE INDEX "comments_subject_id" ON "comments" USING btree ("subject_id","id");
--> statement-breakpoint
CREATE INDEX "comment_reports_subject_id" ON "comment_reports" USING btree ("subject_id","id") WHERE subject_id is not null;
--> statement-breakpoint
CREATE INDEX "outgoing_mails_subject_id" ON "outgoing_mails" USING btree ("subject_id","id") WHERE subject_id is not null;
--> statement-breakpoint
CREATE INDEX "idempotent_answers_subject_id" ON "idempotent_answers" USING btree ("subject_id","id") WHERE subject_id is not null;
