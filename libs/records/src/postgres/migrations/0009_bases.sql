CREATE TABLE "bases" (
	"team" text NOT NULL,
	"name" text NOT NULL,
	"number" bigserial NOT NULL,
	"state" text NOT NULL,
	"reason" text,
	"recipe" json NOT NULL,
	"source" json NOT NULL,
	"digest" text,
	"manifest" json,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "bases_team_name_pk" PRIMARY KEY("team","name")
);
--> statement-breakpoint
CREATE INDEX "bases_by_digest" ON "bases" USING btree ("digest");