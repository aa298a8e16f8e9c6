CREATE TABLE "processes" (
	"instance" text PRIMARY KEY NOT NULL,
	"report" json NOT NULL,
	"seen_at" timestamp (3) with time zone DEFAULT now() NOT NULL
);
