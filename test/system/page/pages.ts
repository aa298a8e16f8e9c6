/** What pages are about. */
interface Subjects {
  readonly sweep: string;
  readonly run: string;
}

/** Each page that axe and a phone's width are tried on, and what shows that it is there. */
export const pages: readonly {
  readonly name: string;
  readonly path: (subjects: Subjects) => string;
  readonly ready: { readonly role: 'heading' | 'link' | 'img'; readonly name: string | RegExp };
}[] = [
  { name: 'the sweeps', path: () => '/', ready: { role: 'link', name: 'watched' } },
  { name: 'a sweep', path: ({ sweep }) => `/sweeps/${sweep}`, ready: { role: 'img', name: 'Effect by dose' } },
  { name: 'a run', path: ({ run }) => `/runs/${run}`, ready: { role: 'img', name: 'Training loss' } },
];
