/** `system` follows prefers-color-scheme. Kept in localStorage: it is a taste, not a secret. */
export type Theme = 'system' | 'light' | 'dark';
const KEY = 'titrate.theme';

export function readTheme(): Theme {
  const kept = localStorage.getItem(KEY);
  return kept === 'light' || kept === 'dark' ? kept : 'system';
}

/** Sets the attribute that styles/tokens.css reads, and keeps the choice. */
export function applyTheme(theme: Theme): void {
  if (theme === 'system') {
    localStorage.removeItem(KEY);
    delete document.documentElement.dataset['theme'];
  } else {
    localStorage.setItem(KEY, theme);
    document.documentElement.dataset['theme'] = theme;
  }
}
