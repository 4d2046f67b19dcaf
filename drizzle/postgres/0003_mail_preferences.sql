CREATE TABLE "mail_preferences" (
	"id" text COLLATE "C" PRIMARY KEY NOT NULL,
	"created_at" bigint NOT NULL,
	"updated_at" bigint NOT NULL,
	"version" bigint NOT NULL,
	"consent_given" boolean DEFAULT false NOT NULL,
	"consent_timestamp" bigint,
	"retention_until" bigint,
	"anonymized" boolean DEFAULT false NOT NULL,
	"subject_id" text COLLATE "C" NOT NULL,
	"notifications" boolean NOT NULL,
	CONSTRAINT "mail_preferences_id_length" CHECK (length("id") <= 36)
);
--> statement-breakpoint
ALTER TABLE "outgoing_mails" ADD COLUMN "subject_id" text COLLATE "C";
--> statement-breakpoint
ALTER TABLE "mail_preferences" ADD CONSTRAINT "mail_preferences_subject_id_subjects_id_fk" FOREIGN KEY ("subject_id") REFERENCES "public"."subjects"("id") ON DELETE no action ON UPDATE no action;
--> statement-breakpoint
CREATE UNIQUE INDEX "mail_preferences_subject_id" ON "mail_preferences" USING btree ("subject_id");
--> statement-breakpoint
CREATE INDEX "outgoing_mails_subject_id" ON "outgoing_mails" USING btree ("subject_id") WHERE subject_id is not null;
