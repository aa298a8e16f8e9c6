import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import { readYaml } from '@titrate/planning';
import { readGate } from './gate-command.ts';

const examples = fileURLToPath(new URL('../../../../examples/', import.meta.url));

describe('the examples', () => {
  it.each(readdirSync(`${examples}gates`))('%s is a gate', (name) => {
    expect(readGate(`${examples}gates/${name}`).criteria.length).toBeGreaterThan(0);
  });

  it.each(readdirSync(`${examples}ci`))('%s is YAML that holds a sweep and publishes JUnit', (name) => {
    const text = readFileSync(`${examples}ci/${name}`, 'utf8');
    expect(readYaml(text)).toMatchObject({ kind: 'value', value: expect.anything() });
    expect(text).toMatch(/titrate submit .*\n.*titrate gate .* --junit gate\.xml/);
  });
});
