import { describe, expect, it } from 'vitest';
import { addCount } from '../../../edge/figures/counters.ts';
import { exposition } from '../../../edge/figures/exposition.ts';
import { edgeMetrics, type Now } from '../../../edge/figures/metrics.ts';
import { countRequest, noFigures } from '../../../edge/figures/minute-figures.ts';

const NOW: Now = {
  ...{ version: '1.2.3', model: 'bot' },
  candidate: null,
  backends: [{ model: 'bot', name: 'a', ready: true, standing: 'ready' }],
  queue: { backlog: 2, oldestSeconds: 7.5 },
  channels: ['slack'],
};

describe('the text for Prometheus', () => {
  it('has each family once, with its help and type before its series', () => {
    const text = exposition([
      { name: 'a_total', help: 'What\nis "counted" \\ here.', type: 'counter', samples: [] },
      {
        name: 'b',
        help: 'B.',
        type: 'gauge',
        samples: [
          { labels: {}, value: 0.5 },
          { labels: { of: 'a "quote", a \\ and\na line' }, value: 3 },
        ],
      },
    ]);
    expect(text).toBe(
      [
        String.raw`# HELP a_total What\nis "counted" \\ here.`,
        '# TYPE a_total counter',
        '# HELP b B.',
        '# TYPE b gauge',
        'b 0.5',
        String.raw`b{of="a \"quote\", a \\ and\na line"} 3`,
        '',
      ].join('\n'),
    );
  });

  it('has a histogram’s buckets, of which the last holds all', () => {
    const value = { buckets: [{ le: 2.5, count: 1 }], count: 3, sum: 9 };
    const samples = [{ labels: { route: '/x' }, value }];
    expect(
      exposition([{ name: 'h', help: 'H.', type: 'histogram', samples }])
        .split('\n')
        .slice(2),
    ).toEqual([
      'h_bucket{route="/x",le="2.5"} 1',
      'h_bucket{route="/x",le="+Inf"} 3',
      'h_sum{route="/x"} 9',
      'h_count{route="/x"} 3',
      '',
    ]);
  });
});

describe('the edge’s metrics', () => {
  const lines = (total = noFigures(), now = NOW) => exposition(edgeMetrics(total, now)).split('\n');

  it('are all that was counted', () => {
    const total = noFigures();
    const asked = { route: '/v1/chat/completions', method: 'POST', status: 200, ms: 800 };
    countRequest(total, asked, {
      ...{ backend: { totalMs: 750 }, tokens: 40, safety: { message: false, replies: 2 } },
      ...{ replies: [], feedback: null },
      calls: [
        {
          ...{ model: 'bot', outcome: 'answered' },
          asked: [
            { backend: 'b', outcome: 'unreachable', ejected: true },
            { backend: 'a', outcome: 'answered', ejected: false },
          ],
        },
      ],
    });
    addCount(total.counts, 'inbound_messages', { channel: 'slack', end: 'given_up' });
    expect(lines(total)).toEqual(
      expect.arrayContaining([
        'tandem_edge_info{version="1.2.3",model="bot"} 1',
        'tandem_edge_requests_total{method="POST",route="/v1/chat/completions",status="200"} 1',
        'tandem_edge_request_duration_seconds_bucket{method="POST",route="/v1/chat/completions",le="0.625"} 0',
        'tandem_edge_request_duration_seconds_bucket{method="POST",route="/v1/chat/completions",le="1.25"} 1',
        'tandem_edge_backend_duration_seconds_count 1',
        'tandem_edge_tokens_total 40',
        'tandem_edge_replies_total{model="bot",outcome="answered"} 1',
        'tandem_edge_backend_attempts_total{backend="b",outcome="unreachable"} 1',
        'tandem_edge_backend_attempts_total{backend="a",outcome="answered"} 1',
        'tandem_edge_backend_ejections_total{backend="b"} 1',
        'tandem_edge_flagged_total{part="reply"} 2',
        'tandem_edge_inbound_messages_total{channel="slack",end="given_up"} 1',
        'tandem_edge_backend_ready{model="bot",backend="a"} 1',
        'tandem_edge_inbound_queue_messages 2',
        'tandem_edge_inbound_queue_age_seconds 7.5',
      ]),
    );
  });

  const withCandidate: Now = {
    ...NOW,
    candidate: { model: 'next', share: 0.2 },
    backends: [
      ...NOW.backends,
      { model: 'next', name: 'a', ready: false, standing: 'ejected' },
      { model: 'next', name: 'candidate-1', ready: true, standing: 'ready' },
    ],
  };

  it('tell of a second model’s backends, and of one that has both models twice', () => {
    expect(lines(noFigures(), withCandidate)).toEqual(
      expect.arrayContaining([
        'tandem_edge_candidate_share{model="next"} 0.2',
        'tandem_edge_backend_ready{model="bot",backend="a"} 1',
        'tandem_edge_backend_ready{model="next",backend="a"} 0',
        'tandem_edge_backend_ready{model="next",backend="candidate-1"} 1',
        'tandem_edge_backend_ejected{model="next",backend="a"} 1',
        'tandem_edge_replies_total{model="next",outcome="answered"} 0',
        'tandem_edge_backend_ejections_total{backend="candidate-1"} 0',
      ]),
    );
    expect(lines().filter((line) => line.startsWith('tandem_edge_candidate_share'))).toEqual([]);
  });

  it.each([
    ['one model', NOW],
    ['two', withCandidate],
  ])('are 0 before they have happened for the first time, and no series stands twice: %s', (_, now) => {
    const total = noFigures();
    addCount(total.counts, 'flagged', { part: 'reply' });
    const series = lines(total, now).filter((line) => line !== '' && !line.startsWith('#'));
    expect(series).toContain('tandem_edge_webhook_dead_letters_total{reason="attempts"} 0');
    expect(series).toContain('tandem_edge_backend_ejections_total{backend="a"} 0');
    expect(series).toContain('tandem_edge_flagged_total{part="message"} 0');
    const names = series.map((line) => line.slice(0, line.lastIndexOf(' ')));
    expect(new Set(names).size).toBe(names.length);
  });

  it('tell nothing of a queue that does not answer', () => {
    const series = lines(noFigures(), { ...NOW, queue: null }).filter((line) => !line.startsWith('#'));
    expect(series.filter((line) => line.includes('queue'))).toEqual([]);
  });
});
