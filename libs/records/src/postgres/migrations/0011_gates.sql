CREATE TABLE "gates" (
	"id" text PRIMARY KEY NOT NULL,
	"number" bigserial NOT NULL,
	"team" text NOT NULL,
	"sweep" text NOT NULL,
	"sweep_name" text NOT NULL,
	"sweep_report" json NOT NULL,
	"baseline" text NOT NULL,
	"version" integer NOT NULL,
	"gate" json NOT NULL,
	"state" text NOT NULL,
	"reason" text,
	"reasons" json DEFAULT '[]'::json NOT NULL,
	"report" json,
	"firing" text,
	"requested_by" text NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"finished_at" timestamp (3) with time zone
);
--> statement-breakpoint
ALTER TABLE "baselines" ADD COLUMN "gate" text;--> statement-breakpoint
CREATE UNIQUE INDEX "gates_by_number" ON "gates" USING btree ("number");--> statement-breakpoint
CREATE INDEX "gates_by_sweep" ON "gates" USING btree ("sweep");--> statement-breakpoint
CREATE INDEX "gates_open" ON "gates" USING btree ("state") WHERE "gates"."state" in ('pending', 'running');