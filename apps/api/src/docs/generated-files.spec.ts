import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from '@jest/globals';

const path = (relative: string) => fileURLToPath(new URL(relative, import.meta.url));

describe('the OpenAPI document', () => {
  it('is the committed one, and the client is generated from it', async () => {
    const main = ['--import', '@swc-node/register/esm-register', path('../openapi.main.ts'), '--check'];
    const { stderr } = await promisify(execFile)(process.execPath, main, {
      cwd: path('../../../..'),
      env: { ...process.env, NODE_OPTIONS: '' },
    });
    expect(stderr).toBe('');
  }, 120_000);

  it('names every operation, tells of problems, and resolves every reference', async () => {
    const text = await readFile(path('../../openapi.json'), 'utf8');
    const document = JSON.parse(text) as {
      openapi: string;
      paths: Record<string, Record<string, Operation>>;
      components: { schemas: Record<string, unknown> };
    };
    expect(document.openapi).toBe('3.1.0');
    const operations = Object.values(document.paths).flatMap((item) => Object.values(item));
    expect(new Set(operations.map(({ operationId }) => operationId)).size).toBe(operations.length);
    expect(operations.filter(({ responses }) => !responses['default'])).toEqual([]);
    const references = [...text.matchAll(/"#\/components\/schemas\/([^"]+)"/g)].map(([, name]) => name!);
    expect(references.filter((name) => !(name in document.components.schemas))).toEqual([]);
    expect(text).not.toContain('nestjs_zod');
  });
});

interface Operation {
  readonly operationId: string;
  readonly responses: Record<string, unknown>;
}
