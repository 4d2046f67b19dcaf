DROP INDEX `comments_answers`;
DROP INDEX `comment_reports_comment_id`;
CREATE INDEX `comment_reports_comment_id` ON `comment_reports` (`comment_id`);
DROP TABLE `erasures`;
