CREATE INDEX `subjects_set_aside` ON `subjects` (`id`,`status`) WHERE status <> 'active';
