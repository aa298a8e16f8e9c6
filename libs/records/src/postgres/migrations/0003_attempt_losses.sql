ALTER TABLE "attempts" ADD COLUMN "node" text;--> statement-breakpoint
ALTER TABLE "attempts" ADD COLUMN "lost_seconds" double precision;--> statement-breakpoint
ALTER TABLE "attempts" ADD COLUMN "waiting" text;--> statement-breakpoint
ALTER TABLE "runs" ADD COLUMN "interruptions" integer DEFAULT 0 NOT NULL;