ALTER TABLE `erasures` DROP COLUMN `places`;
