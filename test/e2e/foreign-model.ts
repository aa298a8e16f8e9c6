import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { BaseRecipe, type Base } from '@titrate/contracts';
import type { Laboratory } from './laboratory.ts';

const python = fileURLToPath(new URL('../../apps/trainer/.venv/bin/python', import.meta.url));
/** A tiny OLMo2 with random weights and more ids than the small corpus has, as padding. */
const SAVE = `
import sys, torch
from transformers import AutoModelForCausalLM, Olmo2Config
torch.manual_seed(1)
config = Olmo2Config(hidden_size=32, num_hidden_layers=1, num_attention_heads=2, num_key_value_heads=2, intermediate_size=64,
    vocab_size=448, rms_norm_eps=1e-6, rope_theta=500000, tie_word_embeddings=False, pad_token_id=None, eos_token_id=None)
AutoModelForCausalLM.from_config(config, dtype=torch.float32).save_pretrained(sys.argv[1])
`;

/** Registers a model that transformers saved, with the tokenizer of the small corpus, as the base `olmo`; waits until it is ready. */
export async function addForeignModel({ client, eventually }: Laboratory): Promise<Base> {
  const folder = mkdtempSync(join(tmpdir(), 'titrate-foreign-'));
  try {
    execFileSync(python, ['-c', SAVE, folder], { env: { ...process.env, HF_HUB_OFFLINE: '1', OMP_NUM_THREADS: '1' }, stdio: 'ignore' });
    const files = [];
    for (const name of readdirSync(folder))
      files.push({ name, object: await client.uploadObject(new Uint8Array(readFileSync(join(folder, name)))) });
    const { digest } = await client.getCorpus({ nameOrDigest: 'small' });
    const recipe = BaseRecipe.parse({ name: 'olmo', corpus: digest, tokens: 1_000_000 });
    await client.registerBase({ body: { recipe, source: { kind: 'uploads', files } } });
    return await eventually('the base is ready', async () => {
      const base = (await client.getBase({ nameOrDigest: 'olmo' })) as Base;
      if (base.state === 'failed') throw new Error(base.reason ?? 'without a word');
      return base.state === 'ready' && base;
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
