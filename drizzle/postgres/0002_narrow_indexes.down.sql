DROP INDEX "consent_policies_published";
DROP INDEX "comments_source_source_id";
CREATE INDEX "consent_policies_status_policy_version" ON "consent_policies" ("status", "policy_version");
CREATE UNIQUE INDEX "comments_source_source_id" ON "comments" ("source", "source_id");
