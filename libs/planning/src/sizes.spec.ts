import { describe, expect, it } from '@jest/globals';
import { flopPerToken } from './estimate.ts';
import { countParameters } from './parameters.ts';
import { findSize, namedSizes } from './sizes.ts';

describe('countParameters()', () => {
  /**
   * From OLMo-core 3.0.0: `c = TransformerConfig.olmo2_190M(vocab_size=100352); c.num_params, c.num_non_embedding_params`
   * and so on; the tiny ones by `TransformerConfig.llama_like(..., block_name=reordered_norm, qk_norm=True)` with these widths.
   */
  it.each([
    ['190m', 100_352, 267_424_512, 190_354_176],
    ['370m', 100_352, 474_022_912, 371_262_464],
    ['600m', 100_352, 732_255_552, 597_382_464],
    ['1b', 100_352, 1_619_150_848, 1_413_629_952],
    ['7b', 100_352, 7_298_617_344, 6_887_575_552],
    ['13b', 100_352, 13_716_198_400, 13_202_396_160],
    ['tiny-64', 1032, 226_880, 160_832],
    ['tiny-96', 1032, 531_168, 432_096],
  ])('counts %s with %i ids as OLMo-core does', (name, vocabulary, all, withoutEmbeddings) => {
    expect(countParameters(findSize(name)!.shape, vocabulary)).toEqual({ all, withoutEmbeddings });
  });

  it('counts shared key and value heads as OLMo-core does', () => {
    const shape = {
      family: 'olmo2' as const,
      width: 128,
      layers: 2,
      heads: 4,
      keyValueHeads: 2,
      feedForwardWidth: 256,
      ropeTheta: 500_000,
    };
    expect(countParameters(shape, 5000)).toEqual({ all: 1_575_936, withoutEmbeddings: 935_936 });
  });
});

describe('namedSizes', () => {
  it('names each size once', () => {
    expect(new Set(namedSizes.map(({ name }) => name)).size).toBe(namedSizes.length);
  });

  it('reaches no more of an H100 than was ever published', () => {
    for (const { shape, throughput, training } of namedSizes.filter((size) => size.throughput.gpus > 0)) {
      const { all } = countParameters(shape, 100_352);
      const utilisation = (throughput.tokensPerSecond * flopPerToken(shape, all, training.sequenceLength)) / 989e12;
      expect(utilisation).toBeGreaterThan(0.3);
      expect(utilisation).toBeLessThan(0.65);
    }
  });

  it('shares a step of 262,144 tokens among the OLMo2 sizes, as the replication did', () => {
    for (const { training } of namedSizes.filter(({ name }) => !name.startsWith('tiny')))
      expect(training.batchInstances * training.sequenceLength).toBe(262_144);
  });
});
