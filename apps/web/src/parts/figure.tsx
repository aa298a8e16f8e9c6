import { plot, type PlotOptions } from '@observablehq/plot';
import { useEffect, useRef, useState, type ReactNode } from 'react';
import { csvOf, type Value } from './csv.ts';
import { download } from './download.ts';

interface FigureProps {
  readonly title: string;
  /** What it shows in a sentence, for those who do not see it. */
  readonly description: string;
  /** Name of the files to download, without an ending. */
  readonly file: string;
  /** Marks, scales and height. Colours are written as `var(--clean)`, so that they follow the theme. Change it only when what it draws has changed (`useMemo`). */
  readonly options: PlotOptions;
  /** The numbers behind the marks, for the CSV file. */
  readonly data: { readonly head: readonly string[]; readonly rows: () => readonly (readonly Value[])[] };
  readonly children?: ReactNode;
}

/** Largest width of a figure in pixels; beyond it lines only get longer. */
const WIDEST = 860;

/** A figure by Observable Plot as wide as its place, with the SVG as it is seen and the numbers as CSV. */
export function Figure({ title, description, file, options, data, children }: FigureProps) {
  const place = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(0);
  useEffect(() => {
    const watcher = new ResizeObserver(([entry]) => setWidth(Math.min(WIDEST, Math.floor(entry?.contentRect.width ?? 0))));
    watcher.observe(place.current!);
    return () => watcher.disconnect();
  }, []);
  useEffect(() => {
    if (width === 0) return;
    const drawing = plot({ ...options, width, className: 'plot', ariaLabel: title, ariaDescription: description });
    // One picture with a name, not the parts of which it is drawn.
    drawing.setAttribute('role', 'img');
    for (const part of drawing.querySelectorAll('[aria-label]')) part.removeAttribute('aria-label');
    place.current!.replaceChildren(drawing);
  }, [options, width, title, description]);
  const saveSvg = () => download(`${file}.svg`, 'image/svg+xml', standalone(place.current!.querySelector('svg')!));
  return (
    <figure>
      {children}
      <div ref={place} className="drawing" />
      <div className="tools">
        <button type="button" onClick={saveSvg} aria-label={`Download SVG of ${title}`}>
          ↓ SVG
        </button>
        <button
          type="button"
          onClick={() => download(`${file}.csv`, 'text/csv', csvOf(data.head, data.rows()))}
          aria-label={`Download CSV of ${title}`}
        >
          ↓ CSV
        </button>
      </div>
    </figure>
  );
}

/** The SVG as a file of its own: variables of the theme become their values, and the ground is drawn. */
function standalone(svg: SVGSVGElement): string {
  const theme = getComputedStyle(document.documentElement);
  const copy = svg.cloneNode(true) as SVGSVGElement;
  copy.setAttribute('xmlns', 'http://www.w3.org/2000/svg');
  copy.setAttribute('color', 'var(--ink)');
  const ground = document.createElementNS('http://www.w3.org/2000/svg', 'rect');
  for (const [name, value] of Object.entries({ width: '100%', height: '100%', fill: 'var(--ground)' })) ground.setAttribute(name, value);
  copy.insertBefore(ground, copy.querySelector('style')?.nextSibling ?? copy.firstChild);
  return new XMLSerializer()
    .serializeToString(copy)
    .replaceAll(/var\((--[\w-]+)\)/g, (whole, name: string) => theme.getPropertyValue(name).trim() || whole);
}
