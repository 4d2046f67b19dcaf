ALTER TABLE "audit_entries" ADD PRIMARY KEY ("id");
