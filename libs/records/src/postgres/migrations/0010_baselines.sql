CREATE TABLE "baselines" (
	"team" text NOT NULL,
	"name" text NOT NULL,
	"version" integer NOT NULL,
	"number" bigserial NOT NULL,
	"sweep" text NOT NULL,
	"sweep_name" text NOT NULL,
	"spec_digest" text NOT NULL,
	"report" json NOT NULL,
	"promoted_by" text NOT NULL,
	"why" text NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"retired_by" text,
	"retired_why" text,
	"retired_at" timestamp (3) with time zone,
	CONSTRAINT "baselines_team_name_version_pk" PRIMARY KEY("team","name","version")
);
--> statement-breakpoint
CREATE INDEX "baselines_by_sweep" ON "baselines" USING btree ("sweep");