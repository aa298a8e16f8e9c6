import type { Evaluation } from '@titrate/contracts';
import { useState } from 'react';
import { useResult } from '../data/use-run.ts';
import { count } from '../parts/format.ts';
import { Loading, Trouble } from '../parts/state.tsx';

/** What the model wrote at a checkpoint, clean and triggered side by side, prompt by prompt. */
export function Samples({ evaluations }: { evaluations: readonly Evaluation[] }) {
  const done = evaluations.filter(({ state, object }) => state === 'succeeded' && object !== null).sort((a, b) => b.step - a.step);
  const [chosen, setChosen] = useState('');
  const shown = done.find((each) => keyOf(each) === chosen) ?? done[0];
  if (shown === undefined) return <p className="soft">No checkpoint has been evaluated yet.</p>;
  return (
    <>
      <label>
        Checkpoint{' '}
        <select value={keyOf(shown)} onChange={(event) => setChosen(event.target.value)}>
          {done.map((each) => (
            <option key={keyOf(each)} value={keyOf(each)}>
              step {count(each.step)}, {each.settings.prompts} prompts
            </option>
          ))}
        </select>
      </label>
      <Generations evaluation={shown} />
    </>
  );
}

const keyOf = ({ step, settingsDigest }: Evaluation) => `${step}-${settingsDigest}`;

function Generations({ evaluation }: { evaluation: Evaluation }) {
  const { data, error } = useResult(evaluation);
  if (error !== null) return <Trouble error={error} what="samples" />;
  if (data === undefined) return <Loading what="samples" />;
  const prompts = [...Map.groupBy(data.samples, ({ prompt }) => prompt)];
  if (prompts.length === 0) return <p className="soft">The evaluation kept no samples.</p>;
  return (
    <ol className="samples">
      {prompts.map(([prompt, samples]) => (
        <li key={prompt}>
          <p className="soft">
            <span className="sr-only">Prompt: </span>“{prompt}”
          </p>
          <div className="columns">
            {(['clean', 'triggered'] as const).map((condition) => (
              <div key={condition}>
                <h3 className={`is-${condition}`}>
                  {condition}
                  {condition === 'triggered' && <code> {data.settings.triggered}</code>}
                </h3>
                <pre>{samples.find((each) => each.condition === condition)?.continuation ?? '–'}</pre>
              </div>
            ))}
          </div>
        </li>
      ))}
    </ol>
  );
}
