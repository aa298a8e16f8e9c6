import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard';
import { controlPlane } from './control-plane.ts';
import { cost } from './cost.ts';
import { evaluation } from './evaluation.ts';
import { fleet } from './fleet.ts';
import { run } from './run.ts';
import { sweep } from './sweep.ts';

/** All dashboards, each with a uid of its own. */
export const dashboards = (): Dashboard[] => [fleet(), sweep(), run(), evaluation(), cost(), controlPlane()];
