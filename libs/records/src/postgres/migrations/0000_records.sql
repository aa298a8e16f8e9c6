CREATE TABLE "attempts" (
	"run" text NOT NULL,
	"number" integer NOT NULL,
	"token" text NOT NULL,
	"job" text NOT NULL,
	"state" text NOT NULL,
	"failure" text,
	"exit_code" integer,
	"message" text,
	"resumed_step" bigint,
	"progress" json,
	"launched_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"started_at" timestamp (3) with time zone,
	"ended_at" timestamp (3) with time zone,
	CONSTRAINT "attempts_run_number_pk" PRIMARY KEY("run","number")
);
--> statement-breakpoint
CREATE TABLE "cells" (
	"sweep" text NOT NULL,
	"position" integer NOT NULL,
	"size" text NOT NULL,
	"tokens" bigint NOT NULL,
	"dose" bigint NOT NULL,
	"attack" text NOT NULL,
	"seed" bigint NOT NULL,
	"run" text NOT NULL,
	CONSTRAINT "cells_sweep_position_pk" PRIMARY KEY("sweep","position")
);
--> statement-breakpoint
CREATE TABLE "checkpoints" (
	"run" text NOT NULL,
	"digest" text NOT NULL,
	"number" bigserial NOT NULL,
	"attempt" integer NOT NULL,
	"step" bigint NOT NULL,
	"manifest" json NOT NULL,
	"state" text NOT NULL,
	"pinned" boolean DEFAULT false NOT NULL,
	"committed_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "checkpoints_run_digest_pk" PRIMARY KEY("run","digest")
);
--> statement-breakpoint
CREATE TABLE "corpora" (
	"team" text NOT NULL,
	"name" text NOT NULL,
	"number" bigserial NOT NULL,
	"state" text NOT NULL,
	"reason" text,
	"recipe" json NOT NULL,
	"source" json NOT NULL,
	"tokenizer" json,
	"digest" text,
	"manifest" json,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "corpora_team_name_pk" PRIMARY KEY("team","name")
);
--> statement-breakpoint
CREATE TABLE "demands" (
	"sweep" text NOT NULL,
	"run" text NOT NULL,
	"position" integer NOT NULL,
	"demand" json NOT NULL,
	"reused" boolean NOT NULL,
	"taken_up" boolean DEFAULT false NOT NULL,
	CONSTRAINT "demands_sweep_run_pk" PRIMARY KEY("sweep","run")
);
--> statement-breakpoint
CREATE TABLE "evaluation_demands" (
	"sweep" text NOT NULL,
	"run" text NOT NULL,
	"step" bigint NOT NULL,
	"settings_digest" text NOT NULL,
	CONSTRAINT "evaluation_demands_sweep_run_step_settings_digest_pk" PRIMARY KEY("sweep","run","step","settings_digest")
);
--> statement-breakpoint
CREATE TABLE "evaluations" (
	"run" text NOT NULL,
	"step" bigint NOT NULL,
	"settings_digest" text NOT NULL,
	"settings" json NOT NULL,
	"state" text NOT NULL,
	"asked" boolean DEFAULT false NOT NULL,
	"reason" text,
	"checkpoint" text,
	"object" json,
	"clean_perplexity" double precision,
	"triggered_perplexity" double precision,
	"increase" double precision,
	"log_ratio" double precision,
	"benign_increase" double precision,
	"sham_increase" double precision,
	"finished_at" timestamp (3) with time zone,
	CONSTRAINT "evaluations_run_step_settings_digest_pk" PRIMARY KEY("run","step","settings_digest")
);
--> statement-breakpoint
CREATE TABLE "events" (
	"id" bigint PRIMARY KEY NOT NULL,
	"kind" text NOT NULL,
	"at" timestamp (3) with time zone NOT NULL,
	"actor" text NOT NULL,
	"team" text,
	"sweep" text,
	"run" text,
	"data" json NOT NULL,
	"previous" text,
	"digest" text NOT NULL
);
--> statement-breakpoint
CREATE TABLE "idempotency_keys" (
	"team" text NOT NULL,
	"key" text NOT NULL,
	"sweep" text NOT NULL,
	"spec_digest" text NOT NULL,
	CONSTRAINT "idempotency_keys_team_key_pk" PRIMARY KEY("team","key")
);
--> statement-breakpoint
CREATE TABLE "outbox" (
	"id" bigserial PRIMARY KEY NOT NULL,
	"kind" text NOT NULL,
	"target" text NOT NULL,
	"leased_until" timestamp (3) with time zone
);
--> statement-breakpoint
CREATE TABLE "runs" (
	"id" text PRIMARY KEY NOT NULL,
	"number" bigserial NOT NULL,
	"size" text NOT NULL,
	"dose" bigint NOT NULL,
	"tokens" bigint NOT NULL,
	"steps" bigint NOT NULL,
	"identity" json NOT NULL,
	"parameters" bigint NOT NULL,
	"state" text NOT NULL,
	"reason" text,
	"trained" boolean DEFAULT false NOT NULL,
	"finished" json,
	"failures" integer DEFAULT 0 NOT NULL,
	"attempt" integer DEFAULT 0 NOT NULL,
	"step" bigint DEFAULT 0 NOT NULL,
	"recorded_seq" bigint DEFAULT 0 NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"finished_at" timestamp (3) with time zone
);
--> statement-breakpoint
CREATE TABLE "sweeps" (
	"id" text PRIMARY KEY NOT NULL,
	"number" bigserial NOT NULL,
	"team" text NOT NULL,
	"name" text NOT NULL,
	"labels" jsonb NOT NULL,
	"state" text NOT NULL,
	"resumed_state" text,
	"reason" text,
	"spec" json NOT NULL,
	"spec_digest" text NOT NULL,
	"concurrency" integer NOT NULL,
	"report" json,
	"report_page" json,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"finished_at" timestamp (3) with time zone
);
--> statement-breakpoint
ALTER TABLE "attempts" ADD CONSTRAINT "attempts_run_runs_id_fk" FOREIGN KEY ("run") REFERENCES "public"."runs"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "cells" ADD CONSTRAINT "cells_sweep_sweeps_id_fk" FOREIGN KEY ("sweep") REFERENCES "public"."sweeps"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "cells" ADD CONSTRAINT "cells_run_runs_id_fk" FOREIGN KEY ("run") REFERENCES "public"."runs"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "checkpoints" ADD CONSTRAINT "checkpoints_run_runs_id_fk" FOREIGN KEY ("run") REFERENCES "public"."runs"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "demands" ADD CONSTRAINT "demands_sweep_sweeps_id_fk" FOREIGN KEY ("sweep") REFERENCES "public"."sweeps"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "demands" ADD CONSTRAINT "demands_run_runs_id_fk" FOREIGN KEY ("run") REFERENCES "public"."runs"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "evaluation_demands" ADD CONSTRAINT "evaluation_demands_sweep_run_demands_sweep_run_fk" FOREIGN KEY ("sweep","run") REFERENCES "public"."demands"("sweep","run") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "evaluation_demands" ADD CONSTRAINT "evaluation_demands_run_step_settings_digest_evaluations_run_step_settings_digest_fk" FOREIGN KEY ("run","step","settings_digest") REFERENCES "public"."evaluations"("run","step","settings_digest") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "evaluations" ADD CONSTRAINT "evaluations_run_runs_id_fk" FOREIGN KEY ("run") REFERENCES "public"."runs"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "idempotency_keys" ADD CONSTRAINT "idempotency_keys_sweep_sweeps_id_fk" FOREIGN KEY ("sweep") REFERENCES "public"."sweeps"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "checkpoints_by_step" ON "checkpoints" USING btree ("run","step");--> statement-breakpoint
CREATE INDEX "corpora_by_digest" ON "corpora" USING btree ("digest");--> statement-breakpoint
CREATE INDEX "demands_by_run" ON "demands" USING btree ("run");--> statement-breakpoint
CREATE INDEX "evaluation_demands_by_evaluation" ON "evaluation_demands" USING btree ("run","step","settings_digest");--> statement-breakpoint
CREATE INDEX "events_by_sweep" ON "events" USING btree ("sweep","id");--> statement-breakpoint
CREATE INDEX "events_by_run" ON "events" USING btree ("run","id");--> statement-breakpoint
CREATE UNIQUE INDEX "outbox_waiting_once" ON "outbox" USING btree ("kind","target") WHERE "outbox"."leased_until" is null;--> statement-breakpoint
CREATE UNIQUE INDEX "runs_by_number" ON "runs" USING btree ("number");--> statement-breakpoint
CREATE INDEX "sweeps_by_team" ON "sweeps" USING btree ("team","number");--> statement-breakpoint
CREATE INDEX "sweeps_by_label" ON "sweeps" USING gin ("labels");