import { defineConfig } from 'drizzle-kit';

/** `npm run generate -w libs/records` writes the next migration from the schema. */
export default defineConfig({ dialect: 'postgresql', schema: './src/postgres/schema*.ts', out: './src/postgres/migrations' });
