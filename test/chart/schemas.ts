import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Manifest } from './manifests.ts';
import { kubectlOk } from './programs.ts';

type Schema = {
  properties?: object;
  additionalProperties?: unknown;
  'x-kubernetes-preserve-unknown-fields'?: boolean;
  'x-kubernetes-group-version-kind'?: { kind: string }[];
};
interface OpenApi {
  components: { schemas: Record<string, Schema> };
}

/**
 * Writes a JSON Schema for each kind of the manifests, from the OpenAPI of the API server itself, with unknown fields refused.
 *
 * @returns a schema location for kubeconform
 */
export async function writeSchemas(manifests: readonly Manifest[], folder: string): Promise<string> {
  const versions = new Set(manifests.map(({ apiVersion }) => apiVersion));
  for (const version of versions) {
    const path = version.includes('/') ? `apis/${version}` : `api/${version}`;
    const { components } = JSON.parse(await kubectlOk(['get', '--raw', `/openapi/v3/${path}`])) as OpenApi;
    Object.values(components.schemas).forEach(refuseUnknownFields);
    const kinds = new Set(manifests.filter(({ apiVersion }) => apiVersion === version).map(({ kind }) => kind));
    // kubeconform takes the version for the group of what has none.
    const target = join(folder, version.includes('/') ? version : `${version}/${version}`);
    mkdirSync(target, { recursive: true });
    for (const kind of kinds) writeFileSync(join(target, `${kind.toLowerCase()}.json`), JSON.stringify(schemaOf(kind, components)));
  }
  return join(folder, '{{ .Group }}/{{ .ResourceAPIVersion }}/{{ .ResourceKind }}.json');
}

function refuseUnknownFields(schema: Schema): void {
  if (schema.properties !== undefined && schema.additionalProperties === undefined && !schema['x-kubernetes-preserve-unknown-fields'])
    schema.additionalProperties = false;
}

function schemaOf(kind: string, components: OpenApi['components']): object {
  const names = Object.entries(components.schemas).filter(([, schema]) =>
    schema['x-kubernetes-group-version-kind']?.some((one) => one.kind === kind),
  );
  if (names.length !== 1) throw new Error(`The API server has ${names.length} schemas of ${kind}`);
  return { $ref: `#/components/schemas/${names[0]![0]}`, components };
}
