import type { Command } from 'commander';
import { BadUsage } from './exit-codes.ts';

/** What a shell may complete: each command by its words, with the sub-commands and options behind it. */
function vocabulary(program: Command): Map<string, string[]> {
  const options = (command: Command): string[] => command.options.flatMap(({ long }) => long ?? []);
  const found = new Map<string, string[]>();
  const walk = (command: Command, words: string[]): void => {
    found.set(words.join(' '), [
      ...command.commands.map((child) => child.name()),
      ...options(command),
      ...(words.length > 0 ? options(program) : []),
    ]);
    for (const child of command.commands) walk(child, [...words, child.name()]);
  };
  walk(program, []);
  return found;
}

/** A completion script for a shell, made from the commands as they are. */
export function completionScript(program: Command, shell: string): string {
  const words = vocabulary(program);
  if (shell === 'fish') return fish(words);
  if (shell === 'bash') return bash(words);
  if (shell === 'zsh') return `autoload -Uz bashcompinit && bashcompinit\n${bash(words)}`;
  throw new BadUsage(`Cannot complete for ${shell} as the shell must be bash, zsh or fish`);
}

const bash = (words: Map<string, string[]>): string => `_titrate() {
  local current="\${COMP_WORDS[COMP_CWORD]}" said="" word
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case "$word" in -*) ;; *) said="\${said:+$said }$word" ;; esac
  done
  local choices=""
  case "$said" in
${[...words]
  .map(([said, choices]) => `    '${said}'${said === '' ? '' : `|'${said} '*`}) choices='${choices.join(' ')}' ;;`)
  .reverse()
  .join('\n')}
  esac
  COMPREPLY=($(compgen -W "$choices" -- "$current"))
  [ \${#COMPREPLY[@]} -eq 0 ] && COMPREPLY=($(compgen -f -- "$current"))
}
complete -F _titrate titrate`;

const fish = (words: Map<string, string[]>): string =>
  [...words]
    .map(([said, choices]) => {
      const condition =
        said === ''
          ? '__fish_use_subcommand'
          : said
              .split(' ')
              .map((word) => `__fish_seen_subcommand_from ${word}`)
              .join('; and ');
      return `complete -c titrate -n '${condition}' -a '${choices.join(' ')}'`;
    })
    .join('\n');
