DROP INDEX `consent_policies_status_policy_version`;
--> statement-breakpoint
CREATE INDEX `consent_policies_published` ON `consent_policies` (`policy_version`) WHERE status = 'published';
--> statement-breakpoint
DROP INDEX `comments_source_source_id`;
--> statement-breakpoint
CREATE UNIQUE INDEX `comments_source_source_id` ON `comments` (`source`,`source_id`) WHERE source_id is not null;
