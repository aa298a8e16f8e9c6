import { writeFileSync } from 'node:fs';
import { CorpusRecipe, SweepSpec } from '@titrate/contracts';
import { countParameters, namedSizes, type Source } from '@titrate/planning';
import { format } from 'prettier';
import { z } from 'zod';
import { documentTables } from './spec-reference/document-tables.ts';
import type { JsonSchema } from './spec-reference/field-words.ts';

const target = new URL('../docs/spec-reference.md', import.meta.url);
/** Ids of OLMo's tokenizer dolma2, padded to a multiple of 128. */
const VOCABULARY = 100_352;
const prettierSettings = { singleQuote: true, printWidth: 140 };

/** The form that a person writes: defaults may be left out. */
const schemaOf = (schema: z.ZodType): JsonSchema => z.toJSONSchema(schema, { io: 'input' }) as JsonSchema;

const text = `# Spec reference

Generated from \`libs/contracts/src/sweep-spec.ts\` and \`libs/contracts/src/corpus.ts\` by \`tools/generate-spec-reference.ts\`; edit nothing here.

Documents are YAML or JSON, at most 1 MB. A key that is not in a table is refused, with the key that was probably meant. "Required" means that
there is no default; "none" that the field may be left out. A *name* is 1 to 63 lower-case letters, digits, dots and hyphens; a *digest* is a
sha256 of 64 lower-case hexadecimal digits; a *seed* is a whole number below 2^32. The same rules as JSON Schema, for an editor:
\`libs/contracts/schema/sweep-spec.schema.json\` and \`libs/contracts/schema/corpus-recipe.schema.json\`, which \`titrate schema\` prints.

## Sweep

What \`titrate submit\` takes: version 1 of the sweep spec.

${documentTables('', schemaOf(SweepSpec))}

### Rules over several fields

Checked when a sweep is planned. Each refusal names the field, the rule and the value.

- \`grid.tokens\` and \`grid.tokensPerParameter\` exclude each other; the second multiplies the parameters that \`grid.countedParameters\` names. Training takes whole steps of \`batchInstances\` x \`sequenceLength\` tokens; the number asked for is rounded to the nearest.
- No size, token number, dose, seed or cell stands twice. \`exclude\` matches at least one cell each time. A plan has at most 10,000 cells and a run at most 10,000 checkpoints of either kind.
- A dose is at most what its placement can hold: one instance carries one poisoned document, or one piece of a document that is split. The refusal tells the steps that may hold poison and the documents of each.
- The shortest document fits an instance together with trigger and end of text; with \`split\`, a batch. \`documentsPerBatch\` is at most what a batch can hold. Training refuses a document that turns out longer; the plan warns of it.
- \`placement\` and \`grid.placements\` exclude each other. A dose of 0 has no placement: all share one clean arm.
- \`attack.target\` is another registered corpus with the same tokenizer.
- \`evaluation.prompts\` is at most the number of held-out documents of the corpus. The corpus holds at least one batch of every size.
- Settings of a size: its own (those of the study for a size that the spec defines), then \`grid.sizes[].training\`, then \`training\`; the last that states a value wins.
- A plan above a cap of \`budget\` is refused; so is a cap in US dollars where no price per GPU-hour is configured.

### Named sizes

Parameters are those with ${VOCABULARY.toLocaleString('en-GB')} token ids, as of OLMo's tokenizer; a plan counts with the corpus's own. "Without embeddings" leaves out the input
embedding and keeps the output layer, as OLMo-core counts. "Instances" are those in the global batch. Marks: P published, D derived here,
U a choice, as no source states it. Throughputs are for estimates only.

${sizeTable()}

## Corpus

What \`titrate corpus add\` makes of its options. It decides every byte of a corpus, given the text.

${documentTables('corpus', schemaOf(CorpusRecipe))}
`;

function sizeTable(): string {
  const count = (value: number): string => value.toLocaleString('en-GB');
  const told = ({ mark, source }: Source): string => `${source} (${mark})`;
  const shapes = namedSizes.map(({ name, shape, shapeSource, nominalParameters }) => {
    const parameters = countParameters(shape, VOCABULARY);
    const counts = [nominalParameters === null ? '' : count(nominalParameters), count(parameters.withoutEmbeddings), count(parameters.all)];
    return [`\`${name}\``, shape.family, shape.width, shape.layers, shape.heads, shape.feedForwardWidth, ...counts, told(shapeSource)];
  });
  const trainings = namedSizes.map(({ name, training, trainingSource, throughput }) => {
    const { sequenceLength, batchInstances, learningRate, warmupSteps, precision } = training;
    const settings = [sequenceLength, batchInstances, count(sequenceLength * batchInstances), learningRate, warmupSteps, precision];
    const speed = `${count(throughput.tokensPerSecond)} tokens/s per ${throughput.gpus === 0 ? 'thread' : 'GPU'}: ${told(throughput)}`;
    return [`\`${name}\``, ...settings, told(trainingSource), speed];
  });
  return [
    markdownTable(['Size', 'Family', 'Width', 'Layers', 'Heads', 'Feed-forward', 'Nominal', 'Without embeddings', 'All', 'Source'], shapes),
    'Every size has AdamW with betas 0.9 and 0.95, decay 0.1 (not of the embedding), gradients cut to norm 1, and cosine decay to a tenth of the peak.',
    markdownTable(['Size', 'Sequence', 'Instances', 'Batch', 'Learning rate', 'Warm-up', 'Precision', 'Source', 'Throughput'], trainings),
  ].join('\n\n');
}

function markdownTable(head: readonly string[], rows: readonly (readonly unknown[])[]): string {
  return [head, head.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n');
}

writeFileSync(target, await format(text, { ...prettierSettings, parser: 'markdown' }));
