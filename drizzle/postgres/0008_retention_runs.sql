CREATE TABLE "retention_runs" (
	"id" text COLLATE "C" PRIMARY KEY NOT NULL,
	"created_at" bigint NOT NULL,
	"updated_at" bigint NOT NULL,
	"version" bigint NOT NULL,
	"consent_given" boolean DEFAULT false NOT NULL,
	"consent_timestamp" bigint,
	"retention_until" bigint,
	"anonymized" boolean DEFAULT false NOT NULL,
	"dry_run" boolean NOT NULL,
	"trigger" text COLLATE "C" NOT NULL,
	"due" bigint NOT NULL,
	"running" text COLLATE "C",
	"resumed" bigint NOT NULL,
	"finished_at" bigint,
	"progress" text COLLATE "C" NOT NULL,
	"report_id" text COLLATE "C",
	CONSTRAINT "retention_runs_id_length" CHECK (length("id") <= 36),
	CONSTRAINT "retention_runs_trigger_length" CHECK (length("trigger") <= 20),
	CONSTRAINT "retention_runs_running_length" CHECK (length("running") <= 20)
);
--> statement-breakpoint
DROP INDEX "subjects_retention_until";
--> statement-breakpoint
DROP INDEX "identities_retention_until";
--> statement-breakpoint
DROP INDEX "consents_retention_until";
--> statement-breakpoint
DROP INDEX "sign_in_links_retention_until";
--> statement-breakpoint
DROP INDEX "sessions_retention_until";
--> statement-breakpoint
DROP INDEX "comments_retention_until";
--> statement-breakpoint
DROP INDEX "comment_reports_retention_until";
--> statement-breakpoint
DROP INDEX "outgoing_mails_retention_until";
--> statement-breakpoint
DROP INDEX "legal_holds_retention_until";
--> statement-breakpoint
DROP INDEX "signed_reports_retention_until";
--> statement-breakpoint
CREATE UNIQUE INDEX "retention_runs_running" ON "retention_runs" USING btree ("running");
--> statement-breakpoint
CREATE INDEX "retention_runs_retention_until" ON "retention_runs" USING btree ("retention_until","id") WHERE retention_until is not null;
--> statement-breakpoint
CREATE INDEX "comments_parent_id" ON "comments" USING btree ("parent_id","retention_until") WHERE parent_id is not null;
--> statement-breakpoint
CREATE INDEX "subjects_retention_until" ON "subjects" USING btree ("retention_until","id") WHERE retention_until is not null;
--> statement-breakpoint
CREATE INDEX "identities_retention_until" ON "identities" USING btree ("retention_until","id") WHERE retention_until is not null;
--> statement-breakpoint
CREATE INDEX "consents_retention_until" ON "consents" USING btree ("retention_until","id") WHERE retention_until is not null;
--> statement-breakpoint
CREATE INDEX "sign_in_links_retention_until" ON "sign_in_links" USING btree ("retention_until","id") WHERE retention_until is not null;
--> statement-breakpoint
CREATE INDEX "sessions_retention_until" ON "sessions" USING btree ("retention_until","id") WHERE retention_until is not null;
--> statement-breakpoint
CREATE INDEX "comments_retention_until" ON "comments" USING btree ("retention_until","id") WHERE retention_until is not null;
--> statement-breakpoint
CREATE INDEX "comment_reports_retention_until" ON "comment_reports" USING btree ("retention_until","id") WHERE retention_until is not null;
--> statement-breakpoint
CREATE INDEX "outgoing_mails_retention_until" ON "outgoing_mails" USING btree ("retention_until","id") WHERE retention_until is not null;
--> statement-breakpoint
CREATE INDEX "legal_holds_retention_until" ON "legal_holds" USING btree ("retention_until","id") WHERE retention_until is not null;
--> statement-breakpoint
CREATE INDEX "signed_reports_retention_until" ON "signed_reports" USING btree ("retention_until","id") WHERE retention_until is not null;
