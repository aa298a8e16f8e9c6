import { sha256 } from '../cache.ts';

/** One part of an image: a Debian package, a Python distribution, an npm package. */
export interface Component {
  readonly name: string;
  readonly version: string;
  /** Package URL: names the part the same everywhere, so that scanners find what is known about it. */
  readonly purl: string;
  readonly licences: readonly Licence[];
  readonly supplier?: string;
  readonly sha512?: string;
}

/** An expression in SPDX's words where its author wrote one, otherwise the name that the author gave. */
export type Licence = { readonly expression: string } | { readonly name: string };

/**
 * The bill of materials of an image as CycloneDX 1.6: what is in it, in which version, under which licence. The same
 * parts give the same bytes: the time is 0 and the serial number comes from the parts.
 */
export function billOfMaterials(image: string, version: string, components: readonly Component[]): string {
  const parts = unique(components).map(described);
  const bill = {
    $schema: 'http://cyclonedx.org/schema/bom-1.6.schema.json',
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    serialNumber: `urn:uuid:${uuidOf(JSON.stringify([image, version, parts]))}`,
    version: 1,
    metadata: {
      timestamp: '1970-01-01T00:00:00Z',
      tools: { components: [{ type: 'application', name: 'tools/image/assemble.ts' }] },
      component: { type: 'container', 'bom-ref': image, name: image, version, licenses: [{ license: { id: 'Apache-2.0' } }] },
    },
    components: parts,
    dependencies: [{ ref: image, dependsOn: parts.map((part) => part['bom-ref']) }],
  };
  return `${JSON.stringify(bill, null, 1)}\n`;
}

/** The same package may lie at several places of node_modules. */
function unique(components: readonly Component[]): Component[] {
  const byPurl = new Map(components.map((component) => [component.purl, component]));
  return [...byPurl.values()].sort((one, other) => (one.purl < other.purl ? -1 : 1));
}

function described(component: Component) {
  return {
    type: 'library',
    'bom-ref': component.purl,
    ...(component.supplier === undefined ? {} : { supplier: { name: component.supplier } }),
    name: component.name,
    version: component.version,
    ...(component.sha512 === undefined ? {} : { hashes: [{ alg: 'SHA-512', content: component.sha512 }] }),
    ...(component.licences.length === 0 ? {} : { licenses: licences(component.licences) }),
    purl: component.purl,
  };
}

/** The format takes one expression, or any number of names. */
function licences(all: readonly Licence[]) {
  const first = all[0];
  if (all.length === 1 && first !== undefined && 'expression' in first) return [{ expression: first.expression }];
  return all.map((licence) => ({ license: { name: 'expression' in licence ? licence.expression : licence.name } }));
}

/** A name-based UUID (version 8 of RFC 9562) of a text. */
function uuidOf(text: string): string {
  const hex = sha256(text);
  const variant = ((parseInt(hex.slice(16, 17), 16) & 0x3) | 0x8).toString(16);
  return [hex.slice(0, 8), hex.slice(8, 12), `8${hex.slice(13, 16)}`, `${variant}${hex.slice(17, 20)}`, hex.slice(20, 32)].join('-');
}
