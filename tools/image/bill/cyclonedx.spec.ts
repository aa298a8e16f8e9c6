import { describe, expect, it } from '@jest/globals';
import { Spec, Validation } from '@cyclonedx/cyclonedx-library';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { billOfMaterials, type Component } from './cyclonedx.ts';
import { debianComponents } from './debian.ts';
import { npmComponents } from './npm.ts';
import { distributionOf } from './python.ts';

const validator = new Validation.JsonStrictValidator(Spec.Version.v1dot6);

const zlib: Component = { name: 'zlib', version: '1', purl: 'pkg:deb/debian/zlib@1', licences: [{ name: 'Zlib' }, { expression: 'MIT' }] };
const left: Component = {
  name: 'left',
  version: '2',
  purl: 'pkg:npm/left@2',
  licences: [{ expression: 'MIT OR Apache-2.0' }],
  sha512: 'ab'.repeat(64),
};

/** Writes files below a new folder, hands it over, and removes it. */
async function withFiles<T>(files: Record<string, string>, use: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'titrate-bill-'));
  try {
    for (const [path, content] of Object.entries(files)) {
      await mkdir(dirname(join(folder, path)), { recursive: true });
      await writeFile(join(folder, path), content);
    }
    return await use(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}

describe('a bill of materials', () => {
  it('is valid CycloneDX 1.6, with an expression or names as licences', async () => {
    const text = billOfMaterials('image', '1.0.0', [left, zlib]);
    expect(await validator.validate(text)).toBeNull();
    const [first, second] = JSON.parse(text).components;
    expect(first.licenses).toEqual([{ license: { name: 'Zlib' } }, { license: { name: 'MIT' } }]);
    expect(second.licenses).toEqual([{ expression: 'MIT OR Apache-2.0' }]);
  });

  it('is refused by that validator when a part lacks its name: the check above can fail', async () => {
    const bill = JSON.parse(billOfMaterials('image', '1.0.0', [left]));
    delete bill.components[0].name;
    expect(await validator.validate(JSON.stringify(bill))).not.toBeNull();
  });

  it('is the same for the same parts in any order, and has another serial number for other parts', () => {
    expect(billOfMaterials('image', '1', [zlib, left, left])).toBe(billOfMaterials('image', '1', [left, zlib]));
    const serial = (parts: readonly Component[]) => JSON.parse(billOfMaterials('image', '1', parts)).serialNumber;
    expect(serial([zlib])).not.toBe(serial([left]));
  });
});

describe('parts', () => {
  it('of Debian are what is installed, with the licences of machine-readable copyright files', async () => {
    const entry = (name: string, state: string) =>
      `Package: ${name}\nStatus: ${state}\nMaintainer: A Team <team@example.org>\nArchitecture: amd64\nVersion: 1:2.0+b1\n`;
    const files = {
      'var/lib/dpkg/status': [entry('good', 'install ok installed'), entry('gone', 'deinstall ok config-files')].join('\n'),
      'usr/share/doc/good/copyright': 'Format: https://example.org/1.0/\n\nFiles: *\nLicense: GPL-2+\n text\n\nFiles: x\nLicense: Expat\n',
    };
    expect(await withFiles(files, debianComponents)).toEqual([
      {
        name: 'good',
        version: '1:2.0+b1',
        purl: 'pkg:deb/debian/good@1%3A2.0%2Bb1?arch=amd64&distro=debian-12',
        supplier: 'A Team',
        licences: [{ name: 'Expat' }, { name: 'GPL-2+' }],
      },
    ]);
  });

  it('of Python say their licence by expression, then by classifier, then by the old field', () => {
    const metadata = (lines: string[]) =>
      distributionOf(['Name: Some_Thing', 'Version: 1.0', ...lines, '', 'License: not a header'].join('\n'));
    const classifiers = ['Classifier: License :: OSI Approved :: BSD License', 'Classifier: Topic :: X'];
    expect(metadata(['License-Expression: MIT', ...classifiers]).licences).toEqual([{ expression: 'MIT' }]);
    expect(metadata(['License: whole text', ...classifiers]).licences).toEqual([{ name: 'BSD License' }]);
    expect(metadata(['License: ISC'])).toEqual({
      name: 'Some_Thing',
      version: '1.0',
      purl: 'pkg:pypi/some-thing@1.0',
      licences: [{ name: 'ISC' }],
    });
  });

  it('of npm are what is installed at any depth, without the workspace itself', async () => {
    const packages = {
      'apps/api': { version: '0.1.0' },
      'node_modules/@titrate/api': { link: true },
      'node_modules/@a/b': { version: '1.2.3', license: 'MIT', integrity: `sha512-${Buffer.from('00ff', 'hex').toString('base64')}` },
      'node_modules/c/node_modules/d': { version: '4.0.0', license: 'SEE LICENSE IN x' },
    };
    const parts = await withFiles({ record: JSON.stringify({ packages }) }, (folder) => npmComponents(join(folder, 'record')));
    expect(parts).toEqual([
      { name: '@a/b', version: '1.2.3', purl: 'pkg:npm/%40a/b@1.2.3', licences: [{ expression: 'MIT' }], sha512: '00ff' },
      { name: 'd', version: '4.0.0', purl: 'pkg:npm/d@4.0.0', licences: [{ name: 'SEE LICENSE IN x' }] },
    ]);
  });
});
