DROP INDEX `subjects_set_aside`;
