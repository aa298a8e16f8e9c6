/** A rule that pages somebody, or tells them in working hours. Each has a page of its name in docs/runbooks. */
export interface Alert {
  readonly name: string;
  /** What is true while something is wrong. */
  readonly expression: string;
  /** How long it must be true. */
  readonly lasts: string;
  /** page: somebody is woken; ticket: somebody looks today. */
  readonly severity: 'page' | 'ticket';
  /** In one sentence, with the labels of the series. */
  readonly summary: string;
}

/** A series that is computed once, for alerts and dashboards alike. */
export interface Recording {
  /** level:metric:operations, by the conventions of Prometheus. */
  readonly name: string;
  readonly expression: string;
}
