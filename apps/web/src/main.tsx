import './data/no-eval.ts';
import { QueryClientProvider } from '@tanstack/react-query';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { queryClient } from './data/queries.ts';
import { App } from './shell/app.tsx';
import { applyTheme, readTheme } from './shell/theme.ts';
import './styles/tokens.css';
import './styles/base.css';
import './styles/parts.css';

applyTheme(readTheme());
createRoot(document.getElementById('page')!).render(
  <StrictMode>
    <QueryClientProvider client={queryClient}>
      <App />
    </QueryClientProvider>
  </StrictMode>,
);
