ALTER TABLE `breaches` ADD `persons_exemption` text;
--> statement-breakpoint
CREATE INDEX `breaches_open` ON `breaches` (`aware_at`,`id`) WHERE risk is null or (notified_at is null and risk <> 'unlikely') or (risk = 'high' and persons_told_at is null and not data_unintelligible and coalesce(persons_exemption, '') <> 'risk_removed');
