ALTER TABLE "erasures" ADD COLUMN "places" text COLLATE "C" DEFAULT '{}' NOT NULL;
--> statement-breakpoint
ALTER TABLE "erasures" ADD COLUMN "held_by" text COLLATE "C";
--> statement-breakpoint
CREATE INDEX "erasures_held" ON "erasures" USING btree ("id") WHERE status = 'held';
