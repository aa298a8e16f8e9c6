import type { Builder, Dataquery } from '@grafana/grafana-foundation-sdk/cog';
import { GraphDrawStyle, LegendDisplayMode, LegendPlacement, StackingMode } from '@grafana/grafana-foundation-sdk/common';
import { StackingConfigBuilder, VizLegendOptionsBuilder } from '@grafana/grafana-foundation-sdk/common';
import { DataqueryBuilder, PromQueryFormat } from '@grafana/grafana-foundation-sdk/prometheus';
import { PanelBuilder as StatBuilder } from '@grafana/grafana-foundation-sdk/stat';
import { PanelBuilder as TableBuilder } from '@grafana/grafana-foundation-sdk/table';
import { PanelBuilder as TimeseriesBuilder } from '@grafana/grafana-foundation-sdk/timeseries';

/** Where all panels ask: whatever the reader chooses at the top. */
const source = { type: 'prometheus', uid: '${datasource}' } as const;

/** A question and how its series are called. */
export interface Line {
  readonly expression: string;
  /** As Grafana fills it in, such as `{{ size }}`. */
  readonly legend: string;
}

export interface PanelOptions {
  readonly title: string;
  /** What the reader should know to trust it. */
  readonly about: string;
  /** One of Grafana's units, such as `s`, `bytes` or `percentunit`. */
  readonly unit?: string;
  /** Width in columns of 24. */
  readonly width?: number;
  readonly max?: number;
}

const HEIGHT = 8;

/** Values over time. */
export function lines({ title, about, unit = 'short', width = 12, max }: PanelOptions, ...asked: readonly Line[]): TimeseriesBuilder {
  const panel = new TimeseriesBuilder().title(title).description(about).datasource(source).unit(unit).min(0).height(HEIGHT).span(width);
  panel.fillOpacity(8).lineWidth(1).legend(legend());
  if (max !== undefined) panel.max(max);
  return panel.targets(asked.map(query));
}

/** Values over time that add up. */
export const stacked = (options: PanelOptions, ...asked: readonly Line[]): TimeseriesBuilder =>
  lines(options, ...asked)
    .drawStyle(GraphDrawStyle.Line)
    .fillOpacity(40)
    .stacking(new StackingConfigBuilder().mode(StackingMode.Normal));

/** Values of now, large. */
export const stat = ({ title, about, unit = 'short', width = 4 }: PanelOptions, ...asked: readonly Line[]): StatBuilder =>
  new StatBuilder().title(title).description(about).datasource(source).unit(unit).height(4).span(width).targets(asked.map(instant));

/** Values of now, a row for each series. */
export const table = ({ title, about, unit = 'short', width = 24 }: PanelOptions, ...asked: readonly Line[]): TableBuilder =>
  new TableBuilder()
    .title(title)
    .description(about)
    .datasource(source)
    .unit(unit)
    .height(HEIGHT)
    .span(width)
    .targets(asked.map((line, index) => instant(line, index).format(PromQueryFormat.Table)))
    .withTransformation({ id: 'merge', options: {} })
    .withTransformation({
      id: 'organize',
      options: {
        excludeByName: { Time: true },
        renameByName: Object.fromEntries(asked.map(({ legend }, index) => [`Value #${refOf(index)}`, legend])),
      },
    });

const refOf = (index: number): string => String.fromCharCode(65 + index);

const query = ({ expression, legend }: Line, index: number): Builder<Dataquery> =>
  new DataqueryBuilder().datasource(source).refId(refOf(index)).expr(expression).legendFormat(legend).range();

const instant = ({ expression, legend }: Line, index: number): DataqueryBuilder =>
  new DataqueryBuilder().datasource(source).refId(refOf(index)).expr(expression).legendFormat(legend).instant();

const legend = (): VizLegendOptionsBuilder =>
  new VizLegendOptionsBuilder().displayMode(LegendDisplayMode.List).placement(LegendPlacement.Bottom).showLegend(true).calcs([]);
