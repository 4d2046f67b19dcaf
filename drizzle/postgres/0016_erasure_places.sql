ALTER TABLE "erasures" ADD COLUMN "places" text COLLATE "C" DEFAULT '{}' NOT NULL;
