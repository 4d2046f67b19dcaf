CREATE TABLE "restore_points" (
	"id" text COLLATE "C" PRIMARY KEY NOT NULL,
	"created_at" bigint NOT NULL,
	"updated_at" bigint NOT NULL,
	"version" bigint NOT NULL,
	"ledger_position" text COLLATE "C" NOT NULL,
	CONSTRAINT "restore_points_id_length" CHECK (length("id") <= 100)
);
