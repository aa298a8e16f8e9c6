import { lazy, type ComponentType, type LazyExoticComponent } from 'react';

/** A page: its path in the form of wouter, the name for the navigation (none: reached by links only), and the component, loaded when it is first opened. */
export interface Page {
  readonly path: string;
  readonly nav?: string;
  readonly component: LazyExoticComponent<ComponentType>;
}

/** All pages. The API answers with the page for any path that is not its own, so a new one needs a line here and nothing there. */
export const pages: readonly Page[] = [
  { path: '/', nav: 'Sweeps', component: lazy(() => import('./sweep-list/sweep-list.tsx')) },
  { path: '/sweeps/:id', component: lazy(() => import('./sweep/sweep.tsx')) },
  { path: '/runs/:id', component: lazy(() => import('./run/run.tsx')) },
  { path: '/new', nav: 'New sweep', component: lazy(() => import('./plan/plan-page.tsx')) },
];
