import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import type { z } from 'zod';
import * as contracts from './index.ts';
import { canonicalJson, digestOf, keys, sha256Hex, shortDigest } from './index.ts';

const examples = new URL('../examples/', import.meta.url);
const schemas = new URL('../schema/', import.meta.url);
const textOf = (name: string): string => readFileSync(new URL(name, examples), 'utf8');
const example = (name: string): unknown => JSON.parse(textOf(name));

/** The schema that a file is named after: `run-log-entry.started.json` holds a `RunLogEntry`. */
function schemaOf(file: string): z.ZodType {
  const noun = file.split('.')[0] as string;
  const name = noun.replace(/(?:^|-)([a-z])/g, (_, letter: string) => letter.toUpperCase());
  const schema = (contracts as unknown as Record<string, z.ZodType | undefined>)[name];
  if (schema === undefined)
    throw new Error(`Cannot check ${file} as it must be named after a schema of the contracts: there is no ${name}`);
  return schema;
}

describe('canonicalJson()', () => {
  it("writes the sample of RFC 8785, section 3.2.2, as the RFC's own bytes", () => {
    const sample = {
      numbers: [333333333.33333329, 1e30, 4.5, 2e-3, 0.000000000000000000000000001],
      string: '\u20ac$\u000F\u000aA\'\u0042\u0022\u005c\\"/',
      literals: [null, true, false],
    };
    const published =
      '7b226c69746572616c73223a5b6e756c6c2c747275652c66616c73655d2c226e756d62657273223a5b3333333333333333332e333333333333332c31652b33302c342e352c302e3030322c31652d32375d2c22737472696e67223a22e282ac245c75303030665c6e4127425c225c5c5c5c5c222f227d';
    expect(Buffer.from(canonicalJson(sample)).toString('hex')).toBe(published);
  });

  it('sorts keys by their UTF-16 code units, as in section 3.2.3', () => {
    const sample = {
      '\u20ac': 'Euro',
      '\r': 'Return',
      '\ufb33': 'Dalet',
      '1': 'One',
      '\ud83d\ude00': 'Emoji',
      '\u0080': 'Control',
      '\u00f6': 'o',
    };
    const order = [...canonicalJson(sample).matchAll(/:"(\w+)"/g)].map((match) => match[1]);
    expect(order).toEqual(['Return', 'One', 'Control', 'o', 'Euro', 'Emoji', 'Dalet']);
  });

  it.each([
    ['0000000000000000', '0'],
    ['8000000000000000', '0'],
    ['0000000000000001', '5e-324'],
    ['8000000000000001', '-5e-324'],
    ['7fefffffffffffff', '1.7976931348623157e+308'],
    ['ffefffffffffffff', '-1.7976931348623157e+308'],
    ['4340000000000000', '9007199254740992'],
    ['c340000000000000', '-9007199254740992'],
    ['4430000000000000', '295147905179352830000'],
    ['44b52d02c7e14af5', '9.999999999999997e+22'],
    ['44b52d02c7e14af6', '1e+23'],
    ['44b52d02c7e14af7', '1.0000000000000001e+23'],
    ['444b1ae4d6e2ef4e', '999999999999999700000'],
    ['444b1ae4d6e2ef4f', '999999999999999900000'],
    ['444b1ae4d6e2ef50', '1e+21'],
    ['3eb0c6f7a0b5ed8c', '9.999999999999997e-7'],
    ['3eb0c6f7a0b5ed8d', '0.000001'],
    ['41b3de4355555553', '333333333.3333332'],
    ['41b3de4355555554', '333333333.33333325'],
    ['41b3de4355555555', '333333333.3333333'],
    ['41b3de4355555556', '333333333.3333334'],
    ['41b3de4355555557', '333333333.33333343'],
    ['becbf647612f3696', '-0.0000033333333333333333'],
    ['43143ff3c1cb0959', '1424953923781206.2'],
  ])('writes the double %s of appendix B as %s', (bits, published) => {
    expect(canonicalJson(Buffer.from(bits, 'hex').readDoubleBE())).toBe(published);
  });

  it.each([undefined, Number.NaN, Number.POSITIVE_INFINITY, () => 0])('refuses %s, which has no JSON form', (value) => {
    expect(() => canonicalJson(value)).toThrow();
  });
});

describe('digests', () => {
  it('are sha256 by its published values', () => {
    expect(sha256Hex('abc')).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
    expect(sha256Hex(new Uint8Array())).toBe('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');
  });

  it('do not depend on the order of keys', () => {
    expect(digestOf({ dose: 250, size: 'tiny' })).toBe(digestOf({ size: 'tiny', dose: 250 }));
    expect(digestOf({ dose: 250 })).not.toBe(digestOf({ dose: 251 }));
  });

  it('are shortened to the first 130 bits in base 32 of RFC 4648', () => {
    expect(shortDigest(sha256Hex('abc'))).toBe('xj4bnp4pahh6uqkbidpf3lrceo');
    expect(shortDigest('0'.repeat(64))).toBe('a'.repeat(26));
  });

  it('stay apart when shortened, unless the first 130 bits are equal', () => {
    const digest = 'f'.repeat(32);
    expect(shortDigest(`${digest}40${'0'.repeat(30)}`)).not.toBe(shortDigest(`${digest}80${'0'.repeat(30)}`));
    expect(shortDigest(`${digest}${'0'.repeat(32)}`)).toBe(shortDigest(`${digest}3${'0'.repeat(31)}`));
  });
});

describe('keys', () => {
  const written = example('keys.json') as Record<string, { arguments: (string | number)[]; key: string }>;

  it('each have an example, and no example is left without its key', () => {
    expect(Object.keys(written).sort()).toEqual(Object.keys(keys).sort());
  });

  it.each(Object.entries(written))('%s is as in the example that the trainer reads too', (name, { arguments: given, key }) => {
    const make = keys[name as keyof typeof keys] as (...given: (string | number)[]) => string;
    expect(make(...given)).toBe(key);
  });
});

describe('examples', () => {
  const files = readdirSync(examples).filter((name) => name.endsWith('.json') && name !== 'keys.json');

  it('are there for the documents that both languages read', () => {
    expect(files).toEqual(expect.arrayContaining(['run-identity.json', 'sweep-spec.json']));
  });

  it.each(files)('%s is valid', (file) => {
    expect(schemaOf(file).safeParse(example(file))).toMatchObject({ success: true });
  });

  it.each(files)('%s with a key that nobody knows is refused', (file) => {
    const outcome = schemaOf(file).safeParse({ ...(example(file) as object), surprise: 1 });
    expect(outcome.success).toBe(false);
  });

  it.each(readdirSync(examples).filter((name) => name.endsWith('.sha256')))('%s is the digest of its document', (file) => {
    expect(textOf(file).trim()).toBe(digestOf(example(file.replace('.sha256', '.json'))));
  });
});

describe('generated schemas', () => {
  it.each(readdirSync(schemas))('%s is JSON Schema 2020-12 with an id, so that an editor can use it', (file) => {
    const schema = JSON.parse(readFileSync(new URL(file, schemas), 'utf8')) as Record<string, unknown>;
    expect(schema).toMatchObject({
      $id: `titrate/${file.replace('.schema.json', '')}`,
      $schema: 'https://json-schema.org/draft/2020-12/schema',
    });
  });
});
