CREATE INDEX "subjects_set_aside" ON "subjects" USING btree ("id","status") WHERE status <> 'active';
