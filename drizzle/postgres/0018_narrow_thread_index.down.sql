DROP INDEX "comments_thread_status";
CREATE INDEX "comments_thread_status" ON "comments" USING btree ("thread","status","id");
