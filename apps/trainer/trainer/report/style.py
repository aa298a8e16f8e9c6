"""The look of the report's page: one column of text, wide tables and plots, colours that follow the reader's system."""

STYLE = """
:root { color-scheme: light dark; --ink: #1b1f24; --paper: #ffffff; --soft: #f3f5f7; --faint: #c3cad2; --quiet: #57606a; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e6e9ec; --paper: #14171a; --soft: #1e2226; --faint: #4a525b; --quiet: #a3adb8; }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 16px/1.55 system-ui, -apple-system, 'Segoe UI', sans-serif; }
main { max-width: 66rem; margin: 0 auto; padding: 2.5rem 1.25rem 4rem; }
h1 { font-size: 1.9rem; line-height: 1.2; margin: 0; text-wrap: balance; }
h2 { font-size: 1.2rem; margin: 2.5rem 0 0.75rem; padding-top: 1.25rem; border-top: 1px solid var(--faint); }
p, ul { max-width: 46rem; }
ul { margin: 0; padding-left: 1.2rem; }
li { margin: 0.45rem 0; }
.lead, .note, figcaption, caption { color: var(--quiet); }
.lead { margin: 0.4rem 0 0; }
.note, figcaption { font-size: 0.875rem; }
figure { margin: 0; }
figcaption { max-width: 46rem; margin-top: 0.5rem; }
.plot { overflow-x: auto; }
.plot svg { display: block; width: 100%; min-width: 34rem; height: auto; color: var(--ink); }
.plot svg text { font-family: inherit !important; }
.scroll { overflow-x: auto; margin: 0.75rem 0; }
@media (min-width: 72rem) { .scroll { width: max-content; min-width: 100%; max-width: min(calc(100vw - 3rem), 100rem); position: relative; left: 50%; transform: translateX(-50%); } }
table { border-collapse: collapse; font-size: 0.8125rem; font-variant-numeric: tabular-nums; width: 100%; }
caption { text-align: left; padding-bottom: 0.5rem; }
th, td { padding: 0.35rem 0.45rem; text-align: right; border-bottom: 1px solid var(--faint); white-space: nowrap; }
th { font-weight: 600; white-space: pre; vertical-align: bottom; }
th:first-child, td:first-child { text-align: left; padding-left: 0; }
tbody tr:hover { background: var(--soft); }
.samples table { table-layout: fixed; min-width: 56rem; }
.samples th, .samples td { text-align: left; vertical-align: top; white-space: pre-wrap; overflow-wrap: anywhere; }
.samples td { line-height: 1.45; }
.samples td:first-child { color: var(--quiet); }
summary { cursor: pointer; }
.files { white-space: nowrap; }
.files a { color: inherit; margin-left: 0.5rem; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: 0.25rem 1rem; font-size: 0.875rem; }
dt { color: var(--quiet); }
dd { margin: 0; overflow-wrap: anywhere; }
code { font: 0.8125rem ui-monospace, monospace; }
@media print { .plot, .scroll { overflow: visible; } }
"""
