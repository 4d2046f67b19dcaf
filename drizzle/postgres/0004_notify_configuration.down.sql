DROP TRIGGER "notify_configuration" ON "system_config";
DROP FUNCTION "notify_configuration"();
