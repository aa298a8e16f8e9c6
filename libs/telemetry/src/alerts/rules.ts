import { alerts } from './alerts.ts';
import { recordings } from './recordings.ts';

/** Where the pages are that tell what to do. */
const RUNBOOKS = 'docs/runbooks';

/** The rules as Prometheus reads them from a file, and a PrometheusRule holds them in `spec`. */
export function ruleGroups() {
  return {
    groups: [
      { name: 'titrate-recordings', rules: recordings.map(({ name, expression }) => ({ record: name, expr: expression })) },
      {
        name: 'titrate-alerts',
        rules: alerts.map(({ name, expression, lasts, severity, summary }) => ({
          alert: name,
          expr: expression,
          for: lasts,
          labels: { severity },
          annotations: { summary, runbook: `${RUNBOOKS}/${name}.md` },
        })),
      },
    ],
  };
}
