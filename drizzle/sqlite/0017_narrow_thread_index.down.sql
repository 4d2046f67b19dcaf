DROP INDEX `comments_thread_status`;
CREATE INDEX `comments_thread_status` ON `comments` (`thread`,`status`,`id`);
