CREATE TABLE "idempotent_answers" (
	"id" text COLLATE "C" PRIMARY KEY NOT NULL,
	"created_at" bigint NOT NULL,
	"updated_at" bigint NOT NULL,
	"version" bigint NOT NULL,
	"consent_given" boolean DEFAULT false NOT NULL,
	"consent_timestamp" bigint,
	"retention_until" bigint,
	"anonymized" boolean DEFAULT false NOT NULL,
	"subject_id" text COLLATE "C",
	"fingerprint" text COLLATE "C" NOT NULL,
	"answer" text COLLATE "C",
	"expires_at" bigint NOT NULL,
	CONSTRAINT "idempotent_answers_id_length" CHECK (length("id") <= 64),
	CONSTRAINT "idempotent_answers_fingerprint_length" CHECK (length("fingerprint") <= 64)
);
--> statement-breakpoint
CREATE INDEX "idempotent_answers_subject_id" ON "idempotent_answers" USING btree ("subject_id") WHERE subject_id is not null;
--> statement-breakpoint
CREATE INDEX "idempotent_answers_expires_at" ON "idempotent_answers" USING btree ("expires_at","id");
