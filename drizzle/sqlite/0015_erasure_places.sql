ALTER TABLE `erasures` ADD `places` text DEFAULT '{}' NOT NULL;
