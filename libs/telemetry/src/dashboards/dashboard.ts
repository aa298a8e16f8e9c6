import type { Builder } from '@grafana/grafana-foundation-sdk/cog';
import {
  DashboardBuilder,
  DashboardLinkBuilder,
  DashboardLinkType,
  DatasourceVariableBuilder,
  QueryVariableBuilder,
  RowBuilder,
  VariableRefresh,
  VariableSort,
  type Dashboard,
  type Panel,
  type VariableModel,
} from '@grafana/grafana-foundation-sdk/dashboard';

const TAG = 'titrate';

/** Panels under a heading. */
export interface Section {
  readonly title: string;
  readonly panels: readonly Builder<Panel>[];
}

/** A dashboard of the set: they link to each other, and ask the source that the reader chooses. */
export function dashboardOf(
  uid: string,
  title: string,
  about: string,
  sections: readonly Section[],
  variables: readonly Builder<VariableModel>[] = [],
): Dashboard {
  const links = new DashboardLinkBuilder('Titrate').type(DashboardLinkType.Dashboards).tags([TAG]).asDropdown(true).keepTime(true);
  const builder = new DashboardBuilder(title)
    .uid(`titrate-${uid}`)
    .description(about)
    .tags([TAG])
    .timezone('browser')
    .refresh('30s')
    .time({ from: 'now-6h', to: 'now' })
    .readonly()
    .links([links])
    .variables([new DatasourceVariableBuilder('datasource').label('Prometheus').type('prometheus'), ...variables]);
  for (const { title: heading, panels } of sections) {
    builder.withRow(new RowBuilder(heading));
    for (const panel of panels) builder.withPanel(panel);
  }
  return builder.build();
}

/** A choice among the values that a label of a metric has now. */
export const choice = (name: string, label: string, values: string): QueryVariableBuilder =>
  new QueryVariableBuilder(name)
    .label(label)
    .datasource({ type: 'prometheus', uid: '${datasource}' })
    .query({ query: values, refId: name })
    .definition(values)
    .refresh(VariableRefresh.OnTimeRangeChanged)
    .sort(VariableSort.AlphabeticalAsc)
    .multi(true)
    .includeAll(true)
    .allValue('.*');
