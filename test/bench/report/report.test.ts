import { describe, expect, it } from 'vitest';
import { growthChart } from './growth-chart.ts';
import { renderMarkdown } from './markdown.ts';
import { replacePart } from './publish.ts';
import { type BenchResults, compare } from './results.ts';
import { speedChart } from './speed-chart.ts';

const point = { rows: 2, beams: 10, input: 32, output: 61 };
const results: BenchResults = {
  date: '2026-01-02T03:04:05.000Z',
  command: 'npm run bench:generation',
  versions: { Node: '24' },
  machine: {
    bandwidth: 50e9,
    float32: 1e11,
    int8: 3e11,
    cpu: 'a processor',
    threads: 2,
    memoryBytes: 24e9,
    loadBefore: 0,
  },
  failures: ['3b: no room on the disk'],
  sections: [
    {
      name: 'side-by-side',
      kind: 'side by side',
      model: 'small & <odd>',
      shape: {
        vocab_size: 8008,
        max_position_embeddings: 128,
        d_model: 64,
        encoder_layers: 1,
        encoder_attention_heads: 2,
        encoder_ffn_dim: 256,
        decoder_layers: 2,
        decoder_attention_heads: 2,
        decoder_ffn_dim: 256,
        activation_function: 'gelu',
        scale_embedding: true,
        tie_word_embeddings: true,
      },
      notes: ['a note'],
      measurements: [
        {
          contender: 'Tandem fp32',
          point,
          seconds: [3, 1, 2],
          sequences: [
            [5, 2],
            [6, 2],
          ],
        },
        {
          contender: 'transformers fp32',
          point,
          seconds: [6, 12, 5, 7],
          sequences: [
            [5, 2],
            [7, 2],
          ],
        },
      ],
      contenders: [
        { contender: 'Tandem fp32', modelBytes: 1e9, secondsToLoad: 1, peakBytes: 2e9 },
        { contender: 'transformers fp32', modelBytes: 1e9, secondsToLoad: 0, failure: 'no memory' },
      ],
    },
  ],
};
const [section] = results.sections;

describe('the results of the bench', () => {
  it('are compared by medians, with the baseline of the same case', () => {
    const [own, baseline] = compare(section!, results.machine);
    expect(own!.tokensPerSecond).toEqual({ median: 60, min: 40, max: 120 });
    expect(own!.ratio).toBe(3.25);
    expect(own!.sameRows).toBe(1);
    expect(own!.limitTokensPerSecond).toBeGreaterThan(0);
    expect(baseline).toMatchObject({ ratio: 1, sameRows: 2 });
    expect(baseline).not.toHaveProperty('limitTokensPerSecond');
  });

  it('are a table a case, and say who failed and why', () => {
    const markdown = renderMarkdown(results);
    expect(markdown).toContain('| Tandem fp32 | 60.0 | 40.0 – 120 | 3.25 | 1 of 2 |');
    expect(markdown).toContain('not measured: no memory');
    expect(markdown).toContain('- a note');
    expect(markdown).toContain('Not measured: 3b: no room on the disk');
  });

  it('are drawn as well-formed charts', () => {
    const comparisons = compare(section!, results.machine);
    const bars = speedChart('small & <odd>', comparisons);
    expect(bars).toContain('<title>small &amp; &lt;odd&gt;</title>');
    expect(bars.match(/<rect/g)).toHaveLength(2);
    const growth = growthChart('growth', comparisons.slice(0, 1), point);
    expect(growth.match(/<circle/g)).toHaveLength(4);
    expect(bars + growth).not.toMatch(/NaN|Infinity|undefined/);
  });

  it('take their own place on the page and no other', () => {
    const page = 'a\n<!-- x: begin -->\nold\n<!-- x: end -->\nb';
    expect(replacePart(page, 'x', 'new')).toBe('a\n<!-- x: begin -->\n\nnew\n\n<!-- x: end -->\nb');
    expect(() => replacePart(page, 'y', 'new')).toThrow('<!-- y: begin -->');
  });
});
