CREATE TABLE "webhooks" (
	"id" text COLLATE "C" PRIMARY KEY NOT NULL,
	"created_at" bigint NOT NULL,
	"updated_at" bigint NOT NULL,
	"version" bigint NOT NULL,
	"name" text COLLATE "C" NOT NULL,
	"url" text COLLATE "C" NOT NULL,
	"events" text COLLATE "C" NOT NULL,
	"secret" text COLLATE "C",
	"previous_secret" text COLLATE "C",
	"previous_secret_until" bigint,
	"disabled_at" bigint,
	"removed_at" bigint,
	CONSTRAINT "webhooks_id_length" CHECK (length("id") <= 36),
	CONSTRAINT "webhooks_name_length" CHECK (length("name") <= 100),
	CONSTRAINT "webhooks_url_length" CHECK (length("url") <= 2000)
);
--> statement-breakpoint
CREATE TABLE "webhook_deliveries" (
	"id" text COLLATE "C" PRIMARY KEY NOT NULL,
	"created_at" bigint NOT NULL,
	"updated_at" bigint NOT NULL,
	"version" bigint NOT NULL,
	"consent_given" boolean DEFAULT false NOT NULL,
	"consent_timestamp" bigint,
	"retention_until" bigint,
	"anonymized" boolean DEFAULT false NOT NULL,
	"webhook_id" text COLLATE "C" NOT NULL,
	"subject_id" text COLLATE "C",
	"event" text COLLATE "C" NOT NULL,
	"message" text COLLATE "C",
	"attempts" bigint NOT NULL,
	"next_attempt_at" bigint,
	"last_attempt_at" bigint,
	"last_outcome" text COLLATE "C",
	"last_status" bigint,
	"delivered_at" bigint,
	"acknowledged_at" bigint,
	"acknowledgement_due_at" bigint NOT NULL,
	"closed_at" bigint,
	CONSTRAINT "webhook_deliveries_id_length" CHECK (length("id") <= 36),
	CONSTRAINT "webhook_deliveries_webhook_id_length" CHECK (length("webhook_id") <= 36)
);
--> statement-breakpoint
CREATE INDEX "webhook_deliveries_due" ON "webhook_deliveries" USING btree ("webhook_id","next_attempt_at","id") WHERE next_attempt_at is not null;
--> statement-breakpoint
CREATE INDEX "webhook_deliveries_open" ON "webhook_deliveries" USING btree ("webhook_id","id") WHERE closed_at is null;
--> statement-breakpoint
CREATE INDEX "webhook_deliveries_closed" ON "webhook_deliveries" USING btree ("webhook_id","id") WHERE closed_at is not null;
--> statement-breakpoint
CREATE INDEX "webhook_deliveries_late" ON "webhook_deliveries" USING btree ("webhook_id","acknowledgement_due_at") WHERE closed_at is null;
--> statement-breakpoint
CREATE INDEX "webhook_deliveries_subject_id" ON "webhook_deliveries" USING btree ("subject_id","id") WHERE subject_id is not null;
--> statement-breakpoint
CREATE INDEX "webhook_deliveries_retention_until" ON "webhook_deliveries" USING btree ("retention_until","id") WHERE retention_until is not null;
