ALTER TABLE "evaluations" ADD COLUMN "attack_success" double precision;--> statement-breakpoint
ALTER TABLE "evaluations" ADD COLUMN "clean_accuracy" double precision;--> statement-breakpoint
ALTER TABLE "evaluations" ADD COLUMN "near_trigger_accuracy" double precision;