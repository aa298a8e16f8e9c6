-- The ledger is append-only for the control plane as well: a fault in our own code must not be able to rewrite it.
CREATE FUNCTION "refuse_rewriting_events"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	RAISE EXCEPTION 'Cannot % events as they must only be appended', lower(TG_OP);
END
$$;
--> statement-breakpoint
CREATE TRIGGER "events_are_append_only" BEFORE UPDATE OR DELETE OR TRUNCATE ON "events" FOR EACH STATEMENT EXECUTE FUNCTION "refuse_rewriting_events"();
