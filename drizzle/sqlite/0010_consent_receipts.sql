ALTER TABLE `consents` ADD `audit_entry_id` text;
