import { useEffect, useRef, useState, type ReactNode } from 'react';
import { Link, useLocation } from 'wouter';
import { signOut } from '../data/session.ts';
import { pages } from '../pages.ts';
import { ConnectionState } from './connection-state.tsx';
import { applyTheme, readTheme, type Theme } from './theme.ts';
import icon from './icon.svg';

/** Head with navigation, state of the connection and theme; the page below it. */
export function Shell({ children }: { children: ReactNode }) {
  const [path] = useLocation();
  const main = useRef<HTMLElement>(null);
  const before = useRef(path);
  useEffect(() => {
    // A new page begins at its top, for eyes and for screen readers.
    if (before.current !== path) main.current?.focus({ preventScroll: true });
    if (before.current !== path) scrollTo(0, 0);
    before.current = path;
  }, [path]);
  return (
    <>
      <a className="skip" href="#main">
        Skip to the content
      </a>
      <header className="head">
        <Link href="/" className="brand">
          <img src={icon} alt="" width="24" height="24" /> Titrate
        </Link>
        <nav aria-label="Pages">
          {pages.map(({ path: target, nav }) =>
            nav === undefined ? null : (
              <Link key={target} href={target} aria-current={isAt(path, target) ? 'page' : undefined}>
                {nav}
              </Link>
            ),
          )}
          <a href="/docs">API</a>
        </nav>
        <ConnectionState />
        <ThemeSwitch />
        <button type="button" className="quiet" onClick={signOut}>
          Sign out
        </button>
      </header>
      <main id="main" tabIndex={-1} ref={main}>
        {children}
      </main>
    </>
  );
}

/** Sweeps, the start page, holds the pages of single sweeps and runs as well. */
const isAt = (path: string, target: string) => (target === '/' ? path === '/' || /^\/(sweeps|runs)\//.test(path) : path.startsWith(target));

function ThemeSwitch() {
  const [theme, setTheme] = useState<Theme>(readTheme);
  const choose = (chosen: Theme) => {
    applyTheme(chosen);
    setTheme(chosen);
  };
  return (
    <label className="theme">
      <span className="sr-only">Colours</span>
      <select value={theme} onChange={(event) => choose(event.target.value as Theme)}>
        <option value="system">System</option>
        <option value="light">Light</option>
        <option value="dark">Dark</option>
      </select>
    </label>
  );
}
