import { CHART_HEIGHT, CHART_WIDTH, linePath, niceMaximum, stackBars } from './chart-geometry.ts';

interface Series<Value> {
  name: string;
  /** Its colour: a class of console.css. */
  tone: 'plain' | 'warning' | 'bad' | 'token' | 'word';
  values: Value[];
}

interface ChartProps<Value> {
  title: string;
  /** What it says in a sentence, for whoever does not see it. */
  summary: string;
  series: Series<Value>[];
  format: (value: number) => string;
  /** What stands below its left and its right end. */
  ends: [string, string];
}

/** What was counted in each minute, one above the other. */
export function BarChart(props: ChartProps<number>) {
  const { series } = props;
  const piles = series[0]!.values.map((_, place) =>
    series.reduce((sum, { values }) => sum + values[place]!, 0),
  );
  const maximum = niceMaximum(Math.max(...piles));
  const bars = stackBars(
    series.map(({ values }) => values),
    maximum,
  );
  return (
    <Chart {...props} maximum={maximum}>
      {series.map(({ tone }, index) => (
        <g class={`bars ${tone}`}>
          {bars[index]!.filter(({ height }) => height > 0).map((bar) => (
            <rect x={bar.x} y={bar.y.toFixed(1)} width={bar.width} height={bar.height.toFixed(1)} />
          ))}
        </g>
      ))}
    </Chart>
  );
}

/** What was measured in each minute; nothing where there was nothing to measure. */
export function LineChart(props: ChartProps<number | null>) {
  const known = props.series.flatMap(({ values }) => values.filter((value) => value !== null));
  const maximum = niceMaximum(Math.max(0, ...known));
  return (
    <Chart {...props} maximum={maximum}>
      {props.series.map(({ tone, values }) => (
        <path class={`line ${tone}`} d={linePath(values, maximum)} />
      ))}
    </Chart>
  );
}

// biome-ignore lint/suspicious/noExplicitAny: what JSX calls children
function Chart<Value>({ children, ...props }: ChartProps<Value> & { maximum: number; children?: any }) {
  const { title, summary, series, format, ends, maximum } = props;
  return (
    <figure class="chart card">
      <figcaption>
        <h2>{title}</h2>
        {series.length > 1 && (
          <ul class="legend">
            {series.map(({ name, tone }) => (
              <li class={tone}>{name}</li>
            ))}
          </ul>
        )}
      </figcaption>
      <div class="plot">
        <span class="scale" aria-hidden="true">
          {format(maximum)}
        </span>
        <svg
          role="img"
          aria-label={summary}
          viewBox={`0 0 ${CHART_WIDTH} ${CHART_HEIGHT}`}
          preserveAspectRatio="none"
        >
          <path class="grid" d={`M0 .5H${CHART_WIDTH}M0 ${CHART_HEIGHT / 2}H${CHART_WIDTH}`} />
          {children}
          <path class="axis" d={`M0 ${CHART_HEIGHT}H${CHART_WIDTH}`} />
        </svg>
      </div>
      <p class="ends" aria-hidden="true">
        <span>{ends[0]}</span>
        <span>{ends[1]}</span>
      </p>
    </figure>
  );
}
