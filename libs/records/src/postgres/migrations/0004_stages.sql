ALTER TABLE "cells" ADD COLUMN "stage" text DEFAULT 'pretrain' NOT NULL;--> statement-breakpoint
ALTER TABLE "cells" ADD COLUMN "stage_dose" bigint DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "cells" ADD COLUMN "counterexamples" bigint DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "runs" ADD COLUMN "base_run" text;--> statement-breakpoint
ALTER TABLE "runs" ADD COLUMN "base_step" bigint;--> statement-breakpoint
CREATE INDEX "runs_by_base" ON "runs" USING btree ("base_run","base_step");