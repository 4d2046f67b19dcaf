CREATE TABLE "breaches" (
	"id" text COLLATE "C" PRIMARY KEY NOT NULL,
	"created_at" bigint NOT NULL,
	"updated_at" bigint NOT NULL,
	"version" bigint NOT NULL,
	"consent_given" boolean DEFAULT false NOT NULL,
	"consent_timestamp" bigint,
	"retention_until" bigint,
	"anonymized" boolean DEFAULT false NOT NULL,
	"nature" text COLLATE "C" NOT NULL,
	"person_categories" text COLLATE "C",
	"persons" bigint,
	"record_categories" text COLLATE "C",
	"records" bigint,
	"contact" text COLLATE "C",
	"consequences" text COLLATE "C",
	"measures" text COLLATE "C",
	"aware_at" bigint NOT NULL,
	"risk" text COLLATE "C",
	"data_unintelligible" boolean NOT NULL,
	"phases" text COLLATE "C" NOT NULL,
	"notified_at" bigint,
	"late_reason" text COLLATE "C",
	"persons_told_at" bigint,
	CONSTRAINT "breaches_id_length" CHECK (length("id") <= 36),
	CONSTRAINT "breaches_risk_length" CHECK (length("risk") <= 10)
);
--> statement-breakpoint
CREATE INDEX "breaches_retention_until" ON "breaches" USING btree ("retention_until","id") WHERE retention_until is not null;
