CREATE TABLE "erasures" (
	"id" text COLLATE "C" PRIMARY KEY NOT NULL,
	"created_at" bigint NOT NULL,
	"updated_at" bigint NOT NULL,
	"version" bigint NOT NULL,
	"consent_given" boolean DEFAULT false NOT NULL,
	"consent_timestamp" bigint,
	"retention_until" bigint,
	"anonymized" boolean DEFAULT false NOT NULL,
	"subject_id" text COLLATE "C" NOT NULL,
	"comments" text COLLATE "C" NOT NULL,
	"status" text COLLATE "C" NOT NULL,
	"step" text COLLATE "C" NOT NULL,
	"cursor" text COLLATE "C",
	"work" text COLLATE "C",
	"counts" text COLLATE "C" NOT NULL,
	"next_attempt_at" bigint NOT NULL,
	"finished_at" bigint,
	"report_id" text COLLATE "C",
	"original_data_hash" text COLLATE "C",
	CONSTRAINT "erasures_id_length" CHECK (length("id") <= 36),
	CONSTRAINT "erasures_subject_id_length" CHECK (length("subject_id") <= 36),
	CONSTRAINT "erasures_step_length" CHECK (length("step") <= 20),
	CONSTRAINT "erasures_cursor_length" CHECK (length("cursor") <= 100),
	CONSTRAINT "erasures_report_id_length" CHECK (length("report_id") <= 36),
	CONSTRAINT "erasures_original_data_hash_length" CHECK (length("original_data_hash") <= 64),
	CONSTRAINT "erasures_comments_choice" CHECK ("comments" in ('keep_text', 'remove_text')),
	CONSTRAINT "erasures_status_choice" CHECK ("status" in ('running', 'held', 'residue', 'done'))
);
--> statement-breakpoint
DROP INDEX "comment_reports_comment_id";
--> statement-breakpoint
CREATE UNIQUE INDEX "erasures_subject_id" ON "erasures" USING btree ("subject_id");
--> statement-breakpoint
CREATE INDEX "erasures_open" ON "erasures" USING btree ("next_attempt_at","id") WHERE status <> 'done';
--> statement-breakpoint
CREATE INDEX "erasures_retention_until" ON "erasures" USING btree ("retention_until") WHERE retention_until is not null;
--> statement-breakpoint
CREATE INDEX "comments_answers" ON "comments" USING btree ("parent_id","id") WHERE parent_id is not null;
--> statement-breakpoint
CREATE INDEX "comment_reports_comment_id" ON "comment_reports" USING btree ("comment_id","id");
