/** Writes the chart's schema and the table of its values: `npm run generate`. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { chartFiles, chartFolder } from './chart-files.ts';

for (const [name, text] of Object.entries(chartFiles())) writeFileSync(join(chartFolder, name), text);
