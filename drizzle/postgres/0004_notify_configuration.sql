CREATE FUNCTION "notify_configuration"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NOTIFY gonogo_configuration;
  RETURN NULL;
END
$$;
--> statement-breakpoint
CREATE TRIGGER "notify_configuration" AFTER INSERT OR UPDATE OR DELETE ON "system_config" FOR EACH STATEMENT EXECUTE FUNCTION "notify_configuration"();
