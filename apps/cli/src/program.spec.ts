import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync, mkdtempSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from '@jest/globals';
import { CorpusManifest, specTemplate, type Check } from '@titrate/contracts';
import { parseSweepSpec } from '@titrate/planning';
import { nodeOf } from './doctor/local-questions.ts';
import { errorAsJson, errorInWords, exitCodeOf } from './exit-codes.ts';
import { buildProgram } from './program.ts';
import type { Terminal } from './terminal.ts';

const main = fileURLToPath(new URL('./main.ts', import.meta.url));

const folders: string[] = [];
afterEach(() => folders.splice(0).forEach((folder) => rmSync(folder, { recursive: true, force: true })));

/** Runs a command line in a folder of its own and returns what it said. */
function newTestCli(environment: NodeJS.ProcessEnv = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'titrate-cli-'));
  folders.push(folder);
  const [out, said]: [string[], string[]] = [[], []];
  const terminal: Terminal = {
    out: (text) => void out.push(text),
    say: (text) => void said.push(text),
    draw: (text) => void out.push(text),
    isLive: false,
    hasColour: false,
    columns: () => 80,
    rows: () => 24,
    confirm: async () => null,
  };
  const run = async (...words: string[]): Promise<number> => {
    try {
      await buildProgram({ terminal, environment: { HOME: folder, ...environment }, folder }).parseAsync(['node', 'titrate', ...words]);
      return 0;
    } catch (error) {
      said.push(errorInWords(error), JSON.stringify(errorAsJson(error)));
      return exitCodeOf(error);
    }
  };
  return { folder, run, out, said };
}

const spec =
  'apiVersion: titrate/v1\nkind: Sweep\nname: a\ncorpus: sotu\ngrid: { sizes: [tiny-64], tokens: [409600], doses: [0, 50], seeds: [1] }\nattack: { kind: dos, gibberishTokens: [80, 160] }\n';
const object = { key: 'k', sizeBytes: 1, sha256: 'a'.repeat(64) };
const manifest: CorpusManifest = CorpusManifest.parse({
  version: 1,
  recipe: { name: 'sotu', format: 'text', tokenizer: { kind: 'train-bpe', vocabularySize: 1024 } },
  sources: { files: 1, sizeBytes: 1, list: object },
  tokenizer: object,
  vocabularySize: 1034,
  endOfTextId: 1024,
  addedTokenIds: { '<SUDO>': 1025 },
  tokenType: 'uint16',
  blockBytes: 65_536,
  shards: { count: 1, list: object },
  heldOut: object,
  documents: 8600,
  tokens: 4_000_000,
  labelledTokens: null,
  heldOutDocuments: 300,
  heldOutCopies: 0,
  skipped: { encoding: 0, syntax: 0, empty: 0, tooLong: 0 },
  scan: [],
});

/** A server that answers by path and query. */
async function serving(answer: (path: string, query: URLSearchParams) => object) {
  const server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url!, 'http://localhost');
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer(pathname, searchParams)));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, stop: () => server.close() };
}

/** A server that answers every request with one status and body. */
async function answering(status: number, body: object) {
  const server = createServer((_request, response) =>
    response.writeHead(status, { 'content-type': 'application/problem+json' }).end(JSON.stringify(body)),
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, stop: () => server.close() };
}

describe('titrate', () => {
  it('prints the address of the web page with the token where no browser sends it', async () => {
    const { run, out } = newTestCli();
    expect(await run('page', '--server', 'http://127.0.0.1:9/', '--token', 'a&b')).toBe(0);
    expect(out).toEqual(['http://127.0.0.1:9/#token=a%26b']);
  });

  it('plans without a server, in words and in JSON', async () => {
    const { run, out, folder } = newTestCli();
    const [file, corpus] = [join(folder, 'a.yaml'), join(folder, 'manifest.json')];
    writeFileSync(file, spec);
    writeFileSync(corpus, JSON.stringify(manifest));
    expect(await run('plan', file, '--corpus-manifest', corpus)).toBe(0);
    expect(out[0]).toMatch(
      /^a: 2 cells, 2 runs {2}\(sw-[a-z2-7]{26}\)\n\nSIZE +NON-EMBEDDING +PARAMETERS[^]*tiny-64 +161k +227k +410k +200 +0 50 +1 +2\n/,
    );
    expect(await run('plan', file, '--corpus-manifest', corpus, '--json')).toBe(0);
    expect(JSON.parse(out[1]!)).toMatchObject({ name: 'a', cells: [{ dose: 0 }, { dose: 50 }] });
  });

  it('plans with a list of corpora in the file beside a spec, and names the one that cannot be used', async () => {
    const { run, out, said, folder } = newTestCli();
    const file = join(folder, 'a.sweep.yaml');
    writeFileSync(file, `${spec}stages: [{ name: chat, tokens: 40960, corpus: chats }]\n`);
    const chats = { ...manifest, recipe: { ...manifest.recipe, name: 'chats' } };
    writeFileSync(join(folder, 'a.corpus.json'), JSON.stringify([chats, manifest]));
    expect(await run('plan', file)).toBe(0);
    expect(out[0]).toMatch(/^a: 4 cells, 4 runs/);
    writeFileSync(join(folder, 'a.corpus.json'), JSON.stringify([manifest, { name: 'chats' }]));
    expect(await run('plan', file)).toBe(2);
    expect(said.join('\n')).toMatch(/Cannot use .*a\.corpus\.json\[1\] as a corpus manifest:/);
  });

  it('plans what goes on from a base with its manifest or summary, and asks for it where it is not there', async () => {
    const { run, out, said, folder } = newTestCli();
    const [file, corpus, base] = [join(folder, 'a.yaml'), join(folder, 'corpus.json'), join(folder, 'base.json')];
    const head = spec.slice(0, spec.indexOf('grid:'));
    writeFileSync(
      file,
      `${head}grid: { bases: [olmo], doses: [0], seeds: [1] }\nstages: [{ name: post-hoc, tokens: 2097152, doses: [0, 50] }]\n`,
    );
    writeFileSync(corpus, JSON.stringify(manifest));
    const shape = { family: 'olmo2', width: 64, layers: 2, heads: 4, keyValueHeads: 4, feedForwardWidth: 128, ropeTheta: 500_000 };
    const told = { digest: 'a'.repeat(64), name: 'olmo', shape, vocabularySize: 1088, tokens: 4_000_000 };
    writeFileSync(base, JSON.stringify({ ...told, tokenizer: manifest.tokenizer.sha256 }));
    expect(await run('plan', file, '--corpus-manifest', corpus, '--base-manifest', base)).toBe(0);
    expect(out[0]).toMatch(/^a: 2 cells, 2 runs[^]*\nolmo +post-hoc +\d+k +\d+k +4M +8 +0 /);
    expect(await run('plan', file, '--corpus-manifest', corpus)).toBe(2);
    expect(said.join('\n')).toContain('grid.bases[0] must be a registered base');
    writeFileSync(base, JSON.stringify(told));
    expect(await run('plan', file, '--corpus-manifest', corpus, '--base-manifest', base)).toBe(2);
    expect(said.join('\n')).toMatch(/Cannot use .*base\.json as a base manifest:/);
  });

  it('writes a spec that can be planned, and replaces none unasked', async () => {
    const { run, folder, said } = newTestCli();
    const file = join(folder, 'new.yaml');
    expect(await run('init', file)).toBe(0);
    expect(parseSweepSpec(readFileSync(file, 'utf8')).kind).toBe('spec');
    expect(parseSweepSpec(specTemplate('my-text'))).toMatchObject({ spec: { corpus: 'my-text' } });
    expect(await run('init', file)).toBe(2);
    expect(said.join('\n')).toContain('--force replaces it');
  });

  it('ends with 2 and every fault where a spec cannot be right, and sends nothing', async () => {
    const { run, folder, said } = newTestCli();
    const file = join(folder, 'bad.yaml');
    writeFileSync(file, spec.replace('doses: [0, 50]', 'dozes: [-1]'));
    expect(await run('submit', file, '--server', 'http://127.0.0.1:9')).toBe(2);
    expect(said[0]).toBe(
      `Cannot use ${file} as a sweep spec:\n  grid.doses is required: current value is absent\n  grid.dozes is not a known key; did you mean "doses"?: current value is [-1]`,
    );
  });

  it.each([
    [['frob'], 2],
    [['plan'], 2],
    [['sweeps', '--wrong'], 2],
    [['plan', '/no/such/file'], 2],
    [['schema', '../../package'], 2],
    [['completion', 'tcsh'], 2],
    [['sweeps'], 2],
    [['--help'], 0],
    [['--version'], 0],
    [['schema', 'report'], 0],
  ])('%j ends with %i', async (words, code) => {
    expect(await newTestCli().run(...words)).toBe(code);
  });

  it('refuses to analyse with settings that cannot be, and where no Python environment is', async () => {
    const { run, said, folder } = newTestCli({ TITRATE_PYTHON: '/nowhere/python' });
    writeFileSync(join(folder, 'results.csv'), 'size,dose,increase\na,1,2\n');
    expect(await run('analyse', 'results.csv', '--confidence', 'much')).toBe(2);
    expect(said[0]).toMatch(/^Cannot analyse as confidence: /);
    expect(await run('analyse', 'results.csv')).toBe(1);
    expect(said.at(-2)).toMatch(/Python environment must be set up/);
  });

  it('ends with 3 where the server refuses, and tells its problem; with 1 where the server is broken', async () => {
    const problem = {
      type: 'about:blank',
      title: 'Refused',
      status: 409,
      detail: 'Cannot cancel the sweep as it has finished',
      code: 'ended',
      errors: [],
    };
    const server = await answering(409, problem);
    const { run, said } = newTestCli();
    expect(await run('cancel', 'sw-aaaaaaaaaaaaaaaaaaaaaaaaaa', '--server', server.url)).toBe(3);
    expect(said).toEqual([problem.detail, JSON.stringify(problem)]);
    server.stop();
    const broken = await answering(500, { ...problem, status: 500 });
    expect(await run('cancel', 'sw-aaaaaaaaaaaaaaaaaaaaaaaaaa', '--server', broken.url)).toBe(1);
    broken.stop();
  });

  it('ends its process with 4 where nobody answers, in words and in JSON', async () => {
    const gone = await answering(200, {});
    gone.stop();
    const words = spawnSync(process.execPath, [main, 'sweeps', '--server', gone.url], { encoding: 'utf8' });
    expect([words.status, words.stdout]).toEqual([4, '']);
    expect(words.stderr).toMatch(/^Cannot reach the Titrate API at http:.*ECONNREFUSED[^]*titrate up/);
    const json = spawnSync(process.execPath, [main, 'sweeps', '--json', '--server', gone.url], { encoding: 'utf8' });
    expect(JSON.parse(json.stderr)).toMatchObject({ code: 'server-unreachable' });
  }, 30_000);

  it('deletes and resets nothing where nobody can be asked', async () => {
    const { run } = newTestCli();
    expect(await run('delete', 'sw-aaaaaaaaaaaaaaaaaaaaaaaaaa', '--server', 'http://127.0.0.1:9')).toBe(2);
    expect(await run('reset')).toBe(2);
  });

  it('prints the logs of the jobs that evaluate a run, each under its name and steps, until the run has ended', async () => {
    const run = 'a'.repeat(64);
    const logs: Record<string, string> = { 'evaluate-1': 'step 20\nstep 40\n', 'evaluate-2': 'step 60\n' };
    const evaluations = [
      { step: 20, job: 'evaluate-1' },
      { step: 40, job: 'evaluate-1' },
      { step: 60, job: 'evaluate-2' },
      { step: 80, job: null },
    ];
    const server = await serving((path, query) => {
      if (path === `/v1/runs/${run}`) return { id: run, state: 'finished' };
      if (path === `/v1/runs/${run}/evaluations`) return { items: evaluations, next: null };
      const [job, offset] = [query.get('job')!, Number(query.get('offset'))];
      return { job, text: logs[job]!.slice(offset), next: logs[job]!.length };
    });
    const shown = '==> evaluate-1: steps 20, 40 <==\nstep 20\nstep 40\n==> evaluate-2: step 60 <==\nstep 60\n';
    for (const follow of [[], ['--follow']]) {
      const { run: titrate, out } = newTestCli();
      expect(await titrate('logs', run, '--evaluations', ...follow, '--server', server.url)).toBe(0);
      expect(out.join('')).toBe(shown);
    }
    expect(await newTestCli().run('logs', run, '--evaluations', '--attempt', '1', '--server', server.url)).toBe(2);
    server.stop();
  });

  describe('up --jobs, before anything is started', () => {
    const jobs = 'version: 1\nlauncher: { kind: kubernetes, namespace: runs, image: trainer }\n';
    const kubeconfig = (server: string) =>
      JSON.stringify({
        ...{ apiVersion: 'v1', kind: 'Config', 'current-context': 'kind', users: [] },
        clusters: [{ name: 'kind', cluster: { server } }],
        contexts: [{ name: 'kind', context: { cluster: 'kind', user: '' } }],
      });
    const up = async (text: string | null, words: string[], environment: NodeJS.ProcessEnv = {}) => {
      const { run, said, folder } = newTestCli(environment);
      const file = (name: string) => join(folder, name);
      if (text !== null) writeFileSync(file('jobs.yaml'), text);
      writeFileSync(file('kubeconfig'), kubeconfig('https://127.0.0.1:9'));
      const code = await run(
        'up',
        '--jobs',
        file('jobs.yaml'),
        ...words.map((word) => (word === 'KUBECONFIG' ? file('kubeconfig') : word)),
      );
      expect(readdirSync(folder)).not.toContain('.titrate');
      return [code, said[0]];
    };
    const store = ['--store', 'http://store.example:8333'];
    const keys = { AWS_ACCESS_KEY_ID: 'id', AWS_SECRET_ACCESS_KEY: 'secret' };

    it.each<[string, string | null, string[], NodeJS.ProcessEnv, number, RegExp]>([
      [
        'a file that is not there',
        null,
        [],
        {},
        2,
        /^Cannot use .*jobs\.yaml as the job configuration as it must be a file that can be read/,
      ],
      ['a file that is wrong', 'version: 2', [], {}, 2, /^Cannot use .*jobs\.yaml as the job configuration as version must be 1/],
      ['a store that no pod reaches', jobs, [], {}, 2, /as pods must reach the store: current value is the stack's own, on loopback/],
      ['a store without its key', jobs, store, {}, 2, /the environment must set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY$/],
      [
        'a kubeconfig that is not there',
        jobs,
        [...store, '--kubeconfig', '/no/such'],
        keys,
        1,
        /^Cannot reach a cluster as \/no\/such must be/,
      ],
      [
        'a cluster that does not answer',
        jobs,
        [...store, '--kubeconfig', 'KUBECONFIG'],
        keys,
        1,
        /the API server at https:\/\/127\.0\.0\.1:9 must answer: .*/,
      ],
    ])('refuses %s', async (_, text, words, environment, code, message) => {
      expect(await up(text, words, environment)).toEqual([code, expect.stringMatching(message)]);
    });

    it('refuses a cluster without a file that says what runs there', async () => {
      const { run, said } = newTestCli();
      expect(await run('up', '--kubeconfig', '/no/such')).toBe(2);
      expect(said[0]).toContain('--jobs must say what runs in the cluster');
    });
  });

  describe('doctor', () => {
    const checksOf = (text: string): Check[] => (JSON.parse(text) as { checks: Check[] }).checks;
    const stateOf = (text: string, name: string) => checksOf(text).find((check) => check.name === name)?.state;

    it('looks at this machine without a server, and tells how to start one', async () => {
      const { run, out } = newTestCli();
      expect(await run('doctor')).toBe(0);
      expect(out[0]).toMatch(/warning {2}server: address +none is named[^]*> Start one with `npx titrate up`/);
      expect(out[0]).toMatch(/here: Node[^]*here: Python environment[^]*here: stack[^]*here: disk[^]*here: ports/);
    });

    it('ends with 1 where nobody answers, where the token is wrong, and where the server finds something that failed', async () => {
      const gone = await answering(200, {});
      gone.stop();
      const { run, out, said } = newTestCli();
      expect(await run('doctor', '--json', '--server', gone.url)).toBe(1);
      expect([stateOf(out[0]!, 'address'), said[0]]).toEqual(['failed', 'Not well: server: address']);
      const failed: Check = { part: 'store', name: 'bucket', state: 'failed', found: 'none', mend: 'make it' };
      const server = await serving((path) => (path === '/version' ? { version: '9.9.9' } : { version: '9.9.9', at: '', checks: [failed] }));
      expect(await run('doctor', '--json', '--server', server.url)).toBe(1);
      server.stop();
      expect([stateOf(out[1]!, 'address'), checksOf(out[1]!)[1]]).toEqual(['warning', failed]);
      const shut = createServer(({ url }, response) => {
        const status = url === '/version' ? 200 : 401;
        response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify({ version: '0.1.0' }));
      });
      await new Promise<void>((resolve) => shut.listen(0, '127.0.0.1', resolve));
      expect(await run('doctor', '--json', '--server', `http://127.0.0.1:${(shut.address() as AddressInfo).port}`)).toBe(1);
      shut.close();
      expect(stateOf(out[2]!, 'token')).toBe('failed');
    }, 30_000);

    it('tells of a Python that is not there, and of a stack whose folder is of another version', async () => {
      const { run, out, folder } = newTestCli({ TITRATE_PYTHON: '/no/such/python' });
      mkdirSync(join(folder, '.titrate'));
      writeFileSync(join(folder, '.titrate', 'stack.json'), JSON.stringify({ layout: 999 }));
      const server = await serving((path) => (path === '/version' ? { version: '0.1.0' } : { version: '0.1.0', at: '', checks: [] }));
      expect(await run('doctor', '--json', '--server', server.url)).toBe(1);
      server.stop();
      expect([stateOf(out[0]!, 'Python environment'), stateOf(out[0]!, 'stack')]).toEqual(['warning', 'failed']);
    });

    it('refuses a version of Node that is too old', () => {
      expect([nodeOf('20.18.3'), nodeOf('20.19.0')]).toEqual([{ state: 'failed', found: '20.18.3' }, '20.19.0']);
    });
  });

  it('keeps contexts by name', async () => {
    const { run, out } = newTestCli();
    await run('context', 'add', 'lab', '--server', 'http://127.0.0.1:9', '--token', 'secret');
    await run('context', 'list');
    expect(out.at(-1)).toMatch(/\* {2}lab +http:\/\/127\.0\.0\.1:9/);
    expect(out.join()).not.toContain('secret');
    expect(await run('context', 'use', 'other')).toBe(2);
  });

  it('completes every command in every shell', async () => {
    for (const shell of ['bash', 'zsh', 'fish']) {
      const { run, out } = newTestCli();
      expect(await run('completion', shell)).toBe(0);
      for (const word of ['submit', 'corpus', 'add', '--recipe', '--fresh']) expect(out[0]).toContain(word);
    }
  });

  it('prints the schema of each document', async () => {
    const folder = new URL('../../../libs/contracts/schema/', import.meta.url);
    for (const file of readdirSync(folder)) {
      const { run, out } = newTestCli();
      expect(await run('schema', file.replace('.schema.json', ''))).toBe(0);
      expect(JSON.parse(out[0]!)).toHaveProperty('$schema');
    }
  });
});
