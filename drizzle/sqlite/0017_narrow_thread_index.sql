DROP INDEX `comments_thread_status`;
--> statement-breakpoint
CREATE INDEX `comments_thread_status` ON `comments` (`thread`,`status`,`id`) WHERE depth > 0 or status <> 'approved';
