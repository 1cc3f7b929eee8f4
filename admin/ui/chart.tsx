import { scaleBand, scaleLinear } from 'd3-scale';
import { area, curveMonotoneX, line } from 'd3-shape';
import { dayText } from './when.tsx';

/** A bigint for money, whose sums may be beyond 2^53: drawn as a float, said to the cent. */
export type DayValue = { on: string; value: number | bigint };

type ChartProps = {
  /** What is drawn, with its unit: "Commissions per day, EUR". */
  title: string;
  /** One entry a day, without gaps, oldest first. */
  days: DayValue[];
  kind?: 'bars' | 'area';
  /** A value in words: "€12.00", "3 sales". */
  format: (value: number | bigint) => string;
  /** A value on the axis, where room is short; `format` without it. */
  formatTick?: (value: number) => string;
};

const WIDTH = 900;
const HEIGHT = 200;
const DAYS_NAMED = 5;

/**
 * Days as bars or as an area. Drawn by the server as SVG that stretches to any width; the words beside it are HTML, so
 * that they stay readable at 390 px. Screen readers get the same numbers as a table.
 */
export function Chart({ title, days, kind = 'bars', format, formatTick = format }: ChartProps) {
  const top = Math.max(...days.map(({ value }) => Number(value)), 1);
  const scale = scaleLinear([0, top], [HEIGHT, 0]).nice(4);
  const y = (value: number | bigint) => scale(Number(value));
  const ticks = scale.ticks(4).filter((tick) => Number.isInteger(tick));
  const total = days.reduce((sum, { value }) => sum + BigInt(value), 0n);
  const best = days.reduce((a, b) => (b.value > a.value ? b : a), days[0] ?? { on: '', value: 0 });
  return (
    <figure class="chart">
      <figcaption>{title}</figcaption>
      <div class="chart-plot">
        <ol class="chart-ticks" aria-hidden="true">
          {ticks.toReversed().map((tick) => (
            <li key={tick}>{formatTick(tick)}</li>
          ))}
        </ol>
        <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" role="img" aria-label={title}>
          <desc>
            {total === 0n
              ? 'Nothing in these days yet.'
              : `${days.length} days, ${format(total)} in all, most on ${dayText(best.on)}: ${format(best.value)}.`}
          </desc>
          {ticks.map((tick) => (
            <line
              key={tick}
              class={tick === 0 ? 'chart-base' : 'chart-line'}
              x1="0"
              x2={WIDTH}
              y1={y(tick)}
              y2={y(tick)}
            />
          ))}
          {kind === 'bars' ? <Bars days={days} y={y} format={format} /> : <Area days={days} y={y} />}
        </svg>
        <ol class="chart-days" aria-hidden="true">
          {named(days).map((on) => (
            <li key={on}>{dayText(on, { day: 'numeric', month: 'short' })}</li>
          ))}
        </ol>
      </div>
      {/* Around the table, since a table is as high as its rows whatever it is told. */}
      <div class="unseen">
        <table>
          <caption>{title}</caption>
          <thead>
            <tr>
              <th scope="col">Day</th>
              <th scope="col">Value</th>
            </tr>
          </thead>
          <tbody>
            {days.map(({ on, value }) => (
              <tr key={on}>
                <th scope="row">{dayText(on)}</th>
                <td>{format(value)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </figure>
  );
}

type Y = (value: number | bigint) => number;

function Bars({ days, y, format }: { days: DayValue[]; y: Y; format: ChartProps['format'] }) {
  const x = scaleBand(
    days.map(({ on }) => on),
    [0, WIDTH],
  ).padding(0.28);
  return days.map(({ on, value }) => (
    <g key={on} class="chart-day">
      <title>{`${dayText(on)}: ${format(value)}`}</title>
      {/* The whole column answers to the pointer, not only its bar. */}
      <rect
        class="chart-reach"
        x={(x(on) ?? 0) - (x.step() - x.bandwidth()) / 2}
        y="0"
        width={x.step()}
        height={HEIGHT}
      />
      {/* A day that only took back shows no bar; its number is in the words. */}
      <rect class="chart-bar" x={x(on)} y={y(value)} width={x.bandwidth()} height={Math.max(HEIGHT - y(value), 0)} />
    </g>
  ));
}

function Area({ days, y }: { days: DayValue[]; y: Y }) {
  const x = scaleLinear([0, Math.max(days.length - 1, 1)], [0, WIDTH]);
  const shape = area<DayValue>()
    .x((_, index) => x(index))
    .y0(HEIGHT)
    .y1(({ value }) => y(value))
    .curve(curveMonotoneX);
  const edge = line<DayValue>()
    .x((_, index) => x(index))
    .y(({ value }) => y(value))
    .curve(curveMonotoneX);
  return (
    <>
      <path class="chart-area" d={shape(days) ?? ''} />
      <path class="chart-edge" d={edge(days) ?? ''} />
    </>
  );
}

/** Evenly spaced days, the first and the last among them. */
function named(days: DayValue[]): string[] {
  const count = Math.min(DAYS_NAMED, days.length);
  const at = (index: number) => days[Math.round((index * (days.length - 1)) / Math.max(count - 1, 1))]!.on;
  return Array.from({ length: count }, (_, index) => at(index));
}
